// Package instance starts private servers for tests: PostgreSQL and Redis, each on a free port of 127.0.0.1 with its
// data in a temporary folder, and ends them together with the program that started them, even when that is killed.
//
// Most tests use the instances of the command services (the parent package) through the environment. A test that kills
// a server and brings it back starts its own here.
package instance
