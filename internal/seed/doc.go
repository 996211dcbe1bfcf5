// Package seed makes up users and sessions, for tests and measurements. Nothing of it is audited, and all users have the
// same password: never run it where real people are.
package seed
