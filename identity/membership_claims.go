package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// The bounds of each of the claims groups and roles in a token.
const (
	maxClaimValues = 200
	maxClaimBytes  = 8 << 10
)

// MembershipClaims are what clients are told of the groups and roles of a user. One that is nil was not granted, or does not
// fit (Overage).
type MembershipClaims struct {
	Groups  []string // paths: those of the groups above are among them; each with the prefix of the client
	Roles   []string // names: of the server's roles unless the client wants only its own, and of its own; each with its prefix
	Overage bool     // one of them is left out, because it has too many values or bytes

	GroupsName string // how the client calls the claim; empty: groups
	RolesName  string // empty: roles
}

// membershipClaims returns what the scopes of a client release about the groups and roles of a user: as much as there may be.
// Nothing is read when they release nothing.
func (s *Tokens) membershipClaims(ctx context.Context, u User, c Client, scopes []string) (MembershipClaims, error) {
	groups, roles := slices.Contains(scopes, ScopeGroups), slices.Contains(scopes, ScopeRoles)
	if u.ID == uuid.Nil || !groups && !roles {
		return MembershipClaims{}, nil
	}
	all, err := s.memberships.Memberships(ctx, []uuid.UUID{u.ID})
	if err != nil {
		return MembershipClaims{}, fmt.Errorf("read memberships: %w", err)
	}
	own := all[u.ID]
	claims := MembershipClaims{Overage: own.More, GroupsName: c.Policy.GroupsClaim, RolesName: c.Policy.RolesClaim}
	if groups {
		claims.Groups = prefixed(c.Policy.GroupsPrefix, groupPaths(own))
	}
	if roles {
		claims.Roles = prefixed(c.Policy.RolesPrefix, roleNames(own, c))
	}
	return claims, nil
}

// bounded leaves out of a token what does not fit into it: a part of a list would be taken for the whole.
func (m MembershipClaims) bounded() MembershipClaims {
	for _, claim := range []*[]string{&m.Groups, &m.Roles} {
		bytes := 0
		for _, value := range *claim {
			bytes += len(value) + len(`"",`)
		}
		if len(*claim) > maxClaimValues || bytes > maxClaimBytes {
			*claim, m.Overage = nil, true
		}
	}
	return m
}

// values returns the claims by the names that the client has for them; what is nil is left out.
func (m MembershipClaims) values() ReleasedClaims {
	values := ReleasedClaims{}
	if m.Groups != nil {
		values[cmp.Or(m.GroupsName, ClaimGroups)] = m.Groups
	}
	if m.Roles != nil {
		values[cmp.Or(m.RolesName, ClaimRoles)] = m.Roles
	}
	if m.Overage {
		values[ClaimMembershipOverage] = true
	}
	if len(values) == 0 {
		return nil
	}
	return values
}

// The claims about groups and roles: the first two as RFC 9068 §2.2.3.1 has them, the third Authly's own.
const (
	ClaimGroups            = "groups"
	ClaimRoles             = "roles"
	ClaimMembershipOverage = "membership_overage"
)

func groupPaths(m Memberships) []string {
	paths := m.Paths()
	values := make([]string, len(m.Groups))
	for i, g := range m.Groups {
		values[i] = paths[g.ID]
	}
	return values
}

// roleNames never has those of other clients: what they call a role means something else here.
func roleNames(m Memberships, c Client) []string {
	values := []string{}
	for _, r := range m.Roles {
		if r.ClientID == nil && !c.Policy.OwnRolesOnly || r.ClientID != nil && *r.ClientID == c.ID {
			values = append(values, r.Name)
		}
	}
	return distinct(values)
}
