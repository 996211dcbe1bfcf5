package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ForPassword makes a grant from a username and a password that a client has collected. OAuth 2.1 has no such grant; it
// exists for moving old applications and must be switched on in the server and in the client. Failures count like
// failed sign-ins and are ErrInvalidCredentials; a user who must change the password gets CodePasswordChangeNeeded.
func (s *Grants) ForPassword(ctx context.Context, client Client, login, password string, scopes []string) (Issuance, error) {
	signIn := newSignIn(s.d)
	proven, err := signIn.verify(ctx, login, password)
	if err != nil {
		return Issuance{}, err
	}
	user := proven.User
	if user.RequiresPasswordChange {
		return Issuance{}, &Error{
			Kind: Forbidden, Code: CodePasswordChangeNeeded,
			Detail: "The password must be changed on the sign-in page first.",
		}
	}
	now := s.d.Source.Now()
	assurance := Assure(proven.factor)
	grant := Grant{
		ID: s.d.Source.NewID(), UserID: user.ID, ClientID: client.ID, Scopes: userScopes(scopes, user),
		AuthTime: assurance.AuthTime(), AMR: assurance.AMR(), ACR: assurance.ACR(), CreatedAt: now,
	}
	grant.Offline = slices.Contains(grant.Scopes, ScopeOfflineAccess)
	if client.Allows(GrantRefreshToken) {
		grant.Refresh = s.firstRefresh(client, now)
	}
	err = s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.RecordSignIn(ctx, user, now, ActorFrom(ctx).IP, proven.rehash); err != nil {
			return err
		}
		if err := tx.InsertGrant(ctx, grant); err != nil {
			return err
		}
		event := NewEvent(ctx, s.d.Source, ActionPasswordGrant, TargetGrant, grant.ID.String(), user.Username)
		event = event.By(user)
		event.ClientID = &client.ID
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, ErrInvalidCredentials) {
		return Issuance{}, signIn.refuse(ctx, user, reasonOvertaken, now)
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("grant for password: %w", err)
	}
	out := Issuance{Grant: grant, User: user, Scopes: grant.Scopes}
	if grant.Refresh.Generation > 0 {
		out.RefreshToken = s.refreshToken(grant.ID, grant.Refresh.Generation)
	}
	return out, nil
}
