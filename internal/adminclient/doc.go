// Package adminclient signs an operator in to a server and calls its admin API: profiles of several servers, tokens in
// the keyring of the system or in a file that is the operator's own, and GraphQL over HTTP. It knows the server by its
// public endpoints alone; the commands that stand on it are in internal/admincli.
package adminclient
