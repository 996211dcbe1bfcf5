package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ForPassword makes a grant from a username and a password that a client has collected. OAuth 2.1 has no such grant; it
// exists for moving old applications and must be switched on in the server and in the client. Failures count like
// failed sign-ins and are ErrInvalidCredentials or ErrPasswordExpired; a user who
// must change the password gets CodePasswordChangeNeeded, one who must verify the address CodeEmailUnverified, and one who has a second
// factor CodeSecondFactorNeeded.
func (s *Grants) ForPassword(ctx context.Context, client Client, login, password string, scopes []string) (Issuance, error) {
	scopes, err := s.scopes.Requested(ctx, client, scopes)
	if err != nil {
		return Issuance{}, err
	}
	proven, err := s.signIn.verify(ctx, login, password, "")
	if err != nil {
		return Issuance{}, err
	}
	user := proven.User
	switch user.eligibility(s.settings.Get()) {
	case PasswordChangeDue:
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodePasswordChangeNeeded,
			Detail: "The password must be changed on the sign-in page first.",
		}
	case UserUnverified:
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodeEmailUnverified, Detail: "The e-mail address must be verified on the sign-in page first.",
		}
	case Eligible, GrantEnded, TokenRevoked, ClientInactive, UserUnknown, UserInactive, SessionEnded: // verify has looked at the user
	}
	now := s.source.Now()
	if user, err = withDelegation(ctx, s.delegations, user, scopes); err != nil {
		return Issuance{}, err
	}
	user = s.settings.Get().dated(user, now)
	if s.settings.Get().demandsSecondFactor(user, now) {
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodeSecondFactorNeeded, Detail: "The user must add a second factor on the sign-in page first.",
		}
	}
	if s.settings.Get().TermsDue(user) {
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodeTermsNotAccepted, Detail: "The user must accept the terms on the sign-in page first.",
		}
	}
	if user.SecondFactor() {
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodeSecondFactorNeeded,
			Detail: "The user has a second factor, which is asked for on the sign-in page only.",
		}
	}
	assurance := Assure(proven.factors...)
	if levelOf(client.Policy.RequireACR) > assurance.Level {
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodeSecondFactorNeeded, Detail: "The application takes no sign-in by password alone.",
		}
	}
	grant := Grant{
		ID: s.source.NewID(), UserID: user.ID, ClientID: client.ID, Scopes: userScopes(scopes, user),
		AuthTime: assurance.AuthTime(), AMR: assurance.AMR(), ACR: assurance.ACR(), CreatedAt: now,
	}
	grant.Offline = slices.Contains(grant.Scopes, ScopeOfflineAccess)
	if client.Allows(GrantRefreshToken) {
		grant.Refresh = s.firstRefresh(client, now)
	}
	err = s.tx.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.RecordSignIn(ctx, user, now, ActorFrom(ctx).IP, proven.rehash); err != nil {
			return err
		}
		if _, err := s.signIn.remember(ctx, tx, proven.admission, false); err != nil {
			return err
		}
		if err := tx.HoldClient(ctx, client.ID); err != nil {
			return err
		}
		if err := tx.InsertGrant(ctx, grant); err != nil {
			return err
		}
		if err := boundGrants(ctx, tx, grant); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionPasswordGrant, TargetGrant, grant.ID.String(), user.Username)
		event = event.By(user)
		event.ClientID = &client.ID
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, ErrInvalidCredentials) {
		return Issuance{}, s.signIn.refuse(ctx, proven.admission, proven.proof, reasonOvertaken)
	}
	if errors.Is(err, ErrClientNotFound) {
		return Issuance{}, ErrInvalidClient
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("grant for password: %w", err)
	}
	return s.issuance(client, grant, user, ""), nil
}
