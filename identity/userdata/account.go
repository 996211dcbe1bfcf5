package userdata

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// dataSections are the sections of the document, in its order.
var dataSections = []dataSection{
	profileData, attributeData, groupData, roleData, credentialData, linkedIdentityData, sessionData, grantData, consentData, browserData,
	networkData, messageData, linkData,
	eventData, jobData, refusalData,
}

// withAccount is how long what goes with the account is retained.
func withAccount(*identity.Settings) string {
	return "Until it is changed, at the latest until the account is deleted."
}

// period says a time in days where that is possible.
func period(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 0 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", days)
	}
	return d.String()
}

// same is a period that no setting changes.
func same(text string) func(*identity.Settings) string {
	return func(*identity.Settings) string { return text }
}

var profileData = whole(dataSection{
	name:     "profile",
	about:    "The account, with what is known of the person.",
	purpose:  "To let the person sign in, and to tell applications who they are, as far as the person or the operator allows them.",
	retained: withAccount,
}, profileFields(), func(_ context.Context, s *subject) ([]identity.User, error) { return []identity.User{s.user}, nil })

func profileFields() []dataField[identity.User] {
	type user = identity.User
	fields := []dataField[user]{
		{"id", "Identifies the account for ever; applications know it as sub.", func(u user) any { return u.ID }},
		{"username", "The name to sign in with.", func(u user) any { return u.Username }},
		{"email", "The e-mail address.", func(u user) any { return u.Email }},
		{"email_verified", "Whether it was shown that the address is the person's.", func(u user) any { return u.Verified }},
	}
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			about := "The claim " + claim.Name + " of OpenID Connect, which the scope " + claim.Scope + " releases to applications."
			fields = append(fields, dataField[user]{claim.Name, about, func(u user) any { return *claim.Text(&u.Claims) }})
		}
	}
	return append(fields, []dataField[user]{
		{
			"phone_number_verified", "Whether it was shown that the number is the person's.",
			func(u user) any { return u.Claims.PhoneNumberVerified },
		},
		{"address", "The postal address.", func(u user) any { return u.Claims.Address }},
		{"active", "Whether the person may sign in.", func(u user) any { return u.Active }},
		{"admin", "Whether the person administers the server.", func(u user) any { return u.Admin }},
		{
			"requires_password_change", "Whether another password must be chosen at the next sign-in.",
			func(u user) any { return u.RequiresPasswordChange },
		},
		{
			"second_factor", "Whether a second step is asked for: a code of an authenticator app, a security key or a passkey.",
			func(u user) any { return u.SecondFactor() },
		},
		{
			"second_step", "Whether the person wants to be asked for a passkey after another first step.",
			func(u user) any { return u.SecondStep },
		},
		{
			"second_factor_required", "Whether an administrator demands that of the person.",
			func(u user) any { return u.SecondFactorRequired },
		},
		{"terms_version", "Which version of the terms the person has accepted last.", func(u user) any { return u.Terms.Version }},
		{"terms_accepted_at", "When.", func(u user) any { return u.Terms.At }},
		{"password_changed_at", "When the password was last changed.", func(u user) any { return u.Password.ChangedAt }},
		{"password_expires_at", "When a temporary password ends.", func(u user) any { return u.Password.ExpiresAt }},
		{"last_login_at", "When the person last signed in.", func(u user) any { return u.LastLoginAt }},
		{"last_login_ip", "From which address.", func(u user) any { return u.LastLoginIP }},
		{"failed_attempts", "Failed sign-ins since the last one that succeeded.", func(u user) any { return u.FailedAttempts }},
		{"strangers_refused_until", "Until when these keep strangers from trying.", func(u user) any { return u.LockedUntil }},
		{"unlocked_at", "When an administrator has last let strangers try again.", func(u user) any { return u.UnlockedAt }},
		{"created_at", "When the account was made.", func(u user) any { return u.CreatedAt }},
		{"updated_at", "When something of it was last changed.", func(u user) any { return u.UpdatedAt }},
		{"version", "How often something of it was changed, and one.", func(u user) any { return u.Version }},
	}...)
}

// knownAttribute is what a user has of an attribute.
type knownAttribute struct {
	identity.AttributeDefinition
	values []string
}

var attributeData = whole(dataSection{
	name:     "attributes",
	about:    "What the operator has declared to know about people beside the profile, as far as it is known of this person.",
	purpose:  "As the operator says in the description of each, and to tell applications that ask for the scopes that release it.",
	retained: withAccount,
}, []dataField[knownAttribute]{
	{"name", "Of the attribute.", func(a knownAttribute) any { return a.Name }},
	{"display_name", "As people are shown it.", func(a knownAttribute) any { return a.DisplayName }},
	{"description", "What the operator says of it.", func(a knownAttribute) any { return a.Description }},
	{"scopes", "The scopes that release it to applications; none: no application is told.", func(a knownAttribute) any { return a.Scopes }},
	{"values", "What is known of the person.", func(a knownAttribute) any { return a.values }},
}, func(ctx context.Context, s *subject) ([]knownAttribute, error) {
	definitions, err := s.store.AttributeDefinitions(ctx)
	if err != nil {
		return nil, err
	}
	values, err := s.store.UserAttributes(ctx, []uuid.UUID{s.user.ID})
	var known []knownAttribute
	for _, d := range definitions {
		if v := values[s.user.ID][d.Name]; len(v) > 0 {
			known = append(known, knownAttribute{d, v})
		}
	}
	return known, err
})

// joinedGroup is a group that a user is in.
type joinedGroup struct {
	identity.Group
	path     string
	joinedAt time.Time
}

var groupData = listed(dataSection{
	name:     "groups",
	about:    "The groups that the person was put into. Who is in a group counts as a member of those above it, which its path names.",
	purpose:  "To decide what the person may do, and to tell it to applications that ask for the scope groups.",
	retained: same("Until the person leaves the group, at the latest until the account is deleted."),
}, []dataField[joinedGroup]{
	{"path", "Its names, from the first level on.", func(g joinedGroup) any { return g.path }},
	{"description", "What the operator says of it.", func(g joinedGroup) any { return g.Description }},
	{"joined_at", "Since when the person is in it.", func(g joinedGroup) any { return g.joinedAt }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[joinedGroup], error) {
	members, err := s.store.GroupMembers(ctx, identity.GroupMemberQuery{
		Filter: identity.GroupMemberFilter{UserID: s.user.ID}, Ascending: true, Range: slice,
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(members))
	for i, m := range members {
		ids[i] = m.Item.GroupID
	}
	groups, err := s.store.GroupsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	above, err := s.store.GroupAncestors(ctx, ids)
	rows := make([]identity.ListRow[joinedGroup], len(members))
	for i, m := range members {
		group := groups[m.Item.GroupID]
		path := identity.GroupPath(append(above[group.ID], group)...)
		rows[i] = identity.ListRow[joinedGroup]{Item: joinedGroup{group, path, m.Item.JoinedAt}, CursorKey: m.CursorKey}
	}
	return rows, err
})

// heldRole is a role that a user has.
type heldRole struct {
	identity.Role
	client     identity.Client
	assignedAt *time.Time // nil: it comes by a group
}

var roleData = whole(dataSection{
	name: "roles",
	about: fmt.Sprintf("The roles that the person was given, and then those that come by groups, of which at most %d are told.",
		identity.MaxMemberships),
	purpose:  "To decide what the person may do, and to tell it to applications that ask for the scope roles.",
	retained: same("Until the role is taken away, at the latest until the account is deleted."),
}, []dataField[heldRole]{
	{"name", "Of the role.", func(r heldRole) any { return r.Name }},
	{"client_id", "The application whose role it is; null: it is one of the server.", func(r heldRole) any { return r.client.ClientID }},
	{"description", "What the operator says of it.", func(r heldRole) any { return r.Description }},
	{"admin_scopes", "What it lets the person administer.", func(r heldRole) any { return r.Admin.Scopes }},
	{"assigned_at", "Since when the person has it; null: it comes by a group.", func(r heldRole) any { return r.assignedAt }},
}, heldRoles)

func heldRoles(ctx context.Context, s *subject) ([]heldRole, error) {
	assigned, err := s.store.RoleAssignments(ctx, identity.RoleAssignmentQuery{
		List:      identity.RoleAssignmentList{Side: identity.UserRoles, Owner: s.user.ID},
		Ascending: true, Range: identity.KeysetRange{Limit: identity.MaxMemberships},
	})
	if err != nil {
		return nil, err
	}
	memberships, err := s.store.Memberships(ctx, []uuid.UUID{s.user.ID})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(assigned))
	for i, a := range assigned {
		ids[i] = a.Item.RoleID
	}
	roles, err := s.store.RolesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var held []heldRole
	for _, a := range assigned {
		if role, there := roles[a.Item.RoleID]; there {
			held = append(held, heldRole{Role: role, assignedAt: &a.Item.AssignedAt})
		}
	}
	for _, role := range memberships[s.user.ID].Roles {
		if _, direct := roles[role.ID]; !direct {
			held = append(held, heldRole{Role: role})
		}
	}
	clients, err := clientsOf(ctx, s, held, func(r heldRole) *uuid.UUID { return r.ClientID })
	for i, role := range held {
		if role.ClientID != nil {
			held[i].client = clients[*role.ClientID]
		}
	}
	return held, err
}

// clientsOf reads the clients that items are about, each once.
func clientsOf[T any](ctx context.Context, s *subject, items []T, of func(T) *uuid.UUID) (map[uuid.UUID]identity.Client, error) {
	seen := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, item := range items {
		if id := of(item); id != nil && !seen[*id] {
			seen[*id] = true
			ids = append(ids, *id)
		}
	}
	return s.store.ClientsByID(ctx, ids)
}
