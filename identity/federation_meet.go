package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// meet decides what becomes of somebody who is not connected with an account here. Whoever is asked to sign in learns nothing of
// whether there is an account with the address, unless the provider is believed that it is theirs.
func (f *Federation) meet(
	ctx context.Context, p IdentityProvider, who UpstreamIdentity, state FederationState, a admission, answer FederationAnswer,
) (NewSession, error) {
	l := PendingLink{
		ProviderID: p.ID, Provider: p.Name, Issuer: who.Issuer, Subject: who.Subject, Email: who.Email, EmailVerified: who.EmailVerified,
		SessionID: state.SessionID, At: f.source.Now(),
	}
	if state.Connects() || !p.vouches(who) {
		return NewSession{Link: &l}, nil
	}
	owner, err := f.store.UserByEmail(ctx, who.Email)
	switch known := err == nil; {
	case err != nil && !errors.Is(err, ErrUserNotFound):
		return NewSession{}, err
	case known && p.adopts(who, owner) && f.signIn.refusalReason(owner, true) == "":
		link, err := f.adopt(ctx, l, owner)
		if err != nil {
			return NewSession{}, err
		}
		return f.begin(ctx, p, who, link, a, answer)
	case !known && p.Config.Register:
		return f.register(ctx, p, who, l, a, answer)
	}
	return NewSession{Link: &l}, nil
}

// adopts reports whether who has signed in at the provider is connected at once with the account that has the address: in the
// one case in which nobody else can be either of them.
func (p IdentityProvider) adopts(who UpstreamIdentity, owner User) bool {
	return p.Config.LinkPolicy == LinkVerifiedEmail && p.vouches(who) && p.names(who.Email) && owner.Verified &&
		strings.EqualFold(owner.Email, who.Email)
}

// adopt connects an account without asking.
func (f *Federation) adopt(ctx context.Context, l PendingLink, owner User) (link LinkedIdentity, err error) {
	err = f.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if link, err = f.connectIn(ctx, tx, owner, l); err != nil {
			return err
		}
		present, err := tx.UserByID(ctx, owner.ID) // held now
		if err == nil && (!present.Verified || !strings.EqualFold(present.Email, l.Email)) {
			err = FaultSubject.refused()
		}
		return err
	})
	if err != nil {
		return LinkedIdentity{}, fmt.Errorf("connect by address: %w", err)
	}
	return link, nil
}

// register makes the account of somebody whom a provider vouches for, and signs them in. It has no password: one can be chosen
// by the link for a forgotten one.
func (f *Federation) register(
	ctx context.Context, p IdentityProvider, who UpstreamIdentity, l PendingLink, a admission, answer FederationAnswer,
) (NewSession, error) {
	now := f.source.Now()
	user := User{
		ID: f.source.NewID(), Email: who.Email, Active: true, Verified: true, CreatedAt: now, UpdatedAt: now, Version: 1,
		Claims: Claims{GivenName: shown(who.GivenName), FamilyName: shown(who.FamilyName)},
	}
	var link LinkedIdentity
	err := f.store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
		if user.Username, err = f.freeUsername(ctx, tx, who); err != nil {
			return err
		}
		user.CreatedBy = user.Username
		if err := tx.InsertUser(ctx, user); err != nil {
			return err
		}
		event := NewEvent(ctx, f.source, ActionRegistrationCompleted, TargetUser, user.ID.String(), user.Username).By(user)
		event.Changes = UserChanges(User{}, user)
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		link, err = f.connectIn(ctx, tx, user, l)
		return err
	})
	if e := AsError(err); e.Kind == Conflict && (e.Code == CodeDuplicateEmail || e.Code == CodeDuplicateUsername) { // somebody was faster
		return NewSession{Link: &l}, nil
	}
	if err != nil {
		return NewSession{}, fmt.Errorf("register through provider: %w", err)
	}
	return f.begin(ctx, p, who, link, a, answer)
}

// shown returns a name that a provider tells, unless it cannot be shown.
func shown(name string) string {
	if checkName("name", name) != nil {
		return ""
	}
	return name
}

// usernameTries is how many names are looked at before it is left to chance.
const usernameTries = 3

// freeUsername finds a name for somebody: what the provider calls them, or what is before the at sign of the address, or that with
// a number behind.
func (f *Federation) freeUsername(ctx context.Context, tx Store, who UpstreamIdentity) (string, error) {
	local, _, _ := strings.Cut(who.Email, "@")
	base := "user"
	for _, name := range []string{who.Username, local} {
		if name = usable(name); ValidUsername(name) {
			base = name
			break
		}
	}
	name := base
	for range usernameTries {
		_, err := tx.UserByUsername(ctx, name)
		if errors.Is(err, ErrUserNotFound) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		name = base[:min(len(base), usernameRoom)] + "-" + f.source.newText(digits, 6)
	}
	return name, nil
}

// usernameRoom is how much of a name there is room for before a number.
const usernameRoom = 56

// usable drops what a username cannot have.
func usable(name string) string {
	name, _, _ = strings.Cut(name, "@")
	return strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '_' || r == '.' || r == '-' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z') {
			return r
		}
		return -1
	}, name)
}
