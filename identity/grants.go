package identity

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Grants turns codes and refresh tokens into grants that tokens may be issued under.
type Grants struct{ d Deps }

// Issuance is a grant that was proven by a code or a refresh token.
type Issuance struct {
	Grant        Grant
	User         User
	Scopes       []string // of the access token: the grant's, or fewer if fewer were asked for
	RefreshToken string   // the token to hand out, or empty
}

// CodeProof is what a client presents for a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
type CodeProof struct {
	Code        string
	RedirectURI string
	Verifier    string
}

// Exchange spends an authorization code. Every refusal is ErrInvalidGrant. A code that was spent before ends its grant,
// and with it everything that was issued (RFC 6749 §4.1.2, OAuth 2.1 §4.1.3).
func (s *Grants) Exchange(ctx context.Context, client Client, proof CodeProof) (Issuance, error) {
	now := s.d.Source.Now()
	held, err := s.d.Store.HoldingByCode(ctx, s.d.Keys.Digests(PurposeCode, proof.Code), now)
	if errors.Is(err, ErrGrantNotFound) || err == nil && held.Grant.ClientID != client.ID {
		return Issuance{}, invalidGrant("The authorization code is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find code: %w", err)
	}
	grant := held.Grant
	code := grant.Code
	switch {
	case code.SpentAt != nil:
		return Issuance{}, s.replayed(ctx, grant, client)
	case grant.EndedAt != nil || !code.ExpiresAt.After(now):
		return Issuance{}, invalidGrant("The authorization code has expired.")
	case proof.RedirectURI != code.RedirectURI:
		return Issuance{}, invalidGrant("The redirect_uri is not that of the authorization request.")
	case !verifierMatches(proof.Verifier, code.CodeChallenge):
		return Issuance{}, invalidGrant("The code_verifier does not match the code_challenge.")
	}
	if err := s.mayHold(held); err != nil {
		return Issuance{}, err
	}
	var first RefreshState
	if slices.Contains(client.Metadata.GrantTypes, GrantRefreshToken) {
		first = s.firstRefresh(client, now)
	}
	won, err := s.d.Store.SpendCode(ctx, grant.ID, now, first)
	if err != nil {
		return Issuance{}, fmt.Errorf("spend code: %w", err)
	}
	if !won {
		return Issuance{}, s.replayed(ctx, grant, client)
	}
	grant.Code.SpentAt, grant.Refresh = &now, first
	out := Issuance{Grant: grant, User: held.User, Scopes: grant.Scopes}
	if first.Generation > 0 {
		out.RefreshToken = s.refreshToken(grant.ID, first.Generation)
	}
	return out, nil
}

func (s *Grants) firstRefresh(client Client, now time.Time) RefreshState {
	life := s.d.Settings.RefreshTokenTTL
	if client.Metadata.RefreshTokenTTL > 0 {
		life = time.Duration(client.Metadata.RefreshTokenTTL) * time.Second
	}
	absolute := now.Add(life)
	idle := earliest(now.Add(s.d.Settings.RefreshTokenIdleTTL), absolute)
	return RefreshState{Generation: 1, RotatedAt: &now, ExpiresAt: &absolute, IdleExpiresAt: &idle}
}

// replayed ends the grant of a code that was presented again, and only then refuses.
func (s *Grants) replayed(ctx context.Context, grant Grant, client Client) error {
	if err := s.end(ctx, grant.ID, client, ActionCodeReplayed, EndCodeReplayed); err != nil {
		return err
	}
	return invalidGrant("The authorization code was used before.")
}

// end ends a live grant of the client; any other is left as it is.
func (s *Grants) end(ctx context.Context, id uuid.UUID, client Client, action Action, reason EndReason) error {
	event := NewEvent(ctx, s.d.Source, action, TargetGrant, id.String(), client.ClientID)
	event.ClientID = &client.ID
	event.Reason = string(reason)
	if action == ActionCodeReplayed || action == ActionRefreshReused {
		event = event.Failed(string(reason))
	}
	if _, err := s.d.Store.EndGrant(ctx, id, client.ID, s.d.Source.Now(), reason, event); err != nil {
		return fmt.Errorf("end grant: %w", err)
	}
	return nil
}

// mayHold refuses holders who may not have tokens now.
func (s *Grants) mayHold(h Holding) error {
	switch {
	case h.User.ID == uuid.Nil:
		return invalidGrant("The user of the grant no longer exists.")
	case !h.User.Active, h.User.RequiresPasswordChange, s.d.Settings.RequireVerified && !h.User.Verified:
		return invalidGrant("The user of the grant may not have tokens at present.")
	case !h.SessionActive:
		return invalidGrant("The session of the grant has ended.")
	}
	return nil
}

// Refresh spends a refresh token and returns its successor (RFC 6749 §6). scopes, if not empty, must be a subset of the
// grant's. Inside the grace window the previous token is answered with the very same successor; an older one ends the
// whole grant and is audited (RFC 9700 §4.14.2). Every refusal is ErrInvalidGrant, or CodeInvalidScope for a wider
// scope.
func (s *Grants) Refresh(ctx context.Context, client Client, token string, scopes []string) (Issuance, error) {
	id, generation, ok := s.parseRefreshToken(token)
	if !ok {
		return Issuance{}, invalidGrant("The refresh token is unknown.")
	}
	now := s.d.Source.Now()
	held, err := s.d.Store.HoldingByID(ctx, id, now)
	if errors.Is(err, ErrGrantNotFound) || err == nil && held.Grant.ClientID != client.ID {
		return Issuance{}, invalidGrant("The refresh token is unknown or was issued to another client.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find refresh token: %w", err)
	}
	grant := held.Grant
	state := grant.Refresh
	switch {
	case grant.EndedAt != nil:
		return Issuance{}, invalidGrant("The grant was ended.")
	case state.ExpiresAt == nil || !state.ExpiresAt.After(now) || !state.IdleExpiresAt.After(now):
		return Issuance{}, invalidGrant("The refresh token has expired.")
	case !subset(scopes, grant.Scopes):
		return Issuance{}, &Error{
			Kind: Invalid, Code: CodeInvalidScope, Field: "scope",
			Detail: "The scope goes beyond what was granted.",
		}
	}
	if err := s.mayHold(held); err != nil {
		return Issuance{}, err
	}
	granted := userScopes(grant.Scopes, held.User)
	if len(scopes) > 0 {
		granted = intersect(scopes, granted)
	}
	out := Issuance{Grant: grant, User: held.User, Scopes: granted}
	next, err := s.rotate(ctx, grant, client, generation, now)
	if err != nil {
		return Issuance{}, err
	}
	out.RefreshToken = s.refreshToken(grant.ID, next)
	return out, nil
}

// rotate returns the generation to hand out. It decides by what the conditional statements of the store answer, never
// by the row that was read before.
func (s *Grants) rotate(ctx context.Context, grant Grant, client Client, from int, now time.Time) (int, error) {
	idle := earliest(now.Add(s.d.Settings.RefreshTokenIdleTTL), *grant.Refresh.ExpiresAt)
	if !client.Metadata.RefreshTokenRotation {
		current, err := s.d.Store.ExtendRefresh(ctx, grant.ID, from, idle)
		if err != nil {
			return 0, fmt.Errorf("extend refresh token: %w", err)
		}
		if current {
			return from, nil
		}
	}
	won, err := s.d.Store.RotateRefresh(ctx, grant.ID, from, now, idle)
	if err != nil {
		return 0, fmt.Errorf("rotate refresh token: %w", err)
	}
	if won {
		return from + 1, nil
	}
	repeated, err := s.d.Store.RepeatRefresh(ctx, grant.ID, from, now.Add(-s.d.Settings.RefreshGrace), s.d.Settings.RefreshGraceUses)
	if err != nil {
		return 0, fmt.Errorf("repeat refresh token: %w", err)
	}
	if repeated {
		return from + 1, nil
	}
	if err := s.end(ctx, grant.ID, client, ActionRefreshReused, EndRefreshReused); err != nil {
		return 0, err
	}
	return 0, invalidGrant("The refresh token was used before; the grant was ended.")
}

// Lengths of the parts of a refresh token: grant id, generation, tag.
const (
	refreshHead = 16 + 4
	refreshSize = refreshHead + sha256.Size
)

// refreshToken derives the token of a generation: 256 bits of a keyed hash, so that none needs to be stored.
func (s *Grants) refreshToken(id uuid.UUID, generation int) string {
	raw := make([]byte, 0, refreshSize)
	raw = append(raw, id[:]...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(generation)) //nolint:gosec // a rotation a second for a century fits
	raw = append(raw, s.d.Keys.MAC(PurposeRefreshToken, raw)...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (s *Grants) parseRefreshToken(token string) (id uuid.UUID, generation int, ok bool) {
	if len(token) != base64.RawURLEncoding.EncodedLen(refreshSize) {
		return uuid.Nil, 0, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	// The decoder skips line breaks, so the length of the text alone does not say how long the tag is.
	if err != nil || len(raw) != refreshSize || !s.d.Keys.Verify(PurposeRefreshToken, raw[:refreshHead], raw[refreshHead:]) {
		return uuid.Nil, 0, false
	}
	return uuid.UUID(raw[:16]), int(binary.BigEndian.Uint32(raw[16:refreshHead])), true
}

// verifierMatches is the one PKCE check (RFC 7636 §4.6, S256). A verifier for a code without challenge, and the other
// way round, does not match (RFC 9700 §4.8.2).
func verifierMatches(verifier, challenge string) bool {
	if challenge == "" {
		return verifier == ""
	}
	if !ValidVerifier(verifier) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) == 1
}

// ValidVerifier reports whether a code_verifier has the form of RFC 7636 §4.1: 43 to 128 unreserved characters.
func ValidVerifier(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
}

// ValidChallenge reports whether a code_challenge is the S256 form of RFC 7636 §4.2: base64url of 32 bytes.
func ValidChallenge(s string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(raw) == sha256.Size && !bytes.ContainsAny([]byte(s), "\r\n")
}

func invalidGrant(detail string) *Error {
	return &Error{Kind: ErrInvalidGrant.Kind, Code: CodeInvalidGrant, Detail: detail}
}
