package admin

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// reach is whom the actor reaches with a scope: nil is everybody and everything. Others are to the actor as if they did not
// exist.
type reach []uuid.UUID

// requireReach is requireScope for what limited administrators may do too, to whom they reach. Whatever does not ask for it
// is refused to them.
func requireReach(ctx context.Context, scope string) (reach, error) {
	actor := identity.ActorFrom(ctx)
	if !actor.MayReach(scope) || !actor.Limited(scope) {
		return nil, requireScope(ctx, scope)
	}
	return append(reach{}, actor.Limits[scope]...), nil
}

// limited reports whether not everybody is reached.
func (r reach) limited() bool { return r != nil }

// among lists those of the users who are reached.
func (r reach) among(ctx context.Context, store identity.ReachReader, ids []uuid.UUID) ([]uuid.UUID, error) {
	if !r.limited() {
		return ids, nil
	}
	return store.UsersInReach(ctx, r, ids)
}

// find is ErrUserNotFound for a user who is not reached.
func (r reach) find(ctx context.Context, store identity.ReachReader, id uuid.UUID) error {
	found, err := r.among(ctx, store, []uuid.UUID{id})
	if err == nil && !slices.Contains(found, id) {
		err = identity.ErrUserNotFound
	}
	return err
}

// ofUser asks for the right to a list of what users have: a limited administrator may have that of one user whom they reach.
// found is false for any other user, who has nothing.
func ofUser(ctx context.Context, store identity.ReachReader, scope string, id uuid.UUID) (found bool, err error) {
	within, err := requireReach(ctx, scope)
	switch {
	case err != nil:
		return false, err
	case !within.limited():
		return true, nil
	case id == uuid.Nil:
		return false, requireScope(ctx, scope)
	}
	known, err := within.among(ctx, store, []uuid.UUID{id})
	return len(known) > 0, err
}

// ofUsers is ofUser for many users: it returns those who are reached.
func ofUsers(ctx context.Context, store identity.ReachReader, scope string, ids []uuid.UUID) ([]uuid.UUID, error) {
	within, err := requireReach(ctx, scope)
	if err != nil {
		return nil, err
	}
	return within.among(ctx, store, ids)
}
