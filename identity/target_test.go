package identity_test

import (
	"testing"

	"github.com/authly/authly/identity"
)

// TestTheAudienceWhenNobodyNamesOne: the resource that all scopes of an API belong to, if there is exactly one, or the
// default of the client.
func TestTheAudienceWhenNobodyNamesOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	const tea, coffee, jwt = "https://tea.example.org", "https://coffee.example.org", "https://jwt.example.org"
	for _, r := range []identity.Resource{
		{URI: tea, Scopes: []string{"tea:read", "shared", "kettle"}},
		{URI: coffee, Scopes: []string{"coffee:read", "shared"}},
		{URI: jwt, Scopes: []string{"jwt:read", "kettle"}, AccessTokenType: identity.TypeJWT},
	} {
		_, err := f.admin.Scopes.SaveResource(f.ctx, r)
		noError(t, err)
	}
	for name, c := range map[string]struct {
		fallback             string // of the client
		authorized, requests []string
		scopes               []string
		want                 any // aud; nil: refused
		typ                  string
	}{
		"one API":                             {"", nil, nil, []string{"tea:read"}, tea, "at+jwt"},
		"one API by two scopes":               {"", nil, nil, []string{"tea:read", "shared"}, tea, "at+jwt"},
		"one API beside UserInfo":             {"", nil, nil, []string{"openid", "email", "tea:read"}, []any{tea, issuer}, "at+jwt"},
		"one API and a claim without openid":  {"", nil, nil, []string{"email", "tea:read"}, tea, "at+jwt"},
		"a scope of two APIs":                 {"", nil, nil, []string{"shared"}, issuer, "at+jwt"},
		"two APIs":                            {"", nil, nil, []string{"tea:read", "coffee:read"}, issuer, "at+jwt"},
		"a scope of no API":                   {"", nil, nil, []string{"unregistered"}, issuer, "at+jwt"},
		"a scope of no API beside another":    {"", nil, nil, []string{"tea:read", "unregistered"}, issuer, "at+jwt"},
		"administration beside an API":        {"", nil, nil, []string{"tea:read", "admin:users:read"}, issuer, "at+jwt"},
		"only OpenID Connect":                 {"", nil, nil, []string{"openid", "email"}, issuer, "at+jwt"},
		"no scope":                            {"", nil, nil, nil, issuer, "at+jwt"},
		"an API that wants JWT":               {"", nil, nil, []string{"jwt:read"}, jwt, "JWT"},
		"it beside UserInfo":                  {"", nil, nil, []string{"openid", "jwt:read"}, []any{jwt, issuer}, "JWT"},
		"the default of the client":           {coffee, nil, nil, []string{"tea:read"}, coffee, "at+jwt"},
		"it without a scope":                  {coffee, nil, nil, nil, coffee, "at+jwt"},
		"it beside UserInfo, too":             {coffee, nil, nil, []string{"openid"}, []any{coffee, issuer}, "at+jwt"},
		"it beside administration":            {jwt, nil, nil, []string{"admin:users:read"}, []any{jwt, issuer}, "JWT"},
		"Authly as the default":               {issuer, nil, nil, []string{"tea:read"}, issuer, "at+jwt"},
		"a default that is gone":              {"https://gone.example.org", nil, nil, []string{"tea:read"}, nil, ""},
		"what was authorized comes first":     {coffee, []string{tea}, nil, []string{"jwt:read"}, tea, "at+jwt"},
		"two types":                           {"", []string{tea, jwt}, nil, nil, []any{tea, jwt}, "at+jwt"},
		"the one of them that wants JWT":      {"", []string{tea, jwt}, []string{jwt}, nil, jwt, "JWT"},
		"the default by name":                 {"", nil, []string{tea}, []string{"tea:read"}, tea, "at+jwt"},
		"Authly by name":                      {coffee, nil, []string{issuer}, []string{"tea:read"}, issuer, "at+jwt"},
		"another than the default by name":    {"", nil, []string{coffee}, []string{"tea:read"}, nil, ""},
		"a resource by name without its like": {"", nil, []string{coffee}, []string{"openid"}, nil, ""},
	} {
		app := identity.Client{ClientID: "app", Policy: identity.ClientPolicy{DefaultResource: c.fallback}}
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Scopes: c.scopes, Resources: c.authorized}, c.requests)
		if c.want == nil {
			if identity.AsError(err).Code != identity.CodeInvalidTarget {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		noError(t, err)
		header, claims := payload(t, issued.Value)
		t.Log(name)
		wantSame(t, claims["aud"], c.want)
		wantSame(t, header["typ"], c.typ)
	}
}

// TestATokenIsAsItsResourcesWantIt: with their audiences, of their algorithm, and for the shortest of all lifetimes.
func TestATokenIsAsItsResourcesWantIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	const bank, shop, plain = "https://bank.example.org", "https://shop.example.org", "https://plain.example.org"
	for _, r := range []identity.Resource{
		{URI: bank, Audiences: []string{"urn:bank", "https://old.example.org"}, AccessTokenAlg: identity.RS256, AccessTokenTTL: 60},
		{URI: shop, AccessTokenAlg: identity.EdDSA, AccessTokenTTL: 3600},
		{URI: plain, AccessTokenTTL: 120},
	} {
		_, err := f.admin.Scopes.SaveResource(f.ctx, r)
		noError(t, err)
	}
	for name, c := range map[string]struct {
		ttl       int // of the client
		resources []string
		want      any // aud; nil: refused
		alg       string
		seconds   float64
	}{
		"none":                             {0, nil, issuer, "ES256", 600},
		"one that says everything":         {0, []string{bank}, []any{bank, "urn:bank", "https://old.example.org"}, "RS256", 60},
		"one that would let it live":       {0, []string{shop}, shop, "EdDSA", 600},
		"one for a client that lives long": {7200, []string{shop}, shop, "EdDSA", 3600},
		"one for a client that does not":   {30, []string{bank}, []any{bank, "urn:bank", "https://old.example.org"}, "RS256", 30},
		"one that does not care":           {0, []string{plain}, plain, "ES256", 120},
		"two": {
			0, []string{plain, bank}, []any{plain, bank, "urn:bank", "https://old.example.org"}, "RS256", 60,
		},
		"two that do not agree": {0, []string{bank, shop}, nil, "", 0},
	} {
		t.Log(name)
		app := identity.Client{ClientID: "app", Policy: identity.ClientPolicy{AccessTokenTTL: c.ttl}}
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Resources: c.resources}, nil)
		if c.want == nil {
			wantError(t, err, coded(identity.CodeInvalidTarget))
			continue
		}
		noError(t, err)
		header, claims := payload(t, issued.Value)
		wantSame(t, claims["aud"], c.want)
		wantSame(t, header["alg"], any(c.alg))
		wantSame(t, issued.ExpiresIn.Seconds(), c.seconds)
		wantSame(t, claims["exp"].(float64)-claims["iat"].(float64), c.seconds)
	}
}

// TestAnIDTokenIsNoAccessToken also when access tokens have the type of ID tokens.
func TestAnIDTokenIsNoAccessToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	f.client(t, "app")
	now := f.Now().Unix()
	good := map[string]any{"iss": issuer, "sub": "app", "aud": issuer, "client_id": "app", "jti": "x", "iat": now, "exp": now + 60}
	for name, change := range map[string]map[string]any{
		"": {}, "the hash of an access token": {"at_hash": "x"}, "an empty one": {"at_hash": ""}, "no client_id": {"client_id": ""}, "no jti": {"jti": ""},
	} {
		claims := map[string]any{}
		for _, part := range []map[string]any{good, change} {
			for member, value := range part {
				claims[member] = value
			}
		}
		token, err := f.deps.Signer.Sign(f.ctx, identity.ES256, identity.TypeJWT, claims)
		noError(t, err)
		if _, err := f.Tokens.Authenticate(f.ctx, presented(token), identity.AuthlyAudience); (err == nil) != (name == "") {
			t.Errorf("with %s: %v", name, err)
		}
	}
}
