package identity

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/google/uuid"
)

// Subjects makes the names by which clients know people and their sessions: public ones, which are the same for all, and pairwise ones,
// of which those of two sectors tell nothing of each other (OIDC Core §8).
type Subjects struct {
	store  PairwiseKeyStore
	keys   *Keyring
	source Source
	key    *atomic.Pointer[[]byte] // once it was read: it never changes
}

// PairwiseKeyStore has the key of pairwise subjects, sealed.
type PairwiseKeyStore interface {
	// PairwiseKey returns it; nil if there is none.
	PairwiseKey(ctx context.Context) ([]byte, error)
	// InsertPairwiseKey stores it unless there is one: of nodes that need it at once, the first decides.
	InsertPairwiseKey(ctx context.Context, sealed []byte) error
	// ResealPairwiseKey replaces what it is sealed as, where there is one.
	ResealPairwiseKey(ctx context.Context, sealed []byte) error
}

// NewSubjects returns them; of one store, all make the same.
func NewSubjects(d Deps) *Subjects {
	return &Subjects{store: d.Store, keys: d.Keys, source: d.Source, key: new(atomic.Pointer[[]byte])}
}

// SubjectPairwise is the subject_type of clients that know people by names of their own (OIDC Core §8). The other is public.
const (
	SubjectPublic   = "public"
	SubjectPairwise = "pairwise"
)

// SubjectTypes lists them.
func SubjectTypes() []string { return []string{SubjectPublic, SubjectPairwise} }

// pairwiseKeySize is the length of the key in bytes.
const pairwiseKeySize = 32

// What is named: a name of the one is none of the other.
const (
	namedUser    = "user"
	namedSession = "session"
)

// Of returns the sub of a user for a client.
func (s *Subjects) Of(ctx context.Context, client Client, user uuid.UUID) (string, error) {
	return s.name(ctx, client, namedUser, user)
}

// OfSession returns the sid of a session for a client: one sid for all would tell two sectors that they have the same person.
func (s *Subjects) OfSession(ctx context.Context, client Client, session uuid.UUID) (string, error) {
	return s.name(ctx, client, namedSession, session)
}

// User returns the id of the user whom a client knows by a sub; of a sub that is none of its sector, no user's.
func (s *Subjects) User(ctx context.Context, client Client, sub string) (string, error) {
	return s.named(ctx, client, namedUser, sub)
}

// Session returns the id of the session that a client knows by a sid.
func (s *Subjects) Session(ctx context.Context, client Client, sid string) (string, error) {
	return s.named(ctx, client, namedSession, sid)
}

// nobody is an id that nothing has.
const nobody = "none"

// name encrypts the one block that an id is, by a key of what it names and of the sector (the method of OIDC Core §8.1 that can be
// reversed): each id has one name in a sector and no two have the same, without a row for each.
func (s *Subjects) name(ctx context.Context, client Client, what string, id uuid.UUID) (string, error) {
	if client.Metadata.SubjectType != SubjectPairwise {
		return id.String(), nil
	}
	block, err := s.block(ctx, client, what)
	if err != nil {
		return "", err
	}
	var name uuid.UUID
	block.Encrypt(name[:], id[:])
	return base64.RawURLEncoding.EncodeToString(name[:]), nil
}

func (s *Subjects) named(ctx context.Context, client Client, what, name string) (string, error) {
	if client.Metadata.SubjectType != SubjectPairwise {
		return name, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(raw) != aes.BlockSize {
		return nobody, nil //nolint:nilerr // the client knows nobody by it
	}
	block, err := s.block(ctx, client, what)
	if err != nil {
		return "", err
	}
	var id uuid.UUID
	block.Decrypt(id[:], raw)
	return id.String(), nil
}

func (s *Subjects) block(ctx context.Context, client Client, what string) (cipher.Block, error) {
	sector := client.Metadata.Sector()
	if sector == "" {
		return nil, fmt.Errorf("client %s is registered for pairwise subjects without a sector", client.ClientID)
	}
	key, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(what + "\x00" + sector))
	return aes.NewCipher(mac.Sum(nil))
}

// read returns the key, which is made when it is needed first.
func (s *Subjects) read(ctx context.Context) ([]byte, error) {
	if key := s.key.Load(); key != nil {
		return *key, nil
	}
	sealed, err := s.store.PairwiseKey(ctx)
	if err == nil && sealed == nil {
		fresh := make([]byte, pairwiseKeySize)
		if _, err := io.ReadFull(s.source.Random, fresh); err != nil {
			return nil, fmt.Errorf("make the key of pairwise subjects: %w", err)
		}
		if err := s.store.InsertPairwiseKey(ctx, s.keys.Seal(PurposePairwise, fresh, "")); err != nil {
			return nil, err
		}
		sealed, err = s.store.PairwiseKey(ctx)
	}
	if err != nil {
		return nil, err
	}
	key, err := s.keys.Open(PurposePairwise, sealed, "")
	if err == nil && len(key) != pairwiseKeySize {
		err = errors.New("another length")
	}
	if err != nil {
		return nil, fmt.Errorf("open the key of pairwise subjects: %w", err)
	}
	s.key.Store(&key)
	return key, nil
}
