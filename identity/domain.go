package identity

import "slices"

// Deps are what the services stand on.
type Deps struct {
	Store      Store
	Source     Source
	Keys       *Keyring
	Hasher     PasswordHasher
	Policy     PasswordPolicy
	Signer     TokenSigner
	KeyMaker   KeyMaker
	Assertions AssertionVerifier
	Sender     LogoutSender
	Meter      *Meter // counts the token endpoint; nil = not counted
	Settings   Settings
}

// Domain is the set of services that the surfaces call.
type Domain struct {
	Settings       Settings
	Source         Source
	Users          *Users
	SignIn         *SignIn
	Sessions       *Sessions
	Clients        *Clients
	Scopes         *Scopes
	Authorizations *Authorizations
	Grants         *Grants
	Tokens         *Tokens
	SigningKeys    *SigningKeys
	Logouts        *Logouts
	Jobs           *Jobs
	Audit          *Audit
	Meter          *Meter
	Signer         TokenSigner

	deps Deps
}

// New wires the services. The kinds of jobs are those that the services bring.
func New(d Deps) *Domain {
	logouts, keys := &Logouts{d}, &SigningKeys{d}
	kinds := slices.Concat(logouts.jobKinds(), keys.jobKinds(), (&Retention{d}).jobKinds())
	return &Domain{
		Settings: d.Settings, Source: d.Source, Signer: d.Signer, deps: d,
		Users: &Users{d}, SignIn: &SignIn{d}, Sessions: &Sessions{d}, Clients: &Clients{d}, Scopes: &Scopes{d},
		Authorizations: &Authorizations{d}, Grants: &Grants{d}, Tokens: &Tokens{d}, SigningKeys: keys, Logouts: logouts, Audit: &Audit{d},
		Jobs: newJobs(d, kinds...), Meter: d.Meter,
	}
}
