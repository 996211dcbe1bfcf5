// Package config reads the settings of the program: defaults, then an optional YAML file, then the environment, then
// flags; the later source wins.
//
// Every setting is one Variable of the table in reference.go, from which the documentation and the messages about
// faults come too. Variables have the prefix AUTHLY_; in the YAML file the same name is written in lower case without
// the prefix (AUTHLY_DATABASE_URL is database_url). A secret may also be given as the path of a file that holds it, by
// the name with _FILE appended.
//
// Load reports every fault at once. An unknown name is a fault, so that a typing mistake cannot pass silently; only
// AUTHLY_TEST_* and the variables that Kubernetes makes for a service called authly are overlooked. An empty value
// counts as not given.
package config
