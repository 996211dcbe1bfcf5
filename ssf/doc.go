// Package ssf is a transmitter of the Shared Signals Framework on top of package oauth: what is there only with shared signals.
//
//	what                                   file              standard
//	/.well-known/ssf-configuration         configuration.go  SSF 1.0 §7.1
//	/ssf/stream, /ssf/status               stream.go         SSF 1.0 §8.1.1, §8.1.2
//	/ssf/subjects:add, :remove, /ssf/verify  request.go      SSF 1.0 §8.1.3, §8.1.4
//	/ssf/poll                              poll.go           RFC 8936
//
// Tokens are pushed by jobs of package identity (RFC 8935).
package ssf
