package tests

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// claimsOf are the standard claims of each scope (OIDC Core §5.4) as Alice has them.
func claimsOf(u identity.User) map[string]map[string]any {
	return map[string]map[string]any{
		"openid": {"sub": u.ID.String()},
		"profile": {
			"name": "Alice Adams", "given_name": "Alice", "family_name": "Adams", "middle_name": "Q", "nickname": "Al", "preferred_username": "alice",
			"profile": "https://example.org/alice", "picture": "https://example.org/alice.png", "website": "https://alice.example", "gender": "female",
			"birthdate": "1990-05-04", "zoneinfo": "Europe/Oslo", "locale": "en-GB", "updated_at": float64(u.UpdatedAt.Unix()),
		},
		"email": {"email": "alice@example.org", "email_verified": true},
		"phone": {"phone_number": "+4722334455", "phone_number_verified": true},
		"address": {"address": map[string]any{
			"street_address": "Storgata 1", "locality": "Oslo", "postal_code": "0155", "country": "NO",
		}},
	}
}

// TestUserInfoGivesWhatTheScopesSay: conformance oidcc-scope-*; OIDC Core §5.4.
func TestUserInfoGivesWhatTheScopesSay(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		all := claimsOf(n.User(t, "alice"))
		for _, scopes := range [][]string{
			{"openid"},
			{"openid", "profile"},
			{"email", "openid"},
			{"openid", "phone"},
			{"openid", "address"},
			{"address", "phone", "email", "profile", "openid"},
		} {
			tokens := harness.NewParty(t, n, "web", scopes...).Tokens(browser, "alice", harness.AlicePassword)
			want := map[string]any{}
			for _, scope := range scopes {
				maps.Copy(want, all[scope])
			}
			a := n.UserInfo(t, tokens.AccessToken)
			if diff := cmp.Diff(want, a.Body); diff != "" {
				t.Errorf("%v: %s", scopes, diff)
			}
			if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
				t.Errorf("headers %v", a.Header)
			}
			// With an access token at hand the claims go to UserInfo, not into the ID token (OIDC Core §5.4).
			for name := range harness.JWT(t, idToken(tokens), 1) {
				if !slices.Contains([]string{"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "amr", "acr", "sid", "azp", "jti"}, name) {
					t.Errorf("%v: the ID token has %s", scopes, name)
				}
			}
		}
	})
}

func TestUserInfoOfSomebodyWithoutClaims(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
	tokens := harness.NewParty(t, n, "web", "openid", "profile", "email", "phone", "address").Tokens(harness.NewBrowser(t, n), "bob", harness.BobPassword)
	u := n.User(t, "bob")
	want := map[string]any{
		"sub": u.ID.String(), "name": "bob", "preferred_username": "bob", "updated_at": float64(u.UpdatedAt.Unix()), "email": "bob@example.org",
		"email_verified": false,
	}
	if diff := cmp.Diff(want, n.UserInfo(t, tokens.AccessToken).Body); diff != "" {
		t.Error(diff)
	}
}

// TestTheWaysToAskUserInfo: OIDC Core §5.3.1, RFC 6750 §2.
func TestTheWaysToAskUserInfo(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	get := n.UserInfo(t, tokens.AccessToken)
	if a := n.Send(t, http.MethodPost, "/oidc/userinfo", "Authorization", "Bearer "+tokens.AccessToken); a.Text != get.Text {
		t.Errorf("POST with a header: %d %s", a.Status, a.Text)
	}
	if a := n.Send(t, http.MethodPost, "/oidc/userinfo", "Authorization", "Bearer "+tokens.AccessToken, "Content-Type", "application/x-www-form-urlencoded"); a.Text != get.Text {
		t.Errorf("POST with a header and an empty form: %d %s", a.Status, a.Text)
	}
	if a := n.Form(t, "/oidc/userinfo", "", "", url.Values{"access_token": {tokens.AccessToken}}); a.Text != get.Text {
		t.Errorf("POST with a form: %d %s", a.Status, a.Text)
	}
	for name, a := range map[string]harness.Answer{
		"two tokens in the form": n.Form(t, "/oidc/userinfo", "", "", url.Values{"access_token": {tokens.AccessToken, "x"}}),
		"a header and a form":    n.Form(t, "/oidc/userinfo", "web", harness.ClientSecret, url.Values{"access_token": {tokens.AccessToken}}),
	} {
		if a.Status != http.StatusBadRequest || !strings.Contains(a.Header.Get("WWW-Authenticate"), `error="invalid_request"`) {
			t.Errorf("%s: %d %s", name, a.Status, a.Header.Get("WWW-Authenticate"))
		}
	}
	bad := n.UserInfo(t, tokens.AccessToken+"x")
	if bad.Status != http.StatusUnauthorized || !strings.Contains(bad.Header.Get("WWW-Authenticate"), `error="invalid_token"`) || bad.Body["error"] != "invalid_token" {
		t.Errorf("a bad token: %d %s %s", bad.Status, bad.Header.Get("WWW-Authenticate"), bad.Text)
	}
	if a := n.Form(t, "/oidc/userinfo", "", "", url.Values{"access_token": {""}}); a.Status != http.StatusUnauthorized {
		t.Errorf("an empty token: %d", a.Status)
	}
	plain := harness.NewParty(t, n, "web", "profile")
	tokens = plain.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	if a := n.UserInfo(t, tokens.AccessToken); a.Status != http.StatusForbidden || !strings.Contains(a.Header.Get("WWW-Authenticate"), `error="insufficient_scope"`) ||
		!strings.Contains(a.Header.Get("WWW-Authenticate"), `scope="openid"`) {
		t.Errorf("without openid: %d %s", a.Status, a.Header.Get("WWW-Authenticate"))
	}
}

// TestTheClaimsParameter: OIDC Core §5.5, conformance oidcc-claims-essential.
func TestTheClaimsParameter(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	all := claimsOf(n.User(t, "alice"))
	party := harness.NewParty(t, n, "web", "openid")
	request := `{"userinfo":{"name":{"essential":true},"phone_number":null,"unknown":null,"password_hash":null,"http://x/y":{"value":1}},` +
		`"id_token":{"email":{"essential":true},"address":null,"auth_time":{"essential":true},"iss":{"value":"https://evil.example"},"sub":null}}`
	token, err := party.Exchange(party.Authorize(browser, "alice", harness.AlicePassword, "claims", request))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"sub": all["openid"]["sub"], "name": "Alice Adams", "phone_number": "+4722334455"}
	if diff := cmp.Diff(want, n.UserInfo(t, token.AccessToken).Body); diff != "" {
		t.Error(diff)
	}
	claims := harness.JWT(t, idToken(token), 1)
	if claims["email"] != "alice@example.org" || claims["iss"] != n.Issuer || claims["auth_time"] == nil || claims["name"] != nil {
		t.Errorf("ID token %v", claims)
	}
	if diff := cmp.Diff(all["address"]["address"], claims["address"]); diff != "" {
		t.Error(diff)
	}
	for _, odd := range []string{`{}`, `{"userinfo":null}`, `{"userinfo":{},"id_token":{},"other":{}}`, `{"userinfo":{"name":{"value":"x","values":["y"],"z":1}}}`} {
		p := harness.NewParty(t, n, "web", "openid")
		p.Authorize(browser, "alice", harness.AlicePassword, "claims", odd)
	}
	for _, bad := range []string{`[`, `[]`, `"x"`, `{"userinfo":[]}`, `{"userinfo":"name"}`, `1`, `{"id_token":{"name":` + strings.Repeat("[", 4000) + `}}`} {
		p := harness.NewParty(t, n, "web", "openid")
		browser.Get(p.AuthURL("claims", bad))
		if answer := p.Answer(browser); answer.Get("error") != "invalid_request" {
			t.Errorf("claims %.20s: %v", bad, answer)
		}
	}
}

// TestTheClaimsParameterGivesNoMoreThanConsentAndRegistration: what a client may not have by a scope it may not have
// claim by claim.
func TestTheClaimsParameterGivesNoMoreThanConsentAndRegistration(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	narrow := harness.WebClient("narrow")
	narrow.Metadata.Scope = "openid email"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{narrow}})
	browser := harness.NewBrowser(t, n)
	const request = `{"userinfo":{"address":null,"email":null},"id_token":{"phone_number":null}}`
	party := harness.NewParty(t, n, "narrow", "openid")
	token, err := party.Exchange(party.Authorize(browser, "alice", harness.AlicePassword, "claims", request))
	if err != nil {
		t.Fatal(err)
	}
	info, claims := n.UserInfo(t, token.AccessToken).Body, harness.JWT(t, idToken(token), 1)
	if info["address"] != nil || claims["phone_number"] != nil || info["email"] != "alice@example.org" {
		t.Errorf("a client without the scopes got UserInfo %v and ID token %v", info, claims)
	}

	first := harness.NewParty(t, n, "web", "openid")
	first.Tokens(browser, "alice", harness.AlicePassword)
	silent := harness.NewParty(t, n, "web", "openid")
	browser.Get(silent.AuthURL("prompt", "none", "claims", request))
	if answer := silent.Answer(browser); answer.Get("error") != "consent_required" {
		t.Errorf("consent to openid was taken for consent to an address: %v", answer)
	}
	asked := harness.NewParty(t, n, "web", "openid")
	browser.Get(asked.AuthURL("claims", request))
	if !browser.Has("approve") || !strings.Contains(browser.Text(), "postal address") || !strings.Contains(browser.Text(), "phone number") {
		t.Fatalf("the consent page does not tell: %s", browser.Text())
	}
	browser.Submit("approve", nil)
	token, err = asked.Exchange(asked.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	if info := n.UserInfo(t, token.AccessToken).Body; info["address"] == nil || token.Extra("scope") != "openid" {
		t.Errorf("UserInfo %v, scope %v", info, token.Extra("scope"))
	}
}

// TestSignedUserInfo: OIDC Core §5.3.2, conformance oidcc-userinfo-rs256.
func TestSignedUserInfo(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	signed := harness.WebClient("signed")
	signed.Metadata.UserinfoAlg = identity.RS256
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{signed}})
	tokens := harness.NewParty(t, n, "signed", "openid", "email").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	a := n.UserInfo(t, tokens.AccessToken)
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/jwt" || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		t.Fatalf("%d %v", a.Status, a.Header)
	}
	if header := harness.JWT(t, a.Text, 0); header["alg"] != "RS256" || header["kid"] == nil {
		t.Errorf("header %v", header)
	}
	want := map[string]any{
		"iss": n.Issuer, "aud": "signed", "sub": n.User(t, "alice").ID.String(), "email": "alice@example.org", "email_verified": true,
	}
	if diff := cmp.Diff(want, harness.JWT(t, a.Text, 1)); diff != "" {
		t.Error(diff)
	}
}

// TestEveryClaimThatIsAdvertisedComes, and none comes that is not: from the ID token and UserInfo of somebody about whom
// everything is known.
func TestEveryClaimThatIsAdvertisedComes(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	full := harness.Alice()
	full.Username, full.Email, full.Verified = "everything", "everything@example.org", true
	values := map[string]string{
		"profile": "https://a.example", "picture": "https://a.example/p", "website": "https://a.example/w", "birthdate": "1990-01-02",
		"zoneinfo": "Europe/Oslo", "locale": "nb-NO", "phone_number": "+4711111111",
	}
	for _, claim := range identity.StandardClaims {
		if claim.Text == nil {
			continue
		}
		*claim.Text(&full.Claims) = "some text"
		if value := values[claim.Name]; value != "" {
			*claim.Text(&full.Claims) = value
		}
	}
	teller := harness.WebClient("teller") // its ID tokens have claims too, and what does not fit is marked there
	teller.Policy.IDTokenClaims = true
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{full}, Clients: []admin.NewClient{teller}})
	joinManyGroups(t, n, "everything")
	party := harness.NewParty(t, n, "teller", "openid", "profile", "email", "address", "phone", "groups", "roles")
	tokens := party.Tokens(harness.NewBrowser(t, n), "everything", harness.AlicePassword)
	released := map[string]bool{}
	for _, claims := range []map[string]any{harness.JWT(t, idToken(tokens), 1), n.UserInfo(t, tokens.AccessToken).Body} {
		for name := range claims {
			released[name] = true
		}
	}
	document := n.Get(t, "/.well-known/openid-configuration").Body
	got := slices.Sorted(maps.Keys(released))
	if diff := cmp.Diff(list(t, document, "claims_supported"), got); diff != "" {
		t.Error(diff)
	}
	if acr := harness.JWT(t, idToken(tokens), 1)["acr"]; acr != "urn:authly:acr:1" ||
		!slices.Equal(list(t, document, "acr_values_supported"), []string{"urn:authly:acr:1", "urn:authly:acr:2"}) {
		t.Errorf("acr %v, advertised %v", acr, document["acr_values_supported"])
	}
}

// TestUserInfoNamesTheInteraction: x-fapi-interaction-id (FAPI 1.0 Baseline §6.2.1 clause 11), of a success and of a refusal: a UUID that
// was sent comes back as it was written, and anything else makes a new one.
func TestUserInfoNamesTheInteraction(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	const header = "x-fapi-interaction-id"
	seen := map[string]bool{}
	for _, token := range []string{tokens.AccessToken, "none"} {
		for _, sent := range []string{"93BAC548-d2de-4546-b106-880a5018460d", uuid.NewString()} {
			if got := n.Get(t, userInfoPath, "Authorization", "Bearer "+token, header, sent).Header.Get(header); got != sent {
				t.Errorf("%q comes back as %q", sent, got)
			}
		}
		for _, sent := range []string{
			"", "x", "urn:uuid:93bac548-d2de-4546-b106-880a5018460d", "{93bac548-d2de-4546-b106-880a5018460d}", "93bac548d2de4546b106880a5018460d",
			"93bac548-d2de-4546-b106-880a5018460g", strings.Repeat("9", 4000),
		} {
			got := n.Get(t, userInfoPath, "Authorization", "Bearer "+token, header, sent).Header.Get(header)
			if uuid.Validate(got) != nil || got == sent || seen[got] {
				t.Errorf("%.50q comes back as %q", sent, got)
			}
			seen[got] = true
		}
	}
}
