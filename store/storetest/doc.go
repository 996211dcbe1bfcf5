// Package storetest is the contract of identity.Store as tests, and the source of databases for the tests of other
// packages.
//
// Run holds any implementation to every promise of the ports. SQLite, Memory and Postgres give a migrated, empty store
// of its own to each test; it goes when the test ends.
package storetest
