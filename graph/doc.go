// Package graph is the admin API: GraphQL over HTTP on gqlgen's executor.
//
// The schema is in schema/, one file per noun; generated/ and model/ follow from it. Resolvers convert, call one
// service of the domain, and convert. A request passes, in this order: method and media types (transport.go,
// accept.go), token (authorize.go), size and shape (request.go), document (document.go, measure.go), rights (scope.go),
// inputs (input.go), cost (cost.go, budget.go), execution (graph.go, response_cache.go), response (response.go).
//
// What is said of a field stands in the schema as a directive: @hasScope, @constraint, @cost and @listSize, @cacheControl
// and @bulk.
//
// Reads are batched in two ways (decision 0027). What hangs on the objects of one list is fetched for the whole list by
// model.Load, because the list is known: one statement and no waiting. Objects to which several lists point by id, which
// is clients, are fetched by a dataloader, which waits for company because it cannot know who comes.
package graph
