package keys

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// proofType is the type of DPoP proofs (RFC 9449 §4.2).
const proofType = "dpop+jwt"

// Proofs verifies DPoP proofs with the keys that they carry. It implements identity.ProofVerifier.
type Proofs struct{}

// VerifyProof implements identity.ProofVerifier.
func (Proofs) VerifyProof(proof string) (name string, body json.RawMessage, err error) {
	if !compact(proof) {
		return "", nil, identity.ErrInvalidToken
	}
	var key crypto.PublicKey
	payload, err := parseSigned(proof, identity.ProofAlgorithms(), func(t *jwt.Token) (_ any, err error) {
		if t.Header["typ"] != proofType {
			return nil, errors.New("header")
		}
		key, err = carriedKey(t.Header["jwk"])
		return key, err
	})
	if err == nil {
		name, err = thumbprint(key)
	}
	if err != nil {
		return "", nil, identity.ErrInvalidToken.Because(err)
	}
	return name, payload.raw, nil
}

// carriedKey reads the public key in the header of a proof. What is more than the key is left out: a certificate would be parsed.
// RSA keys are bounded as those that are imported: a verification costs more with a longer one, and whoever sends it chooses.
func carriedKey(member any) (crypto.PublicKey, error) {
	whole, ok := member.(map[string]any)
	if !ok {
		return nil, errors.New("no jwk")
	}
	public := map[string]any{}
	for name, value := range whole {
		switch name {
		case "kty", "crv", "x", "y", "n", "e":
			public[name] = value
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			return nil, errors.New("a private key")
		}
	}
	text, err := json.Marshal(public)
	if err != nil {
		return nil, err
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	if !key.IsPublic() || !key.Valid() {
		return nil, errors.New("no public key")
	}
	if k, ok := key.Key.(*rsa.PublicKey); ok && (k.N.BitLen() < leastRSABits || k.N.BitLen() > maxRSABits) {
		return nil, errors.New("size of the key")
	}
	return key.Key, nil
}
