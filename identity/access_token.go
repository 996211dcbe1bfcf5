package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TokenFormat is how an access token says what it stands for (RFC 6749 §1.4). The empty one leaves it to somebody else.
type TokenFormat string

// The formats.
const (
	FormatJWT    TokenFormat = "jwt"    // by signed claims, for all to read (RFC 9068)
	FormatOpaque TokenFormat = "opaque" // not at all: it is a handle, and who may know asks the server (RFC 7662)
)

// OpaqueToken is what is stored of an opaque access token.
type OpaqueToken struct {
	Digest    []byte    // of the handle
	GrantID   uuid.UUID // with which it is deleted; zero for a client on its own behalf
	Claims    AccessClaims
	ExpiresAt time.Time
}

// opaquePrefix begins every handle. No other token begins so: nobody looks for one in the database that it cannot be, and what
// searches for leaked secrets can tell it.
const opaquePrefix = "authly_at_"

// accessTokens makes access tokens of both formats, and reads them. What becomes of them is for Tokens and Grants to say, to which
// they are the same.
type accessTokens struct {
	signer   TokenSigner
	store    AccessTokenStore
	keys     *Keyring
	source   Source
	settings *LiveSettings
}

func newAccessTokens(d Deps) accessTokens {
	return accessTokens{signer: d.Signer, store: d.Store, keys: d.Keys, source: d.Source, settings: d.Settings}
}

// makeOpaque stores what a new handle stands for. ErrInvalidGrant when the grant is gone by now.
func (s accessTokens) makeOpaque(ctx context.Context, grantID uuid.UUID, claims AccessClaims) (string, error) {
	handle := opaquePrefix + s.source.NewSecret()
	stored, err := s.store.InsertOpaqueToken(ctx, OpaqueToken{
		Digest: s.keys.Digest(PurposeAccessToken, handle), GrantID: grantID, Claims: claims,
		ExpiresAt: time.Unix(claims.ExpiresAt, 0).UTC(),
	})
	if err == nil && !stored {
		err = invalidGrant(RuleGrantActive, "The grant was ended.")
	}
	if err != nil {
		return "", fmt.Errorf("store access token: %w", err)
	}
	return handle, nil
}

// claims returns what an access token stands for, of which nobody has looked yet whether it was ended; ErrInvalidToken.
func (s accessTokens) claims(ctx context.Context, token string) (AccessClaims, error) {
	if secret, opaque := strings.CutPrefix(token, opaquePrefix); opaque {
		return s.opaqueClaims(ctx, token, secret)
	}
	return s.signedClaims(ctx, token)
}

func (s accessTokens) opaqueClaims(ctx context.Context, handle, secret string) (AccessClaims, error) {
	if raw, err := base64.RawURLEncoding.Strict().DecodeString(secret); err != nil || len(raw) != 32 || len(secret) != 43 {
		return AccessClaims{}, ErrInvalidToken
	}
	t, err := s.store.OpaqueTokenByDigest(ctx, s.keys.Digests(PurposeAccessToken, handle))
	if err != nil {
		return AccessClaims{}, fmt.Errorf("read access token: %w", err)
	}
	if !t.ExpiresAt.After(s.source.Now()) || t.Claims.Issuer != s.settings.Get().Issuer {
		return AccessClaims{}, ErrInvalidToken
	}
	return t.Claims, nil
}

// signedClaims returns the claims of a JWT of either type. One with the type of ID tokens is an access token if it has what only those
// have, and not what only ID tokens have (decision 0043).
func (s accessTokens) signedClaims(ctx context.Context, token string) (AccessClaims, error) {
	var claims AccessClaims
	err := s.signer.Verify(ctx, token, TypeAccessToken, &claims)
	if !errors.Is(err, ErrInvalidToken) || !typedAsJWT(token) {
		return claims, err
	}
	var plain struct {
		AccessClaims
		IDTokenHash *string `json:"at_hash"` // OIDC Core §3.1.3.6
	}
	if err := s.signer.Verify(ctx, token, TypeJWT, &plain); err != nil {
		return AccessClaims{}, err
	}
	if plain.ClientID == "" || plain.ID == "" || plain.IDTokenHash != nil {
		return AccessClaims{}, ErrInvalidToken
	}
	return plain.AccessClaims, nil
}

// typedAsJWT reports whether the header of a token, which proves nothing, says so.
func typedAsJWT(token string) bool {
	encoded, _, _ := strings.Cut(token, ".")
	var header struct {
		Type string `json:"typ"`
	}
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	return err == nil && json.Unmarshal(text, &header) == nil && header.Type == TypeJWT
}
