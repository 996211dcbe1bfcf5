package oidc

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// idClaims is what Authly reads back from its own ID tokens.
type idClaims struct {
	Subject   string            `json:"sub"`
	Audience  identity.Audience `json:"aud"`
	SessionID string            `json:"sid"`
	IssuedAt  int64             `json:"iat"`
}

// Token adds the ID token when the scope openid was granted (OIDC Core §3.1.3.3). On refresh it has the auth_time of
// the sign-in and no nonce (§12.2).
func (x *Extension) Token(r *http.Request, client identity.Client, redeemed identity.Issuance, nonce string, response *oauth.TokenResponse) error {
	if !slices.Contains(redeemed.Scopes, identity.ScopeOpenID) {
		return nil
	}
	alg := client.IDTokenAlgorithm()
	requested, err := parseClaimsRequest(redeemed.Grant.Claims)
	if err != nil {
		return fmt.Errorf("read claims request of grant: %w", err)
	}
	claims := userClaims(redeemed.User, names(requested.IDToken))
	settings := x.Domain.Settings
	life := settings.IDTokenTTL
	if client.Metadata.IDTokenTTL > 0 {
		life = time.Duration(client.Metadata.IDTokenTTL) * time.Second
	}
	now := x.Domain.Source.Now()
	grant := redeemed.Grant
	claims["iss"] = settings.Issuer
	claims["sub"] = redeemed.User.ID.String()
	claims["aud"] = client.ClientID
	claims["exp"] = now.Add(life).Unix()
	claims["iat"] = now.Unix()
	claims["auth_time"] = grant.AuthTime.Unix()
	claims["at_hash"] = leftHalf(alg, response.AccessToken)
	if len(grant.AMR) > 0 {
		claims["amr"] = grant.AMR
	}
	if grant.ACR != "" {
		claims["acr"] = grant.ACR
	}
	if grant.SessionID != nil {
		claims["sid"] = grant.SessionID.String()
	}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	response.IDToken, err = x.Domain.Signer.Sign(r.Context(), alg, identity.TypeIDToken, claims)
	if err != nil {
		return fmt.Errorf("sign ID token: %w", err)
	}
	return nil
}

// leftHalf is the hash of at_hash: the left half of the digest that belongs to the algorithm (OIDC Core §3.1.3.6);
// Ed25519 hashes with SHA-512.
func leftHalf(alg identity.Algorithm, value string) string {
	if alg == identity.EdDSA {
		sum := sha512.Sum512([]byte(value))
		return base64.RawURLEncoding.EncodeToString(sum[:32])
	}
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}
