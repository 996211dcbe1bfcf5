package keys

import (
	"crypto"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
)

// assertionLifetime is enough for one request.
const assertionLifetime = time.Minute

// SignAssertion makes the JWT with which a client shows an authorization server that it has a private key (RFC 7523 §2.2, §3).
// The material is PEM or a JSON Web Key, as for Import; faults of it are Invalid errors.
func SignAssertion(material, clientID, audience string, now time.Time) (string, error) {
	var private crypto.Signer
	var named identity.Algorithm
	var err error
	var kid struct {
		ID string `json:"kid"`
	}
	if text := strings.TrimSpace(material); strings.HasPrefix(text, "{") {
		if private, named, err = readJWK(text); err == nil {
			err = json.Unmarshal([]byte(text), &kid)
		}
	} else {
		private, err = readPEM(text)
	}
	if err != nil {
		return "", err
	}
	able, err := algorithmsOf(private)
	if err != nil {
		return "", err
	}
	if named == "" {
		named = able[0]
	}
	// The key of a set is found by its kid; without one the server tries those that it has.
	key := jose.JSONWebKey{Key: private, KeyID: kid.ID}
	options := (&jose.SignerOptions{}).WithType("JWT")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(named), Key: key}, options)
	if err != nil {
		return "", fmt.Errorf("sign the assertion: %w", err)
	}
	claims, err := json.Marshal(map[string]any{
		"iss": clientID, "sub": clientID, "aud": audience, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLifetime).Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("write the assertion: %w", err)
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return "", fmt.Errorf("sign the assertion: %w", err)
	}
	return signed.CompactSerialize()
}
