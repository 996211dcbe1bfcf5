package admin

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/userdata"
)

// Services is what administrators may do. Every exported method of every service asks for a scope first.
type Services struct {
	Users         *Users
	Sessions      *Sessions
	Clients       *Clients
	Scopes        *Scopes
	Groups        *Groups
	Roles         *Roles
	Attributes    *Attributes
	Grants        *Grants
	Audit         *Audit
	AuditFeed     *AuditFeed
	SessionFeed   *SessionFeed
	Statistics    *Statistics
	Refusals      *Refusals
	SigningKeys   *SigningKeys
	Declarations  *Declarations
	Transfers     *Transfers
	TransferFeed  *TransferFeed
	Settings      *Settings
	Branding      *Branding
	Mails         *Mails
	Invitations   *Invitations
	InitialAccess *InitialAccess
	Providers     *Providers
	Trusted       *TrustedIssuers
}

// JobKinds are the kinds of jobs that administration brings.
func (s *Services) JobKinds() []identity.JobKind { return s.Transfers.jobKinds() }

// New wires the services. keys are the signing keys of the protocol, on the same store.
func New(d identity.Deps, keys *identity.SigningKeys) *Services {
	changes := changes{tx: d.Store, users: d.Store, rights: d.Store, clients: d.Store, keys: d.Keys, source: d.Source}
	s := &Services{
		Users: &Users{
			store: d.Store, changes: changes, hasher: d.Hasher, policy: d.Policy, settings: d.Settings,
			mails: identity.NewMails(d), subjects: identity.NewSubjects(d),
		},
		Clients: &Clients{store: d.Store, changes: changes, issuer: d.Settings.Get().Issuer, signing: keys, sectors: identity.NewSectors(d)},
		Scopes: &Scopes{
			store: d.Store, attributes: d.Store, changes: changes, fold: d.Store.NameKey, issuer: d.Settings.Get().Issuer, schemas: d.Schemas,
			signing: keys, settings: d.Settings,
		},
		Groups:        &Groups{store: d.Store, changes: changes},
		Roles:         &Roles{store: d.Store, changes: changes},
		Attributes:    &Attributes{store: d.Store, changes: changes},
		Grants:        &Grants{store: d.Store, changes: changes},
		Audit:         &Audit{store: d.Store, keys: d.Keys, chain: identity.NewAuditChain(d)},
		AuditFeed:     &AuditFeed{store: d.Store, chain: identity.NewAuditChain(d), keys: d.Keys, added: d.AuditAdded},
		Statistics:    &Statistics{store: d.Store, source: d.Source, meter: d.Meter},
		Refusals:      &Refusals{refusals: d.Refusals, keys: d.Keys},
		TransferFeed:  &TransferFeed{store: d.Store, keys: d.Keys, source: d.Source},
		SigningKeys:   &SigningKeys{changes: changes, keys: keys, maker: d.KeyMaker},
		Mails:         &Mails{changes: changes, store: d.Store, mails: identity.NewMails(d)},
		Invitations:   &Invitations{changes: changes, store: d.Store, mails: identity.NewMails(d)},
		Trusted:       &TrustedIssuers{changes: changes, store: d.Store, issuer: d.Settings.Get().Issuer},
		InitialAccess: &InitialAccess{changes: changes, store: d.Store},
		Providers:     &Providers{changes: changes, store: d.Store, upstream: d.Upstream, settings: d.Settings},
		Settings:      &Settings{changes: changes, store: d.Store, configuration: d.Configuration},
		Branding:      &Branding{changes: changes, store: d.Store, texts: d.Texts},
	}
	s.SessionFeed = &SessionFeed{trail: s.AuditFeed, store: d.Store}
	s.Sessions = &Sessions{store: d.Store, changes: changes, users: s.Users}
	s.Transfers = &Transfers{
		store: d.Store, bulk: d.Store, people: d.Store, trail: d.Store, chain: s.Audit.chain, changes: changes, users: s.Users,
		documents: userdata.New(d), issuer: d.Settings.Get().Issuer, settings: d.Settings, signing: keys,
	}
	s.Declarations = &Declarations{deps: d, keys: keys}
	return s
}
