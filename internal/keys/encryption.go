package keys

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
)

// Encrypt implements identity.ClientEncrypter. The set of a client that has rotated is fetched again when it has no key that fits.
func (c *ClientKeys) Encrypt(
	ctx context.Context, client identity.Client, as identity.Encryption, payload []byte, nested bool,
) (string, error) {
	set, err := c.set(ctx, keysOf(client), func(s clientSet) bool { return s.encryption[as.Alg].Key != nil })
	if err != nil {
		return "", identity.ErrNoEncryptionKey.Expecting("that its keys can be read").Because(err)
	}
	key, ok := set.encryption[as.Alg]
	if !ok {
		return "", identity.ErrNoEncryptionKey.Expecting("a key for " + as.Alg)
	}
	options := &jose.EncrypterOptions{}
	if nested {
		options.WithContentType("JWT")
	}
	recipient := jose.Recipient{Algorithm: jose.KeyAlgorithm(as.Alg), Key: key.Key, KeyID: key.KeyID}
	encrypter, err := jose.NewEncrypter(jose.ContentEncryption(as.Enc), recipient, options)
	if err != nil {
		return "", fmt.Errorf("encrypt for %s: %w", client.ClientID, err)
	}
	object, err := encrypter.Encrypt(payload)
	if err != nil {
		return "", fmt.Errorf("encrypt for %s: %w", client.ClientID, err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("encrypt for %s: %w", client.ClientID, err)
	}
	return text, nil
}

// jweHeader is the header of a JWE that is to be opened (RFC 7516 §4.1).
type jweHeader struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
	KID string `json:"kid"`
}

// jweMembers are the members that the header may have. There is no zip among them, so that a token opens to no more than its length,
// no crit, and no p2c; jwk, jku and x5u would name other keys.
var jweMembers = []string{"alg", "enc", "kid", "typ", "cty", "epk", "apu", "apv", "iss", "sub", "aud"}

// readJWE reads the header of a compact JWE within its bounds.
func readJWE(token string) (h jweHeader, err error) {
	if !compact(token) || strings.Count(token, ".") != 4 {
		return h, errors.New("no compact JWE")
	}
	encoded, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return h, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return h, err
	}
	for name := range members {
		if !slices.Contains(jweMembers, name) {
			return h, fmt.Errorf("header has %q", name)
		}
	}
	for name, into := range map[string]*string{"alg": &h.Alg, "enc": &h.Enc, "kid": &h.KID} {
		if value, ok := members[name]; ok && json.Unmarshal(value, into) != nil {
			return h, fmt.Errorf("%s of another type", name)
		}
	}
	return h, nil
}

// Decrypt implements identity.TokenSigner. What is inside may not be encrypted again.
func (s *Signer) Decrypt(ctx context.Context, token string, as identity.Encryption) ([]byte, error) {
	h, err := readJWE(token)
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	algs, encs := identity.KeyEncryptions(), identity.ContentEncryptions()
	if as.Alg != "" {
		algs, encs = []string{as.Alg}, []string{as.Enc}
	}
	if !slices.Contains(algs, h.Alg) || !slices.Contains(encs, h.Enc) {
		return nil, identity.ErrInvalidToken.Because(fmt.Errorf("encrypted with %q and %q", h.Alg, h.Enc))
	}
	k, err := s.decryptionKey(ctx, h)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, identity.ErrInvalidToken.Because(errors.New("encrypted to no key of the server"))
	}
	alg, enc := jose.KeyAlgorithm(h.Alg), jose.ContentEncryption(h.Enc)
	object, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{alg}, []jose.ContentEncryption{enc})
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	inner, err := object.Decrypt(k.private)
	if err != nil {
		return nil, identity.ErrInvalidToken.Because(err)
	}
	if !compact(string(inner)) || strings.Count(string(inner), ".") != 2 {
		return nil, identity.ErrInvalidToken.Because(errors.New("no JWS inside"))
	}
	return inner, nil
}

// decryptionKey returns the key of the server that a JWE is encrypted to: the one of its kid, be it retired, or without one that which is
// published. Nil if there is none.
func (s *Signer) decryptionKey(ctx context.Context, h jweHeader) (*key, error) {
	want := identity.ECDHES
	if h.Alg == string(identity.RSAOAEP256) {
		want = identity.RSAOAEP256
	}
	if h.KID != "" {
		k, err := s.find(ctx, h.KID)
		if err != nil || k == nil || k.alg != want {
			return nil, err
		}
		return k, nil
	}
	set, err := s.keys(ctx)
	if err != nil {
		return nil, err
	}
	return set.active[want], nil
}

// publishedForEncryption is a key to encrypt to as the key set has it. One for ECDH-ES names no alg: it serves the forms with key wrapping.
func publishedForEncryption(kid string, alg identity.Algorithm, public crypto.PublicKey) jose.JSONWebKey {
	k := jose.JSONWebKey{Key: public, KeyID: kid, Use: "enc"}
	if alg == identity.RSAOAEP256 {
		k.Algorithm = string(alg)
	}
	return k
}
