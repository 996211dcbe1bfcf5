package admin

import "github.com/authly/authly/identity"

// Desired is a declared state of users, scopes, resources, clients, groups, roles, identity providers,
// trusted issuers and settings.
type Desired struct {
	Users     []DesiredUser
	Scopes    []identity.Scope
	Resources []identity.Resource
	Clients   []NewClient
	Groups    []DesiredGroup // nil: the file does not say
	Roles     []DesiredRole  // nil: the file does not say

	Attributes  []identity.AttributeDefinition // nil: the file does not say
	Providers   []DesiredProvider              // nil: the file does not say
	Trusted     []identity.TrustedIssuer       // nil: the file does not say
	DetailTypes []identity.DetailType          // of authorization details; nil: the file does not say
	Settings    map[string]string              // that are stored, by name; nil: the file does not say
	Branding    *identity.Brand                // all of it; nil: the file does not say

	// Prune removes what is not declared: clients, scopes, resources; groups, roles, attributes, identity providers, trusted issuers,
	// types of authorization details and stored settings if the file says; never users.
	Prune bool

	// Place names a field by its path for who wrote the declaration, such as "users[0].email (line 7)"; nil: by its path.
	Place func(path string) string
}

func (d Desired) place(path string) string {
	if d.Place == nil {
		return path
	}
	return d.Place(path)
}

// DesiredUser is a declared user. Password, hash and generated password are those to begin with, as is the demand to change
// them: they count only when the user is created.
type DesiredUser struct {
	NewUser
	ResetPassword bool   // Password is the user's password also after the user has changed it
	hash          string // of Password or of the generated one, when it must be set
	generated     string
}

// Applied is what Apply did about one declared thing.
type Applied struct {
	Kind   identity.TargetKind `json:"kind"`
	Name   string              `json:"name"`
	Verb   Verb                `json:"verb"`
	Secret string              `json:"secret,omitempty"` // generated password or client secret; shown once
}

// Verb says what was done.
type Verb string

// The verbs.
const (
	Created   Verb = "created"
	Updated   Verb = "updated"
	Deleted   Verb = "deleted"
	Unchanged Verb = "unchanged"
)
