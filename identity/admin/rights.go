package admin

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// overUsers is the third layer of administration: whoever may change users may not therefore change administrators, or
// make one. It is asked about each user as the transaction has locked it, and as it would be afterwards.
func overUsers(ctx context.Context, users ...identity.User) error {
	if slices.ContainsFunc(users, func(u identity.User) bool { return u.Admin }) {
		return requireScope(ctx, identity.ScopeAdminsWrite)
	}
	return nil
}

// overClients is the same for clients of administration.
func overClients(ctx context.Context, clients ...identity.Client) error {
	if slices.ContainsFunc(clients, identity.Client.Administers) {
		return requireScope(ctx, identity.ScopeAdminsWrite)
	}
	return nil
}

// overChange is overClients for a change, by which moreover nobody gives a client what they do not hold themselves.
func overChange(ctx context.Context, before, after identity.Client) error {
	if err := overClients(ctx, before, after); err != nil {
		return err
	}
	had := before.Scopes()
	if after.Policy.ServiceAdmin && !before.Policy.ServiceAdmin || after.Allows(identity.GrantClientCredentials) &&
		!before.Allows(identity.GrantClientCredentials) {
		had = nil // what it might only ask administrators for becomes its own
	}
	return holdsNew(ctx, had, after.Scopes())
}

// overScopes is the same for scopes, on their own or of a resource.
func overScopes(ctx context.Context, before, after []string) error {
	if slices.ContainsFunc(before, identity.IsAdminScope) || slices.ContainsFunc(after, identity.IsAdminScope) {
		if err := requireScope(ctx, identity.ScopeAdminsWrite); err != nil {
			return err
		}
	}
	return holdsNew(ctx, before, after)
}

// holdsNew asks for the scopes of administration that are new.
func holdsNew(ctx context.Context, before, after []string) error {
	for _, name := range identity.AdminScopes(after) {
		if slices.Contains(before, name) {
			continue
		}
		if err := requireScope(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// overGroups is the same for groups, which are of administrators when these are in them or below them.
func overGroups(ctx context.Context, tx identity.Store, ids ...uuid.UUID) error {
	if identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return nil
	}
	found, err := tx.GroupsOfAdministrators(ctx, ids)
	if err != nil || len(found) == 0 {
		return err
	}
	return requireScope(ctx, identity.ScopeAdminsWrite)
}

// overRole is the same for a role, which is of administrators when one has it.
func overRole(ctx context.Context, tx identity.Store, id uuid.UUID) error {
	if identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return nil
	}
	theirs, err := tx.RoleOfAdministrators(ctx, id)
	if err != nil || !theirs {
		return err
	}
	return requireScope(ctx, identity.ScopeAdminsWrite)
}

// lockOwners locks the users of sessions before these end, and asks whether the actor may end them.
func lockOwners(ctx context.Context, tx identity.Store, sessions []uuid.UUID) error {
	if identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return nil
	}
	owners, err := tx.OwnersOfSessions(ctx, sessions)
	if err != nil {
		return err
	}
	users, err := tx.LockUsers(ctx, owners)
	if err != nil {
		return err
	}
	return overUsers(ctx, slices.Collect(maps.Values(users))...)
}

// lockClient reads a client that is going to be changed: what is decided from the answer holds until the transaction ends.
func lockClient(ctx context.Context, tx identity.Store, id uuid.UUID) (identity.Client, error) {
	client, err := tx.LockClient(ctx, id)
	if err != nil {
		return identity.Client{}, err
	}
	return client, overClients(ctx, client)
}
