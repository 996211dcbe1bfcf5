// Package bearer is how access tokens are presented over HTTP, for every API that takes them: where a token stands in a
// request, and the challenge that answers a request without a good one (RFC 6750 §2, §3). Whether a token is good is
// for identity.Tokens to say.
package bearer
