package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
)

// rsaBits is the size of RSA keys: 2048 keeps a signature at 1.3 ms; 3072 costs three times that.
const rsaBits = 2048

// Maker generates key pairs and seals them.
type Maker struct {
	Keyring *identity.Keyring
}

// Make generates a key pair for the algorithm. The kid is its RFC 7638 thumbprint.
func (m Maker) Make(alg identity.Algorithm) (identity.SigningKey, error) {
	private, err := generate(alg)
	if err != nil {
		return identity.SigningKey{}, fmt.Errorf("generate %s key: %w", alg, err)
	}
	return m.seal(private, alg)
}

func (m Maker) seal(private crypto.Signer, alg identity.Algorithm) (identity.SigningKey, error) {
	kid, err := thumbprint(private.Public())
	if err != nil {
		return identity.SigningKey{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return identity.SigningKey{}, fmt.Errorf("encode private key: %w", err)
	}
	return identity.SigningKey{
		KID: kid, Algorithm: alg, Sealed: m.Keyring.Seal(identity.PurposeSigningKey, der, kid),
	}, nil
}

func generate(alg identity.Algorithm) (crypto.Signer, error) {
	switch alg {
	case identity.RS256, identity.RS384, identity.RS512, identity.PS256, identity.PS384, identity.PS512,
		identity.RSAOAEP256:
		return rsa.GenerateKey(rand.Reader, rsaBits)
	case identity.ES256, identity.ECDHES:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case identity.ES384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case identity.EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case identity.HS256: // by secrets of clients
	}
	return nil, fmt.Errorf("no key can be made for the algorithm %q", alg)
}

func thumbprint(public crypto.PublicKey) (string, error) {
	jwk := jose.JSONWebKey{Key: public}
	sum, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("thumbprint: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// Check returns an error when the keyring does not open one of the stored keys: then none would be published.
func Check(keyring *identity.Keyring, stored []identity.SigningKey) error {
	for _, k := range stored {
		if _, err := open(keyring, k); err != nil {
			return err
		}
	}
	return nil
}

// open unseals a stored key.
func open(keyring *identity.Keyring, k identity.SigningKey) (crypto.Signer, error) {
	der, err := keyring.Open(identity.PurposeSigningKey, k.Sealed, k.KID)
	if err != nil {
		return nil, fmt.Errorf("open signing key %s: %w", k.KID, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse signing key %s: %w", k.KID, err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("signing key %s cannot sign", k.KID)
	}
	return signer, nil
}
