package identity

import (
	"context"
	"fmt"
	"time"
)

// How keys follow one another. The methods run in a transaction of the caller, who tells by Changed that it has ended, and
// has made before it began what follows: an RSA key takes a while. All begin with LockKeys, so that what they decide holds.

// Retirement is how a key is retired before its time.
type Retirement struct {
	Remove    bool // it leaves the key set, so that nothing that it has signed is believed any more
	Emergency bool // its successor signs although clients may not know it yet; implied by Remove
}

// Make makes a key of each algorithm, or if none is given of each that is in use.
func (s *SigningKeys) Make(ctx context.Context, algorithms ...Algorithm) ([]SigningKey, error) {
	if len(algorithms) == 0 {
		keys, err := s.List(ctx)
		if err != nil {
			return nil, fmt.Errorf("read signing keys: %w", err)
		}
		algorithms = inUse(keys)
	}
	made := make([]SigningKey, len(algorithms))
	for i, alg := range algorithms {
		key, err := s.maker.Make(alg)
		if err != nil {
			return nil, fmt.Errorf("make signing key: %w", err)
		}
		made[i] = key
	}
	return made, nil
}

// Public returns the public half of a key.
func (s *SigningKeys) Public(key SigningKey) (PublicKey, error) {
	public, err := s.maker.Public(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("export signing key: %w", err)
	}
	return public, nil
}

// Changed makes this node read the keys again. The others notice within a second.
func (s *SigningKeys) Changed() {
	if s.changed != nil {
		s.changed()
	}
}

// ReadyAt is when clients know a key that is published, so that it may sign.
func (k SigningKey) ReadyAt() time.Time { return k.CreatedAt.Add(publishLead) }

// RotateIn makes the next key of each algorithm of made sign, and of made the next ones. ErrKeyTooYoung when clients may not
// know one of them yet and it is no emergency.
func (s *SigningKeys) RotateIn(ctx context.Context, tx Store, made []SigningKey, emergency bool) error {
	keys, err := tx.LockKeys(ctx, s.source.Now())
	if err != nil {
		return err
	}
	for _, key := range made {
		if err := s.rotate(ctx, tx, keys, key, emergency); err != nil {
			return err
		}
	}
	return nil
}

// rotate retires the active key of the algorithm of what was made, lets the next one sign and makes the made one the next.
func (s *SigningKeys) rotate(ctx context.Context, tx Store, keys []SigningKey, made SigningKey, emergency bool) error {
	active, found := pick(keys, made.Algorithm, KeyActive)
	if !found {
		return s.succeed(ctx, tx, keys, made, emergency)
	}
	return s.retireActive(ctx, tx, keys, active, made, Retirement{Emergency: emergency})
}

// RetireIn takes a key out of use before its time. made is of its algorithm: it succeeds one that was not retired. A next key
// has signed nothing, and leaves the key set at once. One that was retired before can only be removed.
func (s *SigningKeys) RetireIn(ctx context.Context, tx Store, kid string, made SigningKey, how Retirement) error {
	keys, err := tx.LockKeys(ctx, s.source.Now())
	if err != nil {
		return err
	}
	key, found := byKID(keys, kid)
	if !found || key.State != KeyRetired && key.Algorithm != made.Algorithm { // or it has come since made was made
		return ErrKeyNotFound
	}
	switch key.State {
	case KeyActive:
		return s.retireActive(ctx, tx, keys, key, made, how)
	case KeyNext:
		if err := s.replaceNext(ctx, tx, key, how.Remove); err != nil {
			return err
		}
		made.State, made.CreatedAt = KeyNext, s.source.Now()
		return s.insert(ctx, tx, made)
	case KeyRetired:
	}
	if !how.Remove {
		return nil
	}
	now := s.source.Now()
	key.ExpiresAt = &now
	return s.move(ctx, tx, key, KeyRetired, ActionKeyRemoved)
}

// ImportIn makes a key that was imported the next one of its algorithm. It is published before it signs, like any other.
func (s *SigningKeys) ImportIn(ctx context.Context, tx Store, key SigningKey) error {
	keys, err := tx.LockKeys(ctx, s.source.Now())
	if err != nil {
		return err
	}
	if next, found := pick(keys, key.Algorithm, KeyNext); found && next.KID != key.KID {
		if err := s.replaceNext(ctx, tx, next, false); err != nil {
			return err
		}
	}
	key.State, key.CreatedAt = KeyNext, s.source.Now()
	inserted, err := tx.InsertKey(ctx, key)
	if err != nil {
		return err
	}
	if !inserted {
		return ErrDuplicateKey
	}
	return s.record(ctx, tx, ActionKeyImported, key)
}

func (s *SigningKeys) retireActive(ctx context.Context, tx Store, keys []SigningKey, active, made SigningKey, how Retirement) error {
	now := s.source.Now()
	gone := now.Add(max(retiredRetention, s.settings.Get().RefreshTokenTTL))
	if how.Remove {
		gone = now
	}
	active.State, active.RetiredAt, active.ExpiresAt = KeyRetired, &now, &gone
	if err := s.move(ctx, tx, active, KeyActive, ActionKeyRetired); err != nil {
		return err
	}
	if how.Remove {
		if err := s.record(ctx, tx, ActionKeyRemoved, active); err != nil {
			return err
		}
	}
	return s.succeed(ctx, tx, keys, made, how.Emergency || how.Remove)
}

// succeed lets the next key of an algorithm that has no active one sign, and makes the made one the next. Where there is no
// next one, which only a row deleted by hand can be the reason of, the made one signs in an emergency.
func (s *SigningKeys) succeed(ctx context.Context, tx Store, keys []SigningKey, made SigningKey, emergency bool) error {
	now := s.source.Now()
	next, found := pick(keys, made.Algorithm, KeyNext)
	if !emergency && (!found || now.Before(next.ReadyAt())) {
		return ErrKeyTooYoung
	}
	made.State, made.CreatedAt = KeyNext, now
	if !found {
		made.State, made.ActivatedAt = KeyActive, &now
		return s.insert(ctx, tx, made)
	}
	next.State, next.ActivatedAt = KeyActive, &now
	if err := s.move(ctx, tx, next, KeyNext, ActionKeyActivated); err != nil {
		return err
	}
	return s.insert(ctx, tx, made)
}

// replaceNext makes room for another next key.
func (s *SigningKeys) replaceNext(ctx context.Context, tx Store, next SigningKey, remove bool) error {
	now := s.source.Now()
	next.State, next.RetiredAt, next.ExpiresAt = KeyRetired, &now, &now
	if err := s.move(ctx, tx, next, KeyNext, ActionKeyRetired); err != nil || !remove {
		return err
	}
	return s.record(ctx, tx, ActionKeyRemoved, next)
}

// move changes a key that LockKeys has returned.
func (s *SigningKeys) move(ctx context.Context, tx Store, key SigningKey, from KeyState, action Action) error {
	moved, err := tx.MoveKey(ctx, key, from)
	if err != nil {
		return err
	}
	if !moved {
		return fmt.Errorf("signing key %s is not %s any more", key.KID, from) // it was locked
	}
	return s.record(ctx, tx, action, key)
}

func byKID(keys []SigningKey, kid string) (SigningKey, bool) {
	for _, k := range keys {
		if k.KID == kid {
			return k, true
		}
	}
	return SigningKey{}, false
}
