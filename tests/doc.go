// Package tests holds the tests that see Authly from outside: the real server on a free port, spoken to over HTTP as a
// client, a browser or an administrator would. One file per flow, per attack, per noun of the admin API.
//
// The file architecture_test.go is the exception: it reads the source and holds the rules of its structure.
package tests
