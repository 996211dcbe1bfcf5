package keys

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
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
func (Proofs) VerifyProof(proof string) (thumbprint string, body json.RawMessage, err error) {
	if !compact(proof) {
		return "", nil, identity.ErrInvalidToken
	}
	var (
		payload claims
		key     jose.JSONWebKey
	)
	parser := jwt.NewParser(jwt.WithValidMethods(identity.ProofAlgorithms()), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation())
	_, err = parser.ParseWithClaims(proof, &payload, func(t *jwt.Token) (any, error) {
		if _, critical := t.Header["crit"]; critical || t.Header["typ"] != proofType {
			return nil, errors.New("header")
		}
		var err error
		key, err = carriedKey(t.Header["jwk"])
		return key.Key, err
	})
	if err != nil {
		return "", nil, identity.ErrInvalidToken.Because(err)
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", nil, identity.ErrInvalidToken.Because(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), payload.raw, nil
}

// carriedKey reads the public key in the header of a proof. What is more than the key is left out: a certificate would be parsed.
// RSA keys are bounded as those that are imported: a verification costs more with a longer one, and whoever sends it chooses.
func carriedKey(member any) (jose.JSONWebKey, error) {
	whole, ok := member.(map[string]any)
	if !ok {
		return jose.JSONWebKey{}, errors.New("no jwk")
	}
	public := map[string]any{}
	for name, value := range whole {
		switch name {
		case "kty", "crv", "x", "y", "n", "e":
			public[name] = value
		case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
			return jose.JSONWebKey{}, errors.New("a private key")
		}
	}
	text, err := json.Marshal(public)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	var key jose.JSONWebKey
	if err := key.UnmarshalJSON(text); err != nil {
		return jose.JSONWebKey{}, err
	}
	if !key.IsPublic() || !key.Valid() {
		return jose.JSONWebKey{}, errors.New("no public key")
	}
	if k, ok := key.Key.(*rsa.PublicKey); ok && (k.N.BitLen() < leastRSABits || k.N.BitLen() > maxRSABits) {
		return jose.JSONWebKey{}, errors.New("size of the key")
	}
	return key, nil
}
