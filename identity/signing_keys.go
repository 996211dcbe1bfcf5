package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SigningKeys is the lifecycle of the server's signing keys: next, active, retired. Of every algorithm there is one active
// key and one that will be the next; it is published long before it signs, so that no client meets a kid that its copy
// of the key set lacks.
type SigningKeys struct {
	store    signingKeyPorts
	source   Source
	maker    KeyMaker
	settings *LiveSettings
	changed  func() // this node is to read the keys again
}

type signingKeyPorts interface {
	Transactor
	KeyStore
}

// The times of a key's lifecycle.
const (
	// KeySetMaxAge is how long clients may keep the published key set.
	KeySetMaxAge = 5 * time.Minute
	// publishLead is how long a key is published before it may sign: clients' copies have expired and every node has read
	// it.
	publishLead = KeySetMaxAge + 2*time.Minute
	// keyLifetime is how long a key signs before the next one takes over.
	keyLifetime = 90 * 24 * time.Hour
	// retiredRetention is how long a retired key stays published at least: ID tokens are presented again as hints when
	// they have long expired.
	retiredRetention = 30 * 24 * time.Hour
	// rotateCheckEvery is how often it is looked whether a key has come to its end.
	rotateCheckEvery = 5 * time.Minute
)

// Refusals of changes of signing keys.
var (
	ErrKeyNotFound = &Error{Kind: NotFound, Code: CodeKeyNotFound, Detail: "No such signing key, or it is no longer published."}
	// ErrKeyTooYoung refuses a rotation to a key that clients may not know yet.
	ErrKeyTooYoung = &Error{
		Kind: Conflict, Code: CodeKeyTooYoung,
		Detail: "The next key has been published for too short a time; try again in some minutes.",
	}
	// ErrDuplicateKey also refuses what was a key of the server and was taken out of the key set.
	ErrDuplicateKey = &Error{Kind: Conflict, Code: CodeDuplicateKey, Detail: "The server has this key already, or had it once."}
)

// kindRotate is the recurring job that rotates keys which have signed for their whole lifetime.
const kindRotate = "keys.rotate"

func (s *SigningKeys) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindRotate, Policy: JobPolicy{Every: rotateCheckEvery},
		Run: func(ctx context.Context, _ *JobRun) (any, error) { return nil, s.RotateDue(ctx) },
	}}
}

// Ensure makes what is missing: an active and a next key of every algorithm. Nodes that start at the same time agree,
// because the database admits one of each.
func (s *SigningKeys) Ensure(ctx context.Context) error {
	keys, err := s.List(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, alg := range Algorithms() {
		for _, state := range []KeyState{KeyActive, KeyNext} {
			if _, found := pick(keys, alg, state); found {
				continue
			}
			if err := s.create(ctx, alg, state); err != nil {
				return err
			}
		}
	}
	return nil
}

func pick(keys []SigningKey, alg Algorithm, state KeyState) (SigningKey, bool) {
	at := slices.IndexFunc(keys, func(k SigningKey) bool { return k.Algorithm == alg && k.State == state })
	if at < 0 {
		return SigningKey{}, false
	}
	return keys[at], true
}

func (s *SigningKeys) create(ctx context.Context, alg Algorithm, state KeyState) error {
	key, err := s.maker.Make(alg)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	now := s.source.Now()
	key.State, key.CreatedAt = state, now
	if state == KeyActive {
		key.ActivatedAt = &now
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.insert(ctx, tx, key) })
	if err != nil {
		return fmt.Errorf("store signing key: %w", err)
	}
	return nil
}

func (s *SigningKeys) insert(ctx context.Context, tx Store, key SigningKey) error {
	inserted, err := tx.InsertKey(ctx, key)
	if err != nil || !inserted {
		return err
	}
	return s.record(ctx, tx, ActionKeyCreated, key)
}

func (s *SigningKeys) record(ctx context.Context, tx Store, action Action, key SigningKey) error {
	return tx.InsertAudit(ctx, NewEvent(ctx, s.source, action, TargetKey, key.KID, string(key.Algorithm)))
}

// List returns the keys that are published, oldest first.
func (s *SigningKeys) List(ctx context.Context) ([]SigningKey, error) {
	return s.store.Keys(ctx, s.source.Now())
}

// RotateDue rotates the algorithms whose active key has signed for its whole lifetime. Nodes may do it at the same time:
// one of them wins.
func (s *SigningKeys) RotateDue(ctx context.Context) error {
	if err := s.Ensure(ctx); err != nil {
		return err
	}
	keys, err := s.List(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, alg := range Algorithms() {
		if !s.due(keys, alg) {
			continue
		}
		if err := s.rotateDue(ctx, alg); err != nil && !errors.Is(err, ErrKeyTooYoung) {
			return fmt.Errorf("rotate signing key: %w", err)
		}
	}
	return nil
}

// due reports whether the active key of an algorithm has signed for its whole lifetime.
func (s *SigningKeys) due(keys []SigningKey, alg Algorithm) bool {
	active, found := pick(keys, alg, KeyActive)
	return found && active.ActivatedAt != nil && s.source.Now().Sub(*active.ActivatedAt) >= keyLifetime
}

func (s *SigningKeys) rotateDue(ctx context.Context, alg Algorithm) error {
	made, err := s.Make(alg)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		keys, err := tx.LockKeys(ctx, s.source.Now())
		if err != nil || !s.due(keys, alg) {
			return err // another node was faster
		}
		return s.rotate(ctx, tx, keys, made[0], false)
	})
	s.Changed()
	return err
}

// Rotate makes the next key of every algorithm, or of the given ones, sign from now on. ErrKeyTooYoung when clients may
// not know a next key yet; then nothing is changed.
func (s *SigningKeys) Rotate(ctx context.Context, algorithms ...Algorithm) error {
	if len(algorithms) == 0 {
		algorithms = Algorithms()
	}
	made, err := s.Make(algorithms...)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.RotateIn(ctx, tx, made, false) })
	s.Changed()
	if err != nil {
		return fmt.Errorf("rotate signing keys: %w", err)
	}
	return nil
}
