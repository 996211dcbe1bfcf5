// Package graph is the admin API: GraphQL over HTTP on gqlgen's executor.
//
// The schema is in schema/, one file per noun; generated/ and model/ follow from it. Resolvers convert, call one
// service of the domain, and convert. A request passes, in this order: method and media types (transport.go,
// accept.go), token (authorize.go), size and shape (request.go), document (document.go, measure.go), rights (scope.go),
// inputs (input.go), cost (cost.go, budget.go), execution (graph.go, response_cache.go), response (response.go).
package graph
