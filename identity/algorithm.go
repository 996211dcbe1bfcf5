package identity

import (
	"crypto"
	_ "crypto/sha256" // the hashes of Hash
	_ "crypto/sha512"
	"slices"
	"strings"
)

// Algorithm is what a key is for: a JWS algorithm (RFC 7518 §3.1, RFC 8037).
type Algorithm string

// The algorithms that Authly signs with.
const (
	RS256 Algorithm = "RS256"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
	ES256 Algorithm = "ES256"
	ES384 Algorithm = "ES384"
	EdDSA Algorithm = "EdDSA"
	HS256 Algorithm = "HS256" // by the secret of a client, for that client alone
)

// Algorithms lists what Authly signs with by keys of its own, the default of the OIDC standard first.
func Algorithms() []Algorithm { return append(RSAAlgorithms(), ES256, ES384, EdDSA) }

// RSAAlgorithms lists those that an RSA key can be for: one of them, as no key is for two (RFC 8725 §3.1).
func RSAAlgorithms() []Algorithm { return []Algorithm{RS256, RS384, RS512, PS256, PS384, PS512} }

// StandingAlgorithms lists those of which there are always keys. Keys of the others are made when something is registered that names
// one: RSA keys take a tenth of a second each, and who reads the key set reads all of them.
func StandingAlgorithms() []Algorithm { return []Algorithm{RS256, ES256, EdDSA} }

// IDTokenAlgorithms lists what ID tokens can be signed with.
func IDTokenAlgorithms() []Algorithm { return append(Algorithms(), HS256) }

// Hash is the hash of an algorithm, of which at_hash and its like are halves (OIDC Core §3.1.3.6); Ed25519 hashes with SHA-512.
func (a Algorithm) Hash() crypto.Hash {
	switch a {
	case RS384, PS384, ES384:
		return crypto.SHA384
	case RS512, PS512, EdDSA:
		return crypto.SHA512
	default:
		return crypto.SHA256
	}
}

// OneOfAlgorithms names the algorithms of a list in a sentence.
func OneOfAlgorithms[A ~string](list []A) string {
	names := texts(list)
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// KeysFor lists the algorithms that the server needs keys of for the client.
func (c Client) KeysFor() []Algorithm {
	m := c.Metadata
	all := []Algorithm{
		m.IDTokenAlg, m.AccessTokenAlg, m.UserinfoAlg, m.IntrospectionAlg, m.AuthorizationAlg, c.RequestEncryption().serverKey(),
	}
	return slices.DeleteFunc(all, func(a Algorithm) bool { return a == "" || a == HS256 })
}

// KeysFor lists the algorithms that the server needs keys of for the resource, whatever client asks.
func (r Resource) KeysFor() []Algorithm {
	if r.AccessTokenAlg == "" {
		return nil
	}
	return []Algorithm{r.AccessTokenAlg}
}
