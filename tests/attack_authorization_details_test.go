package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestDetailsAreNotInjected: RFC 9396 §5, §12. What is malformed, too large, of a type that is not the client's, or not as its schema
// says is invalid_authorization_details as a whole; what a client has lost is in no token any more.
func TestDetailsAreNotInjected(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	withDetails(t, n)
	party, browser := harness.NewParty(t, n, "payer", "openid"), harness.NewBrowser(t, n)
	deep := strings.Repeat(`{"a":`, 9) + "1" + strings.Repeat("}", 9)
	for name, text := range map[string]string{
		"no JSON": "{", "an object": onePayment, "an empty list": "[]", "null": "null", "a text": `["payment"]`, "no type": `[{"amount":1}]`,
		"a type in other case": `[{"Type":"account"}]`, "a type that is no text": `[{"type":7}]`, "a list as type": `[{"type":["account"]}]`,
		"an unknown type": `[{"type":"other"}]`, "one good and one unknown": "[" + onePayment + `,{"type":"other"}]`,
		"against its schema": `[{"type":"payment","creditor":"x","amount":{"currency":"eur","value":"1"}}]`, "more than its schema": strings.Replace("["+onePayment+"]", `"creditor"`, `"to":"x","creditor"`, 1),
		"two lists": "[" + oneAccount + "][" + oneAccount + "]", "NUL": `[{"type":"account","x":"\u0000"}]`, "a number that is slow": `[{"type":"account","x":1e999999}]`,
		"a long number": `[{"type":"account","x":` + strings.Repeat("9", 50) + `}]`, "too deep": `[{"type":"account","x":` + deep + `}]`,
		"too many": "[" + strings.Repeat(oneAccount+",", 10) + oneAccount + "]", "too many members": `[{"type":"account","x":[` + strings.Repeat("1,", 200) + `1]}]`,
		"too long": `[{"type":"account","x":"` + strings.Repeat("x", 4096) + `"}]`,
	} {
		browser.Get(party.AuthURL("authorization_details", text))
		if answer := party.Answer(browser); answer.Get("error") != "invalid_authorization_details" || answer.Has("code") {
			t.Errorf("%s: %v", name, answer)
		}
		oauthError(t, name, n.Form(t, parPath, "payer", harness.ClientSecret, request(t, party, "authorization_details", text)), 400, "invalid_authorization_details")
	}
	other := harness.NewParty(t, n, "web", "openid")
	browser.Get(other.AuthURL("authorization_details", "["+oneAccount+"]"))
	if answer := other.Answer(browser); answer.Get("error") != "invalid_authorization_details" {
		t.Errorf("a client without types: %v", answer)
	}
	browser.Get(party.AuthURL("authorization_details", "["+oneAccount+"]") + "&authorization_details=%5B%5D")
	if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
		t.Errorf("two parameters: %v", answer)
	}
	// The last of two members of a name is the one that is checked, shown and granted.
	browser.Get(party.AuthURL("authorization_details", `[{"type":"payment","creditor":"seen","creditor":"granted","amount":{"currency":"EUR","value":"1"}}]`))
	browser.SignIn("alice", harness.AlicePassword)
	if text := browser.Text(); strings.Contains(text, "seen") || !strings.Contains(text, "granted") {
		t.Errorf("the page: %s", text)
	}
	browser.Submit("approve", nil)
	tokens, err := party.Exchange(party.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	if claims := harness.JWT(t, tokens.AccessToken, 1); strings.Contains(tokens.AccessToken, "seen") || claims["authorization_details"] == nil {
		t.Errorf("access token %v", claims)
	}
	if a := n.Form(t, "/api/v1/oauth/device_authorization", "payer", harness.ClientSecret, harness.Values("authorization_details", "["+oneAccount+"]")); a.Status != http.StatusBadRequest {
		t.Errorf("a device: %d %s", a.Status, a.Text)
	}
	// What the client loses is gone at once where Authly is asked, and from the next token on.
	client := harness.WebClient("payer")
	client.Metadata.DetailTypes = []string{"account"}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}, DetailTypes: []identity.DetailType{}})
	if seen := n.Introspect(t, "payer", tokens.AccessToken); seen.Body["active"] != true || seen.Body["authorization_details"] != nil {
		t.Errorf("introspection: %s", seen.Text)
	}
	oauthError(t, "refresh", n.Form(t, "/api/v1/oauth/token", "payer", harness.ClientSecret, harness.Values(
		"grant_type", "refresh_token", "refresh_token", tokens.RefreshToken)), 400, "invalid_authorization_details")
}
