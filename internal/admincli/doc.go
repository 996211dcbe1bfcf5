// Package admincli is authly admin: the commands of operators that call the admin API of a server and do nothing else. They
// open no database and hold no rule.
//
// A noun of the API is an entry of the table nouns, and a verb a line of it. All else comes from the schema: flags from the
// inputs and filters, documents from the fields that are wanted, helps from the descriptions.
//
//	nouns.go      which nouns and verbs there are
//	schema.go     what the schema says of a field
//	flags.go      inputs as flags, files and arguments
//	query.go      list and get
//	mutation.go   what changes something
//	complete.go   names that the shell offers
//	output.go     JSON, YAML, CSV and lines
//	table.go      tables for people, cut to their terminal
//	signin.go     login, logout, whoami and profiles
package admincli
