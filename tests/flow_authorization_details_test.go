package tests

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const paymentSchema = `{"type":"object","required":["type","amount","creditor"],"additionalProperties":false,"properties":{
	"type":{"const":"payment"},"creditor":{"type":"string"},
	"amount":{"type":"object","required":["currency","value"],"additionalProperties":false,
		"properties":{"currency":{"type":"string","pattern":"^[A-Z]{3}$"},"value":{"type":"string"}}}}}`

// withDetails declares two types and clients that may ask for them.
func withDetails(t *testing.T, n *harness.Node, more ...admin.NewClient) {
	t.Helper()
	payer := harness.WebClient("payer")
	payer.Metadata.DetailTypes = []string{"payment", "account"}
	first := harness.WebClient("first")
	first.Metadata.DetailTypes, first.Policy.SkipConsent = []string{"payment"}, true
	machine := harness.ServiceClient("machine", "")
	machine.Metadata.DetailTypes = []string{"account"}
	n.Apply(t, admin.Desired{
		DetailTypes: []identity.DetailType{
			{Name: "payment", Description: "Pay from your account", Schema: json.RawMessage(paymentSchema)},
			{Name: "account", Schema: json.RawMessage(`{"type":"object","properties":{"actions":{"type":"array","items":{"type":"string"}}}}`)},
		},
		Clients: append(more, payer, first, machine),
	})
}

// details reads authorization details as JSON.
func details(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

const (
	onePayment = `{"type":"payment","creditor":"Merchant <b>A</b>","amount":{"currency":"EUR","value":"123.50"}}`
	oneAccount = `{"type":"account","actions":["read","list"]}`
)

// TestAuthorizationDetailsAreCarried: RFC 9396 §5 to §9, by the query, pushed and signed: what a person has read and allowed is in
// the token response, the access token, the answer about it and what administrators see, and a refresh has no more.
func TestAuthorizationDetailsAreCarried(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	withDetails(t, n, requester(t, "signing", key, func(m *identity.ClientMetadata) { m.DetailTypes = []string{"payment", "account"} }))
	if types := list(t, n.Get(t, "/.well-known/openid-configuration").Body, "authorization_details_types_supported"); !cmp.Equal(types, []string{"account", "payment"}) {
		t.Errorf("metadata: %v", types)
	}
	asked := "[" + onePayment + "," + oneAccount + "]"
	want := details(t, asked)
	for name, c := range map[string]struct {
		client string
		send   func(b *harness.Browser, p *harness.Party)
	}{
		"by the query": {"payer", func(b *harness.Browser, p *harness.Party) { b.Get(p.AuthURL("authorization_details", asked)) }},
		"pushed": {"payer", func(b *harness.Browser, p *harness.Party) {
			b.Get(byReference(n, "payer", push(t, n, p, "authorization_details", asked), "authorization_details", "["+oneAccount+"]"))
		}},
		"signed": {"signing", func(b *harness.Browser, p *harness.Party) {
			object := key.object(t, n, p, func(_, claims map[string]any) { claims["authorization_details"] = want })
			b.Get(byValue(n, "signing", object, "authorization_details", "["+oneAccount+"]"))
		}},
	} {
		party, browser := harness.NewParty(t, n, c.client, "openid"), harness.NewBrowser(t, n)
		c.send(browser, party)
		browser.SignIn("alice", harness.AlicePassword)
		for _, text := range []string{"Pay from your account", "creditor", "Merchant <b>A</b>", "amount / currency", "EUR", "123.50", "account", "read, list"} {
			if !strings.Contains(browser.Text(), text) {
				t.Errorf("%s: the page does not say %q: %s", name, text, browser.Text())
			}
		}
		browser.Submit("approve", nil)
		code := party.Code(browser)
		tokens := n.Form(t, "/api/v1/oauth/token", c.client, harness.ClientSecret, harness.Values("grant_type", "authorization_code", "code", code,
			"redirect_uri", harness.Callback, "code_verifier", party.Verifier))
		if diff := cmp.Diff(want, tokens.Body["authorization_details"]); diff != "" {
			t.Fatalf("%s: %d %s: %s", name, tokens.Status, tokens.Text, diff)
		}
		if diff := cmp.Diff(want, harness.JWT(t, tokens.String("access_token"), 1)["authorization_details"]); diff != "" {
			t.Errorf("%s: access token: %s", name, diff)
		}
		if diff := cmp.Diff(want, n.Introspect(t, c.client, tokens.String("access_token")).Body["authorization_details"]); diff != "" {
			t.Errorf("%s: introspection: %s", name, diff)
		}
		refresh := func(token, narrowed string) harness.Answer {
			values := harness.Values("grant_type", "refresh_token", "refresh_token", token)
			if narrowed != "" {
				values.Set("authorization_details", narrowed)
			}
			return n.Form(t, "/api/v1/oauth/token", c.client, harness.ClientSecret, values)
		}
		fewer := refresh(tokens.String("refresh_token"), "["+oneAccount+"]")
		if diff := cmp.Diff(details(t, "["+oneAccount+"]"), fewer.Body["authorization_details"]); diff != "" {
			t.Errorf("%s: narrowed: %s: %s", name, fewer.Text, diff)
		}
		all := refresh(fewer.String("refresh_token"), "")
		if diff := cmp.Diff(want, all.Body["authorization_details"]); diff != "" {
			t.Errorf("%s: refreshed: %s: %s", name, all.Text, diff)
		}
		for what, wider := range map[string]string{
			"another amount": strings.ReplaceAll("["+onePayment+"]", "123.50", "999.50"), "another type": `[{"type":"other"}]`, "no list": oneAccount,
			"one more member": `[{"type":"account","actions":["read","list"],"more":1}]`,
		} {
			refused := refresh(all.String("refresh_token"), wider)
			oauthError(t, name+": "+what, refused, 400, "invalid_authorization_details")
		}
	}
	grants, err := n.Server.Admin.Grants.List(harness.System(t), admin.GrantList{}, admin.PageArgs{})
	if err != nil || len(grants.Items()) == 0 || len(grants.Items()[0].Details) != 2 {
		t.Errorf("grants: %v %v", grants, err)
	}
	own := n.Form(t, "/api/v1/oauth/token", "machine", harness.ClientSecret, harness.Values("grant_type", "client_credentials", "authorization_details", "["+oneAccount+"]"))
	if diff := cmp.Diff(details(t, "["+oneAccount+"]"), own.Body["authorization_details"]); diff != "" {
		t.Errorf("on its own behalf: %s: %s", own.Text, diff)
	}
	oauthError(t, "on its own behalf, of another", n.Form(t, "/api/v1/oauth/token", "machine", harness.ClientSecret, harness.Values(
		"grant_type", "client_credentials", "authorization_details", "["+onePayment+"]")), 400, "invalid_authorization_details")
}

// TestDetailsAreAskedForEachTime: consent that is remembered, and a client that needs none, do not count for details.
func TestDetailsAreAskedForEachTime(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	withDetails(t, n)
	for _, client := range []string{"payer", "first"} {
		browser := harness.NewBrowser(t, n)
		plain := harness.NewParty(t, n, client, "openid")
		plain.Authorize(browser, "alice", harness.AlicePassword)
		for range 2 {
			party := harness.NewParty(t, n, client, "openid")
			browser.Get(party.AuthURL("authorization_details", "["+onePayment+"]", "prompt", "none"))
			if answer := party.Answer(browser); answer.Get("error") != "consent_required" {
				t.Errorf("%s: %v", client, answer)
			}
			browser.Get(party.AuthURL("authorization_details", "["+onePayment+"]"))
			if !browser.Has("approve") {
				t.Fatalf("%s is not asked: %s", client, browser.Text())
			}
			browser.Submit("approve", nil)
			if _, err := party.Exchange(party.Code(browser)); err != nil {
				t.Errorf("%s: %v", client, err)
			}
		}
	}
}
