package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Interactions carries a person through what a browser is in the middle of. It is a state machine over a sealed question
// and what was done about it: endpoints and pages ask Next what is missing, and never route to one another.
type Interactions struct {
	store  interactionPorts
	source Source
	keys   *Keyring
	sealer sealer
	ttl    time.Duration
	issuer string

	settings *LiveSettings
	signIn   *SignIn
}

type interactionPorts interface {
	InteractionStore
	ClientByID(ctx context.Context, id uuid.UUID) (Client, error)
	ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (Consent, error)
	DelegationReader
}

func newInteractions(d Deps, signIn *SignIn) *Interactions {
	return &Interactions{
		store: d.Store, source: d.Source, keys: d.Keys, sealer: newSealer(d.Keys), ttl: d.Settings.Get().InteractionTTL,
		issuer: d.Settings.Get().Issuer, settings: d.Settings, signIn: signIn,
	}
}

// NewAuthorize makes the interaction of a validated authorization request. It has no handle yet: when nothing is missing
// it never needs one.
func (s *Interactions) NewAuthorize(client Client, p AuthorizationParams) Interaction {
	i := s.begin(InteractionAuthorize)
	i.ClientID, i.Client, i.Params = client.ID, client, p
	return i
}

// NewAccount makes the interaction of a page that needs somebody to be signed in, and that it returns to. It has no
// handle yet.
func (s *Interactions) NewAccount(path ReturnPath) Interaction {
	i := s.begin(InteractionAccount)
	i.ReturnPath = path
	return i
}

// NewSecurity makes the interaction of a page that changes with what one signs in: it returns there after a fresh first
// factor.
func (s *Interactions) NewSecurity(path ReturnPath) Interaction {
	i := s.NewAccount(path)
	i.Params.MaxAge = new(freshAge)
	return i
}

// freshAge is the max_age of what asks for a fresh first factor.
const freshAge = int(provenFor/time.Second) - 1

func (s *Interactions) begin(kind InteractionKind) Interaction {
	now := s.source.Now()
	return Interaction{ID: s.source.NewID(), Kind: kind, CreatedAt: now, ExpiresAt: now.Add(s.ttl)}
}

// Load opens a handle and adds what the person has done so far; ErrInteractionNotFound when the handle is none of ours,
// of a kind that is not known here, or of a client that is no longer active. One that has expired begins anew, under
// another handle. One that is done is returned as such: Next says what is left of it.
func (s *Interactions) Load(ctx context.Context, handle string) (Interaction, error) {
	i, err := s.find(ctx, handle)
	if err != nil {
		return Interaction{}, err
	}
	switch i.Kind {
	case InteractionAuthorize, InteractionDevice, InteractionBackchannel:
		i.Client, err = s.activeClient(ctx, i)
	case InteractionAccount:
		if !i.ReturnPath.Valid() {
			err = ErrInteractionNotFound
		}
	default: // of a newer node
		err = ErrInteractionNotFound
	}
	if err != nil {
		return Interaction{}, err
	}
	if !i.ExpiresAt.After(s.source.Now()) {
		return s.renew(i)
	}
	return i, nil
}

// activeClient returns the client of an interaction; ErrInteractionNotFound when it is gone, switched off or expired.
func (s *Interactions) activeClient(ctx context.Context, i Interaction) (Client, error) {
	client, err := s.store.ClientByID(ctx, i.ClientID)
	if errors.Is(err, ErrClientNotFound) || err == nil && !client.ActiveAt(s.source.Now()) {
		err = ErrInteractionNotFound
	}
	return client, err
}

// find returns what a handle stands for, without its client and whether or not it has expired.
func (s *Interactions) find(ctx context.Context, handle string) (Interaction, error) {
	if len(handle) == storedHandle {
		return s.findStored(ctx, handle)
	}
	i, err := s.sealer.open(handle, handleContext)
	if err != nil {
		return Interaction{}, ErrInteractionNotFound.Because(err)
	}
	return s.withProgress(ctx, i)
}

// withProgress adds what the person has done so far.
func (s *Interactions) withProgress(ctx context.Context, i Interaction) (Interaction, error) {
	progress, err := s.store.InteractionByID(ctx, i.ID)
	switch {
	case errors.Is(err, ErrInteractionNotFound): // nobody has acted yet
		return i, nil
	case err != nil:
		return Interaction{}, err
	}
	i.SessionID, i.AuthenticatedAt, i.ConsentedAt = progress.SessionID, progress.AuthenticatedAt, progress.ConsentedAt
	i.DoneAt, i.GrantID, i.Denied = progress.DoneAt, progress.GrantID, progress.Denied
	return i, nil
}

// findStored returns an interaction that a server of the version before has stored (docs/decisions/0034).
func (s *Interactions) findStored(ctx context.Context, handle string) (Interaction, error) {
	if _, err := base64.RawURLEncoding.Strict().DecodeString(handle); err != nil {
		return Interaction{}, ErrInteractionNotFound
	}
	i, err := s.store.InteractionByDigest(ctx, s.keys.Digests(PurposeInteraction, handle))
	if err != nil {
		return Interaction{}, err
	}
	i.Handle = handle
	return i, nil
}

// renewable is how long after its end an interaction can begin anew, so that a page that was left open overnight still
// leads on.
const renewable = 24 * time.Hour

// renew begins an interaction that has expired anew: nothing that was done in it counts, and the client must still be
// allowed what it asked for. It is no more than what opening the client's request again would do. What was pushed, or is
// decided elsewhere, is answered once.
func (s *Interactions) renew(old Interaction) (Interaction, error) {
	i := s.begin(old.Kind)
	i.ClientID, i.Client, i.Params, i.ReturnPath = old.ClientID, old.Client, old.Params, old.ReturnPath
	once := old.Pushed || old.Elsewhere()
	if once || i.CreatedAt.Sub(old.ExpiresAt) > renewable || i.Kind == InteractionAuthorize && !i.confine() {
		return Interaction{}, ErrInteractionNotFound
	}
	return s.Seal(i)
}

// confine leaves of an authorization request what its client may ask for today, and reports whether it still may ask.
func (i *Interaction) confine() bool {
	asked, details := len(i.Params.Scopes), len(i.Params.Details)
	i.Params.Details = i.Params.Details.of(i.Client)
	i.Params.Scopes = intersect(i.Params.Scopes, i.Client.Scopes())
	_, registered := i.Client.RedirectURI(i.Params.RedirectURI)
	complete := (asked == 0 || len(i.Params.Scopes) > 0) && len(i.Params.Details) == details
	return registered && i.answerable() && complete
}

// Consentable returns the scopes that the consent of a user is about.
func (s *Interactions) Consentable(ctx context.Context, i Interaction, u User) ([]string, error) {
	return i.consentable(ctx, s.store, u)
}

// SignedIn notes that a person signed in for this interaction, and returns it as it is now.
func (s *Interactions) SignedIn(ctx context.Context, i Interaction, b BrowserSession) (Interaction, error) {
	now := s.source.Now()
	i.AuthenticatedAt, i.SessionID = &now, &b.Session.ID
	i.ConsentedAt = nil
	return i, s.store.SaveInteraction(ctx, i.progress(s.source, s.keys))
}
