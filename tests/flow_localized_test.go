package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestClaimsAreToldInTheLanguagesThatAreAskedFor: OIDC Core §5.2, by claims_locales and by name, and to nobody else.
func TestClaimsAreToldInTheLanguagesThatAreAskedFor(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, other := nodes[0], nodes[len(nodes)-1]
		full := harness.WebClient("full")
		full.Policy.IDTokenClaims = true
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{full}})
		for name, claim := range map[string]string{"name_nb": "name#nb", "name_ja": "name#ja-Hani-JP"} {
			if _, err := n.Server.Admin.Attributes.Create(harness.System(t), identity.AttributeDefinition{
				Name: name, Type: identity.AttributeString, Claim: claim, Scopes: []string{identity.ScopeProfile},
			}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := n.Server.Admin.Users.Update(harness.System(t), n.User(t, "alice").ID, admin.UserChange{
			Attributes: identity.AttributeValues{"name_nb": {"Alise"}, "name_ja": {"アリス"}},
		}, nil); err != nil {
			t.Fatal(err)
		}
		told := func(scope string, extra ...string) (places map[string]string) {
			t.Helper()
			party := harness.NewParty(t, n, "full", strings.Fields(scope)...)
			browser := harness.NewBrowser(t, n)
			browser.Get(party.AuthURL(extra...))
			browser.SignIn("alice", harness.AlicePassword)
			if browser.Has("approve") {
				browser.Submit("approve", nil)
			}
			tokens, err := party.Exchange(party.Code(browser))
			if err != nil {
				t.Fatal(err)
			}
			places = map[string]string{}
			for place, document := range map[string]map[string]any{
				"ID token": harness.JWT(t, idToken(tokens), 1), "access token": harness.JWT(t, tokens.AccessToken, 1),
				"UserInfo": other.UserInfo(t, tokens.AccessToken).Body, "introspection": other.Introspect(t, "full", tokens.AccessToken).Body,
			} {
				var names []string
				for _, name := range []string{"name#nb", "name#ja-Hani-JP"} {
					if value, ok := document[name].(string); ok {
						names = append(names, value)
					}
				}
				places[place] = strings.Join(names, " ")
			}
			return places
		}
		for name, c := range map[string]struct {
			scope string
			extra []string
			want  string // of the ID token, and of UserInfo
		}{
			"nothing is asked":       {"openid profile", nil, "|"},
			"a language":             {"openid profile", []string{"claims_locales", "fr nb"}, "Alise|Alise"},
			"with a region":          {"openid profile", []string{"claims_locales", "NB-no"}, "Alise|Alise"},
			"a narrower one":         {"openid profile", []string{"claims_locales", "ja"}, "|"},
			"one that begins alike":  {"openid profile", []string{"claims_locales", "nbx"}, "|"},
			"two":                    {"openid profile", []string{"claims_locales", "ja-Hani-JP nb"}, "Alise アリス|Alise アリス"},
			"without the scope":      {"openid", []string{"claims_locales", "nb"}, "|"},
			"by name":                {"openid profile", []string{"claims", `{"userinfo":{"name#nb":null}}`}, "|Alise"},
			"by name and a language": {"openid profile", []string{"claims", `{"id_token":{"name#nb":null}}`, "claims_locales", "ja-Hani-JP"}, "Alise アリス|アリス"},
			"by another member":      {"openid profile", []string{"claims", `{"claims_locales":["nb"]}`}, "|"},
			"a flood":                {"openid profile", []string{"claims_locales", strings.Repeat("xx ", 80) + "nb"}, "|"},
		} {
			got := told(c.scope, c.extra...)
			if got["ID token"]+"|"+got["UserInfo"] != c.want || got["access token"] != "" || got["introspection"] != "" {
				t.Errorf("%s: %q", name, got)
			}
		}
		document := other.Get(t, "/.well-known/openid-configuration").Body
		if locales := list(t, document, "claims_locales_supported"); !slices.Equal(locales, []string{"ja-Hani-JP", "nb"}) {
			t.Errorf("%v", locales)
		}
		for _, claim := range []string{"email#nb", "department#nb", "name#", "name#x y", "sub#nb"} {
			if _, err := n.Server.Admin.Attributes.Create(harness.System(t), identity.AttributeDefinition{
				Name: "wrong", Type: identity.AttributeString, Claim: claim, Scopes: []string{identity.ScopeProfile},
			}); err == nil {
				t.Errorf("%s was accepted", claim)
			}
		}
	})
}

// TestAClientIsNamedInTheLanguageOfThePage: OIDC Registration §2.1, as it was registered, on the pages that a person sees it on.
func TestAClientIsNamedInTheLanguageOfThePage(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		shop := harness.WebClient("shop")
		shop.Metadata.Name, shop.Metadata.PolicyURI = "The shop", "https://shop.example/policy"
		shop.Metadata.Localized = map[string]string{"client_name#de": "Der Laden", "policy_uri#de-AT": "https://shop.example/datenschutz"}
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{shop}})
		for languages, want := range map[string][2]string{
			"de": {"Der Laden", "https://shop.example/datenschutz"}, "fr": {"The shop", "https://shop.example/policy"},
		} {
			b := harness.NewBrowser(t, nodes...)
			b.Get(harness.NewParty(t, n, "shop").AuthURL("ui_locales", languages, "prompt", "consent"))
			if !strings.Contains(b.Text(), want[0]) {
				t.Errorf("%s: the page to sign in: %s", languages, b.Text())
			}
			b.SignIn("alice", harness.AlicePassword)
			if !b.Has("approve") || !strings.Contains(b.Text(), want[0]) || b.Page.Find(`a[href="`+want[1]+`"]`).Length() != 1 {
				t.Errorf("%s: the page of consent: %s", languages, b.Text())
			}
			b.Submit("approve", nil)
			b.Get(n.URL + "/account/applications?ui_locales=" + languages)
			if !strings.Contains(b.Text(), want[0]) {
				t.Errorf("%s: the page of applications: %s", languages, b.Text())
			}
		}
	})
}

// TestAClientRegistersItselfInLanguages, and is told of it by the names that it used.
func TestAClientRegistersItselfInLanguages(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"))
		made := registered(t, n, initialToken(t, n, 1), `{"client_name":"The shop","client_name#de":"Der Laden","redirect_uris":["https://shop.example/cb"]}`)
		if made.Body["client_name#de"] != "Der Laden" || made.Body["localized"] != nil {
			t.Fatalf("%d %s", made.Status, made.Text)
		}
		if got := n.Client(t, made.String("client_id")).In("de").DisplayName(); got != "Der Laden" {
			t.Error(got)
		}
		wrong := sendRegistration(t, n, http.MethodPost, registerPath, initialToken(t, n, 1),
			`{"client_name":"The shop","tos_uri#de":"javascript:alert(1)","redirect_uris":["https://shop.example/cb"]}`)
		oauthError(t, "a script", wrong, http.StatusBadRequest, "invalid_client_metadata")
	})
}

// TestPagesFitTheWindowThatAClientOpens: display (OIDC Core §3.1.2.1), which never makes a request fail.
func TestPagesFitTheWindowThatAClientOpens(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for display, want := range map[string]string{"popup": "popup", "touch": "touch", "page": "", "wap": "", `"><script>`: "", "": ""} {
		b := harness.NewBrowser(t, n)
		b.Get(harness.NewParty(t, n, "web").AuthURL("display", display))
		if got := b.Page.Find("body").AttrOr("data-display", ""); got != want || !b.Has("login-submit") {
			t.Errorf("%q: %q", display, got)
		}
		b.SignIn("alice", harness.AlicePassword)
		if got := b.Page.Find("body").AttrOr("data-display", ""); got != want {
			t.Errorf("%q after the sign-in: %q", display, got)
		}
	}
	if got := list(t, n.Get(t, "/.well-known/openid-configuration").Body, "display_values_supported"); !slices.Equal(got, []string{"page", "popup", "touch"}) {
		t.Error(got)
	}
}
