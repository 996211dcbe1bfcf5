// Package parameters reads the parameters of a request, from its query and from its form, by one rule for every
// endpoint: what cannot be read is refused as a whole instead of being dropped, the size and the number are bounded before
// anything is made of them, and a parameter without a value counts as omitted (RFC 6749 §3.1, §3.2).
package parameters
