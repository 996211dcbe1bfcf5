package keys

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/document"
)

const maxCandidates = 10 // keys that are tried on one assertion

// ClientKeys verifies what clients sign, with the keys that they registered. It implements identity.AssertionVerifier.
type ClientKeys struct{ sets clientSets }

// NewClientKeys makes a ClientKeys that fetches jwks_uri documents with fetch.
func NewClientKeys(fetch document.Fetch, source identity.Source) *ClientKeys {
	return &ClientKeys{newClientSets(fetch, source)}
}

// VerifyAssertion checks the signature of a JWT with a registered key of the client and returns its claims, unchecked.
// A failure of the token is ErrInvalidToken.
func (c *ClientKeys) VerifyAssertion(ctx context.Context, client identity.Client, token string) (json.RawMessage, error) {
	if !compact(token) {
		return nil, identity.ErrInvalidToken
	}
	methods := identity.AssertionAlgorithms()
	if alg := client.Metadata.TokenEndpointAuthAlg; alg != "" {
		methods = []string{alg}
	}
	payload, err := parseSigned(token, methods, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		return c.candidates(ctx, client, kid, t.Method.Alg())
	})
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	return payload.raw, nil
}

// candidates are the client's keys that may have signed: by kid, or all of the fitting type when the token names none.
func (c *ClientKeys) candidates(ctx context.Context, client identity.Client, kid, alg string) (jwt.VerificationKeySet, error) {
	set, err := c.set(ctx, client, kid)
	if err != nil {
		return jwt.VerificationKeySet{}, err
	}
	var out jwt.VerificationKeySet
	for _, key := range set.Keys {
		if kid != "" && key.KeyID != "" && key.KeyID != kid || key.Algorithm != "" && key.Algorithm != alg {
			continue
		}
		out.Keys = append(out.Keys, key.Key)
	}
	if len(out.Keys) == 0 || len(out.Keys) > maxCandidates {
		return jwt.VerificationKeySet{}, errors.New("no key of the client fits")
	}
	return out, nil
}

func (c *ClientKeys) set(ctx context.Context, client identity.Client, kid string) (jose.JSONWebKeySet, error) {
	if client.Metadata.JWKSURI == "" {
		return parseKeySet(client.Metadata.JWKS)
	}
	return c.sets.get(ctx, client.Metadata.JWKSURI, kid)
}
