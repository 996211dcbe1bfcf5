package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// requireScope is the second layer of administration: the service does not trust that a surface has checked.
func requireScope(ctx context.Context, scope string) error {
	actor := identity.ActorFrom(ctx)
	if actor.MayAdminister(scope) {
		return nil
	}
	if actor.Kind == identity.ActorAnonymous {
		return &identity.Error{Kind: identity.Unauthenticated, Code: identity.CodeUnauthenticated, Detail: "Sign in first."}
	}
	if !actor.Admin {
		return &identity.Error{Kind: identity.Forbidden, Code: identity.CodeForbidden, Detail: "Only administrators may do this."}
	}
	if actor.Limited(scope) {
		return errLimited(scope)
	}
	return identity.Errorf(identity.Forbidden, identity.CodeInsufficientScope, "The token lacks the scope %s.", scope)
}

func errLimited(scope string) error {
	return identity.Errorf(identity.Forbidden, identity.CodeInsufficientScope, "The scope %s is limited to groups.", scope)
}

// requireScopes is requireScope for several that are needed together.
func requireScopes(ctx context.Context, scopes ...string) error {
	for _, scope := range scopes {
		if err := requireScope(ctx, scope); err != nil {
			return err
		}
	}
	return nil
}

// requireUsers asks for a scope that is a part of ScopeUsersWrite, or for that, and returns which of them the actor has.
func requireUsers(ctx context.Context, part string) (scope string, err error) {
	actor := identity.ActorFrom(ctx)
	for _, scope := range []string{identity.ScopeUsersWrite, part} {
		if actor.MayAdminister(scope) {
			return scope, nil
		}
	}
	if actor.MayReach(identity.ScopeUsersWrite) && !actor.MayReach(part) {
		part = identity.ScopeUsersWrite
	}
	_, err = requireReach(ctx, part)
	return part, err
}

func isSelf(ctx context.Context, id uuid.UUID) bool {
	actor := identity.ActorFrom(ctx)
	return actor.Kind == identity.ActorUser && actor.UserID == id
}

func setIfGiven[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
