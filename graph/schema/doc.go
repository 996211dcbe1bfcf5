// Package schema is the text of the schema of the admin API, for programs that call it. Server and command line are made
// of the same files, one for each noun.
package schema
