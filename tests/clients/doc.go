// Package clients runs every client of docs/clients.md: it takes the files from the page, installs the client by the
// package names that the page gives, starts the real server and the client, and signs a person in or calls the API. A
// section without a test, and a test without a section, fail.
//
// The clients that are installed in seconds are a part of make test. The others (a Java build, a Ruby framework, the
// libraries of a cluster) run with the flag -all, which make clients sets; it prints the time of each.
package clients
