// Package harness starts the real server for the black-box tests, on a free port and on either database, and plays the
// parts of those who talk to it: a person at a browser without JavaScript (browser.go) and a relying party
// (relying_party.go). Node runs inside the test process, with a clock that the test holds; Process is the real binary,
// which can be killed.
package harness
