package model

import (
	"strings"

	"github.com/authly/authly/identity"
)

// SigningKey is the type SigningKey.
type SigningKey struct{ identity.SigningKey }

// keyPrefix is the Kind of signing keys, whose ids are no UUIDs.
const keyPrefix = "key_"

// ParseKeyID reads the global id of a signing key and returns its kid.
func ParseKeyID(id string) (kid string, ok bool) { return strings.CutPrefix(id, keyPrefix) }

// NewSigningKeys shows signing keys.
func NewSigningKeys(list []identity.SigningKey) []*SigningKey {
	out := make([]*SigningKey, len(list))
	for i, k := range list {
		out[i] = &SigningKey{k}
	}
	return out
}

// IsNode marks the type as a Node.
func (*SigningKey) IsNode() {}

// ID is the field id.
func (k *SigningKey) ID() string { return keyPrefix + k.KID }

// Kid is the field kid.
func (k *SigningKey) Kid() string { return k.KID }

// Algorithm is the field algorithm.
func (k *SigningKey) Algorithm() SigningAlgorithm {
	return SigningAlgorithm(strings.ReplaceAll(strings.ToUpper(string(k.SigningKey.Algorithm)), "-", "_"))
}

// Of returns the algorithm of the domain.
func (a SigningAlgorithm) Of() identity.Algorithm {
	if a == SigningAlgorithmEddsa {
		return identity.EdDSA
	}
	return identity.Algorithm(strings.ReplaceAll(string(a), "_", "-"))
}

// State is the field state.
func (k *SigningKey) State() SigningKeyState {
	return SigningKeyState(strings.ToUpper(string(k.SigningKey.State)))
}
