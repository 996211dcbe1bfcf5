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
	event := newEvent(ctx, s.d.Source, ActionTokenRevoked, TargetClient, client.ID.String(), client.ClientID)
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
		return nil, nil // inactive is an answer
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
	status, err := s.d.Store.GrantStatusByID(ctx, id, now)
	if err == nil {
		status.Client, err = s.d.Store.ClientByID(ctx, status.Grant.ClientID)
	}
	if errors.Is(err, ErrGrantNotFound) || errors.Is(err, ErrClientNotFound) {
		return nil, nil // inactive is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("inspect refresh token: %w", err)
	}
	g, state := status.Grant, status.Grant.Refresh
	if status.Eligibility(&s.d.Settings) != Eligible || state.Generation != generation || !state.inTime(now) {
		return nil, nil // inactive is an answer
	}
	return &TokenState{
		TokenType: "refresh_token", Issuer: s.d.Settings.Issuer, Subject: g.UserID.String(), Username: status.User.Username,
		ClientID: status.Client.ClientID, Audience: Audience{status.Client.ClientID}, Scope: JoinScope(g.Scopes),
		IssuedAt: state.RotatedAt.Unix(), ExpiresAt: earliest(*state.ExpiresAt, *state.IdleExpiresAt).Unix(),
		AuthTime: g.AuthTime.Unix(), ACR: g.ACR,
	}, nil
}
