package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Authorizations ends interactions of the kind authorize: with what a person allows or refuses, and with a code.
type Authorizations struct {
	store   authorizationPorts
	source  Source
	keys    *Keyring
	codeTTL time.Duration
}

type authorizationPorts interface {
	Transactor
	InsertGrant(ctx context.Context, g Grant) error
	InsertCode(ctx context.Context, interactionID uuid.UUID, at time.Time, g Grant) (bool, error)
}

func newAuthorizations(d Deps) *Authorizations {
	return &Authorizations{store: d.Store, source: d.Source, keys: d.Keys, codeTTL: d.Settings.CodeTTL}
}

// Approve notes that the person allows the client what it asks for, and remembers it.
func (s *Authorizations) Approve(ctx context.Context, i Interaction, b BrowserSession) error {
	now := s.source.Now()
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		progress := i
		if !i.of(b.Session) {
			progress.AuthenticatedAt = nil
		}
		progress.ConsentedAt, progress.SessionID = &now, &b.Session.ID
		if err := tx.ProgressInteraction(ctx, progress); err != nil {
			return err
		}
		consent, err := tx.ConsentFor(ctx, b.User.ID, i.Client.ID)
		if err != nil {
			return err
		}
		granted := i.Consentable(b.User)
		first := consent.CreatedAt.IsZero()
		if !first && subset(granted, consent.Scopes) {
			return nil
		}
		before := consent.Scopes
		if first {
			consent = Consent{UserID: b.User.ID, ClientID: i.Client.ID, CreatedAt: now}
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
		event := NewEvent(ctx, s.source, ActionConsentGranted, TargetClient, i.Client.ID.String(), i.Client.ClientID)
		event = event.By(b.User)
		event.Changes = map[string]Change{"scope": {Before: JoinScope(before), After: JoinScope(consent.Scopes)}}
		return tx.InsertAudit(ctx, event)
	})
}

// Deny finishes the interaction without a grant. It is ErrInteractionNotFound when it was already finished.
func (s *Authorizations) Deny(ctx context.Context, i Interaction, b BrowserSession) error {
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		first, err := tx.FinishInteraction(ctx, i.ID, s.source.Now())
		if err != nil {
			return err
		}
		if !first {
			return ErrInteractionNotFound
		}
		event := NewEvent(ctx, s.source, ActionConsentDenied, TargetClient, i.Client.ID.String(), i.Client.ClientID)
		event = event.By(b.User)
		return tx.InsertAudit(ctx, event)
	})
}

// Issue finishes the interaction with a grant and returns the authorization code, which is stored only as a digest. A saved
// interaction yields one code; a second call is ErrInteractionNotFound.
func (s *Authorizations) Issue(ctx context.Context, i Interaction, b BrowserSession) (string, error) {
	if !b.Session.Complete() {
		return "", ErrLoginRequired
	}
	now := s.source.Now()
	code := s.source.NewSecret()
	params := i.Params
	grant := Grant{
		ID: s.source.NewID(), UserID: b.User.ID, ClientID: i.Client.ID, SessionID: &b.Session.ID,
		Scopes: i.Grantable(b.User), Resources: params.Resources, Claims: params.Claims,
		AuthTime: b.Session.AuthTime, AMR: b.Session.AMR, ACR: b.Session.ACR, CreatedAt: now,
		Code: &CodeState{
			Digest: s.keys.Digest(PurposeCode, code), ExpiresAt: now.Add(s.codeTTL),
			CodeChallenge: params.CodeChallenge, Nonce: params.Nonce,
		},
	}
	grant.Offline = slices.Contains(grant.Scopes, ScopeOfflineAccess)
	if params.RedirectURISent {
		grant.Code.RedirectURI = params.RedirectURI
	}
	if i.Handle == "" {
		if err := s.store.InsertGrant(ctx, grant); err != nil {
			return "", fmt.Errorf("issue code: %w", err)
		}
		return code, nil
	}
	first, err := s.store.InsertCode(ctx, i.ID, now, grant)
	if err == nil && !first {
		err = ErrInteractionNotFound
	}
	if err != nil {
		return "", fmt.Errorf("issue code: %w", err)
	}
	return code, nil
}
