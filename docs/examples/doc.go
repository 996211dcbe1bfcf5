// Package examples is the declaration that the quickstart and authly try begin with. The scripts beside it are for people.
package examples
