package tests

import (
	"crypto"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// ofProvider returns the claims of a statement that the provider has signed by its key of the federation.
func (f *federation) ofProvider(t *testing.T, text, typ string) (claims map[string]any) {
	t.Helper()
	keys := oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{f.own.Private.Public()}}
	payload, err := keys.VerifySignature(oidc.ClientContext(t.Context(), http.DefaultClient), text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if header := harness.JWT(t, text, 0); header["typ"] != typ || header["kid"] == "" {
		t.Errorf("header %v", header)
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestAServerIsAnEntity: OpenID Federation 1.0 §9: what the server says of itself is what discovery says, signed by a key that signs
// nothing else.
func TestAServerIsAnEntity(t *testing.T) {
	t.Parallel()
	eachFederation(t, func(t *testing.T, f *federation, nodes ...*harness.Node) {
		n := nodes[len(nodes)-1]
		a := n.Get(t, entityPath)
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") != mediaStatement || a.Header.Get("Cache-Control") != "public, max-age=300" {
			t.Fatalf("%d %v %s", a.Status, a.Header, a.Text)
		}
		claims := f.ofProvider(t, a.Text, "entity-statement+jwt")
		if claims["iss"] != n.Issuer || claims["sub"] != n.Issuer || !reflect.DeepEqual(claims["authority_hints"], []any{f.anchor.id}) {
			t.Errorf("%v", claims)
		}
		issued, expires := claims["iat"].(float64), claims["exp"].(float64)
		if now := float64(f.clock.Now().Unix()); issued > now || issued < now-300 || expires != issued+24*3600 {
			t.Errorf("from %v to %v", issued, expires)
		}
		metadata := claims["metadata"].(map[string]any)
		discovery := n.Get(t, "/.well-known/openid-configuration").Body
		if !reflect.DeepEqual(metadata["openid_provider"], any(discovery)) {
			t.Errorf("%v, discovery %v", metadata, discovery)
		}
		if !reflect.DeepEqual(metadata["federation_entity"], map[string]any{"organization_name": "Acme"}) {
			t.Errorf("%v", metadata["federation_entity"])
		}
		if !reflect.DeepEqual(discovery["client_registration_types_supported"], []any{"explicit"}) ||
			discovery["federation_registration_endpoint"] != n.Issuer+entityRegistrationPath {
			t.Errorf("%v", discovery)
		}
		set := claims["jwks"].(map[string]any)["keys"].([]any)
		key := set[0].(map[string]any)
		if len(set) != 1 || key["kid"] != harness.JWT(t, a.Text, 0)["kid"] || key["d"] != nil {
			t.Errorf("%v", set)
		}
		if slices.ContainsFunc(n.JWKS(t), func(k map[string]any) bool { return k["kid"] == key["kid"] }) {
			t.Error("the key is in the set of the provider")
		}
		if again := n.Get(t, entityPath); again.Text != a.Text {
			t.Error("each request costs a signature")
		}
		f.clock.Advance(5 * time.Minute)
		if later := f.ofProvider(t, n.Get(t, entityPath).Text, "entity-statement+jwt"); later["iat"].(float64) < issued+300 {
			t.Errorf("it gets old: %v", later["iat"])
		}
	})
}

// TestAServerOutsideOfFederations says nothing of them.
func TestAServerOutsideOfFederations(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	if a := n.Get(t, entityPath); a.Status != http.StatusNotFound {
		t.Errorf("%d %s", a.Status, a.Text)
	}
	if a := postEntity(t, n, mediaStatement, "x"); a.Status != http.StatusNotFound {
		t.Errorf("%d %s", a.Status, a.Text)
	}
	for name := range n.Get(t, "/.well-known/openid-configuration").Body {
		if strings.Contains(name, "federation") || strings.Contains(name, "client_registration") {
			t.Errorf("%s", name)
		}
	}
}

// TestAnEntityRegistersAndSignsIn: OpenID Federation 1.0 §12.2, and a code flow by private_key_jwt. Whoever registers anew with the same
// changes nothing, and with another name is another to people.
func TestAnEntityRegistersAndSignsIn(t *testing.T) {
	t.Parallel()
	eachFederation(t, func(t *testing.T, f *federation, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		claims := f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
		for name, want := range map[string]any{
			"iss": n.Issuer, "sub": f.rp.id, "aud": f.rp.id, "trust_anchor": f.anchor.id, "authority_hints": []any{f.org.id},
		} {
			if !reflect.DeepEqual(claims[name], want) {
				t.Errorf("%s: %v", name, claims[name])
			}
		}
		if set, _ := json.Marshal(claims["jwks"]); !identity.SameJSON(set, f.rp.key.JWKS(t)) {
			t.Errorf("jwks %s", set)
		}
		types := claims["metadata"].(map[string]any)
		party := types["openid_relying_party"].(map[string]any)
		if len(types) != 2 || party["client_id"] != f.rp.id || party["client_name"] != "Notes" || party["token_endpoint_auth_method"] != "private_key_jwt" ||
			party["registration_access_token"] != nil || party["client_secret"] != nil || party["application_type"] == nil {
			t.Errorf("%v", types)
		}
		client := n.Client(t, f.rp.id)
		if client.Origin != identity.OriginEntity || !client.OfStranger() || !client.Policy.RequirePKCE || client.Version != 1 {
			t.Errorf("%+v", client)
		}
		events := f.events(t, n, identity.ActionClientCreated)
		if len(events) != 1 || events[0].Changes["origin"].After != "entity" || events[0].Changes["trust_anchor"].After != f.anchor.id {
			t.Errorf("%+v", events)
		}

		browser := harness.NewBrowser(t, nodes...)
		signIn := f.party(t, n)
		browser.Get(signIn.AuthURL())
		browser.SignIn("alice", harness.AlicePassword)
		if text := browser.Text(); !browser.Has("unverified") || !strings.Contains(text, "registered by a federation as "+f.Listener.Addr().String()) {
			t.Errorf("the page: %s", text)
		}
		browser.Submit("approve", nil)
		tokens := f.redeem(t, last, signIn, signIn.Code(browser))
		if tokens.Status != http.StatusOK {
			t.Fatal(tokens.Text)
		}
		if idToken := harness.JWT(t, tokens.String("id_token"), 1); idToken["aud"] != f.rp.id {
			t.Errorf("%v", idToken)
		}

		f.clock.Advance(time.Minute)
		f.publishAll(t, nil, nil)
		renewed := f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
		if was, is := claims["exp"].(float64), renewed["exp"].(float64); is < was+60 || float64(f.find(t, n).ExpiresAt.Unix()) != is {
			t.Errorf("it ended at %v, and now at %v: %+v", was, is, f.find(t, n).ExpiresAt)
		}
		if again := f.find(t, n); again.Version != 1 || !again.UpdatedAt.Equal(client.UpdatedAt) || again.ID != client.ID {
			t.Errorf("anew: %+v", again)
		}
		if f.asked(browser, f.party(t, n)) {
			t.Error("a person is asked again after a renewal that changed nothing")
		}
		f.registerEntity(t, n, mediaStatement, f.request(t, n, func(_, _, m map[string]any) { m["client_name"] = "Other" }))
		if again := f.find(t, n); again.Version != 2 || again.Metadata.Name != "Other" {
			t.Errorf("with another name: %+v", again)
		}
		f.clock.Advance(staleness)
		if !f.asked(browser, f.party(t, n)) || !strings.Contains(browser.Text(), "Other") {
			t.Errorf("nobody is asked about another name: %s", browser.Text())
		}
		if events := f.events(t, n, identity.ActionClientUpdated); len(events) != 2 || events[0].Changes["metadata"].After == nil ||
			events[1].Changes["expires_at"].After == nil || events[1].Changes["metadata"].After != nil || events[1].Changes["trust_anchor"].After != f.anchor.id {
			t.Errorf("%+v", events)
		}
	})
}

// TestAnEntityIsOneClient also where it registers on every node at once.
func TestAnEntityIsOneClient(t *testing.T) {
	t.Parallel()
	eachFederation(t, func(t *testing.T, f *federation, nodes ...*harness.Node) {
		bodies := make([]string, 16)
		for i := range bodies {
			bodies[i] = f.chain(t, f.request(t, nodes[0], nil))
		}
		var wg sync.WaitGroup
		for i, body := range bodies {
			wg.Go(func() {
				if a := postEntity(t, nodes[i%len(nodes)], mediaChain, body); a.Status != http.StatusOK {
					t.Errorf("%d %s", a.Status, a.Text)
				}
			})
		}
		wg.Wait()
		if client := f.find(t, nodes[0]); client.Version != 1 {
			t.Errorf("%+v", client)
		}
		if events := f.events(t, nodes[0], identity.ActionClientCreated); len(events) != 1 {
			t.Errorf("%+v", events)
		}
	})
}

// find reads the client from the database.
func (f *federation) find(t *testing.T, n *harness.Node) identity.Client {
	t.Helper()
	client, err := n.Server.Store.ClientByClientID(t.Context(), f.rp.id)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// asked opens an authorization request, and reports whether the person who is signed in is asked for consent.
func (f *federation) asked(b *harness.Browser, p *harness.Party) bool {
	b.Get(p.AuthURL())
	return b.Has("approve")
}

func (f *federation) events(t *testing.T, n *harness.Node, action identity.Action) []identity.AuditEvent {
	t.Helper()
	rows, err := n.Server.Store.AuditEvents(t.Context(), identity.AuditQuery{
		Filter: identity.AuditFilter{Actions: []identity.Action{action}, TargetID: f.find(t, n).ID.String()},
		Range:  identity.KeysetRange{Limit: 100},
	})
	if err != nil {
		t.Fatal(err)
	}
	events := make([]identity.AuditEvent, len(rows))
	for i, row := range rows {
		events[i] = row.Item
	}
	return events
}

// TestAChainIsSentWhole: §12.2.1: who sends the statements of the chain has nobody called.
func TestAChainIsSentWhole(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	for name, more := range map[string][]string{"without the anchor": nil, "with the anchor": {f.configuration(t, f.anchor, nil)}} {
		claims := f.registerEntity(t, n, mediaChain, f.chain(t, f.request(t, n, nil), more...))
		if claims["trust_anchor"] != f.anchor.id {
			t.Errorf("%s: %v", name, claims)
		}
	}
	for _, path := range []string{"/org" + entityPath, "/org/fetch", "/anchor" + entityPath, "/anchor/fetch", "/rp" + entityPath} {
		if f.count(path) != 0 {
			t.Errorf("%s was asked", path)
		}
	}
}

// TestSuperiorsHaveTheirSay: §6.1: what they say of a client, and what their policies force, take away and bound, is what is registered.
func TestSuperiorsHaveTheirSay(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	party := func(v any) map[string]any { return map[string]any{"openid_relying_party": v} }
	f.publishAll(t, func(c map[string]any) {
		c["metadata"] = party(map[string]any{"client_name": "Notes of Org"})
	}, func(c map[string]any) {
		c["exp"] = f.clock.Now().Unix() + 600
		c["metadata_policy"] = party(map[string]any{
			"contacts": map[string]any{"value": []string{"help@org.example"}}, "policy_uri": map[string]any{"value": nil},
			"grant_types": map[string]any{"subset_of": []string{"authorization_code"}}, "scope": map[string]any{"default": "openid"},
		})
	})
	claims := f.registerEntity(t, n, mediaStatement, f.request(t, n, func(_, _, m map[string]any) { m["policy_uri"] = f.rp.id + "/policy" }))
	got := claims["metadata"].(map[string]any)["openid_relying_party"].(map[string]any)
	for name, want := range map[string]any{
		"client_name": "Notes of Org", "contacts": []any{"help@org.example"}, "policy_uri": nil, "grant_types": []any{"authorization_code"}, "scope": "openid",
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s: %v", name, got[name])
		}
	}
	if client := f.find(t, n); client.Metadata.Name != "Notes of Org" || client.Allows(identity.GrantRefreshToken) || client.Metadata.PolicyURI != "" {
		t.Errorf("%+v", client.Metadata)
	}
	if left := claims["exp"].(float64) - float64(f.clock.Now().Unix()); left > 600 {
		t.Errorf("it holds for %v more seconds", left)
	}
}
