package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
)

// Purpose separates the keys that are derived from the root secret, so that a value made for one use is worthless for
// another.
type Purpose string

// The purposes.
const (
	PurposeClientSecret        Purpose = "client-secret/v1"
	PurposeRefreshToken        Purpose = "refresh-token/v1"
	PurposeSession             Purpose = "session/v1"
	PurposeCode                Purpose = "authorization-code/v1"
	PurposeInteraction         Purpose = "authorization-request/v1"
	PurposeCursor              Purpose = "cursor/v1"
	PurposeSigningKey          Purpose = "signing-key/v1"
	PurposeIdempotency         Purpose = "idempotency/v1"
	PurposeCachedResponse      Purpose = "answer/v1"
	PurposeDevice              Purpose = "device/v1"
	PurposeDeviceCode          Purpose = "device-code/v1"
	PurposeThrottle            Purpose = "throttle/v1"
	PurposeRootKeyCheck        Purpose = "root-key-check/v1"
	PurposeAuditEvent          Purpose = "audit-event/v1"
	PurposeAuditChain          Purpose = "audit-chain/v1"
	PurposeTransfer            Purpose = "transfer/v1"
	PurposeTOTP                Purpose = "totp/v1"
	PurposePendingSignIn       Purpose = "pending-sign-in/v1"
	PurposeProofNonce          Purpose = "proof-nonce/v1"
	PurposeMail                Purpose = "mail/v1"
	PurposeRecoveryCodes       Purpose = "recovery-codes/v1"
	PurposeOneTimeToken        Purpose = "one-time-token/v1"
	PurposeCeremony            Purpose = "ceremony/v1"
	PurposeDeviceAuthorization Purpose = "device-authorization/v1"
	PurposeUserCode            Purpose = "user-code/v1"
	PurposeFederation          Purpose = "federation/v1"
	PurposeProviderSecret      Purpose = "provider-secret/v1"
	PurposeInitialAccessToken  Purpose = "initial-access-token/v1"
	PurposeRegistrationToken   Purpose = "registration-access-token/v1"
	PurposeBackchannel         Purpose = "backchannel/v1"
	PurposeAccessToken         Purpose = "access-token/v1"
	PurposePairwise            Purpose = "pairwise-subject/v1"
	PurposeEventStream         Purpose = "event-stream/v1"
	PurposeConsole             Purpose = "console/v1"
)

// minRootSecret is the least length of a root secret in bytes: 256 bits.
const minRootSecret = 32

// Keyring derives every symmetric key of the server from the root secret (HKDF, RFC 5869). New values use the current
// root; values made under an old root still verify, so that the root can be rotated.
type Keyring struct {
	roots [][]byte // current first
	cache map[Purpose][]purposeKey
}

type purposeKey struct {
	mac  []byte
	aead cipher.AEAD
}

// NewKeyring takes the current root secret and those that it replaced, each at least 32 bytes.
func NewKeyring(current []byte, old ...[]byte) (*Keyring, error) {
	k := &Keyring{roots: append([][]byte{current}, old...), cache: map[Purpose][]purposeKey{}}
	for _, root := range k.roots {
		if len(root) < minRootSecret {
			return nil, fmt.Errorf("root secret has %d bytes, at least %d are needed", len(root), minRootSecret)
		}
	}
	for _, purpose := range []Purpose{
		PurposeClientSecret, PurposeRefreshToken, PurposeSession, PurposeCode, PurposeInteraction, PurposeCursor,
		PurposeSigningKey, PurposeIdempotency, PurposeCachedResponse, PurposeDevice, PurposeDeviceCode, PurposeThrottle,
		PurposeRootKeyCheck, PurposeAuditEvent, PurposeAuditChain, PurposeTransfer, PurposeTOTP,
		PurposePendingSignIn, PurposeProofNonce, PurposeMail, PurposeRecoveryCodes, PurposeOneTimeToken, PurposeCeremony,
		PurposeDeviceAuthorization, PurposeUserCode, PurposeFederation, PurposeProviderSecret,
		PurposeInitialAccessToken, PurposeRegistrationToken, PurposeBackchannel, PurposeAccessToken, PurposePairwise,
		PurposeEventStream, PurposeConsole,
	} {
		for _, root := range k.roots {
			key, err := derive(root, purpose)
			if err != nil {
				return nil, err
			}
			k.cache[purpose] = append(k.cache[purpose], key)
		}
	}
	return k, nil
}

func derive(root []byte, purpose Purpose) (purposeKey, error) {
	mac, err := hkdf.Key(sha256.New, root, nil, "authly/mac/"+string(purpose), 32)
	if err != nil {
		return purposeKey{}, fmt.Errorf("derive key: %w", err)
	}
	seal, err := hkdf.Key(sha256.New, root, nil, "authly/seal/"+string(purpose), 32)
	if err != nil {
		return purposeKey{}, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return purposeKey{}, fmt.Errorf("derive key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return purposeKey{}, fmt.Errorf("derive key: %w", err)
	}
	return purposeKey{mac: mac, aead: aead}, nil
}

// Digest is the keyed digest (HMAC-SHA-256, 32 bytes) under which a secret is stored and looked up.
func (k *Keyring) Digest(purpose Purpose, secret string) []byte {
	return k.cache[purpose][0].sum([]byte(secret))
}

// Digests is Digest under the current root and every old one, current first: for looking up what may be older.
func (k *Keyring) Digests(purpose Purpose, secret string) [][]byte {
	var all [][]byte
	for _, key := range k.cache[purpose] {
		all = append(all, key.sum([]byte(secret)))
	}
	return all
}

// Verify compares in constant time a digest with that of data under the current root and every old one.
func (k *Keyring) Verify(purpose Purpose, data, digest []byte) bool {
	ok := 0
	for _, key := range k.cache[purpose] {
		sum := key.sum(data)
		if len(digest) <= len(sum) && len(digest) >= 8 {
			ok |= subtle.ConstantTimeCompare(sum[:len(digest)], digest)
		}
	}
	return ok == 1
}

// MAC authenticates data under the current root; 32 bytes.
func (k *Keyring) MAC(purpose Purpose, data []byte) []byte {
	return k.cache[purpose][0].sum(data)
}

// Seal encrypts (AES-256-GCM) and binds the result to context, for example the id of the row it is stored in.
func (k *Keyring) Seal(purpose Purpose, plain []byte, context string) []byte {
	return k.cache[purpose][0].aead.Seal(nil, nil, plain, []byte(context))
}

// Open undoes Seal, also for what was sealed under an old root.
func (k *Keyring) Open(purpose Purpose, sealed []byte, context string) ([]byte, error) {
	for _, key := range k.cache[purpose] {
		if plain, err := key.aead.Open(nil, nil, sealed, []byte(context)); err == nil {
			return plain, nil
		}
	}
	return nil, errors.New("sealed under another root secret, or damaged")
}

// SealedUnderCurrent reports whether Seal made a value under the current root.
func (k *Keyring) SealedUnderCurrent(purpose Purpose, sealed []byte, context string) bool {
	_, err := k.cache[purpose][0].aead.Open(nil, nil, sealed, []byte(context))
	return err == nil
}

func (key purposeKey) sum(data []byte) []byte {
	h := hmac.New(sha256.New, key.mac)
	h.Write(data)
	return h.Sum(nil)
}
