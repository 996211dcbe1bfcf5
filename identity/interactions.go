package identity

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Interactions carries a person through what a browser is in the middle of. It is a state machine over a stored
// question: endpoints and pages ask Next what is missing, and never route to one another.
type Interactions struct {
	store  interactionPorts
	source Source
	keys   *Keyring
	ttl    time.Duration
}

type interactionPorts interface {
	InteractionStore
	ClientByID(ctx context.Context, id uuid.UUID) (Client, error)
	ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (Consent, error)
}

func newInteractions(d Deps) *Interactions {
	return &Interactions{store: d.Store, source: d.Source, keys: d.Keys, ttl: d.Settings.InteractionTTL}
}

// NewAuthorize makes the interaction of a validated authorization request. It is not stored yet: when nothing is
// missing it never needs to be.
func (s *Interactions) NewAuthorize(client Client, p AuthorizationParams) Interaction {
	i := s.begin(InteractionAuthorize)
	i.ClientID, i.Client, i.Params = client.ID, client, p
	return i
}

// NewAccount makes the interaction of a page that needs somebody to be signed in, and that it returns to. It is not
// stored yet.
func (s *Interactions) NewAccount(path ReturnPath) Interaction {
	i := s.begin(InteractionAccount)
	i.ReturnPath = path
	return i
}

func (s *Interactions) begin(kind InteractionKind) Interaction {
	now := s.source.Now()
	return Interaction{ID: s.source.NewID(), Kind: kind, CreatedAt: now, ExpiresAt: now.Add(s.ttl)}
}

// Save stores a new interaction so that pages can carry it on, and gives it the handle for their URLs.
func (s *Interactions) Save(ctx context.Context, i Interaction) (Interaction, error) {
	i.Handle = s.source.NewSecret()
	i.Digest = s.keys.Digest(PurposeInteraction, i.Handle)
	if err := s.store.InsertInteraction(ctx, i); err != nil {
		return Interaction{}, fmt.Errorf("save interaction: %w", err)
	}
	return i, nil
}

// Load finds the interaction of a handle; ErrInteractionNotFound when it is unknown, done or has expired, of a kind
// that is not known here, or of a client that is no longer active.
func (s *Interactions) Load(ctx context.Context, handle string) (Interaction, error) {
	if raw, err := base64.RawURLEncoding.Strict().DecodeString(handle); err != nil || len(raw) != 32 || len(handle) != 43 {
		return Interaction{}, ErrInteractionNotFound
	}
	i, err := s.store.InteractionByDigest(ctx, s.keys.Digests(PurposeInteraction, handle))
	if err != nil {
		return Interaction{}, err
	}
	if i.DoneAt != nil || !i.ExpiresAt.After(s.source.Now()) {
		return Interaction{}, ErrInteractionNotFound
	}
	i.Handle = handle
	switch i.Kind {
	case InteractionAuthorize:
		i.Client, err = s.store.ClientByID(ctx, i.ClientID)
		if errors.Is(err, ErrClientNotFound) || err == nil && !i.Client.Active {
			err = ErrInteractionNotFound
		}
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
	return i, nil
}

// SignedIn notes that a person signed in for this interaction, and returns it as it is now.
func (s *Interactions) SignedIn(ctx context.Context, i Interaction, b BrowserSession) (Interaction, error) {
	now := s.source.Now()
	i.AuthenticatedAt, i.SessionID = &now, &b.Session.ID
	i.ConsentedAt = nil
	return i, s.store.ProgressInteraction(ctx, i)
}

// Finish marks a saved interaction done because it was answered with an error.
func (s *Interactions) Finish(ctx context.Context, i Interaction) error {
	if i.Handle == "" {
		return nil
	}
	_, err := s.store.FinishInteraction(ctx, i.ID, s.source.Now())
	return err
}
