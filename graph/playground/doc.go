// Package playground is GraphiQL for the admin API: a page that needs no other host, signs in through Authly's own
// authorization code flow, and keeps the token in memory.
//
// The vendored files in assets are the unchanged npm files graphiql 4.1.2, react 18.2.0 and react-dom 18.2.0,
// compressed; their licences are in assets/LICENSES.
package playground
