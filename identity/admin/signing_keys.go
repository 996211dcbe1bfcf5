package admin

import (
	"context"
	"fmt"

	"github.com/authly/authly/identity"
)

// SigningKeys is administration of the server's signing keys.
type SigningKeys struct {
	changes
	keys  *identity.SigningKeys
	maker identity.KeyMaker
}

// List lists the keys that are published, oldest first.
func (s *SigningKeys) List(ctx context.Context) ([]identity.SigningKey, error) {
	if err := requireScope(ctx, identity.ScopeKeysRead); err != nil {
		return nil, err
	}
	return s.keys.List(ctx)
}

// Rotate makes the next key of the given algorithms, or of every one in use, sign from now on. identity.ErrKeyTooYoung when clients
// may not know a next key yet and it is no emergency; then nothing is changed. It returns the keys that are published then.
func (s *SigningKeys) Rotate(ctx context.Context, emergency bool, algorithms ...identity.Algorithm) ([]identity.SigningKey, error) {
	if err := requireScope(ctx, identity.ScopeKeysWrite); err != nil {
		return nil, err
	}
	made, err := s.keys.Make(ctx, algorithms...)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, "rotate signing keys", func(ctx context.Context, tx identity.Store) error {
		return s.keys.RotateIn(ctx, tx, made, emergency)
	})
}

// Retire takes a key out of use before its time; one that signs or is the next has a successor afterwards. It
// returns the keys that are published then.
func (s *SigningKeys) Retire(ctx context.Context, kid string, how identity.Retirement) ([]identity.SigningKey, error) {
	if err := requireScope(ctx, identity.ScopeKeysWrite); err != nil {
		return nil, err
	}
	list, err := s.keys.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	var successor identity.SigningKey
	for _, key := range list {
		if key.KID != kid || key.State == identity.KeyRetired {
			continue
		}
		made, err := s.keys.Make(ctx, key.Algorithm)
		if err != nil {
			return nil, err
		}
		successor = made[0]
	}
	return s.change(ctx, "retire signing key", func(ctx context.Context, tx identity.Store) error {
		return s.keys.RetireIn(ctx, tx, kid, successor, how)
	})
}

// Import makes a private key of others the next one of its algorithm. Whoever knows the private half can make any token, so it
// takes the right to change administrators too. algorithm is what the key is for; empty = the
// first that it can be for. It returns the kid and the
// keys that are published then.
func (s *SigningKeys) Import(ctx context.Context, material string, algorithm identity.Algorithm) (string, []identity.SigningKey, error) {
	if err := requireScope(ctx, identity.ScopeKeysWrite); err != nil {
		return "", nil, err
	}
	key, err := s.maker.Import(material, algorithm)
	if err != nil {
		return "", nil, err
	}
	if err := requireScope(ctx, identity.ScopeAdminsWrite); err != nil {
		return "", nil, err
	}
	list, err := s.change(ctx, "import signing key", func(ctx context.Context, tx identity.Store) error {
		return s.keys.ImportIn(ctx, tx, key)
	})
	return key.KID, list, err
}

// change runs a change of keys once, and returns those that are published then.
func (s *SigningKeys) change(
	ctx context.Context, what string, do func(ctx context.Context, tx identity.Store) error,
) ([]identity.SigningKey, error) {
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (struct{}, error) {
		return struct{}{}, do(ctx, tx)
	})
	s.keys.Changed()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return s.keys.List(ctx)
}
