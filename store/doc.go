// Package store stores the domain in a database: bun behind the ports of package identity. It is the only package that
// knows SQL, drivers and dialects.
//
//	sqlite:PATH, sqlite::memory:   SQLite inside the process: one writing connection, a few reading ones; writers that
//	                               wait share a commit (see group_commit.go)
//	postgres://...                 PostgreSQL: one pool
//
// One file for each aggregate: an unexported row struct, its mapping to and from the entity, then the queries. What the
// endpoints of OAuth need for every request is a prepared statement with parameters (see statement.go); the rest is
// built by bun, which writes values into the text of a statement. Therefore no text of a statement is ever logged, and
// secrets reach this package only as digests. Whoever built a SELECT of row structs, row_mapping.go scans it. What is no
// row struct (counts, the numbers of the dashboard, a few columns) and what a write returns is scanned by bun.
//
// # Promises
//
//   - Single use, uniqueness and "there is always an active administrator" are decided by one statement or by a
//     constraint, never by reading first.
//   - Times are UTC at microseconds; names compare without regard to case through columns that fold fills.
//   - A database that is unreachable, full or overloaded is an error of Kind Unavailable; the errors of a context pass
//     through.
//   - A write is seen by every read that starts after it returned.
//
// Package storetest has the contract as tests, and ready databases for the tests of other packages.
package store
