package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ActorReader reads what decides about what an actor may do now.
type ActorReader interface {
	UserByID(ctx context.Context, id uuid.UUID) (User, error)
	ClientByID(ctx context.Context, id uuid.UUID) (Client, error)
	DelegationReader
}

// Now returns an actor whose request is over as it may act now: with those of the scopes that were presented which its user and
// its client may still have. It is no administrator when one of them is gone or inactive.
func (a Actor) Now(ctx context.Context, r ActorReader, at time.Time) (Actor, error) {
	if a.Kind == ActorSystem {
		return a, nil
	}
	b := Bearer{Claims: AccessClaims{Scope: JoinScope(a.Scopes)}, Grant: Grant{ID: a.GrantID}}
	var err error
	if b.Client, err = r.ClientByID(ctx, a.ClientID); err == nil && a.Kind == ActorUser {
		b.User, err = r.UserByID(ctx, a.UserID)
	}
	switch {
	case errors.Is(err, ErrClientNotFound), errors.Is(err, ErrUserNotFound), err == nil && !b.activeAt(at):
		a.Admin, a.Scopes = false, nil
		return a, nil
	case err != nil:
		return a, fmt.Errorf("who acts: %w", err)
	}
	if b.User, err = withDelegation(ctx, r, b.User, a.Scopes); err != nil {
		return a, err
	}
	return b.Actor(a), nil
}

// activeAt reports whether client and user, if there is one, are.
func (b Bearer) activeAt(t time.Time) bool {
	return b.Client.ActiveAt(t) && (b.User.ID == uuid.Nil || b.User.Active)
}
