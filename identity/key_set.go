package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// publishedKey is a JSON Web Key as a client publishes it (RFC 7517 §4, RFC 7518 §6): the members that decide whether
// it may have signed something.
type publishedKey struct {
	Type       string   `json:"kty"`
	Curve      string   `json:"crv"`
	X          string   `json:"x"`
	Y          string   `json:"y"`
	Modulus    string   `json:"n"`
	Exponent   string   `json:"e"`
	Use        string   `json:"use"`
	Operations []string `json:"key_ops"`
	Algorithm  string   `json:"alg"`
}

// privateMembers are the members of keys that nobody else may know (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2; priv of
// the key type AKP).
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// minModulus is the least length of an RSA key in bytes (RFC 7518 §3.3).
const minModulus = 2048 / 8

// useSVID is the use of the keys that sign JWT-SVIDs in a SPIFFE bundle (SPIFFE Trust Domain and Bundle §4.2.2).
const useSVID = "jwt-svid"

var errNoKeySet = errors.New("not a JSON Web Key Set")

// keySetMembers returns the members of each key of a set. A key that is no object has none.
func keySetMembers(set []byte) ([]json.RawMessage, []map[string]json.RawMessage, error) {
	var document struct {
		Keys *[]json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(set, &document); err != nil || document.Keys == nil {
		return nil, nil, errNoKeySet
	}
	members := make([]map[string]json.RawMessage, len(*document.Keys))
	for i, raw := range *document.Keys {
		if json.Unmarshal(raw, &members[i]) != nil {
			members[i] = nil
		}
	}
	return *document.Keys, members, nil
}

// UsableKeys returns the keys of a set that may have signed a client assertion. All others are left out, one by one, as
// RFC 7517 §5 says: of an unknown type or curve, for another use or algorithm, broken, or with what should be private.
func UsableKeys(set []byte) ([]json.RawMessage, error) {
	all, members, err := keySetMembers(set)
	if err != nil {
		return nil, err
	}
	var usable []json.RawMessage
	for i, raw := range all {
		var key publishedKey
		if members[i] != nil && !private(members[i]) && json.Unmarshal(raw, &key) == nil && key.usable() {
			usable = append(usable, raw)
		}
	}
	return usable, nil
}

// private ignores the case of names, as the decoders of this language do.
func private(members map[string]json.RawMessage) bool {
	for name := range members {
		if slices.Contains(privateMembers, strings.ToLower(name)) {
			return true
		}
	}
	return false
}

func (k publishedKey) usable() bool {
	if !slices.Contains([]string{"", "sig", useSVID}, k.Use) || len(k.Operations) > 0 && !slices.Contains(k.Operations, "verify") {
		return false
	}
	return (k.Algorithm == "" || slices.Contains(k.algorithms(), k.Algorithm)) && k.wellFormed()
}

// algorithms lists those of AssertionAlgorithms that the type of key is for.
func (k publishedKey) algorithms() []string {
	switch {
	case k.Type == "RSA":
		return texts(RSAAlgorithms())
	case k.Type == "EC" && k.Curve == "P-256":
		return []string{"ES256"}
	case k.Type == "EC" && k.Curve == "P-384":
		return []string{"ES384"}
	case k.Type == "OKP" && k.Curve == "Ed25519":
		return []string{"EdDSA"}
	}
	return nil
}

func (k publishedKey) wellFormed() bool {
	switch {
	case k.Type == "RSA":
		modulus, exponent := number(k.Modulus), number(k.Exponent)
		return len(bytes.TrimLeft(modulus, "\x00")) >= minModulus && len(exponent) > 0 && len(exponent) <= 4
	case k.Type == "EC":
		curve, known := curves[k.Curve]
		x, y := number(k.X), number(k.Y)
		if size := k.coordinate(); !known || len(x) != size || len(y) != size {
			return false
		}
		_, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
		return err == nil
	case k.Type == "OKP" && k.Curve == "Ed25519":
		return len(number(k.X)) == ed25519.PublicKeySize
	}
	return false
}

// curves are those of keys of the type EC.
var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384()}

// coordinate is the length of a coordinate on the curve in bytes (RFC 7518 §6.2.1.2).
func (k publishedKey) coordinate() int {
	if k.Curve == "P-384" {
		return 48
	}
	return 32
}

// number decodes the base64url form of a number or point, or returns nil.
func number(text string) []byte {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil
	}
	return decoded
}

// checkKeySet refuses a set that could prove no signature, and one that tells what only the client may know.
func checkKeySet(set []byte) error {
	if err := checkPublicKeys(set); err != nil {
		return err
	}
	usable, err := UsableKeys(set)
	if err != nil || len(usable) == 0 {
		return InvalidField("jwks", "Has no key that can prove a signature: RSA of 2048 bits or more, EC P-256 or P-384, or OKP Ed25519.")
	}
	return nil
}

// checkCertificateSet is checkKeySet for a set that proves a client by a certificate, whose key may be of any type.
func checkCertificateSet(set []byte) error {
	if err := checkPublicKeys(set); err != nil {
		return err
	}
	if len(PublishedCertificates(set)) == 0 {
		return InvalidField("jwks", "Has no key with its certificate (x5c).")
	}
	return nil
}

// checkPublicKeys refuses what is no set, and one that tells what only the client may know.
func checkPublicKeys(set []byte) error {
	if len(set) > maxKeySet {
		return InvalidField("jwks", "Must be at most %d bytes.", maxKeySet)
	}
	_, members, err := keySetMembers(set)
	if err != nil {
		return InvalidField("jwks", "Must be a JSON Web Key Set: an object with an array keys.")
	}
	if len(members) > maxKeys {
		return InvalidField("jwks", "Must have at most %d keys.", maxKeys)
	}
	for _, key := range members {
		if !public(key) {
			return InvalidField("jwks", "Has a private or symmetric key. Only public keys may be registered; take this one out of use.")
		}
	}
	return nil
}

// PublicKeys returns the registered set as others may see it: without the private and symmetric keys that a set may have
// which was stored before sets were checked. Nil if there is none.
func (m ClientMetadata) PublicKeys() json.RawMessage {
	if len(m.JWKS) == 0 {
		return nil
	}
	all, members, err := keySetMembers(m.JWKS)
	if err != nil {
		return nil
	}
	shown := []json.RawMessage{}
	for i, raw := range all {
		if members[i] != nil && public(members[i]) {
			shown = append(shown, raw)
		}
	}
	set, err := json.Marshal(map[string][]json.RawMessage{"keys": shown})
	if err != nil {
		return nil
	}
	return set
}

// public reports whether a key has nothing that only its owner may know.
func public(members map[string]json.RawMessage) bool {
	return !private(members) && string(members["kty"]) != `"oct"`
}

// thumbprint is the RFC 7638 form of a usable key.
func (k publishedKey) thumbprint() string {
	text := fmt.Sprintf(`{"e":%q,"kty":"RSA","n":%q}`, k.Exponent, k.Modulus)
	switch k.Type {
	case "EC":
		text = fmt.Sprintf(`{"crv":%q,"kty":"EC","x":%q,"y":%q}`, k.Curve, k.X, k.Y)
	case "OKP":
		text = fmt.Sprintf(`{"crv":%q,"kty":"OKP","x":%q}`, k.Curve, k.X)
	}
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Audited returns the metadata as the audit trail may have it: with the thumbprints of keys instead of the keys.
func (m ClientMetadata) Audited() ClientMetadata {
	if len(m.JWKS) == 0 {
		return m
	}
	thumbprints := []string{}
	usable, err := UsableKeys(m.JWKS)
	if err != nil {
		usable = nil // of a set that was stored before sets were checked
	}
	for _, raw := range usable {
		var key publishedKey
		if json.Unmarshal(raw, &key) == nil {
			thumbprints = append(thumbprints, key.thumbprint())
		}
	}
	shown := map[string][]string{"thumbprints": thumbprints}
	for _, der := range PublishedCertificates(m.JWKS) {
		shown["x5t#S256"] = append(shown["x5t#S256"], thumbprintOf(der))
	}
	if m.JWKS, err = json.Marshal(shown); err != nil {
		m.JWKS = nil
	}
	return m
}
