package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// TokenState is what introspection tells of an active token. Times are seconds since 1970.
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
	Sender    SenderConstraint
	Actor     *ActingParty
	Details   AuthorizationDetails
	Released  ReleasedClaims
}

// Introspect tells a client the state of an access or refresh token (RFC 7662 §2.2): of its own, of one that names it
// as audience, or of one for a resource that it serves. It is nil for any other, and for one that is not active, of
// whatever cause.
func (s *Tokens) Introspect(ctx context.Context, caller Client, token string) (*TokenState, error) {
	state, err := s.state(ctx, token)
	if err != nil || state == nil {
		return nil, err
	}
	if !caller.holds(state.ClientID, state.Audience) {
		return nil, nil // inactive is an answer
	}
	return state, nil
}

func (s *Tokens) state(ctx context.Context, token string) (*TokenState, error) {
	if id, generation, ok := s.refreshTokens.parse(token); ok {
		return s.refreshState(ctx, id, generation)
	}
	b, err := s.read(ctx, token)
	if errors.Is(err, ErrInvalidToken) {
		return nil, nil // inactive is an answer
	}
	if err != nil {
		return nil, err
	}
	c := b.Claims
	released, err := s.ReleasedClaims(ctx, b.User, b.Client, b.Scopes(), nil)
	if err != nil {
		return nil, err
	}
	return &TokenState{
		Released:  released,
		TokenType: c.Sender.TokenType(), Issuer: c.Issuer, Subject: c.Subject, Username: b.User.Username, ClientID: c.ClientID,
		Audience: c.Audience, Scope: JoinScope(b.Scopes()), ID: c.ID, IssuedAt: c.IssuedAt, ExpiresAt: c.ExpiresAt,
		AuthTime: c.AuthTime, ACR: c.ACR, Sender: c.Sender, Actor: c.Actor, Details: c.Details.of(b.Client),
	}, nil
}

func (s *Tokens) refreshState(ctx context.Context, id uuid.UUID, generation int) (*TokenState, error) {
	now := s.source.Now()
	status, err := s.grants.GrantStatusByID(ctx, id, now)
	if err == nil {
		status.Client, err = s.clients.ClientByID(ctx, status.Grant.ClientID)
	}
	if errors.Is(err, ErrGrantNotFound) || errors.Is(err, ErrClientNotFound) {
		return nil, nil // inactive is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("inspect refresh token: %w", err)
	}
	g, state := status.Grant, status.Grant.Refresh
	if status.Eligibility(s.settings.Get(), now) != Eligible || state.Generation != generation || !state.inTime(now) {
		return nil, nil // inactive is an answer
	}
	if status.User, err = withDelegation(ctx, s.delegations, status.User, g.Scopes); err != nil {
		return nil, err
	}
	subject, err := s.subjects.Of(ctx, status.Client, g.UserID)
	if err != nil {
		return nil, err
	}
	return &TokenState{
		TokenType: "refresh_token", Issuer: s.settings.Get().Issuer, Subject: subject, Username: status.User.Username,
		ClientID: status.Client.ClientID, Audience: Audience{status.Client.ClientID},
		Scope:    JoinScope(presentScopes(g.Scopes, status.Client, status.User)),
		IssuedAt: state.RotatedAt.Unix(), ExpiresAt: earliest(*state.ExpiresAt, *state.IdleExpiresAt).Unix(),
		AuthTime: g.AuthTime.Unix(), ACR: g.Class(), Details: g.Details.of(status.Client),
	}, nil
}
