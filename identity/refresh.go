package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Refresh spends a refresh token and returns its successor (RFC 6749 §6). scopes, if not empty, must be a subset of the
// grant's. sender is what the client has proven to hold. Inside the grace window the previous
// token is answered with the very same successor; an older one, or one repeated after too many rotations, ends the whole grant
// and is audited (RFC 9700 §4.14.2). Every refusal is ErrInvalidGrant, or CodeInvalidScope for a wider scope and where nothing
// is left of what was granted.
func (s *Grants) Refresh(ctx context.Context, client Client, token string, scopes []string, sender SenderConstraint) (Issuance, error) {
	id, generation, ok := s.refreshTokens.parse(token)
	if !ok {
		return Issuance{}, invalidGrant(RuleRefreshToken, "The refresh token is unknown.")
	}
	now := s.source.Now()
	status, err := s.store.GrantStatusByID(ctx, id, now)
	if errors.Is(err, ErrGrantNotFound) || err == nil && status.Grant.ClientID != client.ID {
		return Issuance{}, invalidGrant(RuleRefreshToken, "The refresh token is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find refresh token: %w", err)
	}
	status.Client = client
	issuance, err := s.spendRefreshToken(ctx, status, generation, scopes, sender, now)
	return issuance, ofUser(err, status.User)
}

// spendRefreshToken is Refresh for a grant that was found, and that is the client's.
func (s *Grants) spendRefreshToken(
	ctx context.Context, status GrantStatus, generation int, scopes []string, sender SenderConstraint, now time.Time,
) (Issuance, error) {
	client, grant := status.Client, status.Grant
	switch {
	case grant.EndedAt != nil:
		return Issuance{}, invalidGrant(RuleGrantActive, "The grant was ended.")
	case !grant.Refresh.inTime(now):
		return Issuance{}, invalidGrant(RuleRefreshTokenInTime, "The refresh token has expired.")
	case client.Public() && grant.Sender != SenderConstraint{} && sender != grant.Sender:
		return Issuance{}, invalidGrant(RuleRefreshTokenKey, "The refresh token is bound to another key.")
	case !subset(scopes, grant.Scopes):
		return Issuance{}, badScope(RuleScopeGranted, "The scope goes beyond what was granted.").Expecting(JoinScope(grant.Scopes))
	}
	if err := status.Eligibility(s.settings.Get(), now).check(); err != nil {
		return Issuance{}, err
	}
	user, err := withDelegation(ctx, s.delegations, status.User, grant.Scopes)
	if err != nil {
		return Issuance{}, err
	}
	granted := presentScopes(grant.Scopes, client, user)
	if len(scopes) > 0 {
		granted = intersect(scopes, granted)
	}
	if len(granted) == 0 && len(grant.Scopes) > 0 {
		return Issuance{}, badScope(RuleScopeAllowed, "The client may no longer have any of these scopes.").Expecting(JoinScope(client.Scopes()))
	}
	next, err := s.rotate(ctx, grant, client, generation, now)
	if err != nil {
		return Issuance{}, err
	}
	return Issuance{
		Client: client, Grant: grant, User: status.User, Scopes: granted, Resources: grant.Resources, Details: grant.Details,
		RefreshToken: s.refreshTokens.derive(grant.ID, next),
	}, nil
}

// rotate returns the generation to hand out. It decides by what the conditional statements of the store answer, never
// by the row that was read before.
func (s *Grants) rotate(ctx context.Context, grant Grant, client Client, from int, now time.Time) (int, error) {
	idle := earliest(now.Add(s.settings.Get().RefreshTokenIdleTTL), *grant.Refresh.ExpiresAt)
	if !client.Policy.RefreshTokenRotation {
		current, err := s.store.ExtendRefresh(ctx, grant.ID, from, idle)
		if err != nil {
			return 0, fmt.Errorf("extend refresh token: %w", err)
		}
		if current {
			return from, nil
		}
	}
	won, err := s.store.RotateRefresh(ctx, grant.ID, from, now, idle)
	if err != nil {
		return 0, fmt.Errorf("rotate refresh token: %w", err)
	}
	if won {
		return from + 1, nil
	}
	settings := s.settings.Get()
	repeated, err := s.store.RepeatRefresh(ctx, grant.ID, from, now.Add(-settings.RefreshGrace), settings.repeatLimits(from))
	if err != nil {
		return 0, fmt.Errorf("repeat refresh token: %w", err)
	}
	if repeated {
		return from + 1, nil
	}
	if err := s.end(ctx, grant.ID, client, ActionRefreshReused, EndRefreshReused); err != nil {
		return 0, err
	}
	return 0, invalidGrant(RuleRefreshTokenOnce, "The refresh token was used before; the grant was ended.")
}

// firstRefresh starts the refresh family of a grant.
func (s *Grants) firstRefresh(client Client, now time.Time) RefreshState {
	settings := s.settings.Get()
	absolute := now.Add(settings.LifetimesFor(client).RefreshToken)
	idle := earliest(now.Add(settings.RefreshTokenIdleTTL), absolute)
	return RefreshState{Generation: 1, RotatedAt: &now, ExpiresAt: &absolute, IdleExpiresAt: &idle}
}

// refreshTokens derives refresh tokens from grant and generation, so that none needs to be stored.
type refreshTokens struct{ keys *Keyring }

// Lengths of the parts of a refresh token: grant id, generation, tag.
const (
	refreshHead = 16 + 4
	refreshSize = refreshHead + sha256.Size
)

// derive returns the token of a generation: its place in the open, and 256 bits of a keyed hash.
func (r refreshTokens) derive(id uuid.UUID, generation int) string {
	raw := make([]byte, 0, refreshSize)
	raw = append(raw, id[:]...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(generation)) //nolint:gosec // a rotation a second for a century fits
	raw = append(raw, r.keys.MAC(PurposeRefreshToken, raw)...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

// parse returns the grant and the generation of a token that was derived here.
func (r refreshTokens) parse(token string) (id uuid.UUID, generation int, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(refreshSize) {
		return uuid.Nil, 0, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	// The decoder skips line breaks, so the length of the text alone does not say how long the tag is.
	if err != nil || len(raw) != refreshSize || !r.keys.Verify(PurposeRefreshToken, raw[:refreshHead], raw[refreshHead:]) {
		return uuid.Nil, 0, false
	}
	return uuid.UUID(raw[:16]), int(binary.BigEndian.Uint32(raw[16:refreshHead])), true
}
