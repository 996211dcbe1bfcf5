// Package playground is two pages for administrators that need no other host, sign in through Authly's own authorization code
// flow, and have their tokens in memory alone: GraphiQL for the admin API, and the debugger of flows in flows/, which drives the
// public endpoints as a client that the administrator chooses.
//
// The vendored files in assets are the unchanged npm files graphiql 4.1.2, react 18.2.0 and react-dom 18.2.0,
// compressed; their licences are in assets/LICENSES.
package playground
