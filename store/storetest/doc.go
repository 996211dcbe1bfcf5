// Package storetest is the contract of identity.Store as tests, and the source of databases for the tests of other
// packages.
//
// Run checks every promise of the ports on any implementation. SQLite, Memory and Postgres return a migrated, empty
// store of its own to each test; it is removed when the test ends.
package storetest
