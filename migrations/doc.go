// Package migrations holds the database schema as plain SQL, one folder for each dialect, embedded in the program.
//
// Both folders list the same versions and lead to the same tables and columns; tests in package store hold them to it.
// README.md has the rules for a new migration. Package store runs them.
package migrations
