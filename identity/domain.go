package identity

import "slices"

// Deps are what the services stand on.
type Deps struct {
	Store           Store
	Source          Source
	Keys            *Keyring
	Hasher          PasswordHasher
	Policy          PasswordPolicy
	Signer          TokenSigner
	KeyMaker        KeyMaker
	Assertions      AssertionVerifier
	Encrypter       ClientEncrypter
	ClientDocuments ClientDocumentReader
	Entity          EntitySigner // nil = the server is in no federation
	TrustChains     TrustChains  // of those that it is in
	Proofs          ProofVerifier
	Schemas         DetailSchemas
	Passkeys        PasskeyVerifier // nil = there are no passkeys
	Upstream        Upstream
	Sender          LogoutSender
	Notifier        BackchannelNotifier
	Events          EventSender
	Mail            MailSender // nil = no mail is sent
	Throttle        Throttle
	Watch           Watch           // nil = not counted
	AuditAdded      <-chan struct{} // says that audit events may have been added; nil = it does not
	Meter           *Meter          // counts the token endpoint; nil = not counted
	// KeysChanged makes the Signer read the keys again; nil = it does so by itself.
	KeysChanged func()
	Refusals    *Refusals // explains refused requests; nil = not
	Settings    *LiveSettings
	// Configuration is what administrators are shown and may change.
	Configuration Configuration
	// Texts are what the texts of a brand take the place of.
	Texts TextCatalogue
}

// Domain is the set of services that the protocol needs.
type Domain struct {
	Settings       *LiveSettings
	Source         Source
	SignIn         *SignIn
	Credentials    *Credentials
	SecondFactors  *SecondFactors
	Passkeys       *Passkeys
	Federation     *Federation
	Recovery       *Recovery
	Addresses      *Addresses
	Registrations  *Registrations
	SignInCodes    *SignInCodes
	Devices        *DeviceAuthorizations
	Backchannel    *BackchannelAuthentications
	Exchanges      *TokenExchanges
	Assertions     *AssertionGrants
	Sessions       *Sessions
	Profiles       *Profiles
	Accounts       *Accounts
	ClientAuth     *ClientAuthentication
	Clients        *ClientRegistrations
	Entities       *EntityRegistrations
	Scopes         *Scopes
	Interactions   *Interactions
	Authorizations *Authorizations
	Grants         *Grants
	Tokens         *Tokens
	ClientTokens   *ClientTokens
	Subjects       *Subjects
	Proofs         *Proofs
	RequestObjects *RequestObjects
	SigningKeys    *SigningKeys
	Logouts        *Logouts
	EventStreams   *EventStreams
	Mails          *Mails
	Jobs           *Jobs
	Retention      *Retention
	AuditChain     *AuditChain
	Transfers      *Transfers
	Meter          *Meter
	Usage          *ClientUsages
	Consoles       *Consoles
	Refusals       *Refusals
	Denials        *AccessDenials
	Signer         TokenSigner
	Entity         EntitySigner // nil = the server is in no federation
}

// New wires the services. The kinds of jobs are those that the services bring.
func New(d Deps) *Domain {
	guard := newGuard(d)
	scopes, signIn := newScopes(d), newSignIn(d, guard)
	subjects := NewSubjects(d)
	clientTokens := &ClientTokens{signer: d.Signer, encrypter: d.Encrypter, clients: d.Store, keys: d.Keys, source: d.Source}
	logouts := &Logouts{
		store: d.Store, source: d.Source, tokens: clientTokens, subjects: subjects, sender: d.Sender, issuer: d.Settings.Get().Issuer,
	}
	streams := &EventStreams{
		store: d.Store, source: d.Source, keys: d.Keys, tokens: clientTokens, subjects: subjects, sender: d.Events,
		issuer: d.Settings.Get().Issuer, on: d.Settings.Get().SharedSignals,
	}
	keys := &SigningKeys{
		store: d.Store, source: d.Source, maker: d.KeyMaker, settings: d.Settings, changed: d.KeysChanged,
	}
	mails := NewMails(d)
	interactions, grants, tokens := newInteractions(d, signIn), newGrants(d, scopes, signIn), newTokens(d, subjects)
	trail, clients := NewAuditChain(d), newClientAuthentication(d, guard, keys)
	retention := &Retention{store: d.Store, trail: trail, source: d.Source, settings: d.Settings}
	passkeys := &Passkeys{store: d.Store, source: d.Source, keys: d.Keys, verifier: d.Passkeys, signIn: signIn}
	federation := &Federation{
		store: d.Store, source: d.Source, keys: d.Keys, signIn: signIn, upstream: d.Upstream, settings: d.Settings,
	}
	registrations := &ClientRegistrations{
		store: d.Store, source: d.Source, keys: d.Keys, guard: guard, settings: d.Settings, verifier: d.Assertions,
		signing: keys, sectors: NewSectors(d),
	}
	backchannel := &BackchannelAuthentications{
		store: d.Store, source: d.Source, keys: d.Keys, guard: guard, signIn: signIn, interactions: interactions, notifier: d.Notifier,
		polling: polling{grants, guard, LimitBackchannelPoll, errBackchannelPending, errBackchannelSlow, errBackchannelExpired},
	}
	kinds := slices.Concat(
		logouts.jobKinds(), mails.jobKinds(), keys.jobKinds(), retention.jobKinds(), trail.jobKinds(), federation.jobKinds(),
		registrations.jobKinds(), backchannel.jobKinds(), streams.jobKinds(),
	)
	usage := &ClientUsages{store: d.Store, days: map[clientDayKey]*ClientDay{}}
	return &Domain{
		Settings: d.Settings, Source: d.Source, Signer: d.Signer, Entity: d.Entity, Meter: d.Meter, Refusals: d.Refusals,
		Denials: &AccessDenials{guard},
		Usage:   usage,
		Consoles: &Consoles{
			clients: clients, grants: grants, tokens: tokens, source: d.Source, keys: d.Keys, settings: d.Settings, meter: d.Meter, usage: usage,
		},
		SignIn: signIn, Credentials: &Credentials{d.Store}, Sessions: newSessions(d, signIn, subjects),
		Profiles:      &Profiles{store: d.Store, source: d.Source},
		Accounts:      &Accounts{store: d.Store, source: d.Source, keys: d.Keys, guard: guard, mails: mails, settings: d.Settings},
		SecondFactors: &SecondFactors{store: d.Store, source: d.Source, keys: d.Keys, settings: d.Settings, signIn: signIn},
		Passkeys:      passkeys,
		Federation:    federation,
		Recovery:      newRecovery(d, guard, signIn, passkeys, mails),
		Registrations: newRegistrations(d, guard, signIn, mails),
		SignInCodes:   newSignInCodes(d, guard, signIn, mails),
		Exchanges:     &TokenExchanges{tokens: tokens, scopes: scopes},
		Assertions: &AssertionGrants{
			store: d.Store, source: d.Source, settings: d.Settings, grants: grants, scopes: scopes, assertions: d.Assertions, clients: clients,
		},
		Devices: &DeviceAuthorizations{
			store: d.Store, source: d.Source, keys: d.Keys, guard: guard, signIn: signIn, interactions: interactions,
			polling: polling{grants, guard, LimitDevicePoll, ErrAuthorizationPending, ErrSlowDown, ErrDeviceCodeExpired},
		},
		Backchannel: backchannel,
		Entities:    &EntityRegistrations{documents: clients.documents, chains: d.TrustChains},
		Addresses:   &Addresses{store: d.Store, source: d.Source, keys: d.Keys, guard: guard, mails: mails},
		ClientAuth:  clients, Clients: registrations, Scopes: scopes, Interactions: interactions, Authorizations: newAuthorizations(d),
		Grants: grants, Tokens: tokens, ClientTokens: clientTokens, Subjects: subjects, Proofs: newProofs(d),
		RequestObjects: &RequestObjects{d.ClientDocuments, d.Assertions, d.Signer, d.Store, d.Source, d.Settings.Get().Issuer},
		SigningKeys:    keys, Logouts: logouts, EventStreams: streams, Mails: mails,
		Jobs: newJobs(d, kinds...), Retention: retention, AuditChain: trail,
		Transfers: &Transfers{store: d.Store, source: d.Source, keys: d.Keys, settings: d.Settings},
	}
}
