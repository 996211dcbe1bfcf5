package admin

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// overUsers is the third layer of administration: whoever may change users may not therefore change administrators, be they
// it by a role, or make one. It is asked about each user as the transaction has locked it, and as it would be afterwards.
func overUsers(ctx context.Context, users ...identity.User) error {
	if slices.ContainsFunc(users, identity.User.Administers) {
		return requireScope(ctx, identity.ScopeAdminsWrite)
	}
	return nil
}

// lockUsers reads users who are going to be changed, with what they may administer by roles: what is decided from the answer
// holds until the transaction ends. By a role, the actor must have the scope still, and whom they do not reach is absent.
func lockUsers(ctx context.Context, tx identity.Store, scope string, ids []uuid.UUID) (map[uuid.UUID]identity.User, error) {
	within, err := holdDelegation(ctx, tx, scope)
	if err != nil {
		return nil, err
	}
	users, err := lockWithActor(ctx, tx, ids)
	if err == nil && within.limited() {
		var known []uuid.UUID
		known, err = within.among(ctx, tx, ids)
		maps.DeleteFunc(users, func(id uuid.UUID, _ identity.User) bool { return !slices.Contains(known, id) })
	}
	if err != nil || identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return users, err
	}
	return users, readDelegations(ctx, tx, users)
}

// administrator returns the user who acts as an administrator, not by a role or as a client.
func administrator(ctx context.Context) (id uuid.UUID, ok bool) {
	actor := identity.ActorFrom(ctx)
	return actor.UserID, actor.Kind == identity.ActorUser && actor.Admin && !actor.Delegated
}

// lockWithActor locks users and the administrator who acts in one statement, whose order is that of the ids: two who change each
// other at the same moment would otherwise have what the other waits for when they are held.
func lockWithActor(ctx context.Context, tx identity.Store, ids []uuid.UUID) (map[uuid.UUID]identity.User, error) {
	actor, ok := administrator(ctx)
	if !ok || len(ids) == 0 || slices.Contains(ids, actor) {
		return tx.LockUsers(ctx, ids)
	}
	users, err := tx.LockUsers(ctx, append(slices.Clone(ids), actor))
	delete(users, actor)
	return users, err
}

// holdAdministrator is the last thing that the transaction of a change does: whoever acts as an administrator is one still, and
// remains one until it has ended. What an administrator does comes before their end in the trail, or is not done.
func holdAdministrator(ctx context.Context, tx identity.AdministrationStore) error {
	actor, ok := administrator(ctx)
	if !ok {
		return nil
	}
	err := tx.HoldAdministrator(ctx, actor)
	if errors.Is(err, identity.ErrUserNotFound) {
		return identity.Errorf(identity.Forbidden, identity.CodeForbidden, "You are no administrator any more.")
	}
	return err
}

// readDelegations adds to users what they may administer by roles.
func readDelegations(ctx context.Context, r identity.DelegationReader, users map[uuid.UUID]identity.User) error {
	found, err := r.Delegations(ctx, slices.Collect(maps.Keys(users)))
	for id, delegation := range found {
		user := users[id]
		user.Delegation = delegation
		users[id] = user
	}
	return err
}

// holdDelegation keeps the right of an actor who has it by a role until the transaction ends, and returns whom they reach with
// it now; it is refused when the role was taken away since the request began.
func holdDelegation(ctx context.Context, tx identity.Store, scope string) (reach, error) {
	actor := identity.ActorFrom(ctx)
	if !actor.Delegated {
		return nil, nil
	}
	if err := tx.LockDelegations(ctx, false); err != nil {
		return nil, err
	}
	found, err := tx.Delegations(ctx, []uuid.UUID{actor.UserID})
	if err != nil {
		return nil, err
	}
	now := found[actor.UserID]
	groups, everybody := now.Reach(scope)
	switch {
	case everybody:
		return nil, nil
	case !now.Has(scope):
		return nil, identity.Errorf(identity.Forbidden, identity.CodeInsufficientScope, "The role with the scope %s was taken away.", scope)
	}
	return append(reach{}, groups...), nil
}

// holdScopes is requireScopes for all that is done until the transaction ends: an actor who has the scopes by roles has them
// then, for everybody.
func holdScopes(ctx context.Context, tx identity.Store, scopes ...string) error {
	for _, scope := range scopes {
		if err := requireScope(ctx, scope); err != nil {
			return err
		}
		switch within, err := holdDelegation(ctx, tx, scope); {
		case err != nil:
			return err
		case within.limited():
			return errLimited(scope)
		}
	}
	return nil
}

// overRights asks for what one needs to give or take rights of administration, and to give them: nobody gives what they do
// not hold, for everybody.
func overRights(ctx context.Context, before, after []identity.AdminRights) error {
	if len(before) == 0 && len(after) == 0 {
		return nil
	}
	if err := requireScope(ctx, identity.ScopeAdminsWrite); err != nil {
		return err
	}
	for _, rights := range after {
		for _, name := range rights.Scopes {
			if err := requireScope(ctx, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// rightsOf lists the rights of a role, if it has any.
func rightsOf(r identity.Role) []identity.AdminRights {
	if len(r.Admin.Scopes) == 0 {
		return nil
	}
	return []identity.AdminRights{r.Admin}
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
func overRole(ctx context.Context, tx identity.Store, role identity.Role) error {
	if identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return nil
	}
	if err := overRights(ctx, rightsOf(role), nil); err != nil {
		return err
	}
	theirs, err := tx.RoleOfAdministrators(ctx, role.ID)
	if err != nil || !theirs {
		return err
	}
	return requireScope(ctx, identity.ScopeAdminsWrite)
}

// lockOwners locks the users of sessions before these end, and asks whether the actor may end them.
func lockOwners(ctx context.Context, tx identity.Store, sessions []uuid.UUID) error {
	if actor := identity.ActorFrom(ctx); actor.MayAdminister(identity.ScopeAdminsWrite) && !actor.Delegated {
		return nil
	}
	owners, err := tx.OwnersOfSessions(ctx, sessions)
	if err != nil {
		return err
	}
	users, err := lockUsers(ctx, tx, identity.ScopeSessionsWrite, owners)
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
