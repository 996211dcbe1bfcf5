package identity

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// Link connects the account of a session with who has signed in at a provider. The session must be fresh, and have all that
// its user can prove: else it is ErrSessionNotFound. ErrIdentityLinked when another account is connected with it.
func (f *Federation) Link(ctx context.Context, b BrowserSession, l PendingLink) error {
	another := l.SessionID != uuid.Nil && l.SessionID != b.Session.ID
	if another || b.SecondFactorUnproven() || !b.Session.fresh(f.source.Now()) {
		return ErrSessionNotFound
	}
	err := f.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, f.source.Now()); err != nil {
			return err
		}
		_, err := f.connectIn(ctx, tx, b.User, l)
		return err
	})
	if err != nil {
		return fmt.Errorf("connect with provider: %w", err)
	}
	return nil
}

// connectIn connects a user inside tx.
func (f *Federation) connectIn(ctx context.Context, tx Store, user User, l PendingLink) (LinkedIdentity, error) {
	enabled, err := tx.HoldProvider(ctx, l.ProviderID)
	if err != nil || !enabled {
		return LinkedIdentity{}, orElse(err, ErrProviderNotFound)
	}
	link := l.of(user, f.source)
	added, err := tx.InsertLinkedIdentity(ctx, link)
	if err != nil {
		return LinkedIdentity{}, err
	}
	if !added {
		present, err := tx.LinkedIdentity(ctx, l.ProviderID, l.Issuer, l.Subject)
		if err == nil && present.UserID != user.ID {
			err = ErrIdentityLinked
		}
		return present, err // the same form was posted twice
	}
	event := NewEvent(ctx, f.source, ActionIdentityLinked, TargetUser, user.ID.String(), user.Username).By(user)
	event.Changes = map[string]Change{"provider": {After: l.Provider}}
	return link, tx.InsertAudit(ctx, event)
}

// of is the linked identity that becomes of it for a user.
func (l PendingLink) of(user User, source Source) LinkedIdentity {
	return LinkedIdentity{
		ID: source.NewID(), ProviderID: l.ProviderID, Issuer: l.Issuer, Subject: l.Subject, UserID: user.ID, Email: l.Email,
		EmailVerified: l.EmailVerified, CreatedAt: source.Now(),
	}
}

// Of lists who a user is at providers, oldest first, and the providers by their ids.
func (f *Federation) Of(ctx context.Context, user User) ([]LinkedIdentity, map[uuid.UUID]IdentityProvider, error) {
	found, err := f.store.LinkedIdentitiesOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return nil, nil, err
	}
	all, err := f.store.Providers(ctx)
	byID := make(map[uuid.UUID]IdentityProvider, len(all))
	for _, p := range all {
		byID[p.ID] = p
	}
	return found[user.ID], byID, err
}

// Unlink disconnects the account of a session from a provider. The session must be fresh, and have all that its user can
// prove: else it is ErrSessionNotFound. The last way to sign in stays: ErrLastCredential.
func (f *Federation) Unlink(ctx context.Context, b BrowserSession, id uuid.UUID) error {
	if b.SecondFactorUnproven() || !b.Session.fresh(f.source.Now()) {
		return ErrSessionNotFound
	}
	err := f.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, f.source.Now()); err != nil {
			return err
		}
		return UnlinkIdentity(ctx, tx, f.source, b.User, id, b.User)
	})
	if err != nil {
		return fmt.Errorf("disconnect from provider: %w", err)
	}
	return nil
}

// UnlinkIdentity takes a linked identity from a user, inside tx, and ends what was begun through it. by is the user, or zero
// for the actor of the context. ErrCredentialNotFound when the user has no such identity, ErrLastCredential when nothing
// else would be left to sign in with.
func UnlinkIdentity(ctx context.Context, tx Store, source Source, user User, id uuid.UUID, by User) error {
	found, err := tx.LinkedIdentitiesOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return err
	}
	at := slices.IndexFunc(found[user.ID], func(l LinkedIdentity) bool { return l.ID == id })
	if at < 0 {
		return ErrCredentialNotFound
	}
	providerID := found[user.ID][at].ProviderID
	p, err := tx.LockProvider(ctx, providerID) // nobody signs in through it meanwhile
	if err != nil {
		return err
	}
	removed, err := tx.DeleteLinkedIdentity(ctx, user.ID, id)
	if err != nil || !removed {
		return orElse(err, ErrCredentialNotFound)
	}
	if err := CheckWayIn(ctx, tx, user.ID); err != nil {
		return err
	}
	event := NewEvent(ctx, source, ActionIdentityUnlinked, TargetUser, user.ID.String(), user.Username)
	event.Changes = map[string]Change{"provider": {Before: p.Name}}
	if by.ID == user.ID {
		event = event.By(by)
	}
	if err := tx.InsertAudit(ctx, event); err != nil {
		return err
	}
	_, err = endSessionsThrough(ctx, tx, source, providerID, user.ID, EndUnlinked)
	return err
}

// CheckWayIn refuses what would leave a user nothing to sign in with, inside the transaction that has removed something. That
// holds the user, so that of two that remove the last two one is refused.
func CheckWayIn(ctx context.Context, tx Store, userID uuid.UUID) error {
	left, err := tx.CredentialsOf(ctx, userID)
	if err != nil {
		return err
	}
	ways := []CredentialKind{CredentialPassword, CredentialPasskey, CredentialFederated}
	if !slices.ContainsFunc(left, func(c Credential) bool { return slices.Contains(ways, c.Kind) }) {
		return ErrLastCredential
	}
	return nil
}
