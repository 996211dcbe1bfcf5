package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Tokens issues access tokens and checks those that are presented.
type Tokens struct {
	grants        GrantStore
	tokens        AccessTokenStore
	clients       ClientReader
	scopes        ScopeReader
	memberships   MembershipReader
	attributes    AttributeReader
	delegations   DelegationReader
	access        accessTokens
	source        Source
	settings      *LiveSettings
	proofs        *Proofs
	refreshTokens refreshTokens
	subjects      *Subjects
}

func newTokens(d Deps, subjects *Subjects) *Tokens {
	return &Tokens{
		grants: d.Store, tokens: d.Store, clients: d.Store, scopes: d.Store, memberships: d.Store, attributes: d.Store,
		delegations: d.Store, access: newAccessTokens(d), source: d.Source, settings: d.Settings,
		proofs: newProofs(d), refreshTokens: refreshTokens{d.Keys}, subjects: subjects,
	}
}

// AccessClaims is the payload of an access token (RFC 9068 §2.2). Grant is Authly's own: the grant that the token dies
// with; tokens of client credentials have none.
type AccessClaims struct {
	Issuer    string               `json:"iss"`
	Subject   string               `json:"sub"`
	Audience  Audience             `json:"aud"`
	ClientID  string               `json:"client_id"`
	Scope     string               `json:"scope,omitempty"`
	ID        string               `json:"jti"`
	IssuedAt  int64                `json:"iat"`
	ExpiresAt int64                `json:"exp"`
	AuthTime  int64                `json:"auth_time,omitempty"`
	ACR       string               `json:"acr,omitempty"`
	AMR       []string             `json:"amr,omitempty"`
	Session   string               `json:"sid,omitempty"`
	Grant     string               `json:"gid,omitempty"`
	Sender    SenderConstraint     `json:"cnf,omitzero"`
	Actor     *ActingParty         `json:"act,omitempty"`
	Details   AuthorizationDetails `json:"authorization_details,omitempty"`
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
	var single string
	if json.Unmarshal(data, &single) == nil {
		*a = Audience{single}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// AccessToken is an issued token.
type AccessToken struct {
	Value     string
	Type      string // value of token_type (RFC 6749 §5.1)
	ExpiresIn time.Duration
	Scopes    []string
}

// Issue makes an access token. requested, if not empty, are the resources that the request wants it for; they must be
// among the authorized ones, or it is CodeInvalidTarget. Of a JWT nothing is stored.
func (s *Tokens) Issue(ctx context.Context, i Issuance, requested []string) (AccessToken, error) {
	target, err := s.target(ctx, i, requested)
	if err != nil {
		return AccessToken{}, err
	}
	now, ttl := s.source.Now(), target.lifetime(s.settings.Get().LifetimesFor(i.Client).AccessToken)
	if e := i.Exchanged; e != nil {
		ttl = min(ttl, e.Until.Sub(now))
	}
	claims := AccessClaims{
		Issuer: s.settings.Get().Issuer, ClientID: i.Client.ClientID, ID: s.source.NewSecret(),
		IssuedAt: now.Unix(), ExpiresAt: now.Add(ttl).Unix(),
		Subject: i.Client.ClientID, Audience: s.audience(target.audience(), i.Scopes), Scope: JoinScope(i.Scopes), Sender: i.Sender,
		Details: i.Details,
	}
	if !i.OnOwnBehalf() {
		if err := s.describe(ctx, &claims, i); err != nil {
			return AccessToken{}, err
		}
	}
	if e := i.Exchanged; e != nil {
		claims.Actor = e.Actor
	}
	value, err := s.make(ctx, i, target, claims)
	if err != nil {
		return AccessToken{}, err
	}
	return AccessToken{Value: value, Type: i.Sender.TokenType(), ExpiresIn: ttl, Scopes: i.Scopes}, nil
}

// make makes a token of the format that its target wants, else the client.
func (s *Tokens) make(ctx context.Context, i Issuance, target target, claims AccessClaims) (string, error) {
	if cmp.Or(target.format, i.Client.Policy.AccessTokenFormat) == FormatOpaque {
		return s.access.makeOpaque(ctx, i.Grant.ID, claims)
	}
	released, err := s.BoundedClaims(ctx, i, i.Scopes, nil)
	if err != nil {
		return "", err
	}
	alg := cmp.Or(target.alg, i.Client.Metadata.AccessTokenAlg, ES256)
	value, err := s.access.signer.Sign(ctx, alg, target.typ, released.In(claims))
	if err != nil {
		return "", fmt.Errorf("sign access token: %w", err)
	}
	return value, nil
}

// describe says whose token it is, by the names that its client knows: whoever reads the token, the client among them, learns no other.
func (s *Tokens) describe(ctx context.Context, c *AccessClaims, i Issuance) (err error) {
	g := i.Grant
	c.Grant, c.AuthTime, c.ACR, c.AMR = g.ID.String(), g.AuthTime.Unix(), g.Class(), g.AMR
	if c.Subject, err = s.subjects.Of(ctx, i.Client, g.UserID); err == nil && g.SessionID != nil {
		c.Session, err = s.subjects.OfSession(ctx, i.Client, *g.SessionID)
	}
	return err
}

// audience is that of the requested resources; Authly itself when none was requested or UserInfo is meant to be read.
func (s *Tokens) audience(resources, scopes []string) Audience {
	if len(resources) == 0 {
		return Audience{s.settings.Get().Issuer}
	}
	if slices.Contains(scopes, ScopeOpenID) && !slices.Contains(resources, s.settings.Get().Issuer) {
		return append(slices.Clone(resources), s.settings.Get().Issuer)
	}
	return resources
}
