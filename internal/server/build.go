package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/identity/userdata"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/internal/clientdocument"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/jsonschema"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/internal/outbound"
	"github.com/authly/authly/internal/password"
	"github.com/authly/authly/internal/translation"
	"github.com/authly/authly/internal/upstream"
	"github.com/authly/authly/store"
)

// Server is the whole program but its command line.
type Server struct {
	Domain *identity.Domain
	Admin  *admin.Services
	Store  *store.Store

	documents *userdata.Documents
	config    config.Config
	logger    *slog.Logger
	source    identity.Source
	outbound  *outbound.Client
	hasher    identity.PasswordHasher
	throttle  identity.Throttle // of guesses, shared by nodes
	requests  identity.Throttle // of requests, of this node
	wait      func(ctx context.Context, d time.Duration)
	held      atomic.Int64 // answers that wait
	versions  *cache.Versions
	bus       *cache.Bus
	responses *cache.ResponseCache // nil: switched off
	metrics   *metrics
	signer    *keys.Signer
	wakeups   chan struct{}              // jobs were enqueued
	audited   chan struct{}              // audit events were added, here or on another node
	resettled chan struct{}              // settings were stored, here or on another node
	stopping  chan struct{}              // closed when the server stops
	full      chan struct{}              // a write found no room on the disk
	passkeys  identity.PasskeyVerifier   // nil = browsers know none of the issuer
	settled   map[string]string          // what is stored of settings, as this node has put it in force
	branded   identity.StoredBrand       // the same of the brand
	override  func(s *identity.Settings) // Options.Settings
	readiness readiness
	handler   http.Handler
	certified http.Handler // those of its routes that look at certificates of clients
	router    chi.Routes   // what handler routes
	draining  atomic.Bool
}

// Options are what tests replace. The zero value is the real thing.
type Options struct {
	Logger           *slog.Logger
	Source           *identity.Source
	Command          bool                                        // it ends soon: what it writes is counted in the database also with Redis
	CheapPasswords   bool                                        // hashes that cost next to nothing
	ProviderDeadline time.Duration                               // of the calls to an identity provider for one page
	Settings         func(s *identity.Settings)                  // a last word on the domain's settings
	WrapKeyMaker     func(m identity.KeyMaker) identity.KeyMaker // keys that were made before
}

// Build opens the database and wires everything. An embedded database is migrated; PostgreSQL must be up to date, or
// store.ErrSchemaBehind says so. Nothing is written before it is proven that the root key fits.
func Build(ctx context.Context, c config.Config, o Options) (*Server, error) {
	s := &Server{
		config: c, logger: o.Logger, source: identity.SystemSource(), outbound: outbound.New(c.AllowPrivateNetworkFetch),
		wakeups: make(chan struct{}, 1), full: make(chan struct{}, 1), audited: make(chan struct{}, 1), stopping: make(chan struct{}),
		resettled: make(chan struct{}, 1), override: o.Settings,
	}
	if s.logger == nil {
		s.logger = slog.Default()
	}
	if o.Source != nil {
		s.source = *o.Source
	}
	opened, err := openStore(ctx, c, store.Options{
		OnJobs: func() { wake(s.wakeups) }, OnFull: func() { wake(s.full) }, Announces: c.RedisURL != "" && !o.Command,
	})
	if err != nil {
		return nil, err
	}
	s.Store = opened
	if err := s.build(ctx, o); err != nil {
		_ = opened.Close()
		return nil, err
	}
	return s, nil
}

// openStore opens the configured database without looking at its schema.
func openStore(ctx context.Context, c config.Config, o store.Options) (*store.Store, error) {
	return store.Open(ctx, string(c.DatabaseURL), o)
}

func (s *Server) build(ctx context.Context, o Options) error {
	keyring, err := openKeyring(ctx, s.Store, s.config, s.source)
	if err != nil {
		return err
	}
	if s.config.Embedded() {
		if _, err := s.Store.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	} else if err := s.Store.CheckSchema(ctx); err != nil {
		return err
	}
	if err := sealCheck(ctx, s.Store, s.config, s.source, keyring); err != nil {
		return err
	}
	s.Store.SignAudit(func(text []byte) []byte { return keyring.MAC(identity.PurposeAuditEvent, text) })
	stored, err := s.Store.StoredSettings(ctx)
	if err != nil {
		return err
	}
	if s.branded, err = s.Store.StoredBrand(ctx); err != nil {
		return err
	}
	s.passkeys = s.newPasskeys(o.Command)
	if s.passkeys == nil && s.config.Passkeys == string(identity.PasskeysOnly) {
		return errors.New("nobody could sign in: AUTHLY_PASSKEYS is only, and browsers know no passkeys of the issuer")
	}
	live := identity.NewLiveSettings(s.settle(ctx, stored.Values))
	var maker identity.KeyMaker = keys.Maker{Keyring: keyring}
	if o.WrapKeyMaker != nil {
		maker = o.WrapKeyMaker(maker)
	}
	if err := s.openBus(); err != nil {
		return err
	}
	if err := s.openThrottle(ctx); err != nil {
		return err
	}
	hasher := s.newHasher(o.CheapPasswords)
	s.metrics = newMetrics(s)
	limitTTL := s.bus.LimitTTL
	if s.config.Cache {
		s.responses = cache.NewResponseCache(s.versions, s.source.Now, s.bus, keyring)
	} else {
		limitTTL = func(time.Duration) time.Duration { return 0 } // other nodes are still told what is written here
	}
	local := cache.NewLocalCache(s.versions, s.source.Now, localCacheSize, limitTTL)
	s.metrics.watchCache(local, s.responses)
	cached := cache.NewStore(s.Store, local, s.bus)
	s.signer = keys.NewSigner(cached, keyring, s.source, s.config.Issuer)
	mailer, err := newMailer(s.config, live, s.logger)
	if err != nil {
		return err
	}
	entity, chains, err := s.newEntity()
	if err != nil {
		return err
	}
	clientKeys := keys.NewClientKeys(s.outbound.GetJSON, s.source)
	deps := identity.Deps{
		Store: cached, Source: s.source, Keys: keyring, Settings: live,
		Meter:    identity.NewMeter(s.source.Now()),
		Refusals: identity.NewRefusals(s.source, s.config.Refusals),
		Hasher:   hasher, Policy: password.Policy{}, Throttle: s.throttle, Watch: s.metrics.watch, AuditAdded: s.audited,
		Signer:   s.signer,
		KeyMaker: maker, KeysChanged: s.signer.Forget,
		Upstream:        upstream.New(s.outbound.Provider, s.source.Now, cmp.Or(o.ProviderDeadline, upstream.Deadline)),
		Sender:          sender{s.outbound},
		Notifier:        sender{s.outbound},
		Events:          sender{s.outbound},
		Mail:            mailer,
		Assertions:      clientKeys,
		Encrypter:       clientKeys,
		Proofs:          keys.Proofs{},
		ClientDocuments: clientdocument.New(s.outbound.GetJSON, s.source),
		Entity:          entity,
		TrustChains:     chains,
		Schemas:         jsonschema.New(),
		Passkeys:        s.passkeys,
		Configuration:   s.config,
		Texts:           translation.Catalogue{},
	}
	deps.Store = identity.WithNotices(deps)
	deps.Store = identity.WithSignals(deps)
	s.Domain = identity.New(deps)
	if class := live.Get().AdminSignIn.Class; class != "" && !slices.Contains(s.Domain.AuthenticationClasses(), class) {
		return fmt.Errorf("no sign-in can be of the class %s that AUTHLY_ADMIN_ACR demands: passkeys are off", class)
	}
	s.Admin = admin.New(deps, s.Domain.SigningKeys)
	s.documents = userdata.New(deps)
	s.Domain.Jobs.Add(s.Admin.JobKinds()...)
	s.hasher = hasher
	s.metrics.watchThrottle(hasher, s.throttle)
	s.metrics.watchJobs(s.Domain.Jobs, s.source.Now)
	s.handler = s.routes()
	return nil
}

// How many lookups are cached in memory, and how long an invalidation is remembered: longer than anything is cached.
const (
	localCacheSize        = 50_000
	invalidationRetention = 10 * time.Minute
)

// openBus prepares to hear what other nodes change.
func (s *Server) openBus() error {
	s.versions = cache.NewVersions(s.source.Now, invalidationRetention)
	s.versions.Watch(identity.CacheTagAudit, func() { wake(s.audited) })
	s.versions.Watch(identity.CacheTagSettings, func() { wake(s.resettled) })
	bus, err := cache.NewBus(string(s.config.RedisURL), s.config.Issuer, s.source.NewSecret(), s.versions, s.logger)
	if err != nil {
		return err
	}
	s.bus = bus
	return nil
}

// Handler serves every route.
func (s *Server) Handler() http.Handler { return s.handler }

// Close tells the other nodes what they may not know yet and closes the database and the connections to Redis.
func (s *Server) Close() error {
	s.bus.Close(context.Background())
	return errors.Join(s.closeThrottle(), s.Store.Close())
}
