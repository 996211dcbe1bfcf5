package admin

import (
	"context"

	"github.com/authly/authly/identity"
)

// SigningKeys is administration of the server's signing keys.
type SigningKeys struct{ keys *identity.SigningKeys }

// List lists the keys that are published, oldest first.
func (s *SigningKeys) List(ctx context.Context) ([]identity.SigningKey, error) {
	if err := requireScope(ctx, identity.ScopeSystemRead); err != nil {
		return nil, err
	}
	return s.keys.List(ctx)
}

// Rotate makes the next key of every algorithm, or of the given ones, sign from now on. identity.ErrKeyTooYoung when
// clients may not know a next key yet; then nothing is changed.
func (s *SigningKeys) Rotate(ctx context.Context, algorithms ...identity.Algorithm) error {
	if err := requireScope(ctx, identity.ScopeSystemWrite); err != nil {
		return err
	}
	return s.keys.Rotate(ctx, algorithms...)
}
