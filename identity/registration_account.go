package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// NewAccount is what a person typed to make an account, and the cookies that the browser has.
type NewAccount struct {
	Registration string // secret of the registration
	Username     string
	Password     string // ignored where none is taken
	Confirmed    bool   // the password was typed twice
	GivenName    string
	FamilyName   string
	Locale       string          // in which the page is read: the user's
	Attributes   AttributeValues // of AccountAttributes, by their names
	Terms        string          // version of the terms that was accepted, or empty
	Cookie       string          // secret of the present session, or empty
	Device       string          // device cookie, or empty
}

// AccountAttributes are the attributes that a person must fill in: those that are required, as far as users may write them.
// What only administrators write they add later.
func (s *Registrations) AccountAttributes(ctx context.Context) ([]AttributeDefinition, error) {
	return accountAttributes(ctx, s.store)
}

func accountAttributes(ctx context.Context, store AttributeReader) ([]AttributeDefinition, error) {
	all, err := store.AttributeDefinitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	var list []AttributeDefinition
	for _, d := range all {
		if d.Required && d.UserWritable {
			list = append(list, d)
		}
	}
	return list, nil
}

// attributes checks what a person says of the attributes, by what is declared now.
func (n NewAccount) attributes(ctx context.Context, store AttributeReader) ([]AttributeDefinition, AttributeValues, error) {
	asked, err := accountAttributes(ctx, store)
	if err != nil {
		return nil, nil, err
	}
	change := AttributeValues{}
	for _, d := range asked {
		change[d.Name] = n.Attributes[d.Name]
	}
	values, err := ChangeAttributes(asked, AttributeValues{}, change)
	return asked, values, err
}

// Complete makes the account of somebody who has proven an address, and signs them in. Everything that is wrong is told at
// once; that a username is taken only here, to who has a mailbox. ErrRegistrationNotFound when nothing was proven in this
// browser, or the account was made already; ErrInvitationInvalid when the invitation, if there was one, is no longer good;
// CodeDuplicateEmail when the address has an account meanwhile.
func (s *Registrations) Complete(ctx context.Context, n NewAccount) (NewSession, error) {
	r, err := s.Find(ctx, n.Registration)
	switch {
	case !s.Invites(), err == nil && !s.allows(r):
		err = ErrRegistrationClosed
	case err == nil && r.ProvenAt == nil:
		err = ErrRegistrationNotFound
	}
	if err != nil {
		return NewSession{}, err
	}
	now := s.source.Now()
	user := User{
		ID: s.source.NewID(), Username: strings.TrimSpace(n.Username), Email: r.Email, Active: true, Verified: true,
		CreatedBy: strings.TrimSpace(n.Username), CreatedAt: now, UpdatedAt: now, Version: 1,
		Claims: Claims{GivenName: strings.TrimSpace(n.GivenName), FamilyName: strings.TrimSpace(n.FamilyName), Locale: n.Locale},
	}
	if n.Terms != "" {
		user.Terms = TermsAcceptance{Version: n.Terms, At: &now}
	}
	if err := s.check(ctx, user, n); err != nil {
		return NewSession{}, err
	}
	if s.settings.Get().TakesPasswords() {
		user.Password.ChangedAt = &now
		if user.Password.Hash, err = s.hasher.Hash(ctx, n.Password); err != nil {
			return NewSession{}, err
		}
	}
	var started NewSession
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		started, err = s.complete(ctx, tx, r, user, n)
		return err
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("register: %w", err)
	}
	return started, nil
}

// check names everything that is wrong with an account before its password is hashed. What others take meanwhile the
// database refuses.
func (s *Registrations) check(ctx context.Context, user User, n NewAccount) error {
	var faults Faults
	faults.Add(user.Check())
	if ValidUsername(user.Username) {
		switch _, err := s.store.UserByUsername(ctx, user.Username); {
		case err == nil:
			faults.Add(errUsernameTaken)
		case !errors.Is(err, ErrUserNotFound):
			return fmt.Errorf("look up a username: %w", err)
		}
	}
	switch _, err := s.store.UserByEmail(ctx, user.Email); {
	case err == nil:
		return errAddressTaken
	case !errors.Is(err, ErrUserNotFound):
		return fmt.Errorf("look up an address: %w", err)
	}
	if s.settings.Get().TakesPasswords() {
		faults.Add(s.policy.Check(n.Password, user.Username, user.Email))
		if !n.Confirmed {
			faults.Add(InvalidField("confirm_password", "Must be the same password."))
		}
	}
	if n.Terms != s.settings.Get().TermsVersion {
		faults.Add(ErrTermsNotAccepted)
	}
	_, _, err := n.attributes(ctx, s.store)
	faults.Add(err)
	return faults.Err()
}

var (
	errUsernameTaken = &Error{Kind: Conflict, Code: CodeDuplicateUsername, Field: "username", Detail: "Is taken: choose another one."}
	errAddressTaken  = &Error{
		Kind: Conflict, Code: CodeDuplicateEmail, Field: "email", Detail: "Has an account already: sign in with it.",
	}
)

// complete is Complete inside tx.
func (s *Registrations) complete(ctx context.Context, tx Store, r Registration, user User, n NewAccount) (NewSession, error) {
	var invitation accepted
	if r.InvitationID != uuid.Nil {
		var err error
		if invitation, err = s.accept(ctx, tx, r.InvitationID, user.CreatedAt); err != nil {
			return NewSession{}, err
		}
	}
	spent, err := tx.SpendRegistration(ctx, r.ID, user.CreatedAt)
	if err != nil {
		return NewSession{}, err
	}
	if !spent {
		return NewSession{}, ErrRegistrationNotFound
	}
	if err := tx.InsertUser(ctx, user); err != nil {
		return NewSession{}, err
	}
	definitions, values, err := n.attributes(ctx, tx)
	if err != nil {
		return NewSession{}, err
	}
	event := NewEvent(ctx, s.source, ActionRegistrationCompleted, TargetUser, user.ID.String(), user.Username).By(user)
	event.Changes = UserChanges(User{}, user)
	AddAttributeChanges(event.Changes, AttributeValues{}, values)
	change(event.Changes, "terms_version", "", user.Terms.Version)
	if r.InvitationID != uuid.Nil {
		event.Changes["invitation"] = Change{After: r.InvitationID}
	}
	if err := tx.SaveUserAttributes(ctx, user.ID, definitions, values); err != nil {
		return NewSession{}, err
	}
	if err := tx.InsertAudit(ctx, event); err != nil {
		return NewSession{}, err
	}
	if err := s.join(ctx, tx, invitation, user); err != nil {
		return NewSession{}, err
	}
	first := Factor{Kind: CredentialPassword, At: user.CreatedAt}
	if user.Password.Hash == "" { // where none is taken: what was proven is the mailbox
		first.Kind = CredentialEmail
	}
	owner := verified{User: user, factors: []Factor{first}, admission: admission{
		user: user, account: accountName(user.Username, user), network: ActorFrom(ctx).Network(), device: s.signIn.KnownDevice(n.Device),
	}}
	return s.signIn.beginIn(ctx, tx, owner, n.Cookie)
}
