// Package console is the admin console at /console: the built application in dist, and the sign-in of a browser to it. An
// administrator signs in through Authly's own authorization code flow; the code is redeemed here, and the token is in a cookie that
// scripts do not see. What the application does it does through the GraphQL API, like any other front end.
package console
