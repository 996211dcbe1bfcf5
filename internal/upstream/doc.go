// Package upstream talks to identity providers: it finds their endpoints and keys, redeems the codes that browsers bring back,
// and verifies who has signed in there, by OpenID Connect Core 1.0 or by the API of a provider that knows OAuth 2.0 alone.
//
// Nothing that a provider says is shown or logged: it may be anything. What is wrong with it is told by an
// identity.UpstreamFault.
package upstream
