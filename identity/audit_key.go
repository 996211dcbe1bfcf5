package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// auditKeys are the opened keys of the chain by their numbers. They are random and sealed under the root key, so that the
// chain outlives every root key.
type auditKeys struct {
	byNumber map[int]purposeKey
	newest   int
	made     bool // there was a key before
}

// auditKeyContext binds a sealed key to its number.
func auditKeyContext(number int) string { return fmt.Sprintf("audit key %d", number) }

// openAuditKeys opens all keys that the keyring can open.
func openAuditKeys(ctx context.Context, store AuditChainReader, keyring *Keyring) (auditKeys, []AuditKey, error) {
	stored, err := store.AuditKeys(ctx)
	if err != nil {
		return auditKeys{}, nil, err
	}
	keys := auditKeys{byNumber: map[int]purposeKey{}, made: len(stored) > 0}
	for _, k := range stored {
		if plain, err := keyring.Open(PurposeAuditChain, k.Sealed, auditKeyContext(k.Number)); err == nil {
			keys.byNumber[k.Number] = purposeKey{mac: plain}
		}
		keys.newest = k.Number
	}
	return keys, stored, nil
}

// currentAuditKeys opens the keys for writing. Where the root key was replaced there is a new key from now on, which who
// knew the old root key does not know, and the former ones are sealed anew, so that the old root key can go.
func currentAuditKeys(ctx context.Context, tx AuditChainStore, keyring *Keyring, source Source) (auditKeys, error) {
	keys, stored, err := openAuditKeys(ctx, tx, keyring)
	if err != nil {
		return keys, err
	}
	if n := len(stored); n > 0 {
		newest := stored[n-1]
		if keyring.SealedUnderCurrent(PurposeAuditChain, newest.Sealed, auditKeyContext(newest.Number)) {
			return keys, nil
		}
		if _, ok := keys.byNumber[newest.Number]; !ok {
			// Another node may have the root key under which it is sealed.
			return keys, fmt.Errorf("key %d of the audit chain is sealed under a root key that this server does not have", newest.Number)
		}
	}
	for _, k := range stored {
		key, ok := keys.byNumber[k.Number]
		if !ok {
			continue
		}
		k.Sealed = keyring.Seal(PurposeAuditChain, key.mac, auditKeyContext(k.Number))
		if err := tx.SaveAuditKey(ctx, k); err != nil {
			return keys, err
		}
	}
	made := make([]byte, sha256.Size)
	source.read(made)
	keys.newest++
	keys.byNumber[keys.newest] = purposeKey{mac: made}
	return keys, tx.SaveAuditKey(ctx, AuditKey{
		Number: keys.newest, Sealed: keyring.Seal(PurposeAuditChain, made, auditKeyContext(keys.newest)), CreatedAt: source.Now(),
	})
}

// The uses of a key, so that no digest is good for another.
const (
	usePersonal   = "personal"
	useLink       = "link"
	useErased     = "erased"
	useCheckpoint = "checkpoint"
)

// sum authenticates text under the key of a number; nil when there is no such key.
func (k auditKeys) sum(number int, use string, text []byte) []byte {
	key, ok := k.byNumber[number]
	if !ok {
		return nil
	}
	var c canonical
	c.text(use)
	return key.sum(append(c.Bytes(), text...))
}

func (k auditKeys) personal(link AuditLink, r *AuditRecord) []byte {
	var c canonical
	c.text(string(link.Salt))
	c.text(string(r.Signature))
	c.Write(r.personal())
	return k.sum(link.Key, usePersonal, c.Bytes())
}

// digest is that of a link whose event says of people what has the digest personal.
func (k auditKeys) digest(link AuditLink, r *AuditRecord, personal, before []byte) []byte {
	var c canonical
	c.number(link.Seq)
	c.number(link.Key)
	c.time(link.ChainedAt)
	c.value(link.Signed)
	c.text(string(before))
	c.text(string(personal))
	c.text(link.EventID.String())
	c.Write(r.impersonal())
	return k.sum(link.Key, useLink, c.Bytes())
}

// erased authenticates what a record has in the place of what was erased.
func (k auditKeys) erased(link AuditLink, r *AuditRecord) []byte {
	var c canonical
	c.number(link.Seq)
	c.text(string(link.Personal))
	c.text(string(r.Signature))
	c.Write(r.personal())
	return k.sum(link.Key, useErased, c.Bytes())
}

func (k auditKeys) checkpoint(c AuditCheckpoint) []byte {
	var text canonical
	text.text(c.Name)
	text.number(c.Seq)
	text.text(string(c.Digest))
	text.value(c.Signed)
	text.time(c.MadeAt)
	return k.sum(c.Key, useCheckpoint, text.Bytes())
}

// holds reports whether a checkpoint is authentic.
func (k auditKeys) holds(c *AuditCheckpoint) bool {
	return c != nil && sameDigest(k.checkpoint(*c), c.MAC)
}

// sameDigest compares in constant time. A digest that could not be made is like none.
func sameDigest(made, stored []byte) bool { return made != nil && hmac.Equal(made, stored) }
