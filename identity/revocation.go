package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Revoke ends what a token stands for (RFC 7009 §2.1): a refresh token ends its whole grant, an access token dies
// alone. A token that is unknown, dead or another client's is left as it is without an error.
func (s *Grants) Revoke(ctx context.Context, client Client, token string) error {
	if id, _, ok := s.parseRefreshToken(token); ok {
		return s.end(ctx, id, client, ActionGrantEnded, EndClientRevoked)
	}
	var claims AccessClaims
	err := s.d.Signer.Verify(ctx, token, TypeAccessToken, false, &claims)
	if errors.Is(err, ErrInvalidToken) || err == nil && claims.ClientID != client.ClientID {
		return nil
	}
	if err != nil {
		return fmt.Errorf("revoke access token: %w", err)
	}
	event := NewEvent(ctx, s.d.Source, ActionTokenRevoked, TargetClient, client.ID.String(), client.ClientID)
	event.ClientID = &client.ID
	if err := s.d.Store.RevokeToken(ctx, claims.ID, time.Unix(claims.ExpiresAt, 0).UTC(), event); err != nil {
		return fmt.Errorf("revoke access token: %w", err)
	}
	return nil
}

// TokenState is what introspection tells of a live token. Times are seconds since 1970.
type TokenState struct {
	TokenType string // Bearer, or refresh_token
	Issuer    string
	Subject   string
	Username  string
	ClientID  string
	Audience  Audience
	Scope     string
	ID        string
	IssuedAt  int64
	ExpiresAt int64
	AuthTime  int64
	ACR       string
}

// Inspect tells the state of an access or refresh token; nil when it is dead, of whatever cause.
func (s *Grants) Inspect(ctx context.Context, token string) (*TokenState, error) {
	if id, generation, ok := s.parseRefreshToken(token); ok {
		return s.inspectRefresh(ctx, id, generation)
	}
	tokens := Tokens(*s)
	b, err := tokens.Authenticate(ctx, token)
	if errors.Is(err, ErrInvalidToken) {
		return nil, nil // dead is an answer
	}
	if err != nil {
		return nil, err
	}
	c := b.Claims
	return &TokenState{
		TokenType: "Bearer", Issuer: c.Issuer, Subject: c.Subject, Username: b.User.Username, ClientID: c.ClientID,
		Audience: c.Audience, Scope: c.Scope, ID: c.ID, IssuedAt: c.IssuedAt, ExpiresAt: c.ExpiresAt,
		AuthTime: c.AuthTime, ACR: c.ACR,
	}, nil
}

func (s *Grants) inspectRefresh(ctx context.Context, id uuid.UUID, generation int) (*TokenState, error) {
	now := s.d.Source.Now()
	standing, err := s.d.Store.GrantStatus(ctx, id, "", now)
	if errors.Is(err, ErrGrantNotFound) {
		return nil, nil // dead is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("inspect refresh token: %w", err)
	}
	g, state := standing.Grant, standing.Grant.Refresh
	dead := !standing.Active() || state.Generation != generation || state.ExpiresAt == nil ||
		!state.ExpiresAt.After(now) || !state.IdleExpiresAt.After(now) || s.d.Settings.RequireVerified && !standing.User.Verified
	if dead {
		return nil, nil // dead is an answer
	}
	return &TokenState{
		TokenType: "refresh_token", Issuer: s.d.Settings.Issuer, Subject: g.UserID.String(), Username: standing.User.Username,
		ClientID: standing.Client.ClientID, Audience: Audience{standing.Client.ClientID}, Scope: JoinScope(g.Scopes),
		IssuedAt: state.RotatedAt.Unix(), ExpiresAt: earliest(*state.ExpiresAt, *state.IdleExpiresAt).Unix(),
		AuthTime: g.AuthTime.Unix(), ACR: g.ACR,
	}, nil
}
