package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Tokens issues access tokens and checks those that are presented.
type Tokens struct{ d Deps }

// AccessClaims is the payload of an access token (RFC 9068 §2.2). Grant is Authly's own: the grant that the token dies
// with; tokens of client credentials have none.
type AccessClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  Audience `json:"aud"`
	ClientID  string   `json:"client_id"`
	Scope     string   `json:"scope,omitempty"`
	ID        string   `json:"jti"`
	IssuedAt  int64    `json:"iat"`
	ExpiresAt int64    `json:"exp"`
	AuthTime  int64    `json:"auth_time,omitempty"`
	ACR       string   `json:"acr,omitempty"`
	AMR       []string `json:"amr,omitempty"`
	Session   string   `json:"sid,omitempty"`
	Grant     string   `json:"gid,omitempty"`
}

// Audience is the claim aud: one string or several (RFC 7519 §4.1.3).
type Audience []string

// MarshalJSON writes a single audience as a string.
func (a Audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// UnmarshalJSON reads a string or an array of strings.
func (a *Audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = Audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// AccessToken is an issued token.
type AccessToken struct {
	Value     string
	ExpiresIn time.Duration
	Scopes    []string
}

// ForGrant issues an access token under a grant. Nothing is written.
func (s *Tokens) ForGrant(ctx context.Context, client Client, r Issuance) (AccessToken, error) {
	claims := AccessClaims{
		Subject: r.User.ID.String(), Audience: s.audience(r.Grant.Resources, r.Scopes), Scope: JoinScope(r.Scopes),
		AuthTime: r.Grant.AuthTime.Unix(), ACR: r.Grant.ACR, AMR: r.Grant.AMR, Grant: r.Grant.ID.String(),
	}
	if r.Grant.SessionID != nil {
		claims.Session = r.Grant.SessionID.String()
	}
	return s.sign(ctx, client, claims, r.Scopes)
}

// ForClient issues an access token to a client on its own behalf (RFC 6749 §4.4). Nothing is written.
func (s *Tokens) ForClient(ctx context.Context, client Client, scopes, resources []string) (AccessToken, error) {
	return s.sign(ctx, client, AccessClaims{
		Subject: client.ClientID, Audience: s.audience(resources, scopes), Scope: JoinScope(scopes),
	}, scopes)
}

// audience is the requested resources; Authly itself when none was requested or UserInfo is meant to be read.
func (s *Tokens) audience(resources, scopes []string) Audience {
	if len(resources) == 0 {
		return Audience{s.d.Settings.Issuer}
	}
	if slices.Contains(scopes, ScopeOpenID) && !slices.Contains(resources, s.d.Settings.Issuer) {
		return append(slices.Clone(resources), s.d.Settings.Issuer)
	}
	return resources
}

func (s *Tokens) sign(ctx context.Context, client Client, c AccessClaims, scopes []string) (AccessToken, error) {
	life := s.d.Settings.AccessTokenTTL
	if client.Metadata.AccessTokenTTL > 0 {
		life = time.Duration(client.Metadata.AccessTokenTTL) * time.Second
	}
	now := s.d.Source.Now()
	c.Issuer, c.ClientID, c.ID = s.d.Settings.Issuer, client.ClientID, s.d.Source.NewSecret()
	c.IssuedAt, c.ExpiresAt = now.Unix(), now.Add(life).Unix()
	alg := client.Metadata.AccessTokenAlg
	if alg == "" {
		alg = ES256
	}
	value, err := s.d.Signer.Sign(ctx, alg, TypeAccessToken, c)
	if err != nil {
		return AccessToken{}, fmt.Errorf("sign access token: %w", err)
	}
	return AccessToken{Value: value, ExpiresIn: life, Scopes: scopes}, nil
}

// Bearer is who a presented access token stands for. User is zero for a client on its own behalf.
type Bearer struct {
	Claims AccessClaims
	Client Client
	User   User
	Grant  Grant
}

// Scopes returns the scopes of the token.
func (b Bearer) Scopes() []string {
	names, err := ParseScope(b.Claims.Scope)
	if err != nil {
		return nil
	}
	return names
}

// Authenticate checks a presented access token: signature, type, issuer and expiry, then whether its grant, session,
// user, client and jti are still good. Any failure of the token is ErrInvalidToken. It does not look at the audience.
func (s *Tokens) Authenticate(ctx context.Context, token string) (Bearer, error) {
	var claims AccessClaims
	if err := s.d.Signer.Verify(ctx, token, TypeAccessToken, false, &claims); err != nil {
		return Bearer{}, err
	}
	if claims.Grant == "" {
		return s.liveClient(ctx, claims)
	}
	id, err := uuid.Parse(claims.Grant)
	if err != nil {
		return Bearer{}, ErrInvalidToken
	}
	status, err := s.d.Store.GrantStatus(ctx, id, claims.ID, s.d.Source.Now())
	if errors.Is(err, ErrGrantNotFound) {
		return Bearer{}, ErrInvalidToken
	}
	if err != nil {
		return Bearer{}, fmt.Errorf("check token: %w", err)
	}
	if status.Eligibility(&s.d.Settings) != Eligible {
		return Bearer{}, ErrInvalidToken
	}
	return Bearer{Claims: claims, Client: status.Client, User: status.User, Grant: status.Grant}, nil
}

func (s *Tokens) liveClient(ctx context.Context, claims AccessClaims) (Bearer, error) {
	client, err := s.d.Store.ClientByClientID(ctx, claims.ClientID)
	if errors.Is(err, ErrClientNotFound) || err == nil && !client.Active {
		return Bearer{}, ErrInvalidToken
	}
	if err != nil {
		return Bearer{}, fmt.Errorf("check token: %w", err)
	}
	revoked, err := s.d.Store.TokenRevoked(ctx, claims.ID)
	if err != nil {
		return Bearer{}, fmt.Errorf("check token: %w", err)
	}
	if revoked {
		return Bearer{}, ErrInvalidToken
	}
	return Bearer{Claims: claims, Client: client}, nil
}

// AuthenticateForAuthly is Authenticate for Authly's own APIs: the token must also name the issuer as audience (RFC
// 9068 §4).
func (s *Tokens) AuthenticateForAuthly(ctx context.Context, token string) (Bearer, error) {
	b, err := s.Authenticate(ctx, token)
	if err != nil {
		return Bearer{}, err
	}
	if !slices.Contains(b.Claims.Audience, s.d.Settings.Issuer) {
		return Bearer{}, ErrInvalidToken
	}
	return b, nil
}

// Actor completes an actor (which carries where the request came from) with who the bearer is.
func (b Bearer) Actor(from Actor) Actor {
	from.ClientID, from.Scopes, from.GrantID = b.Client.ID, b.Scopes(), b.Grant.ID
	if b.User.ID == uuid.Nil {
		from.Kind, from.Name, from.Admin = ActorClient, b.Client.ClientID, b.Client.Metadata.ServiceAdmin
		return from
	}
	from.Kind, from.UserID, from.Name, from.Admin = ActorUser, b.User.ID, b.User.Username, b.User.Admin
	return from
}

// ParseBearer reads an Authorization header of the form Bearer TOKEN (RFC 6750 §2.1); the scheme is compared without
// regard to case.
func ParseBearer(header string) (token string, ok bool) {
	scheme, token, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, " \t,") {
		return "", false
	}
	return token, true
}
