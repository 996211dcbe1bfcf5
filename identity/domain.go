package identity

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

// Domain is the set of services that the protocol needs.
type Domain struct {
	Settings       Settings
	Source         Source
	SignIn         *SignIn
	Sessions       *Sessions
	Profiles       *Profiles
	ClientAuth     *ClientAuthentication
	Scopes         *Scopes
	Authorizations *Authorizations
	Grants         *Grants
	Tokens         *Tokens
	SigningKeys    *SigningKeys
	Logouts        *Logouts
	Meter          *Meter
	Signer         TokenSigner
}

// New wires the services.
func New(d Deps) *Domain {
	scopes, signIn := newScopes(d), &SignIn{d}
	return &Domain{
		Settings: d.Settings, Source: d.Source, Signer: d.Signer, Meter: d.Meter,
		SignIn: signIn, Sessions: &Sessions{d}, Profiles: &Profiles{d}, ClientAuth: newClientAuthentication(d), Scopes: scopes,
		Authorizations: &Authorizations{d}, Grants: newGrants(d, scopes, signIn), Tokens: newTokens(d),
		SigningKeys: &SigningKeys{d}, Logouts: &Logouts{d},
	}
}
