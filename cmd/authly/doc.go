// Command authly is the identity server and its tools: serve runs the server, migrate brings the database's schema up
// to date, apply brings users, clients, scopes, resources, groups and roles to a declared state, keys shows the signing
// keys, admin calls the admin API of a server, version tells which build this is.
//
// Standard output carries results, standard error logs and faults. The exit code is 2 for a fault of the
// configuration, the command line or the file of apply, 1 for any other failure; admin has more of them.
package main
