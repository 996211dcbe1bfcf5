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
	store           signingKeyPorts
	source          Source
	maker           KeyMaker
	refreshTokenTTL time.Duration
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

// ErrKeyTooYoung refuses a rotation to a key that clients may not know yet.
var ErrKeyTooYoung = &Error{
	Kind: Conflict, Code: CodeKeyTooYoung,
	Detail: "The next key has been published for too short a time; try again in some minutes.",
}

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
	return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionKeyCreated, TargetKey, key.KID, string(key.Algorithm)))
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
	now := s.source.Now()
	for _, alg := range Algorithms() {
		active, found := pick(keys, alg, KeyActive)
		if !found || active.ActivatedAt == nil || now.Sub(*active.ActivatedAt) < keyLifetime {
			continue
		}
		if err := s.rotate(ctx, keys, alg); err != nil && !errors.Is(err, ErrKeyTooYoung) {
			return err
		}
	}
	return nil
}

// Rotate makes the next key of every algorithm, or of the given ones, sign from now on. ErrKeyTooYoung when clients may
// not know a next key yet; then nothing is changed.
func (s *SigningKeys) Rotate(ctx context.Context, algorithms ...Algorithm) error {
	if len(algorithms) == 0 {
		algorithms = Algorithms()
	}
	keys, err := s.List(ctx)
	if err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, alg := range algorithms {
		if err := s.ready(keys, alg); err != nil {
			return err
		}
	}
	for _, alg := range algorithms {
		if err := s.rotate(ctx, keys, alg); err != nil {
			return err
		}
	}
	return nil
}

func (s *SigningKeys) ready(keys []SigningKey, alg Algorithm) error {
	next, found := pick(keys, alg, KeyNext)
	if !found || s.source.Now().Sub(next.CreatedAt) < publishLead {
		return ErrKeyTooYoung
	}
	return nil
}

// rotate retires the active key, activates the next one and makes its successor, in one transaction. Of several callers
// one does it; the others find it done.
func (s *SigningKeys) rotate(ctx context.Context, keys []SigningKey, alg Algorithm) error {
	if err := s.ready(keys, alg); err != nil {
		return err
	}
	successor, err := s.maker.Make(alg)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	now := s.source.Now()
	gone := now.Add(max(retiredRetention, s.refreshTokenTTL))
	active, hasActive := pick(keys, alg, KeyActive)
	next, _ := pick(keys, alg, KeyNext)
	active.State, active.RetiredAt, active.ExpiresAt = KeyRetired, &now, &gone
	next.State, next.ActivatedAt = KeyActive, &now
	successor.State, successor.CreatedAt = KeyNext, now
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if hasActive {
			moved, err := tx.MoveKey(ctx, active, KeyActive)
			if err != nil || !moved {
				return err
			}
			if err := tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionKeyRetired, TargetKey, active.KID, string(alg))); err != nil {
				return err
			}
		}
		moved, err := tx.MoveKey(ctx, next, KeyNext)
		if err != nil || !moved {
			return err
		}
		if err := tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionKeyActivated, TargetKey, next.KID, string(alg))); err != nil {
			return err
		}
		return s.insert(ctx, tx, successor)
	})
	if err != nil {
		return fmt.Errorf("rotate signing key: %w", err)
	}
	return nil
}
