package keys

import (
	"crypto"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
)

// maxEntityKeys bounds the keys of an entity: the one that signs, and those of before and after.
const maxEntityKeys = 5

// Entity signs as an entity of federations. It implements identity.EntitySigner.
type Entity struct {
	header  header
	method  jwt.SigningMethod
	private crypto.Signer
	set     json.RawMessage
}

// NewEntity reads private keys, each a PEM block. The first signs; all are published, for who has read the others.
func NewEntity(material []byte) (*Entity, error) {
	e := &Entity{}
	var set jose.JSONWebKeySet
	for block, rest := pem.Decode(material); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "EC PARAMETERS" {
			continue
		}
		private, err := readPEM(string(pem.EncodeToMemory(block)))
		if err != nil {
			return nil, err
		}
		able, err := algorithmsOf(private)
		if err != nil {
			return nil, err
		}
		if !proves(private, able[0]) {
			return nil, badKey("Has a public half that does not belong to the private one.")
		}
		kid, err := thumbprint(private.Public())
		if err != nil {
			return nil, err
		}
		if len(set.Key(kid)) > 0 || len(set.Keys) == maxEntityKeys {
			return nil, badKey("Must be at most %d keys, each once.", maxEntityKeys)
		}
		if len(set.Keys) == 0 {
			e.header = header{Algorithm: able[0], KID: kid}
			e.method, e.private = jwt.GetSigningMethod(string(able[0])), private
		}
		set.Keys = append(set.Keys, published(kid, able[0], private.Public()))
	}
	if len(set.Keys) == 0 {
		return nil, badKey("Must be a private key as PEM.")
	}
	text, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("encode key set of entity: %w", err)
	}
	e.set = text
	return e, nil
}

// Sign implements identity.EntitySigner.
func (e *Entity) Sign(typ string, claims any) (string, error) {
	h := e.header
	h.Type = typ
	return sign(h, claims, e.method, e.private)
}

// KeySet implements identity.EntitySigner.
func (e *Entity) KeySet() json.RawMessage { return e.set }

// VerifyStatement proves the signature of an entity statement by the one key of a set that its kid names (OpenID Federation 1.0 §3).
// The sets of strangers are not remembered.
func VerifyStatement(set json.RawMessage, statement string) error {
	if !spelled(statement) {
		return identity.ErrInvalidToken
	}
	usable, err := identity.UsableKeys(set)
	if err != nil || len(usable) > maxSetKeys {
		return identity.ErrInvalidToken.Because(err)
	}
	_, err = parseSigned(statement, identity.AssertionAlgorithms(), func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		var fitting []jose.JSONWebKey
		for _, raw := range usable {
			if key, ok := parseKey(raw); ok && kid != "" && key.KeyID == kid {
				fitting = append(fitting, key)
			}
		}
		if len(fitting) != 1 || fitting[0].Algorithm != "" && fitting[0].Algorithm != t.Method.Alg() {
			return nil, errors.New("the kid names no key, or several")
		}
		return fitting[0].Key, nil
	})
	if err != nil {
		return identity.ErrInvalidToken.Because(err)
	}
	return nil
}
