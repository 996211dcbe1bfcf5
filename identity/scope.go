package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The scopes with a meaning of their own (OIDC Core §5.4, §11).
const (
	ScopeOpenID        = "openid"
	ScopeProfile       = "profile"
	ScopeEmail         = "email"
	ScopeAddress       = "address"
	ScopePhone         = "phone"
	ScopeOfflineAccess = "offline_access"
	ScopeGroups        = "groups" // Authly's own, as the next
	ScopeRoles         = "roles"
)

// The scopes under which users let a client change their claims. None of them is a part of the scope that reads
// (StandardClaim.WriteScope).
const (
	ScopeProfileWrite = ScopeProfile + writeSuffix
	ScopeAddressWrite = ScopeAddress + writeSuffix
	ScopePhoneWrite   = ScopePhone + writeSuffix

	writeSuffix = ":write"
)

var openIDScopes = []string{
	ScopeOpenID, ScopeProfile, ScopeEmail, ScopeAddress, ScopePhone, ScopeOfflineAccess, ScopeGroups, ScopeRoles,
	ScopeProfileWrite, ScopeAddressWrite, ScopePhoneWrite,
}

// OpenIDScopes lists the scopes of both kinds: they are about a user.
func OpenIDScopes() []string { return slices.Clone(openIDScopes) }

// The scopes of administration. They are granted only to administrators, to persons with a role that carries them, and to
// clients marked as service administrators.
const (
	ScopeUsersRead     = "admin:users:read"
	ScopeUsersWrite    = "admin:users:write"
	ScopeUsersHashes   = "admin:users:hashes" // beside ScopeUsersRead: also the hashes of passwords, in exports
	ScopeUsersUnlock   = "admin:users:unlock" // a part of ScopeUsersWrite, as the next
	ScopeUsersReset    = "admin:users:reset"
	ScopeAdminsWrite   = "admin:admins:write" // beside another scope to write: also what concerns administration itself
	ScopeJobsRead      = "admin:jobs:read"
	ScopeJobsWrite     = "admin:jobs:write"
	ScopeSessionsRead  = "admin:sessions:read"
	ScopeSessionsWrite = "admin:sessions:write"
	ScopeClientsRead   = "admin:clients:read"
	ScopeClientsWrite  = "admin:clients:write"
	ScopeScopesRead    = "admin:scopes:read"
	ScopeScopesWrite   = "admin:scopes:write"
	ScopeGroupsRead    = "admin:groups:read"
	ScopeGroupsWrite   = "admin:groups:write"
	ScopeRolesRead     = "admin:roles:read"
	ScopeRolesWrite    = "admin:roles:write"
	ScopeAuditRead     = "admin:audit:read"
	ScopeKeysRead      = "admin:keys:read"
	ScopeKeysWrite     = "admin:keys:write"
	ScopeSettingsRead  = "admin:settings:read"
	ScopeSettingsWrite = "admin:settings:write"
	ScopeSystemRead    = "admin:system:read"
	ScopeSystemWrite   = "admin:system:write"
	ScopeSchemaRead    = "admin:schema:read"
)

// Scope is a registered scope value.
type Scope struct {
	Name        string
	Description string // shown on the consent page
	Default     bool   // granted when a client asks for no scope
	BuiltIn     bool   // made by Authly; cannot be deleted
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Resource is an API that access tokens can be made for (RFC 8707): its audience URI and the scopes it understands.
type Resource struct {
	URI               string
	Name              string
	Scopes            []string
	Audiences         []string    // URIs that its access tokens name beside its own, for what knows it by another name
	AccessTokenType   string      // JOSE header typ of its access tokens: TypeAccessToken, or TypeJWT for what knows no other
	AccessTokenAlg    Algorithm   // that its access tokens are signed with; empty: that of the client
	AccessTokenFormat TokenFormat // of its access tokens; empty: that of the client
	AccessTokenTTL    int         // seconds that its access tokens live at most; 0: as long as others of the client
	CreatedAt         time.Time
	UpdatedAt         time.Time
}

// WithDefaults fills in what was not said.
func (r Resource) WithDefaults() Resource {
	if r.AccessTokenType == "" {
		r.AccessTokenType = TypeAccessToken
	}
	return r
}

// BuiltInScopes are the scopes that every installation has.
func BuiltInScopes() []Scope {
	list := []Scope{
		{Name: ScopeOpenID, Description: "Confirm who you are"},
		{Name: ScopeProfile, Description: "Read your profile: name, picture, language and the like"},
		{Name: ScopeEmail, Description: "Read your e-mail address"},
		{Name: ScopeAddress, Description: "Read your postal address"},
		{Name: ScopePhone, Description: "Read your phone number"},
		{Name: ScopeOfflineAccess, Description: "Stay connected while you are away"},
		{Name: ScopeGroups, Description: "Read which groups you are in"},
		{Name: ScopeRoles, Description: "Read which roles you have"},
		{Name: ScopeProfileWrite, Description: "Change your profile: name, picture, language and the like"},
		{Name: ScopeAddressWrite, Description: "Change your postal address"},
		{Name: ScopePhoneWrite, Description: "Change your phone number"},
		{Name: ScopeUsersRead, Description: "Administration: read users"},
		{Name: ScopeUsersWrite, Description: "Administration: create, change and delete users"},
		{Name: ScopeUsersHashes, Description: "Administration: export the password hashes of users"},
		{Name: ScopeUsersUnlock, Description: "Administration: let users sign in again who have failed too often"},
		{Name: ScopeUsersReset, Description: "Administration: give users a temporary password"},
		{Name: ScopeAdminsWrite, Description: "Administration: change administrators and the applications of administration"},
		{Name: ScopeJobsRead, Description: "Administration: read imports and exports"},
		{Name: ScopeJobsWrite, Description: "Administration: start, stop and end imports and exports"},
		{Name: ScopeSessionsRead, Description: "Administration: read sessions"},
		{Name: ScopeSessionsWrite, Description: "Administration: end sessions"},
		{Name: ScopeClientsRead, Description: "Administration: read clients"},
		{Name: ScopeClientsWrite, Description: "Administration: create, change and delete clients"},
		{Name: ScopeScopesRead, Description: "Administration: read scopes"},
		{Name: ScopeScopesWrite, Description: "Administration: create, change and delete scopes"},
		{Name: ScopeGroupsRead, Description: "Administration: read groups and who is in them"},
		{Name: ScopeGroupsWrite, Description: "Administration: create, change and delete groups, and choose who is in them"},
		{Name: ScopeRolesRead, Description: "Administration: read roles and who has them"},
		{Name: ScopeRolesWrite, Description: "Administration: create, change and delete roles, and choose who has them"},
		{Name: ScopeAuditRead, Description: "Administration: read the audit trail"},
		{Name: ScopeKeysRead, Description: "Administration: read the signing keys of the server, without their private halves"},
		{Name: ScopeKeysWrite, Description: "Administration: rotate, retire and import signing keys"},
		{Name: ScopeSettingsRead, Description: "Administration: read how the server is configured, without its secrets"},
		{Name: ScopeSettingsWrite, Description: "Administration: change settings of the server while it runs"},
		{Name: ScopeSystemRead, Description: "Administration: read the state of the system"},
		{Name: ScopeSystemWrite, Description: "Administration: change the state of the system"},
		{Name: ScopeSchemaRead, Description: "Administration: read the schema of the admin API"},
	}
	for i := range list {
		list[i].BuiltIn = true
	}
	return list
}

// BuiltInScopesOf are the scopes that an installation has by its settings: BuiltInScopes, and those of what is switched on.
func BuiltInScopesOf(settings *Settings) []Scope {
	list := BuiltInScopes()
	if settings.SharedSignals {
		list = append(list,
			Scope{Name: ScopeStreamsRead, Description: "Shared signals: read the event stream of the application", BuiltIn: true},
			Scope{Name: ScopeStreamsManage, Description: "Shared signals: have an event stream", BuiltIn: true})
	}
	return list
}

// AdminScopes returns those of the names that belong to administration.
func AdminScopes(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !IsAdminScope(name) })
}

// IsAdminScope reports whether a scope belongs to administration.
func IsAdminScope(name string) bool { return strings.HasPrefix(name, adminPrefix) }

const adminPrefix = "admin:"

// AdministrationScope is what Authly's own clients ask for: to know who signs in, and all of administration.
func AdministrationScope() string {
	names := []string{ScopeOpenID}
	for _, s := range BuiltInScopes() {
		if IsAdminScope(s.Name) {
			names = append(names, s.Name)
		}
	}
	return JoinScope(names)
}

// ChangesClaims reports whether a scope lets a client change what is known about a user.
func ChangesClaims(name string) bool {
	return name == ScopeProfileWrite || name == ScopeAddressWrite || name == ScopePhoneWrite
}

// Sensitive reports whether a person should think twice before they grant the scope: with it a client changes something of
// theirs, or administers the server.
func (s Scope) Sensitive() bool {
	return IsAdminScope(s.Name) || ChangesClaims(s.Name)
}

// ParseScope splits a scope parameter (RFC 6749 §3.3) and drops repetitions. Order is preserved. It is bounded in bytes and
// in values before anything is made of it.
func ParseScope(text string) ([]string, error) {
	if len(text) > MaxScope {
		return nil, badScope(RuleScopeSyntax, "The scope is longer than %d bytes.", MaxScope)
	}
	values, inside := 0, false
	for _, c := range []byte(text) {
		if c == ' ' {
			inside = false
			continue
		}
		if c < 0x21 || c > 0x7e || c == '"' || c == '\\' {
			return nil, badScope(RuleScopeSyntax, "The scope has a character that is not allowed.")
		}
		if !inside {
			values++
			inside = true
		}
	}
	if values > MaxScopeValues {
		return nil, badScope(RuleScopeSyntax, "The scope has more than %d values.", MaxScopeValues)
	}
	if values == 0 {
		return nil, nil
	}
	return distinct(strings.Fields(text)), nil
}

func badScope(rule RuleID, format string, args ...any) *Error {
	return (&Error{Kind: Invalid, Code: CodeInvalidScope, Field: "scope", Detail: fmt.Sprintf(format, args...)}).Breaks(rule)
}

// JoinScope is the wire form of a list of scopes.
func JoinScope(names []string) string { return strings.Join(names, " ") }

// userScopes drops what only administrators may have, and who has it by a role, and what clients have on their own behalf alone.
func userScopes(scopes []string, u User) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(name string) bool {
		return IsStreamScope(name) || IsAdminScope(name) && !u.Admin && !u.Delegation.Has(name)
	})
}

// presentScopes returns those of the scopes of a grant that its user and its client may have now: a client that has lost
// one since must not go on with it for as long as it can refresh.
func presentScopes(scopes []string, c Client, u User) []string {
	return intersect(userScopes(scopes, u), c.Scopes())
}

// subset reports whether every element of a is in b.
func subset(a, b []string) bool {
	has := membership(b)
	for _, name := range a {
		if !has(name) {
			return false
		}
	}
	return true
}

// intersect returns the elements of a that are in b, in the order of a.
func intersect(a, b []string) []string {
	var out []string
	has := membership(b)
	for _, name := range a {
		if has(name) {
			out = append(out, name)
		}
	}
	return out
}
