package identity

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// AdminRights is what a role lets those administer who have it and are no administrators.
type AdminRights struct {
	Scopes   []string    // of administration, but never ScopeAdminsWrite; none: it is no role of administration
	GroupIDs []uuid.UUID // only users in these groups or below; nil: everybody and everything
}

// Limited reports whether the rights are about users of some groups only.
func (r AdminRights) Limited() bool { return r.GroupIDs != nil }

// maxAdminGroups is how many groups a role can be limited to.
const maxAdminGroups = 20

// LimitedScopes are the scopes of administration that can be limited to groups, because they are about users.
func LimitedScopes() []string {
	return []string{
		ScopeUsersRead, ScopeUsersWrite, ScopeUsersUnlock, ScopeUsersReset, ScopeSessionsRead, ScopeSessionsWrite, ScopeAuditRead,
	}
}

// delegable reports whether a role may carry a scope of administration: whoever may change administrators is one.
func delegable(name string) bool {
	known := slices.ContainsFunc(BuiltInScopes(), func(s Scope) bool { return s.Name == name })
	return known && IsAdminScope(name) && name != ScopeAdminsWrite
}

// check holds the rules for the rights of a role, which is the server's or not.
func (r AdminRights) check(ofServer bool) error {
	switch {
	case len(r.Scopes) == 0 && !r.Limited():
		return nil
	case len(r.Scopes) == 0:
		return InvalidField("admin_groups", "Must be absent without scopes of administration.")
	case !ofServer:
		return InvalidField("admin_scopes", "Must be empty: only roles of the server are of administration.")
	case len(distinct(r.Scopes)) != len(r.Scopes):
		return InvalidField("admin_scopes", "Must name each scope once.")
	case r.Limited() && (len(r.GroupIDs) == 0 || len(r.GroupIDs) > maxAdminGroups):
		return InvalidField("admin_groups", "Must name 1 to %d groups.", maxAdminGroups)
	case len(slices.Compact(slices.SortedFunc(slices.Values(r.GroupIDs), compareIDs))) != len(r.GroupIDs):
		return InvalidField("admin_groups", "Must name each group once.")
	}
	for _, name := range r.Scopes {
		if !delegable(name) {
			return InvalidField("admin_scopes", "Must be scopes of administration, and not %s.", ScopeAdminsWrite)
		}
		if r.Limited() && !slices.Contains(LimitedScopes(), name) {
			return InvalidField("admin_scopes", "Must not have %s: it cannot be limited to groups.", name)
		}
	}
	return nil
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// Delegation is what a person may administer by roles, those of groups included. Whom one role reaches with its scopes, those
// of another role do not reach.
type Delegation []AdminRights

// Has reports whether one of the roles carries the scope.
func (d Delegation) Has(scope string) bool {
	return slices.ContainsFunc(d, func(r AdminRights) bool { return slices.Contains(r.Scopes, scope) })
}

// Reach returns the groups to which a scope is limited, or true when it is not.
func (d Delegation) Reach(scope string) (groups []uuid.UUID, everybody bool) {
	for _, r := range d {
		if !slices.Contains(r.Scopes, scope) {
			continue
		}
		if !r.Limited() {
			return nil, true
		}
		groups = append(groups, r.GroupIDs...)
	}
	return groups, false
}

// limits returns the groups of those of the scopes that are limited.
func (d Delegation) limits(scopes []string) map[string][]uuid.UUID {
	limits := map[string][]uuid.UUID{}
	for _, name := range scopes {
		if groups, everybody := d.Reach(name); !everybody && d.Has(name) {
			limits[name] = groups
		}
	}
	return limits
}

// withDelegation returns the user with what they may administer by roles, if scopes are asked for that need it. It is asked of
// the store each time, never of a cache: a role that was taken away is gone at the next request, on every node.
func withDelegation(ctx context.Context, r DelegationReader, u User, scopes []string) (User, error) {
	if u.Admin || u.ID == uuid.Nil || !slices.ContainsFunc(scopes, IsAdminScope) {
		return u, nil
	}
	found, err := r.Delegations(ctx, []uuid.UUID{u.ID})
	if err != nil {
		return u, fmt.Errorf("read delegation: %w", err)
	}
	u.Delegation = found[u.ID]
	return u, nil
}
