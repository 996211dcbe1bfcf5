package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
)

// TestAClientIsShownInALanguage: in the one that is asked for, without a region before with one, and else as it is.
func TestAClientIsShownInALanguage(t *testing.T) {
	t.Parallel()
	client := identity.Client{Metadata: identity.ClientMetadata{
		Name: "Shop", URI: "https://shop.example", LogoURI: "https://shop.example/logo", PolicyURI: "https://shop.example/policy",
		TermsURI: "https://shop.example/terms",
		Localized: map[string]string{
			"client_name#de": "Laden", "client_name#de-CH": "Lade", "client_name#nb-NO": "Butikk", "client_uri#de": "https://shop.example/de",
			"logo_uri#de": "https://shop.example/de/logo", "policy_uri#DE": "https://shop.example/de/policy", "tos_uri#de": "https://shop.example/de/terms",
		},
	}}
	for code, want := range map[string]string{
		"de": "Laden https://shop.example/de https://shop.example/de/logo https://shop.example/de/policy https://shop.example/de/terms",
		"nb": "Butikk https://shop.example https://shop.example/logo https://shop.example/policy https://shop.example/terms",
		"en": "Shop https://shop.example https://shop.example/logo https://shop.example/policy https://shop.example/terms",
		"d":  "Shop https://shop.example https://shop.example/logo https://shop.example/policy https://shop.example/terms",
	} {
		m := client.In(code).Metadata
		if got := strings.Join([]string{m.Name, m.URI, m.LogoURI, m.PolicyURI, m.TermsURI}, " "); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
	if client.Metadata.Name != "Shop" {
		t.Error("the client itself was changed")
	}
}

func TestWhatIsWrongInALanguageIsRefused(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprintf("client_name#x%d", i)] = "x"
	}
	for name, localized := range map[string]map[string]string{
		"another field": {"scope#de": "openid"}, "no language": {"client_name": "Laden"}, "an empty language": {"client_name#": "Laden"},
		"no tag": {"client_name#d e": "Laden"}, "an empty text": {"client_name#de": ""}, "a long text": {"client_name#de": strings.Repeat("x", 256)},
		"a control character": {"client_name#de": "La\nden"}, "no URL": {"tos_uri#de": "javascript:alert(1)"},
		"a fragment": {"policy_uri#de": "https://shop.example/#x"}, "too many": many, "not an object": {"": ""},
	} {
		client := registered(func(c *identity.Client) { c.Metadata.Localized = localized })
		if err := client.Check(); !names(err, "localized", "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := registered(func(c *identity.Client) {
		c.Metadata.Localized = map[string]string{"client_name#zh-Hant": "店", "logo_uri#de": "https://shop.example/logo"}
	}).Check(); err != nil {
		t.Error(err)
	}
}

// TestARegistrationSaysItselfInLanguages, by members of their own (OIDC Registration §2.1).
func TestARegistrationSaysItselfInLanguages(t *testing.T) {
	t.Parallel()
	r, err := identity.ReadClientRegistration([]byte(`{"client_name":"Shop","client_name#de":"Laden","tos_uri#nb-NO":"https://shop.example/vilkår",
		"client_name#ja":null,"scope#de":"ignored","localized":{"client_name#fr":"ignored"}}`))
	noError(t, err)
	want := map[string]string{"client_name#de": "Laden", "tos_uri#nb-NO": "https://shop.example/vilkår"}
	if diff := cmp.Diff(want, r.Metadata.Localized); diff != "" {
		t.Error(diff)
	}
	if _, err := identity.ReadClientRegistration([]byte(`{"client_name#de":7}`)); !names(err, "client_name#de", "type") {
		t.Errorf("a number: %v", err)
	}
}
