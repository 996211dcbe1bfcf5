package keys

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// The bounds of keys that are imported. RFC 7518 §3.3 wants RSA keys of 2048 bits; one of more than 4096 would make each token
// take tens of milliseconds. An exponent below 65537 is what FIPS 186-5 §5.4 forbids.
const (
	maxImport     = 16 << 10 // bytes
	leastRSABits  = 2048
	maxRSABits    = 4096
	leastExponent = 65537
)

// importedField is the name of the input in faults.
const importedField = "key"

func badKey(format string, args ...any) error {
	return identity.InvalidField(importedField, format, args...)
}

// Import implements identity.KeyMaker. Faults of the decoders are not passed on: they may repeat a part of what they read.
func (m Maker) Import(material string, alg identity.Algorithm) (identity.SigningKey, error) {
	if len(material) > maxImport {
		return identity.SigningKey{}, badKey("Must be at most %d bytes.", maxImport)
	}
	private, named, able, err := readPrivate(material)
	switch {
	case err != nil:
		return identity.SigningKey{}, err
	case named != "" && alg != "" && named != alg, alg != "" && !slices.Contains(able, alg):
		able = slices.DeleteFunc(able, func(a identity.Algorithm) bool { return named != "" && a != named })
		fault := identity.InvalidField("algorithm", "Is not what the key is for: that is %s.", identity.OneOfAlgorithms(able))
		return identity.SigningKey{}, fault
	}
	alg = cmp.Or(alg, named, able[0])
	if !proves(private, alg) {
		return identity.SigningKey{}, badKey("Has a public half that does not belong to the private one.")
	}
	return m.seal(private, alg)
}

// readPrivate reads a private key as PEM or as a JSON Web Key, with the algorithm that this names, if any, and all that it can sign with.
func readPrivate(material string) (private crypto.Signer, named identity.Algorithm, able []identity.Algorithm, err error) {
	if text := strings.TrimSpace(material); strings.HasPrefix(text, "{") {
		private, named, err = readJWK(text)
	} else {
		private, err = readPEM(text)
	}
	if err == nil {
		able, err = algorithmsOf(private)
	}
	if err == nil && named != "" && !slices.Contains(able, named) {
		err = badKey("Is for another algorithm than %s: see its member alg.", identity.OneOfAlgorithms(able))
	}
	return private, named, able, err
}

// readPEM reads the one private key of a PEM text. openssl writes the parameters of a curve before its key.
func readPEM(text string) (crypto.Signer, error) {
	var block *pem.Block
	for rest := []byte(text); ; {
		var next *pem.Block
		next, rest = pem.Decode(rest)
		if next == nil {
			break
		}
		switch {
		case next.Type == "EC PARAMETERS":
		case block != nil:
			return nil, badKey("Must have one PEM block; this has several.")
		default:
			block = next
		}
	}
	if block == nil {
		return nil, badKey("Must be a private key as PEM, or as a JSON Web Key.")
	}
	var parsed any
	var err error
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
		return nil, badKey("Is encrypted with a passphrase; decrypt it first, for example with openssl pkey.")
	case block.Type == "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case block.Type == "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		return nil, badKey("Must be a private key: a PEM block PRIVATE KEY, EC PRIVATE KEY or RSA PRIVATE KEY.")
	}
	signer, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil, badKey("Is no private key that can be read: damaged, of an unknown kind, or not what its PEM label says.")
	}
	return signer, nil
}

// readJWK reads a private key (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2), and the algorithm that it names. kid is not taken over.
func readJWK(text string) (signer crypto.Signer, named identity.Algorithm, err error) {
	var about struct {
		Type       string   `json:"kty"`
		Curve      string   `json:"crv"`
		Algorithm  string   `json:"alg"`
		Use        string   `json:"use"`
		Operations []string `json:"key_ops"`
		Private    string   `json:"d"`
		X          string   `json:"x"`
	}
	switch err := json.Unmarshal([]byte(text), &about); {
	case err != nil || about.Type == "":
		return nil, "", badKey("Is no JSON Web Key: an object with the member kty.")
	case about.Type == "oct":
		return nil, "", badKey("Is a symmetric key; tokens are signed with RSA, EC or OKP keys.")
	case about.Private == "":
		return nil, "", badKey("Is a public key; the private one is needed to sign.")
	case about.Use != "" && about.Use != "sig" || len(about.Operations) > 0 && !slices.Contains(about.Operations, "sign"):
		return nil, "", badKey("Is not meant for signatures: see its members use and key_ops.")
	}
	if about.Type == "OKP" {
		signer, err = readOKP(about.Curve, about.Private, about.X)
	} else {
		signer, err = readJose(text)
	}
	return signer, identity.Algorithm(about.Algorithm), err
}

func readJose(text string) (crypto.Signer, error) {
	var jwk jose.JSONWebKey
	err := jwk.UnmarshalJSON([]byte(text))
	signer, ok := jwk.Key.(crypto.Signer)
	if err != nil || !ok || !jwk.Valid() {
		return nil, badKey("Is no JSON Web Key that can be read: a member is missing or damaged, or its kty or crv is unknown.")
	}
	return signer, nil
}

// readOKP makes the public half anew: signatures made with one that is not its own reveal the private one.
func readOKP(curve, d, x string) (crypto.Signer, error) {
	seed, err := base64.RawURLEncoding.Strict().DecodeString(d)
	if curve != "Ed25519" || err != nil || len(seed) != ed25519.SeedSize {
		return nil, badKey("Must be on the curve Ed25519 if its kty is OKP, with 32 bytes in d.")
	}
	private := ed25519.NewKeyFromSeed(seed)
	if public, _ := private.Public().(ed25519.PublicKey); base64.RawURLEncoding.EncodeToString(public) != x {
		return nil, badKey("Has a public half that does not belong to the private one.")
	}
	return private, nil
}

// algorithmsOf returns the algorithms that a key can be for, if it is strong enough.
func algorithmsOf(private crypto.Signer) ([]identity.Algorithm, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		switch bits := k.N.BitLen(); {
		case bits < leastRSABits || bits > maxRSABits:
			return nil, badKey("Must have from %d to %d bits if it is an RSA key; it has %d.", leastRSABits, maxRSABits, bits)
		case len(k.Primes) != 2 || k.E < leastExponent:
			return nil, badKey("Must have two primes and an exponent of at least %d if it is an RSA key.", leastExponent)
		case k.Validate() != nil:
			return nil, badKey("Has members that do not belong together.")
		}
		return identity.RSAAlgorithms(), nil
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P256():
			return []identity.Algorithm{identity.ES256}, nil
		case elliptic.P384():
			return []identity.Algorithm{identity.ES384}, nil
		}
		return nil, badKey("Must be on the curve P-256 or P-384 if it is an EC key; it is on %s.", k.Curve.Params().Name)
	case ed25519.PrivateKey:
		return []identity.Algorithm{identity.EdDSA}, nil
	}
	return nil, badKey("Must be an RSA key, an EC key on P-256 or P-384, or an Ed25519 key.")
}

// proves reports whether what the private half signs verifies under the public one.
func proves(private crypto.Signer, alg identity.Algorithm) bool {
	method := jwt.GetSigningMethod(string(alg))
	signature, err := method.Sign("authly", private)
	return err == nil && method.Verify("authly", signature, private.Public()) == nil
}

// Public implements identity.KeyMaker.
func (m Maker) Public(k identity.SigningKey) (identity.PublicKey, error) {
	private, err := open(m.Keyring, k)
	if err != nil {
		return identity.PublicKey{}, err
	}
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return identity.PublicKey{}, fmt.Errorf("encode public key %s: %w", k.KID, err)
	}
	jwk, err := json.Marshal(published(k.KID, k.Algorithm, private.Public()))
	if err != nil {
		return identity.PublicKey{}, fmt.Errorf("encode public key %s: %w", k.KID, err)
	}
	return identity.PublicKey{PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), JWK: jwk}, nil
}

// published is a key as the key set has it.
func published(kid string, alg identity.Algorithm, public crypto.PublicKey) jose.JSONWebKey {
	if alg.Encrypts() {
		return publishedForEncryption(kid, alg, public)
	}
	return jose.JSONWebKey{Key: public, KeyID: kid, Algorithm: string(alg), Use: "sig"}
}
