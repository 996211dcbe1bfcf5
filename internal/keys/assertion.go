package keys

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

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

// publicKeys are the keys of somebody else: a set, or where it is.
type publicKeys struct {
	set     json.RawMessage
	address string
}

// VerifyAssertion checks the signature of a JWT with a registered key of the client and returns its claims, unchecked.
// A failure of the token is ErrInvalidToken.
func (c *ClientKeys) VerifyAssertion(ctx context.Context, client identity.Client, token string) (json.RawMessage, error) {
	methods := identity.AssertionAlgorithms()
	if alg := client.Metadata.TokenEndpointAuthAlg; alg != "" {
		methods = []string{alg}
	}
	return c.verify(ctx, publicKeys{client.Metadata.JWKS, client.Metadata.JWKSURI}, methods, token)
}

// VerifyTrusted is VerifyAssertion with the keys of an issuer.
func (c *ClientKeys) VerifyTrusted(ctx context.Context, issuer identity.TrustedIssuer, token string) (json.RawMessage, error) {
	return c.verify(ctx, publicKeys{issuer.JWKS, issuer.JWKSURI}, identity.AssertionAlgorithms(), token)
}

func (c *ClientKeys) verify(ctx context.Context, keys publicKeys, methods []string, token string) (json.RawMessage, error) {
	if !compact(token) {
		return nil, identity.ErrInvalidToken
	}
	payload, err := parseSigned(token, methods, func(t *jwt.Token) (any, error) {
		if isRequestObject(t.Header["typ"]) {
			return nil, errors.New("a request object")
		}
		kid, _ := t.Header["kid"].(string)
		return c.candidates(ctx, keys, kid, t.Method.Alg())
	})
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	return payload.raw, nil
}

// requestObjectType is the type of request objects (RFC 9101 §10.8).
const requestObjectType = "oauth-authz-req+jwt"

// isRequestObject reports whether the type in a header says so. Media types know no case, and lose their prefix in a header (RFC
// 7515 §4.1.9).
func isRequestObject(typ any) bool {
	text, _ := typ.(string)
	text = strings.ToLower(text)
	return strings.TrimPrefix(text, "application/") == requestObjectType
}

// VerifyRequestObject implements identity.AssertionVerifier. The type JWT, and none, are those of the time before RFC 9101.
func (c *ClientKeys) VerifyRequestObject(
	ctx context.Context, client identity.Client, object string,
) (body json.RawMessage, signed bool, err error) {
	if !compact(object) {
		return nil, false, identity.ErrInvalidToken
	}
	methods := identity.RequestObjectAlgorithms()
	if alg := client.Metadata.RequestObjectAlg; alg != "" {
		methods = []string{alg}
	}
	payload, err := parseSigned(object, methods, func(t *jwt.Token) (any, error) {
		if typ, ok := t.Header["typ"]; ok && typ != identity.TypeJWT && !isRequestObject(typ) {
			return nil, errors.New("another type")
		}
		if signed = t.Method.Alg() != identity.UnsignedRequests; !signed {
			return jwt.UnsafeAllowNoneSignatureType, nil
		}
		kid, _ := t.Header["kid"].(string)
		return c.candidates(ctx, publicKeys{client.Metadata.JWKS, client.Metadata.JWKSURI}, kid, t.Method.Alg())
	})
	if err != nil {
		return nil, false, identity.ErrInvalidToken.Because(err)
	}
	return payload.raw, signed, nil
}

// candidates are the keys that may have signed: by kid, or all of the fitting type when the token names none.
func (c *ClientKeys) candidates(ctx context.Context, keys publicKeys, kid, alg string) (jwt.VerificationKeySet, error) {
	set, err := c.set(ctx, keys, kid)
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
		return jwt.VerificationKeySet{}, errors.New("no key fits")
	}
	return out, nil
}

func (c *ClientKeys) set(ctx context.Context, keys publicKeys, kid string) (jose.JSONWebKeySet, error) {
	if keys.address == "" {
		return parseKeySet(keys.set)
	}
	return c.sets.get(ctx, keys.address, kid)
}
