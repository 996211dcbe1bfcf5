package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Authorizations drives a request of the authorization endpoint from validation to a code. It is a state machine over a
// stored request: the endpoint and the pages ask Next what is missing, and never route to one another.
type Authorizations struct{ d Deps }

// Step is what a request needs next.
type Step int

// The steps.
const (
	StepFirstFactor Step = iota // a person must sign in, perhaps again
	StepPassword                // the person must choose a new password
	StepConsent                 // the person must allow the client what it asks for
	StepIssue                   // everything is there: issue the code
)

// String returns the step's name for logs and tests.
func (s Step) String() string {
	return [...]string{"sign in", "change password", "consent", "issue"}[s]
}

// Pending is a stored request with its client.
type Pending struct {
	Request Interaction
	Client  Client
	Handle  string
}

// Draft makes a request that is not stored yet: when nothing is missing it never needs to be.
func (s *Authorizations) Draft(client Client, p AuthorizationParams) Pending {
	now := s.d.Source.Now()
	return Pending{Client: client, Request: Interaction{
		ID: s.d.Source.NewID(), ClientID: client.ID, Params: p, CreatedAt: now, ExpiresAt: now.Add(s.d.Settings.InteractionTTL),
	}}
}

// Park stores a draft so that pages can carry it on, and gives it the handle for their URLs.
func (s *Authorizations) Park(ctx context.Context, p Pending) (Pending, error) {
	p.Handle = s.d.Source.NewSecret()
	p.Request.Digest = s.d.Keys.Digest(PurposeInteraction, p.Handle)
	if err := s.d.Store.InsertInteraction(ctx, p.Request); err != nil {
		return Pending{}, fmt.Errorf("park authorization request: %w", err)
	}
	return p, nil
}

// Resume finds the stored request of a handle; ErrInteractionNotFound when it is unknown, done or has expired, or its
// client is no longer active.
func (s *Authorizations) Resume(ctx context.Context, handle string) (Pending, error) {
	if _, err := base64.RawURLEncoding.DecodeString(handle); err != nil || len(handle) != 43 {
		return Pending{}, ErrInteractionNotFound
	}
	request, err := s.d.Store.InteractionByDigest(ctx, s.d.Keys.Digests(PurposeInteraction, handle))
	if err != nil {
		return Pending{}, err
	}
	if request.DoneAt != nil || !request.ExpiresAt.After(s.d.Source.Now()) {
		return Pending{}, ErrInteractionNotFound
	}
	client, err := s.d.Store.ClientByID(ctx, request.ClientID)
	if errors.Is(err, ErrClientNotFound) || err == nil && !client.Active {
		return Pending{}, ErrInteractionNotFound
	}
	if err != nil {
		return Pending{}, err
	}
	return Pending{Request: request, Client: client, Handle: handle}, nil
}

// Next tells what is missing, given the browser's session (nil if there is none).
func (s *Authorizations) Next(ctx context.Context, p Pending, b *BrowserSession) (Step, error) {
	if b == nil || s.mustSignIn(p.Request, *b) {
		return StepFirstFactor, nil
	}
	if b.User.RequiresPasswordChange {
		return StepPassword, nil
	}
	needed, err := s.mustConsent(ctx, p, *b)
	if err != nil {
		return 0, err
	}
	if needed {
		return StepConsent, nil
	}
	return StepIssue, nil
}

// mustSignIn follows OIDC Core §3.1.2.1 for prompt, max_age and id_token_hint. A sign-in made for this very request, in
// this session, satisfies them.
func (s *Authorizations) mustSignIn(r Interaction, b BrowserSession) bool {
	params := r.Params
	if params.HintSubject != "" && params.HintSubject != b.User.ID.String() {
		return true
	}
	fresh := r.AuthenticatedAt != nil && r.SessionID != nil && *r.SessionID == b.Session.ID
	if fresh {
		return false
	}
	if slices.Contains(params.Prompt, "login") || slices.Contains(params.Prompt, "select_account") {
		return true
	}
	if params.MaxAge != nil {
		age := s.d.Source.Now().Sub(b.Session.AuthTime)
		return age > time.Duration(*params.MaxAge)*time.Second
	}
	return false
}

func (s *Authorizations) mustConsent(ctx context.Context, p Pending, b BrowserSession) (bool, error) {
	consented := p.Request.ConsentedAt != nil && p.Request.SessionID != nil && *p.Request.SessionID == b.Session.ID
	if consented {
		return false, nil
	}
	if slices.Contains(p.Request.Params.Prompt, "consent") {
		return true, nil
	}
	if p.Client.Metadata.SkipConsent {
		return false, nil
	}
	remembered, err := s.d.Store.ConsentFor(ctx, b.User.ID, p.Client.ID)
	if err != nil {
		return false, err
	}
	return remembered.CreatedAt.IsZero() || !subset(s.Consentable(p, b.User), remembered.Scopes), nil
}

// Consentable returns the scopes that consent is about: those that approval would grant, and those whose claims are
// asked for one by one.
func (s *Authorizations) Consentable(p Pending, u User) []string {
	scopes := s.Grantable(p, u)
	for _, name := range p.Request.Params.ClaimScopes {
		if !slices.Contains(scopes, name) {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// Grantable returns the scopes that approval would grant: those requested, as far as the client and the user may have
// them.
func (s *Authorizations) Grantable(p Pending, u User) []string {
	return userScopes(p.Request.Params.Scopes, u)
}

// userScopes drops what only administrators may have.
func userScopes(scopes []string, u User) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(name string) bool { return IsAdminScope(name) && !u.Admin })
}

// SignedIn notes that a person signed in for this request.
func (s *Authorizations) SignedIn(ctx context.Context, p Pending, b BrowserSession) error {
	now := s.d.Source.Now()
	p.Request.AuthenticatedAt, p.Request.SessionID = &now, &b.Session.ID
	p.Request.ConsentedAt = nil
	return s.d.Store.ProgressInteraction(ctx, p.Request)
}

// Approve notes that the person allows the client what it asks for, and remembers it.
func (s *Authorizations) Approve(ctx context.Context, p Pending, b BrowserSession) error {
	now := s.d.Source.Now()
	return s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		request := p.Request
		if request.SessionID == nil || *request.SessionID != b.Session.ID {
			request.AuthenticatedAt = nil
		}
		request.ConsentedAt, request.SessionID = &now, &b.Session.ID
		if err := tx.ProgressInteraction(ctx, request); err != nil {
			return err
		}
		consent, err := tx.ConsentFor(ctx, b.User.ID, p.Client.ID)
		if err != nil {
			return err
		}
		granted := s.Consentable(p, b.User)
		first := consent.CreatedAt.IsZero()
		if !first && subset(granted, consent.Scopes) {
			return nil
		}
		before := consent.Scopes
		if first {
			consent = Consent{UserID: b.User.ID, ClientID: p.Client.ID, CreatedAt: now}
		}
		for _, name := range granted {
			if !slices.Contains(consent.Scopes, name) {
				consent.Scopes = append(slices.Clone(consent.Scopes), name)
			}
		}
		consent.UpdatedAt = now
		if err := tx.SaveConsent(ctx, consent); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionConsentGranted, TargetClient, p.Client.ID.String(), p.Client.ClientID)
		event = event.by(b.User)
		event.Changes = map[string]Change{"scope": {Before: JoinScope(before), After: JoinScope(consent.Scopes)}}
		return tx.InsertAudit(ctx, event)
	})
}

// Deny finishes the request without a grant. It is ErrInteractionNotFound when the request was already finished.
func (s *Authorizations) Deny(ctx context.Context, p Pending, b BrowserSession) error {
	return s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		first, err := tx.FinishInteraction(ctx, p.Request.ID, s.d.Source.Now())
		if err != nil {
			return err
		}
		if !first {
			return ErrInteractionNotFound
		}
		event := newEvent(ctx, s.d.Source, ActionConsentDenied, TargetClient, p.Client.ID.String(), p.Client.ClientID)
		event = event.by(b.User)
		return tx.InsertAudit(ctx, event)
	})
}

// Issue finishes the request with a grant and returns the authorization code, which is kept only as a digest. A parked
// request yields one code; a second call is ErrInteractionNotFound.
func (s *Authorizations) Issue(ctx context.Context, p Pending, b BrowserSession) (string, error) {
	now := s.d.Source.Now()
	code := s.d.Source.NewSecret()
	params := p.Request.Params
	grant := Grant{
		ID: s.d.Source.NewID(), UserID: b.User.ID, ClientID: p.Client.ID, SessionID: &b.Session.ID,
		Scopes: s.Grantable(p, b.User), Resources: params.Resources, Claims: params.Claims,
		AuthTime: b.Session.AuthTime, AMR: b.Session.AMR, ACR: b.Session.ACR, CreatedAt: now,
		Code: &CodeState{
			Digest: s.d.Keys.Digest(PurposeCode, code), ExpiresAt: now.Add(s.d.Settings.CodeTTL),
			CodeChallenge: params.CodeChallenge, Nonce: params.Nonce,
		},
	}
	grant.Offline = slices.Contains(grant.Scopes, ScopeOfflineAccess)
	if params.RedirectURISent {
		grant.Code.RedirectURI = params.RedirectURI
	}
	if p.Handle == "" {
		if err := s.d.Store.InsertGrant(ctx, grant); err != nil {
			return "", fmt.Errorf("issue code: %w", err)
		}
		return code, nil
	}
	first, err := s.d.Store.InsertCode(ctx, p.Request.ID, now, grant)
	if err == nil && !first {
		err = ErrInteractionNotFound
	}
	if err != nil {
		return "", fmt.Errorf("issue code: %w", err)
	}
	return code, nil
}

// Finish marks a parked request done because it was answered with an error.
func (s *Authorizations) Finish(ctx context.Context, p Pending) error {
	if p.Handle == "" {
		return nil
	}
	_, err := s.d.Store.FinishInteraction(ctx, p.Request.ID, s.d.Source.Now())
	return err
}
