package keys

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/document"
)

const maxCandidates = 10 // keys that are tried on one assertion

// ClientKeys verifies what clients sign, with the keys that they registered. It implements identity.AssertionVerifier.
type ClientKeys struct {
	sets       clientSets
	registered generations[clientSet]
}

// NewClientKeys makes a ClientKeys that fetches jwks_uri documents with fetch.
func NewClientKeys(fetch document.Fetch, source identity.Source) *ClientKeys {
	return &ClientKeys{sets: newClientSets(fetch, source), registered: generations[clientSet]{most: registeredMost}}
}

// publicKeys are the keys of somebody else: a set, or where it is.
type publicKeys struct {
	set     json.RawMessage
	address string
}

func keysOf(c identity.Client) publicKeys { return publicKeys{c.Metadata.JWKS, c.Metadata.JWKSURI} }

// VerifyAssertion checks the signature of a JWT with a registered key of the client and returns its claims, unchecked.
// A failure of the token is ErrInvalidToken.
func (c *ClientKeys) VerifyAssertion(ctx context.Context, client identity.Client, token string) (json.RawMessage, error) {
	return c.verifyAssertion(ctx, keysOf(client), registered(client, identity.AssertionAlgorithms()), token)
}

// VerifySecretAssertion implements identity.AssertionVerifier. A secret that has fewer bytes than the hash is no key (RFC 7518 §3.2).
func (c *ClientKeys) VerifySecretAssertion(client identity.Client, secrets [][]byte, token string) (json.RawMessage, error) {
	return claimsOf(token, registered(client, identity.SecretAssertionAlgorithms()), func(t *jwt.Token) (any, error) {
		method, ok := t.Method.(*jwt.SigningMethodHMAC)
		if !ok || isRequestObject(t.Header["typ"]) {
			return nil, errors.New("no assertion by a secret")
		}
		var keys jwt.VerificationKeySet
		for _, secret := range secrets {
			if len(secret) >= method.Hash.Size() {
				keys.Keys = append(keys.Keys, secret)
			}
		}
		return keys, nil
	})
}

// registered returns which of the algorithms a client may use for its assertions.
func registered(client identity.Client, algorithms []string) []string {
	return client.SigningAlgorithms(client.Metadata.TokenEndpointAuthAlg, algorithms)
}

// VerifyTrusted is VerifyAssertion with the keys of an issuer.
func (c *ClientKeys) VerifyTrusted(ctx context.Context, issuer identity.TrustedIssuer, token string) (json.RawMessage, error) {
	return c.verifyAssertion(ctx, publicKeys{issuer.JWKS, issuer.JWKSURI}, identity.AssertionAlgorithms(), token)
}

func (c *ClientKeys) verifyAssertion(ctx context.Context, keys publicKeys, methods []string, token string) (json.RawMessage, error) {
	return claimsOf(token, methods, func(t *jwt.Token) (any, error) {
		if isRequestObject(t.Header["typ"]) {
			return nil, errors.New("a request object")
		}
		return c.candidates(ctx, keys, t)
	})
}

// claimsOf returns the claims of a JWT that one of the keys has signed which keyOf returns for it.
func claimsOf(token string, methods []string, keyOf jwt.Keyfunc) (json.RawMessage, error) {
	if !compact(token) {
		return nil, identity.ErrInvalidToken
	}
	payload, err := parseSigned(token, methods, keyOf)
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
	alg := client.Metadata.RequestObjectAlg
	methods := client.SigningAlgorithms(alg, identity.RequestObjectAlgorithms())
	if alg == identity.UnsignedRequests {
		methods = []string{alg}
	}
	body, err = claimsOf(object, methods, func(t *jwt.Token) (any, error) {
		if typ, ok := t.Header["typ"]; ok && typ != identity.TypeJWT && !isRequestObject(typ) {
			return nil, errors.New("another type")
		}
		if signed = t.Method.Alg() != identity.UnsignedRequests; !signed {
			return jwt.UnsafeAllowNoneSignatureType, nil
		}
		return c.candidates(ctx, keysOf(client), t)
	})
	return body, signed && err == nil, err
}

// candidates are the keys that may have signed a token: by kid, or all of the fitting type when it names none.
func (c *ClientKeys) candidates(ctx context.Context, keys publicKeys, t *jwt.Token) (jwt.VerificationKeySet, error) {
	kid, _ := t.Header["kid"].(string)
	set, err := c.set(ctx, keys, func(s clientSet) bool { return kid == "" || s.hasKey(kid) })
	if err != nil {
		return jwt.VerificationKeySet{}, err
	}
	var out jwt.VerificationKeySet
	for _, key := range set.keys {
		if kid != "" && key.KeyID != "" && key.KeyID != kid || key.Algorithm != "" && key.Algorithm != t.Method.Alg() {
			continue
		}
		out.Keys = append(out.Keys, key.Key)
	}
	if len(out.Keys) == 0 || len(out.Keys) > maxCandidates {
		return jwt.VerificationKeySet{}, errors.New("no key fits")
	}
	return out, nil
}

// set returns a key set, which is a fresh one where it does not have what is looked for.
func (c *ClientKeys) set(ctx context.Context, keys publicKeys, has func(clientSet) bool) (clientSet, error) {
	if keys.address == "" {
		return c.registeredSet(keys.set)
	}
	return c.sets.get(ctx, keys.address, has)
}

// HasCertificate implements identity.AssertionVerifier. A set that cannot be read is ErrInvalidToken.
func (c *ClientKeys) HasCertificate(ctx context.Context, client identity.Client, der []byte) (bool, error) {
	has := func(s clientSet) bool { return s.hasCertificate(der) }
	set, err := c.set(ctx, keysOf(client), has)
	if err != nil {
		return false, identity.ErrInvalidToken.Because(err)
	}
	return has(set), nil
}
