package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// SigningKeys is the lifecycle of the server's signing keys: next, active, retired. Of every algorithm in use there is one active
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

// Ensure makes what is missing: an active and a next key of every algorithm in use. Nodes that start at the same time agree,
// because the database admits one of each.
func (s *SigningKeys) Ensure(ctx context.Context) error {
	keys, err := s.List(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, missing := range lacking(keys, inUse(keys)) {
		key, err := s.fresh(missing)
		if err != nil {
			return err
		}
		err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.insert(ctx, tx, key) })
		if err != nil {
			return fmt.Errorf("store signing key: %w", err)
		}
	}
	return nil
}

// EnsureIn makes the first keys of algorithms, in the transaction of what names them: of a client or a resource. They sign at once,
// since nobody has verified by that algorithm before; every node reads them before it signs.
func (s *SigningKeys) EnsureIn(ctx context.Context, tx Store, algorithms ...Algorithm) error {
	algorithms = slices.DeleteFunc(slices.Clone(algorithms), func(a Algorithm) bool { return slices.Contains(StandingAlgorithms(), a) })
	if len(algorithms) == 0 {
		return nil
	}
	keys, err := tx.Keys(ctx, s.source.Now())
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, missing := range lacking(keys, algorithms) {
		key, err := s.fresh(missing)
		if err != nil {
			return err
		}
		if err := s.insert(ctx, tx, key); err != nil {
			return fmt.Errorf("store signing key: %w", err)
		}
		s.Changed()
	}
	return nil
}

// inUse lists the algorithms of which there have to be keys: those that are standing, and those that something has named.
func inUse(keys []SigningKey) []Algorithm {
	algorithms := StandingAlgorithms()
	for _, key := range keys {
		if key.State == KeyActive && !slices.Contains(algorithms, key.Algorithm) {
			algorithms = append(algorithms, key.Algorithm)
		}
	}
	return algorithms
}

// lacking lists the keys that are missing of algorithms, by algorithm and state.
func lacking(keys []SigningKey, algorithms []Algorithm) []SigningKey {
	var missing []SigningKey
	for _, alg := range algorithms {
		for _, state := range []KeyState{KeyActive, KeyNext} {
			if _, found := pick(keys, alg, state); !found {
				missing = append(missing, SigningKey{Algorithm: alg, State: state})
			}
		}
	}
	return missing
}

func pick(keys []SigningKey, alg Algorithm, state KeyState) (SigningKey, bool) {
	at := slices.IndexFunc(keys, func(k SigningKey) bool { return k.Algorithm == alg && k.State == state })
	if at < 0 {
		return SigningKey{}, false
	}
	return keys[at], true
}

// fresh makes a key that is missing.
func (s *SigningKeys) fresh(missing SigningKey) (SigningKey, error) {
	key, err := s.maker.Make(missing.Algorithm)
	if err != nil {
		return SigningKey{}, fmt.Errorf("make signing key: %w", err)
	}
	now := s.source.Now()
	key.State, key.CreatedAt = missing.State, now
	if missing.State == KeyActive {
		key.ActivatedAt = &now
	}
	return key, nil
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
	for _, alg := range inUse(keys) {
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
	made, err := s.Make(ctx, alg)
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

// Rotate makes the next key of every algorithm in use, or of the given ones, sign from now on. ErrKeyTooYoung when clients may
// not know a next key yet; then nothing is changed.
func (s *SigningKeys) Rotate(ctx context.Context, algorithms ...Algorithm) error {
	made, err := s.Make(ctx, algorithms...)
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
