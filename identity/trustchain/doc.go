// Package trustchain holds the rules of OpenID Federation 1.0 by which a trust anchor vouches for an entity: entity statements (§3),
// trust chains (§4, §10), constraints (§6.2) and metadata policies (§6.1). It calls nobody and stores nothing: the statements come from
// a Fetch, and signatures are proven by a Verify.
package trustchain
