// Command flood measures what other people notice of a stranger who sends whatever costs most over 50 connections from
// one address: sign-ins, token requests and introspection, quiet and during the flood, and by how much the database grows.
//
//	go run ./tests/flood [-seconds 60] [-database postgres://…]
//
// It builds the program, starts it on SQLite in a temporary folder or on an empty database of PostgreSQL, and fails when
// the sign-ins of others take more than twice as long at the 95th percentile, token requests or introspection more than
// three times, one of them fails, or the database grows by a MiB. Flood, others and server share the machine, so other
// work on it must rest.
package main
