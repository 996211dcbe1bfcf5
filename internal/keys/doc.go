// Package keys is the home of JOSE: it makes the server's signing keys, seals them, signs tokens with them, verifies
// what comes back and publishes the JWK set. It is the only package that knows golang-jwt and go-jose.
//
// Private keys exist in memory only. At rest they are PKCS #8 sealed under the root secret and bound to their kid, so
// that a row cannot be swapped for another. All nodes read the same rows, so they sign and verify alike and survive a
// restart.
package keys
