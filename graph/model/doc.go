// Package model has the Go types of the GraphQL schema: those that gqlgen generates, and by hand those that carry more
// than the schema shows, with the scalars.
package model
