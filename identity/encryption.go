package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// What keys of the server decrypt with (RFC 7518 §4.3, §4.6). The key of ECDH-ES serves its forms with key wrapping too.
const (
	RSAOAEP256 Algorithm = "RSA-OAEP-256"
	ECDHES     Algorithm = "ECDH-ES"
)

// Encrypts reports whether keys of the algorithm are for encryption, and never sign.
func (a Algorithm) Encrypts() bool { return a == RSAOAEP256 || a == ECDHES }

// Encryption is how something is encrypted as a JWE (RFC 7516).
type Encryption struct {
	Alg string // of the key; empty = not encrypted
	Enc string // of the content
}

// DefaultContentEncryption is the enc of who registers an alg alone (OIDC Registration §2).
const DefaultContentEncryption = "A128CBC-HS256"

// KeyEncryptions lists what keys of content are agreed on or encrypted with. Left out are RSA1_5 and RSA-OAEP with SHA-1, keys that both
// sides have (dir, A128KW) and passwords (PBES2), whose cost the sender chooses.
func KeyEncryptions() []string {
	return []string{string(RSAOAEP256), string(ECDHES), "ECDH-ES+A128KW", "ECDH-ES+A256KW"}
}

// ContentEncryptions lists what contents are encrypted with.
func ContentEncryptions() []string { return []string{DefaultContentEncryption, "A128GCM", "A256GCM"} }

// serverKey is the algorithm of the keys that the server decrypts with.
func (e Encryption) serverKey() Algorithm {
	switch {
	case e.Alg == "":
		return ""
	case e.Alg == string(RSAOAEP256):
		return RSAOAEP256
	}
	return ECDHES
}

// ClientEncrypter encrypts for clients.
type ClientEncrypter interface {
	// Encrypt makes a compact JWE of a payload for a client, by a key that the client has published. nested is for a payload that is a
	// JWT itself (RFC 7519 §5.2). ErrNoEncryptionKey where no key fits, or the keys cannot be read.
	Encrypt(ctx context.Context, client Client, as Encryption, payload []byte, nested bool) (string, error)
}

// ErrNoEncryptionKey refuses to tell a client in clear what it wants encrypted.
var ErrNoEncryptionKey = Errorf(Invalid, CodeValidation, "The client publishes no key that the answer could be encrypted with.").
	Breaks(RuleEncryptionKey)

// encryption is how something of the client is encrypted.
type encryption struct {
	name     string // its metadata is name_alg and name_enc
	alg, enc *string
}

// encryptions are those of the metadata.
func (m *ClientMetadata) encryptions() []encryption {
	return []encryption{
		{"id_token_encrypted_response", &m.IDTokenEncryptionAlg, &m.IDTokenEncryptionEnc},
		{"userinfo_encrypted_response", &m.UserinfoEncryptionAlg, &m.UserinfoEncryptionEnc},
		{"introspection_encrypted_response", &m.IntrospectionEncryptionAlg, &m.IntrospectionEncryptionEnc},
		{"authorization_encrypted_response", &m.AuthorizationEncryptionAlg, &m.AuthorizationEncryptionEnc},
		{"request_object_encryption", &m.RequestEncryptionAlg, &m.RequestEncryptionEnc},
	}
}

// RequestEncryption is how the client encrypts its request objects (OIDC Registration §2).
func (c Client) RequestEncryption() Encryption {
	return encrypted(c.Metadata.RequestEncryptionAlg, c.Metadata.RequestEncryptionEnc)
}

func encrypted(alg, enc string) Encryption {
	if alg == "" {
		return Encryption{}
	}
	return Encryption{alg, cmp.Or(enc, DefaultContentEncryption)}
}

// checkEncryption checks what the client wants encrypted, and that there is a key for it.
func (m ClientMetadata) checkEncryption(faults *Faults) {
	for _, e := range m.encryptions() {
		alg, enc := *e.alg, *e.enc
		switch {
		case alg == "" && enc != "":
			faults.Add(InvalidField(e.name+"_enc", "Must not be given without %s_alg.", e.name))
			continue
		case alg == "":
			continue
		case !slices.Contains(KeyEncryptions(), alg):
			faults.Add(InvalidField(e.name+"_alg", "Must be %s.", OneOfAlgorithms(KeyEncryptions())))
			continue
		case enc != "" && !slices.Contains(ContentEncryptions(), enc):
			faults.Add(InvalidField(e.name+"_enc", "Must be %s.", OneOfAlgorithms(ContentEncryptions())))
		}
		if e.alg == &m.RequestEncryptionAlg || m.JWKSURI != "" || faults.has("jwks") {
			continue // by a key of the server; or what is there then is looked at then
		}
		if keys, err := EncryptionKeys(m.JWKS, alg); err != nil || len(keys) == 0 {
			faults.Add(InvalidField("jwks", "Must have a key for %s_alg %s with the use enc or none, or jwks_uri must be given.", e.name, alg))
		}
	}
}

// wantsEncrypted reports whether the client publishes keys that others encrypt with.
func (m ClientMetadata) wantsEncrypted() bool {
	return slices.ContainsFunc(m.encryptions(), func(e encryption) bool { return *e.alg != "" && e.alg != &m.RequestEncryptionAlg })
}

// EncryptionKeys returns the keys of a set by which something can be encrypted with the alg; those that are for nothing else first. All
// others are left out, one by one, as RFC 7517 §5 says.
func EncryptionKeys(set []byte, alg string) ([]json.RawMessage, error) {
	all, members, err := keySetMembers(set)
	if err != nil {
		return nil, err
	}
	var meant, able []json.RawMessage
	for i, raw := range all {
		var key publishedKey
		if members[i] == nil || private(members[i]) || json.Unmarshal(raw, &key) != nil || !key.encrypts(alg) {
			continue
		}
		if key.Use == "enc" {
			meant = append(meant, raw)
		} else {
			able = append(able, raw)
		}
	}
	return append(meant, able...), nil
}

// encrypts reports whether something can be encrypted with the alg by the key.
func (k publishedKey) encrypts(alg string) bool {
	kind, operations := "EC", []string{"deriveKey", "deriveBits"}
	if alg == string(RSAOAEP256) {
		kind, operations = "RSA", []string{"wrapKey", "encrypt"}
	}
	allowed := len(k.Operations) == 0 || slices.ContainsFunc(operations, func(o string) bool { return slices.Contains(k.Operations, o) })
	return k.Type == kind && (k.Use == "" || k.Use == "enc") && allowed && (k.Algorithm == "" || k.Algorithm == alg) && k.wellFormed()
}

// isEncrypted reports whether a text has the form of a compact JWE (RFC 7516 §3.1).
func isEncrypted(token string) bool { return strings.Count(token, ".") == 4 }
