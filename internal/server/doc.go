// Package server wires the program: it builds the object graph from the configuration (build.go), brings a new
// installation to life (bootstrap.go), names every route (routes.go), listens, drains and stops (run.go), and does the
// work that nobody asks for (worker.go). Rules live elsewhere.
package server
