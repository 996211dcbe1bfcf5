package oidc

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// idClaims is what Authly reads back from its own ID tokens.
type idClaims struct {
	Subject   string            `json:"sub"`
	Audience  identity.Audience `json:"aud"`
	SessionID string            `json:"sid"`
	IssuedAt  int64             `json:"iat"`
	ClientID  string            `json:"client_id"` // only access tokens have it; some are of the type of ID tokens
}

// readHint reads an ID token that Authly issued before, perhaps long expired. Anything else is ErrInvalidToken.
func readHint(ctx context.Context, tokens *identity.ClientTokens, hint string) (idClaims, error) {
	var claims idClaims
	if err := tokens.ReadIDToken(ctx, hint, &claims); err != nil {
		return idClaims{}, err
	}
	if claims.ClientID != "" {
		return idClaims{}, identity.ErrInvalidToken
	}
	return claims, nil
}

// IDToken makes the ID token of a user who has granted the scope openid (OIDC Core §3.1.3.3, §3.2.2.5, §3.3.2.5). On refresh it has
// the auth_time of the sign-in and no nonce (§12.2).
func (x *Extension) IDToken(ctx context.Context, issued identity.Issuance, with oauth.HandedOut) (string, error) {
	if issued.OnOwnBehalf() || !slices.Contains(issued.Scopes, identity.ScopeOpenID) {
		return "", nil
	}
	grant, alg := issued.Grant, issued.Client.IDTokenAlgorithm()
	requested, err := parseClaimsRequest(grant.Claims)
	if err != nil {
		return "", fmt.Errorf("read claims request of grant: %w", err)
	}
	requested.confine(issued.Client) // as of today
	asked := requested.asked(requested.IDToken)
	var scopes []string                                                                                  // that release claims to it
	if alone := with.AccessToken == "" && with.Code == ""; alone || issued.Client.Policy.IDTokenClaims { // no UserInfo: OIDC Core §5.4
		scopes = issued.Scopes
	}
	claims := userClaims(issued.User, append(scopeClaims(scopes), asked...))
	released, err := x.Domain.Tokens.BoundedClaims(ctx, issued, scopes, asked)
	if err != nil {
		return "", err
	}
	maps.Copy(claims, released)
	now := x.Domain.Source.Now()
	claims["iss"] = x.Domain.Settings.Get().Issuer
	if claims["sub"], err = x.Domain.Subjects.Of(ctx, issued.Client, issued.User.ID); err != nil {
		return "", err
	}
	claims["aud"] = issued.Client.ClientID
	claims["exp"] = now.Add(x.Domain.Settings.Get().LifetimesFor(issued.Client).IDToken).Unix()
	claims["iat"] = now.Unix()
	claims["auth_time"] = grant.AuthTime.Unix()
	claims["acr"] = grant.Class()
	// Of what the token goes with: s_hash is that of FAPI 1.0 Part 2 §5.1.
	for name, value := range map[string]string{"at_hash": with.AccessToken, "c_hash": with.Code, "s_hash": with.State} {
		if value != "" {
			claims[name] = leftHalf(alg, value)
		}
	}
	if len(grant.AMR) > 0 {
		claims["amr"] = grant.AMR
	}
	if grant.SessionID != nil {
		if claims["sid"], err = x.Domain.Subjects.OfSession(ctx, issued.Client, *grant.SessionID); err != nil {
			return "", err
		}
	}
	if issued.Nonce != "" {
		claims["nonce"] = issued.Nonce
	}
	signed, err := x.Domain.ClientTokens.Make(ctx, issued.Client, issued.Client.IDToken(), claims)
	if err != nil {
		return "", fmt.Errorf("sign ID token: %w", err)
	}
	return signed, nil
}

// leftHalf is the hash of at_hash, c_hash and s_hash: the left half of the digest that belongs to the algorithm (OIDC Core §3.1.3.6).
func leftHalf(alg identity.Algorithm, value string) string {
	hash := alg.Hash().New()
	hash.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)[:hash.Size()/2])
}
