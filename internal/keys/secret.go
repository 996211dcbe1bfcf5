package keys

import (
	"encoding/json"
	"errors"

	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// SignWithSecret implements identity.TokenSigner. The key is the secret as it is (OIDC Core §10.1), which is as long as the hash at
// least (RFC 7518 §3.2).
func (s *Signer) SignWithSecret(secret []byte, typ string, claims any) (string, error) {
	if len(secret) < jwt.SigningMethodHS256.Hash.Size() {
		return "", errors.New("sign: the secret is shorter than the hash")
	}
	return sign(header{Algorithm: identity.HS256, Type: typ}, claims, jwt.SigningMethodHS256, secret)
}

// VerifyWithSecrets implements identity.TokenSigner. Nothing but HS256 is accepted, and nothing but secrets are keys (RFC 8725 §3.1).
func (s *Signer) VerifyWithSecrets(secrets [][]byte, token, typ string, out any) error {
	var p proven
	body, err := claimsOf(token, []string{string(identity.HS256)}, func(t *jwt.Token) (any, error) {
		p.typ, _ = t.Header["typ"].(string)
		var keys jwt.VerificationKeySet
		for _, secret := range secrets {
			if len(secret) >= jwt.SigningMethodHS256.Hash.Size() {
				keys.Keys = append(keys.Keys, secret)
			}
		}
		return keys, nil
	})
	if err != nil {
		return err
	}
	var issued struct {
		Issuer string `json:"iss"`
	}
	if err := json.Unmarshal(body, &issued); err != nil {
		return identity.ErrInvalidToken.Because(err)
	}
	p.issuer, p.claims = issued.Issuer, body
	return s.read(p, typ, out)
}
