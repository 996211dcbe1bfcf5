package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Authorizations ends interactions of clients: with what a person allows or refuses, and with a code.
type Authorizations struct {
	store    authorizationPorts
	source   Source
	keys     *Keyring
	settings *LiveSettings
}

type authorizationPorts interface {
	Transactor
	grantInserter
	GrantBounds
	DelegationReader
	InsertCode(ctx context.Context, i Interaction, g Grant, b GrantBasis) (bool, error)
	InteractionByID(ctx context.Context, id uuid.UUID) (Interaction, error)
}

func newAuthorizations(d Deps) *Authorizations {
	return &Authorizations{store: d.Store, source: d.Source, keys: d.Keys, settings: d.Settings}
}

// Approve notes that the person allows the client what it asks for, and remembers it. ErrSessionNotFound when the session
// does not hold any more.
func (s *Authorizations) Approve(ctx context.Context, i Interaction, b BrowserSession) error {
	now := s.source.Now()
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		progress := i
		if !i.of(b.Session) {
			progress.AuthenticatedAt = nil
		}
		progress.ConsentedAt, progress.SessionID = &now, &b.Session.ID
		if err := tx.SaveInteraction(ctx, progress.progress(s.source, s.keys)); err != nil {
			return err
		}
		consent, err := tx.ConsentFor(ctx, b.User.ID, i.Client.ID)
		if err != nil {
			return err
		}
		granted, err := i.consentable(ctx, tx, b.User)
		if err != nil {
			return err
		}
		consent = i.Client.standing(consent)
		first, before := consent.CreatedAt.IsZero(), consent.Scopes
		if !first && subset(granted, before) {
			if len(i.Params.Details) == 0 && i.Kind != InteractionBackchannel {
				return nil
			}
			return tx.InsertAudit(ctx, s.consented(ctx, i, b, before, before)) // which nothing else remembers
		}
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
		return tx.InsertAudit(ctx, s.consented(ctx, i, b, before, consent.Scopes))
	})
}

// consented is what the trail has of an approval. Of details it is told which types were asked for, and not what was in them.
func (s *Authorizations) consented(ctx context.Context, i Interaction, b BrowserSession, before, after []string) AuditEvent {
	event := NewEvent(ctx, s.source, ActionConsentGranted, TargetClient, i.Client.ID.String(), i.Client.ClientID).By(b.User)
	event.Changes = map[string]Change{"scope": {Before: JoinScope(before), After: JoinScope(after)}}
	if len(i.Params.Details) > 0 {
		event.Changes["authorization_details_types"] = Change{After: i.Params.Details.Types()}
	}
	return event
}

// Deny finishes the interaction without a grant: the person has refused the client, or the terms while those are due. It is
// ErrInteractionNotFound when it was already finished, and ErrSessionNotFound when the session does not hold any more.
func (s *Authorizations) Deny(ctx context.Context, i Interaction, b BrowserSession) error {
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		done := i.finished(b.Session, now)
		done.Denied = true
		if err := tx.SaveInteraction(ctx, done.progress(s.source, s.keys)); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionConsentDenied, TargetClient, i.Client.ID.String(), i.Client.ClientID)
		if settings := s.settings.Get(); settings.TermsDue(b.User) { // their page comes before that of the consent
			event.Action = ActionTermsDenied
			event.Changes = termsChanges(b.User.Terms.Version, settings.TermsVersion)
		}
		if err := enqueuePing(ctx, tx, s.source, i); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, event.By(b.User))
	})
}

// Issue finishes the interaction with a grant and returns what the response is made of: the authorization code, which is stored only
// as a digest, and what tokens are issued from that the response type wants besides, or instead. Where the client waits elsewhere, the
// grant is redeemed by the code that it has, and there is no other. An interaction with a handle, or that was pushed, yields one
// grant; a second call is ErrInteractionNotFound. When the session, its user, the client or the consent does not hold any more it is
// ErrLoginRequired: the next step must be asked for again.
func (s *Authorizations) Issue(ctx context.Context, i Interaction, b BrowserSession) (Issuance, error) {
	issued, err := s.newGrant(ctx, i, b)
	if err != nil {
		return Issuance{}, err
	}
	grant := issued.Grant
	if i.Handle == "" && !i.Pushed {
		if err := insertGrant(ctx, s.store, grant, basis(i, b)); err != nil {
			return Issuance{}, fmt.Errorf("issue code: %w", err)
		}
		return issued, boundGrants(ctx, s.store, grant)
	}
	done := i.finished(b.Session, grant.CreatedAt)
	done.GrantID = &grant.ID
	first, err := s.finish(ctx, i, done, grant, b)
	if err == nil && !first {
		err = s.refusal(ctx, i)
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("issue code: %w", err)
	}
	return issued, boundGrants(ctx, s.store, grant)
}

// finish ends an interaction with a grant; false when it was ended already, or its basis does not hold. A client that is to be notified
// is, if it was.
func (s *Authorizations) finish(ctx context.Context, i, done Interaction, grant Grant, b BrowserSession) (first bool, err error) {
	if i.Backchannel == nil || !i.Backchannel.Notify {
		return s.store.InsertCode(ctx, done.progress(s.source, s.keys), grant, basis(i, b))
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		first, err = tx.InsertCode(ctx, done.progress(s.source, s.keys), grant, basis(i, b))
		if err != nil || !first {
			return err
		}
		return enqueuePing(ctx, tx, s.source, i)
	})
	return first, err
}

// grantInserter is what inserts a grant on its basis, inside a transaction or not.
type grantInserter interface {
	InsertGrantOn(ctx context.Context, g Grant, b GrantBasis) (bool, error)
}

// insertGrant inserts a grant; ErrLoginRequired when its basis does not hold any more.
func insertGrant(ctx context.Context, to grantInserter, g Grant, b GrantBasis) error {
	inserted, err := to.InsertGrantOn(ctx, g, b)
	if err == nil && !inserted {
		err = ErrLoginRequired
	}
	return err
}

// refusal returns why an interaction was not finished with a grant.
func (s *Authorizations) refusal(ctx context.Context, i Interaction) error {
	stored, err := s.store.InteractionByID(ctx, i.ID)
	switch {
	case errors.Is(err, ErrInteractionNotFound), err == nil && stored.DoneAt == nil: // nobody has finished it
		return ErrLoginRequired
	case err == nil:
		return ErrInteractionNotFound
	}
	return err
}

// basis returns what a grant for the interaction in the session is decided on.
func basis(i Interaction, b BrowserSession) GrantBasis {
	return GrantBasis{
		SessionDigest: b.Session.Digest, PasswordChangedAt: b.User.Password.ChangedAt, Consent: !i.Client.Policy.SkipConsent,
	}
}

// maxRepeats is how often Repeat looks again at an interaction that others repeat at the same moment.
const maxRepeats = 8

// Repeat returns once more what Issue does, for an interaction that Next says may be answered again: the answer before may never
// have reached the client, because a second click took its place. No code is used twice, and of those of one interaction only
// the last can be: the grant of the one before ends unless that was redeemed, and the tokens of its response with it.
func (s *Authorizations) Repeat(ctx context.Context, i Interaction, b BrowserSession) (Issuance, error) {
	if !i.of(b.Session) || i.GrantID == nil {
		return Issuance{}, ErrInteractionNotFound
	}
	for range maxRepeats {
		issued, err := s.newGrant(ctx, i, b)
		if err != nil {
			return Issuance{}, err
		}
		replaced, err := s.replace(ctx, i, issued.Grant, b)
		if err != nil {
			return Issuance{}, fmt.Errorf("repeat code: %w", err)
		}
		if replaced {
			return issued, boundGrants(ctx, s.store, issued.Grant)
		}
		now, err := s.store.InteractionByID(ctx, i.ID)
		if err != nil {
			return Issuance{}, err
		}
		i.GrantID = now.GrantID
	}
	return Issuance{}, ErrInteractionNotFound
}

// replace puts a grant in the place of the one that the interaction has; false if that is no longer the one.
func (s *Authorizations) replace(ctx context.Context, i Interaction, next Grant, b BrowserSession) (replaced bool, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		// Before the grants, as everybody takes them.
		if err := tx.HoldSession(ctx, b, next.CreatedAt); errors.Is(err, ErrSessionNotFound) {
			return ErrLoginRequired
		} else if err != nil {
			return err
		}
		replaced, err = tx.ReplaceInteractionGrant(ctx, i.ID, *i.GrantID, next.ID)
		if err != nil || !replaced {
			return err
		}
		unspent := GrantSelection{IDs: []uuid.UUID{*i.GrantID}, OnlyUnspent: true}
		if _, err := tx.EndGrants(ctx, unspent, next.CreatedAt, EndReplaced); err != nil {
			return err
		}
		return insertGrant(ctx, tx, next, basis(i, b))
	})
	return replaced, err
}

// newGrant makes the grant that the interaction asks for, and what its response is issued from.
func (s *Authorizations) newGrant(ctx context.Context, i Interaction, b BrowserSession) (Issuance, error) {
	if !b.Session.Complete() || i.Kind == InteractionBackchannel && i.Params.HintSubject != b.User.ID.String() {
		return Issuance{}, ErrLoginRequired
	}
	params := i.Params
	if params.ResponseType.FrontChannel() && !i.answerable() {
		return Issuance{}, errResponseType
	}
	user, err := withDelegation(ctx, s.store, b.User, params.Scopes)
	if err != nil {
		return Issuance{}, err
	}
	now := s.source.Now()
	grant := Grant{
		ID: s.source.NewID(), UserID: user.ID, ClientID: i.Client.ID, SessionID: &b.Session.ID,
		Scopes: userScopes(params.Scopes, user), Resources: params.Resources, Details: params.Details.of(i.Client), Claims: params.Claims,
		AuthTime: b.Session.AuthTime, AMR: b.Session.AMR, ACR: i.classes().answer(b.Session.Level), CreatedAt: now,
		Sender: SenderConstraint{Key: params.ProofKey}, FrontChannel: params.ResponseType.FrontChannel(),
	}
	grant.Offline = slices.Contains(grant.Scopes, ScopeOfflineAccess)
	var code string
	grant.Code, code = s.newCode(i, now)
	issued := issuanceOf(i.Client, grant, user, params.Nonce)
	issued.Code = code
	return issued, nil
}

// newCode makes the code of a grant, and how it is stored. Where the client has one already it is nobody else's to know, and where
// the response type has none there is none.
func (s *Authorizations) newCode(i Interaction, now time.Time) (*CodeState, string) {
	params := i.Params
	state := CodeState{
		ExpiresAt: now.Add(s.settings.Get().CodeTTL), CodeChallenge: params.CodeChallenge, Nonce: params.Nonce,
	}
	if params.RedirectURISent {
		state.RedirectURI = params.RedirectURI
	}
	if digest := i.codeElsewhere(); digest != nil {
		return &CodeState{Digest: digest, ExpiresAt: i.ExpiresAt}, ""
	}
	if !params.ResponseType.Code() {
		return nil, ""
	}
	code := s.source.NewSecret()
	state.Digest = s.keys.Digest(PurposeCode, code)
	return &state, code
}
