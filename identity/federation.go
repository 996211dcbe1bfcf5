package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Federation lets people sign in at other providers (OpenID Connect Core 1.0 §3.1, OAuth 2.0), and connect their accounts with
// them.
type Federation struct {
	store    federationPorts
	source   Source
	keys     *Keyring
	signIn   *SignIn
	upstream Upstream
	settings *LiveSettings
}

type federationPorts interface {
	Transactor
	UserReader
	ProviderStore
	ReplayStore
}

// CallbackPath is where the browser comes back to from a provider, with the slug of it behind.
const CallbackPath = "/login/callback/"

// RedirectURI is what a provider must have registered for this server.
func (p IdentityProvider) RedirectURI(issuer string) string { return issuer + CallbackPath + p.Slug }

// Offered lists the providers where somebody can sign in for an interaction, nil without one, in the order of the page. Those
// that are withheld cannot say how old a sign-in is, and the interaction asks for that.
func (f *Federation) Offered(ctx context.Context, i *Interaction) (offered, withheld []IdentityProvider, err error) {
	all, err := f.store.Providers(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range all {
		switch {
		case !p.Enabled:
		case i != nil && i.maxAge() != nil && !p.Kind.tellsTime():
			withheld = append(withheld, p)
		default:
			offered = append(offered, p)
		}
	}
	return offered, withheld, nil
}

// maxAge is how old a sign-in may be that the interaction asks for, in seconds; nil when any will do.
func (i Interaction) maxAge() *int {
	if slices.Contains(i.Params.Prompt, "login") {
		return new(0)
	}
	return i.Params.MaxAge
}

// provider finds one that is enabled.
func (f *Federation) provider(ctx context.Context, is func(p IdentityProvider) bool) (UpstreamProvider, error) {
	all, err := f.store.Providers(ctx)
	if err != nil {
		return UpstreamProvider{}, err
	}
	at := slices.IndexFunc(all, func(p IdentityProvider) bool { return p.Enabled && is(p) })
	if at < 0 {
		return UpstreamProvider{}, ErrProviderNotFound
	}
	p := all[at]
	secret, err := f.keys.Open(PurposeProviderSecret, p.Sealed, p.ID.String())
	if err != nil {
		return UpstreamProvider{}, fmt.Errorf("open secret of provider %s: %w", p.Slug, err)
	}
	return UpstreamProvider{IdentityProvider: p, Secret: string(secret), RedirectURI: p.RedirectURI(f.settings.Get().Issuer)}, nil
}

// FederationStart is how somebody goes to a provider.
type FederationStart struct {
	Slug        string
	Browser     string       // cookie that tells the browser apart
	Interaction *Interaction // nil without one
	Session     *Session     // whose user wants to be connected; nil: it is a sign-in
}

// Begin returns where the browser goes. Nothing is stored.
func (f *Federation) Begin(ctx context.Context, s FederationStart) (address string, err error) {
	p, err := f.provider(ctx, func(p IdentityProvider) bool { return p.Slug == s.Slug })
	if err != nil {
		return "", err
	}
	state := FederationState{
		ProviderID: p.ID, Nonce: f.source.NewSecret(), Verifier: f.source.NewSecret(), BeganAt: f.source.Now(),
	}
	if s.Interaction != nil {
		state.Handle, state.MaxAge = s.Interaction.Handle, s.Interaction.maxAge()
	}
	if s.Session != nil {
		state.SessionID = s.Session.ID
	}
	if state, err = f.keys.sealState(state, s.Browser, p.Slug); err != nil {
		return "", err
	}
	address, err = f.upstream.AuthorizationURL(ctx, p, state.request())
	if err != nil {
		f.signIn.guard.watch.Federated(p.IdentityProvider, outcomeOf(NewSession{}, err))
		return "", fmt.Errorf("go to provider %s: %w", p.Slug, err)
	}
	return address, nil
}

// FederationAnswer is what a browser comes back with from a provider, and the cookies that it has.
type FederationAnswer struct {
	Upstream UpstreamAnswer
	Session  *Session // that the browser has; nil without one
	Cookie   string   // secret of that, or empty
	Device   string   // device cookie, or empty
}

// Open returns what a browser is in the middle of at the provider of a slug, or ErrFederationExpired.
func (f *Federation) Open(ctx context.Context, state, browser, slug string) (FederationState, error) {
	opened, err := f.keys.openState(state, browser, slug, f.source.Now())
	if err == nil {
		return opened, nil
	}
	p, missing := f.provider(ctx, func(p IdentityProvider) bool { return p.Slug == slug })
	if missing != nil {
		return FederationState{}, missing
	}
	f.signIn.guard.watch.Federated(p.IdentityProvider, outcomeOf(NewSession{}, err))
	return FederationState{}, f.refuse(ctx, p.IdentityProvider, err)
}

// Finish signs in whom the provider names, once for each state. The session is none before a second factor that is due
// (NewSession.Pending), nor when nobody is connected with who has signed in there (NewSession.Link). A refusal is
// ErrUpstreamRefused whatever the reason is, ErrProviderUnreachable, or ErrFederationExpired. Nothing that was refused counts on
// an account: there is nothing to guess.
func (f *Federation) Finish(ctx context.Context, state FederationState, i *Interaction, a FederationAnswer) (NewSession, error) {
	if i != nil {
		ctx = throughClient(ctx, i.ClientID)
	}
	p, err := f.provider(ctx, func(p IdentityProvider) bool { return p.ID == state.ProviderID })
	if err != nil {
		return NewSession{}, err
	}
	started, err := f.take(ctx, p, state, a)
	f.signIn.guard.watch.Federated(p.IdentityProvider, outcomeOf(started, err))
	return started, err
}

// outcomeOf tells what has become of an answer.
func outcomeOf(started NewSession, err error) FederationOutcome {
	var fault UpstreamFault
	switch {
	case errors.As(err, &fault):
		return FederationOutcome(fault)
	case errors.Is(err, ErrProviderUnreachable):
		return FederationOutcome(FaultUnreachable)
	case errors.Is(err, ErrUpstreamRefused), AsError(err).Kind == RateLimited:
		return FederatedBarred
	case err != nil:
		return FederatedFailed
	case started.Pending != nil:
		return FederatedPending
	case started.Link != nil:
		return FederatedLink
	}
	return FederatedSignedIn
}

// take lets the provider identify somebody, and decides what becomes of them.
func (f *Federation) take(ctx context.Context, p UpstreamProvider, state FederationState, a FederationAnswer) (NewSession, error) {
	admitted, err := f.signIn.admitAnswer(ctx, a.Device)
	if err != nil {
		return NewSession{}, err
	}
	who, err := f.identify(ctx, p, state, a)
	if err != nil {
		return NewSession{}, f.refuse(ctx, p.IdentityProvider, err)
	}
	link, err := f.store.LinkedIdentity(ctx, p.ID, who.Issuer, who.Subject)
	switch unknown := errors.Is(err, ErrCredentialNotFound); {
	case err != nil && !unknown:
		return NewSession{}, err
	case state.Connects() && !unknown:
		return NewSession{}, f.refuse(ctx, p.IdentityProvider, ErrIdentityLinked.Because(faultConnected))
	case unknown:
		started, err := f.meet(ctx, p.IdentityProvider, who, state, admitted, a)
		return started, f.refuse(ctx, p.IdentityProvider, err)
	}
	link.Email, link.EmailVerified = who.Email, who.EmailVerified
	return f.begin(ctx, p.IdentityProvider, who, link, admitted, a)
}

// identify spends the state, and lets the provider say who has signed in.
func (f *Federation) identify(
	ctx context.Context, p UpstreamProvider, state FederationState, a FederationAnswer,
) (UpstreamIdentity, error) {
	first, err := f.store.MarkUsed(ctx, state.key(), state.BeganAt.Add(federationFor))
	switch {
	case err != nil:
		return UpstreamIdentity{}, err
	case !first:
		return UpstreamIdentity{}, ErrFederationExpired.Because(faultStateUsed)
	case state.Connects() && (a.Session == nil || a.Session.ID != state.SessionID):
		return UpstreamIdentity{}, ErrFederationExpired.Because(faultOtherSession)
	}
	who, err := f.upstream.Identify(ctx, p, state.request(), a.Upstream)
	if err != nil {
		return UpstreamIdentity{}, err
	}
	if who.Subject == "" || len(who.Subject) > maxUpstreamSubject || CheckText("subject", who.Subject, maxUpstreamSubject, false) != nil {
		return UpstreamIdentity{}, FaultSubject.refused()
	}
	if !ValidEmail(who.Email) {
		who.Email, who.EmailVerified = "", false
	}
	if who.AuthTime != nil && who.AuthTime.After(f.source.Now()) {
		who.AuthTime = new(f.source.Now())
	}
	if state.MaxAge != nil {
		oldest := state.BeganAt.Add(-time.Duration(*state.MaxAge)*time.Second - upstreamClocks)
		if who.AuthTime == nil || who.AuthTime.Before(oldest) {
			return UpstreamIdentity{}, errUpstreamStale.Because(FaultStale)
		}
	}
	return who, nil
}

// upstreamClocks is how much the clock of a provider may be behind.
const upstreamClocks = 30 * time.Second

// provenAt is when somebody has proven at a provider who they are. One that does not say might not have asked at all: the
// person is signed in, but not lately enough for what asks for a fresh sign-in.
func (f *Federation) provenAt(who UpstreamIdentity) time.Time {
	if who.AuthTime == nil {
		return f.source.Now().Add(-provenFor)
	}
	return *who.AuthTime
}

// begin makes the session of the user of a linked identity, if they may sign in, or waits for the second factor.
func (f *Federation) begin(
	ctx context.Context, p IdentityProvider, who UpstreamIdentity, link LinkedIdentity, a admission, answer FederationAnswer,
) (NewSession, error) {
	user, err := f.store.UserByID(ctx, link.UserID)
	if err != nil {
		return NewSession{}, err
	}
	if reason := f.signIn.refusalReason(user, true); reason != "" {
		return NewSession{}, f.signIn.refuseProof(ctx, user, reason, ErrUpstreamRefused)
	}
	a.user, a.account = user, accountName(user.Username, user)
	if err := f.signIn.locate(ctx, &a, user.ID); err != nil {
		return NewSession{}, err
	}
	level := p.level(who)
	owner := verified{User: user, admission: a, link: link, factors: []Factor{
		{Kind: CredentialFederated, At: f.provenAt(who), CredentialID: link.ID, Level: level},
	}}
	if user.SecondFactor() && level < LevelTwo && !f.signIn.spared(&owner) {
		return f.signIn.await(ctx, owner)
	}
	var started NewSession
	err = f.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		started, err = f.signIn.beginIn(ctx, tx, owner, answer.Cookie)
		return err
	})
	switch {
	case errors.Is(err, ErrUpstreamRefused), errors.Is(err, ErrInvalidCredentials): // a change of the provider or the user was faster
		return NewSession{}, f.signIn.refuseProof(ctx, user, reasonOvertaken, ErrUpstreamRefused)
	case err != nil:
		return NewSession{}, fmt.Errorf("sign in through provider: %w", err)
	}
	f.signIn.guard.watch.SignIn("")
	f.signIn.giveBack(ctx, a)
	return started, nil
}

// useLink notes that somebody signs in by a linked identity, inside tx. Until that ends, its provider stays enabled.
func (s *SignIn) useLink(ctx context.Context, tx Store, link LinkedIdentity) error {
	if link.ID == uuid.Nil {
		return nil
	}
	enabled, err := tx.HoldProvider(ctx, link.ProviderID)
	if err != nil || !enabled {
		return orElse(err, ErrUpstreamRefused)
	}
	there, err := tx.UseLinkedIdentity(ctx, link, s.source.Now())
	if err != nil || !there {
		return orElse(err, ErrUpstreamRefused)
	}
	return nil
}

// linkOf finds the linked identity of a sign-in that waits for the second factor.
func (s *SignIn) linkOf(ctx context.Context, p PendingSignIn) (LinkedIdentity, error) {
	found, err := s.store.LinkedIdentitiesOf(ctx, []uuid.UUID{p.User.ID})
	if err != nil {
		return LinkedIdentity{}, err
	}
	for _, link := range found[p.User.ID] {
		if link.ID == p.First.CredentialID && link.ProviderID == p.ProviderID {
			return link, nil
		}
	}
	return LinkedIdentity{}, ErrUpstreamRefused // it was removed meanwhile
}

// refuse notes that an answer of a provider was refused, commits that, and only then returns the refusal. What is not for the
// trail, such as nil, is returned as it is.
func (f *Federation) refuse(ctx context.Context, p IdentityProvider, refusal error) error {
	var reason string
	var fault UpstreamFault
	switch {
	case errors.As(refusal, &fault):
		reason = string(fault)
	case errors.Is(refusal, ErrProviderUnreachable):
		reason = string(FaultUnreachable)
	default:
		return refusal
	}
	f.signIn.guard.watch.SignIn(reason)
	if f.signIn.guard.throttle.Take(ctx, f.signIn.guard.bucket(LimitUnknown)).Refused() {
		return refusal
	}
	event := providerEvent(ctx, f.source, ActionIdentityRefused, p).Failed(reason)
	err := f.store.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx Store) error { return tx.InsertAudit(ctx, event) })
	if err != nil {
		return fmt.Errorf("record refused sign-in at provider: %w", err)
	}
	return refusal
}

// providerEvent is an event about a provider, which is told by its slug.
func providerEvent(ctx context.Context, source Source, action Action, p IdentityProvider) AuditEvent {
	return NewEvent(ctx, source, action, TargetProvider, p.ID.String(), p.Slug)
}
