package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestNobodyIsTrustedWithoutAChain (F-R5): a registration request that is not the entity's own, for this server and of now, and chains
// that do not hold, are refused in the terms of OpenID Federation 1.0 §8.9. Nothing is stored, and nothing that others publish is told.
func TestNobodyIsTrustedWithoutAChain(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	evil := entity{f.URL + "/evil", newClientKey(t, "evil")}
	forged := func(e entity) entity {
		return entity{e.id, clientKey{harness.ClientKey{ID: e.key.ID, Private: evil.key.Private}}}
	}
	request := func(change func(h, c, m map[string]any)) string { return f.request(t, n, change) }
	claim := func(name string, v any) string {
		return request(func(_, c, _ map[string]any) {
			if c[name] = v; v == nil {
				delete(c, name)
			}
		})
	}
	header := func(name string, v any) string { return request(func(h, _, _ map[string]any) { h[name] = v }) }
	now := f.clock.Now().Unix()
	good := request(nil)
	var twice struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(f.rp.key.JWKS(t), &twice); err != nil {
		t.Fatal(err)
	}
	twice.Keys = append(twice.Keys, twice.Keys[0])
	for name, c := range map[string]struct {
		media, body string
		status      int
		code        string
	}{
		"another media type":        {"application/jwt", good, 400, "invalid_request"},
		"no media type":             {"", good, 400, "invalid_request"},
		"nothing":                   {mediaStatement, "", 400, "invalid_request"},
		"no JWT":                    {mediaStatement, "canary", 400, "invalid_request"},
		"too long":                  {mediaStatement, strings.Repeat("x", 64<<10+1), 413, "invalid_request"},
		"for another":               {mediaStatement, claim("aud", "https://other.example"), 400, "invalid_request"},
		"for others besides":        {mediaStatement, claim("aud", []string{n.Issuer, "https://other.example"}), 400, "invalid_request"},
		"for nobody":                {mediaStatement, claim("aud", nil), 400, "invalid_request"},
		"what is published":         {mediaStatement, f.configuration(t, f.rp, nil), 400, "invalid_request"},
		"about another":             {mediaStatement, claim("sub", f.org.id), 400, "invalid_request"},
		"of another":                {mediaStatement, claim("iss", f.org.id), 400, "invalid_request"},
		"critical":                  {mediaStatement, claim("crit", []string{"x"}), 400, "invalid_request"},
		"critical in the header":    {mediaStatement, header("crit", []string{"x"}), 400, "invalid_request"},
		"another typ":               {mediaStatement, header("typ", "JWT"), 400, "invalid_request"},
		"another kid":               {mediaStatement, header("kid", "other"), 400, "invalid_request"},
		"unsigned":                  {mediaStatement, unsigned(t, good), 400, "invalid_request"},
		"another's signature":       {mediaStatement, f.signedBy(t, evil, good), 400, "invalid_request"},
		"a key that is there twice": {mediaStatement, claim("jwks", twice), 400, "invalid_request"},
		"no exp":                    {mediaStatement, claim("exp", nil), 400, "invalid_request"},
		"no iat":                    {mediaStatement, claim("iat", nil), 400, "invalid_request"},
		"expired":                   {mediaStatement, claim("exp", now), 400, "invalid_trust_chain"},
		"of tomorrow":               {mediaStatement, claim("iat", now+86400), 400, "invalid_trust_chain"},
		"keys of its own":           {mediaStatement, f.unvouched(t, n, forged(f.rp)), 400, "invalid_trust_chain"},
		"no hints":                  {mediaStatement, claim("authority_hints", nil), 404, "invalid_trust_anchor"},
		"hints to nobody":           {mediaStatement, claim("authority_hints", []string{f.URL + "/nobody"}), 404, "invalid_trust_anchor"},
		"a hint to itself":          {mediaStatement, claim("authority_hints", []string{f.rp.id}), 404, "invalid_trust_anchor"},
		"a long name":               {mediaStatement, claim("metadata", map[string]any{strings.Repeat("x", 40_000): 1}), 400, "invalid_request"},
		"too many hints":            {mediaStatement, claim("authority_hints", many(f.URL, 11)), 400, "invalid_request"},
		"no relying party":          {mediaStatement, claim("metadata", map[string]any{"federation_entity": map[string]any{}}), 400, "invalid_metadata"},
		"no array":                  {mediaChain, `"` + good + `"`, 400, "invalid_request"},
		"an array of one":           {mediaChain, `["` + good + `"]`, 400, "invalid_request"},
		"a chain about another":     {mediaChain, chainOf(t, good, f.statement(t, f.org, evil, nil), f.statement(t, f.anchor, f.org, nil)), 400, "invalid_trust_chain"},
		"a chain of another key":    {mediaChain, chainOf(t, good, f.statement(t, forged(f.org), f.rp, nil), f.statement(t, f.anchor, f.org, nil)), 400, "invalid_trust_chain"},
		"a chain with an end of its own": {
			mediaChain, chainOf(t, good, f.statement(t, f.org, f.rp, nil), f.statement(t, evil, f.org, nil)), 404, "invalid_trust_anchor",
		},
		"a chain with a forged end": {
			mediaChain, chainOf(t, good, f.statement(t, f.org, f.rp, nil), f.statement(t, forged(f.anchor), f.org, nil)), 400, "invalid_trust_chain",
		},
		"a chain that is too long": {mediaChain, chainOf(t, append([]string{good}, make([]string, 7)...)...), 400, "invalid_trust_chain"},
		"a chain for another":      {mediaChain, f.chain(t, claim("aud", "https://other.example")), 400, "invalid_request"},
		"a key in private": {mediaStatement, request(func(_, _, m map[string]any) {
			m["jwks"] = json.RawMessage(`{"keys":[` + f.client.PrivateJWK(t) + `]}`)
		}), 400, "invalid_client_metadata"},
	} {
		a := postEntity(t, n, c.media, c.body)
		oauthError(t, name, a, c.status, c.code)
		if strings.Contains(a.Text, "canary") || strings.Contains(a.Text, "127.0.0.1") {
			t.Errorf("%s: %s", name, a.Text)
		}
		if _, err := n.Server.Store.ClientByClientID(t.Context(), f.rp.id); err == nil {
			t.Fatalf("%s: it is stored", name)
		}
	}
	unknownClient(t, "after all that", n, f.rp.id)
	why := map[identity.RuleID]int{}
	for _, refusal := range n.Server.Domain.Refusals.List(identity.RefusalFilter{Endpoint: identity.EndpointRegister}) {
		why[refusal.Rule]++
		if len(refusal.Expected) > 1000 {
			t.Errorf("%d bytes are remembered of what a stranger has sent", len(refusal.Expected))
		}
	}
	if why[identity.RuleEntityStatement] < 20 || why[identity.RuleTrustChain] < 10 {
		t.Errorf("explained as %v", why)
	}
}

func unsigned(t *testing.T, text string) string {
	t.Helper()
	header := harness.JWT(t, text, 0)
	header["alg"] = "none"
	return harness.Forge(t, header, harness.JWT(t, text, 1), harness.Unsigned)
}

// signedBy is a statement with the same text, signed by another.
func (f *federation) signedBy(t *testing.T, by entity, text string) string {
	t.Helper()
	return by.key.Sign(t, harness.JWT(t, text, 0), harness.JWT(t, text, 1))
}

// unvouched is the request of one with keys of whom the superior knows nothing.
func (f *federation) unvouched(t *testing.T, n *harness.Node, as entity) string {
	t.Helper()
	return f.configuration(t, as, func(_, c map[string]any) {
		c["aud"], c["authority_hints"], c["metadata"] = n.Issuer, []string{f.org.id}, map[string]any{"openid_relying_party": f.metadata(t)}
	})
}

func many(base string, count int) (ids []string) {
	for i := range count {
		ids = append(ids, fmt.Sprintf("%s/e%d", base, i))
	}
	return ids
}

func chainOf(t *testing.T, statements ...string) string {
	t.Helper()
	text, err := json.Marshal(statements)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatSuperiorsSayIsProven (F-R5): statements that others publish are checked as the request is, whether they are late, forged, too
// long, of an unknown type, critical, or bound the chain.
func TestWhatSuperiorsSayIsProven(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	evil := newClientKey(t, "org")
	party := func(policy any) map[string]any { return map[string]any{"openid_relying_party": policy} }
	said := func(change func(c map[string]any)) func() { return func() { f.publishAll(t, nil, change) } }
	for name, c := range map[string]struct {
		publish func()
		status  int
		code    string
	}{
		"an expired statement": {said(func(c map[string]any) { c["exp"] = f.clock.Now().Unix() }), 400, "invalid_trust_chain"},
		"a critical claim":     {said(func(c map[string]any) { c["crit"] = []string{"x"} }), 404, "invalid_trust_anchor"},
		"a path too long":      {said(func(c map[string]any) { c["constraints"] = map[string]any{"max_path_length": 0} }), 400, "invalid_trust_chain"},
		"a name not permitted": {said(func(c map[string]any) {
			c["constraints"] = map[string]any{"naming_constraints": map[string]any{"permitted": []string{".example"}}}
		}), 400, "invalid_trust_chain"},
		"a policy that is broken": {said(func(c map[string]any) {
			c["metadata_policy"] = party(map[string]any{"logo_uri": map[string]any{"essential": true}})
		}), 400, "invalid_metadata"},
		"policies that conflict": {func() {
			f.publishAll(t, func(c map[string]any) {
				c["metadata_policy"] = party(map[string]any{"client_name": map[string]any{"value": "a"}})
			},
				func(c map[string]any) {
					c["metadata_policy"] = party(map[string]any{"client_name": map[string]any{"value": "b"}})
				})
		}, 400, "invalid_trust_chain"},
		"a critical operator": {said(func(c map[string]any) {
			c["metadata_policy_crit"], c["metadata_policy"] = []string{"regexp"}, party(map[string]any{"client_name": map[string]any{"regexp": "x"}})
		}), 400, "invalid_trust_chain"},
		"another's signature": {func() {
			f.publishAll(t, nil, nil)
			f.put("/org/fetch", f.statement(t, entity{f.org.id, evil}, f.rp, nil))
		}, 400, "invalid_trust_chain"},
		"another's statement": {func() {
			f.publishAll(t, nil, nil)
			f.put("/org/fetch", f.statement(t, f.anchor, f.rp, nil))
		}, 404, "invalid_trust_anchor"},
		"too much": {func() {
			f.publishAll(t, nil, nil)
			f.put("/org/fetch", f.statement(t, f.org, f.rp, func(c map[string]any) { c["x"] = strings.Repeat("x", 64<<10) }))
		}, 404, "invalid_trust_anchor"},
		"no JWT": {func() {
			f.publishAll(t, nil, nil)
			f.put("/anchor/fetch", "canary")
		}, 404, "invalid_trust_anchor"},
		"a circle": {func() {
			f.publishAll(t, nil, nil)
			f.put("/org"+entityPath, f.configuration(t, f.org, func(_, c map[string]any) { c["authority_hints"] = []string{f.org.id, f.rp.id} }))
		}, 404, "invalid_trust_anchor"},
	} {
		c.publish()
		a := postEntity(t, n, mediaStatement, f.request(t, n, nil))
		oauthError(t, name, a, c.status, c.code)
		if strings.Contains(a.Text, "canary") || strings.Contains(a.Text, "127.0.0.1") {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
	f.publishAll(t, nil, nil)
	f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
}

// TestARegistrationCallsFewAndNobodyInPrivate (B-O2): what one request makes the server ask for is bounded, however many superiors
// there are said to be, and private networks are out of reach.
func TestARegistrationCallsFewAndNobodyInPrivate(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	asked := func() (sum int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, times := range f.publisher.asked {
			sum += times
		}
		return sum
	}
	below := f.rp
	for i, id := range many(f.URL, 20) { // each below the next, and each names nine who are nobody
		e := entity{id, newClientKey(t, "k")}
		f.put(fmt.Sprintf("/e%d%s", i, entityPath), f.configuration(t, e, func(_, c map[string]any) {
			c["authority_hints"] = append([]string{fmt.Sprintf("%s/e%d", f.URL, i+1)}, many(id, 9)...)
		}))
		f.put(fmt.Sprintf("/e%d/fetch", i), f.statement(t, e, below, nil))
		below = e
	}
	request := f.request(t, n, func(_, c, _ map[string]any) { c["authority_hints"] = many(f.URL, 1) })
	oauthError(t, "a federation without an end", postEntity(t, n, mediaStatement, request), http.StatusNotFound, "invalid_trust_anchor")
	if got := asked(); got != 16 {
		t.Errorf("%d requests", got)
	}

	public := start(t, harness.SQLite(t), f.options(t, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "false"))...)
	before := asked()
	a := postEntity(t, public, mediaStatement, f.request(t, public, nil))
	oauthError(t, "in private", a, http.StatusNotFound, "invalid_trust_anchor")
	if asked() != before {
		t.Error("a private address was called")
	}
	f.registerEntity(t, public, mediaChain, f.chain(t, f.request(t, public, nil))) // for which nobody is called

	few := start(t, harness.SQLite(t), f.options(t, harness.Env("AUTHLY_THROTTLE", "client_registration=1/1h"))...)
	f.registerEntity(t, few, mediaStatement, f.request(t, few, nil))
	before = asked()
	a = postEntity(t, few, mediaStatement, f.request(t, few, nil))
	oauthError(t, "too often", a, http.StatusTooManyRequests, "temporarily_unavailable")
	if asked() != before || a.Header.Get("Retry-After") == "" {
		t.Errorf("%v", a.Header)
	}
}

// TestAnEntityRegistersNoMoreThanOthers (F-R5): what a federation lets pass goes by the rules of dynamic registration.
func TestAnEntityRegistersNoMoreThanOthers(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	for name, c := range map[string]struct {
		member string
		value  any
		code   string
	}{
		"a secret to come":       {"token_endpoint_auth_method", "client_secret_basic", "invalid_client_metadata"},
		"a secret that signs":    {"token_endpoint_auth_method", "client_secret_jwt", "invalid_client_metadata"},
		"a secret":               {"client_secret", "canary-canary-canary", "invalid_client_metadata"},
		"another client_id":      {"client_id", "web", "invalid_client_metadata"},
		"a foreign redirect URI": {"redirect_uris", []string{"https://evil.example/cb"}, "invalid_redirect_uri"},
		"a foreign sector":       {"sector_identifier_uri", "https://evil.example/sector", "invalid_client_metadata"},
		"the password grant":     {"grant_types", []string{"password"}, "invalid_client_metadata"},
		"a machine":              {"grant_types", []string{"client_credentials"}, "invalid_client_metadata"},
		"a scope of the admin":   {"scope", "openid admin:users:read", "invalid_client_metadata"},
		"a statement":            {"software_statement", "e30.e30.", "invalid_client_metadata"},
		"no keys":                {"jwks", nil, "invalid_client_metadata"},
	} {
		request := f.request(t, n, func(_, _, m map[string]any) { m[c.member] = c.value })
		a := postEntity(t, n, mediaStatement, request)
		oauthError(t, name, a, http.StatusBadRequest, c.code)
		if strings.Contains(a.Text, "canary") {
			t.Errorf("%s: %s", name, a.Text)
		}
		if _, err := n.Server.Store.ClientByClientID(t.Context(), f.rp.id); err == nil {
			t.Fatalf("%s: it is stored", name)
		}
	}
	for name, id := range map[string]string{
		"dots": f.URL + "/a/../rp", "dots in code": f.URL + "/%2e%2E/rp", "upper case": "https://RP.example/rp",
		"long": f.URL + "/" + strings.Repeat("x", 255),
	} {
		other := newFederation(t)
		other.rp.id = id
		m := start(t, harness.SQLite(t), other.options(t)...)
		a := postEntity(t, m, mediaChain, other.chain(t, other.request(t, m, nil)))
		oauthError(t, "an identifier with "+name, a, http.StatusBadRequest, "invalid_client_metadata")
	}
	f.registerEntity(t, n, mediaStatement, f.request(t, n, func(_, _, m map[string]any) {
		m["token_endpoint_auth_method"] = "none"
		delete(m, "jwks")
	}))
	if client := f.find(t, n); !client.Public() || !client.Policy.RequirePKCE {
		t.Errorf("%+v", client)
	}
}

// TestAnEntityEndsWithItsChain: §12.3: a client is one for as long as the chain holds that it was registered by, and again once it has
// registered anew.
func TestAnEntityEndsWithItsChain(t *testing.T) {
	t.Parallel()
	eachFederation(t, func(t *testing.T, f *federation, nodes ...*harness.Node) {
		n := nodes[len(nodes)-1]
		f.publishAll(t, nil, func(c map[string]any) { c["exp"] = f.clock.Now().Unix() + 600 })
		f.registerEntity(t, nodes[0], mediaStatement, f.request(t, n, nil))
		browser, party := harness.NewBrowser(t, n), f.party(t, n)
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		tokens := f.redeem(t, n, party, code)
		if tokens.Status != http.StatusOK {
			t.Fatal(tokens.Text)
		}
		inFlight := f.party(t, n)
		late := inFlight.Authorize(browser, "alice", "")
		f.clock.Advance(10 * time.Minute)
		oauthError(t, "a code of before", f.redeem(t, n, inFlight, late), http.StatusUnauthorized, "invalid_client")
		browser.Get(f.party(t, n).AuthURL())
		nowhere(t, "expired", browser, n)
		if a := n.Get(t, "/oidc/userinfo", "Authorization", "Bearer "+tokens.String("access_token")); a.Status != http.StatusUnauthorized {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}
		oauthError(t, "the chain of before", postEntity(t, n, mediaStatement, f.request(t, n, nil)), http.StatusBadRequest, "invalid_trust_chain")

		f.publishAll(t, nil, nil)
		f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
		again := f.party(t, n)
		if a := f.redeem(t, n, again, again.Authorize(browser, "alice", "")); a.Status != http.StatusOK {
			t.Errorf("renewed: %s", a.Text)
		}
	})
}

// TestARegistrationHoldsAMonthAtMost, also by statements of years.
func TestARegistrationHoldsAMonthAtMost(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	years := func(c map[string]any) { c["exp"] = f.clock.Now().Unix() + 10*365*86400 }
	f.publishAll(t, years, years)
	claims := f.registerEntity(t, n, mediaStatement, f.request(t, n, func(_, c, _ map[string]any) { years(c) }))
	if left := claims["exp"].(float64) - float64(f.clock.Now().Unix()); left > 30*86400 || left < 30*86400-60 {
		t.Errorf("it holds for %v seconds", left)
	}
}

// TestAnAdministratorsWordIsMoreThanAFederation: a client that was switched off stays so, one that was given rights is renewed as it is,
// and what an entity says is not changed beside it.
func TestAnAdministratorsWordIsMoreThanAFederation(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t)...)
	f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
	id := f.find(t, n).ID
	change := func(name string, skipConsent, active bool) error {
		metadata := f.find(t, n).Metadata
		metadata.Name = name
		patch := admin.ClientChange{Metadata: &metadata, Active: &active, Patch: func(_ *identity.ClientMetadata, p *identity.ClientPolicy) {
			p.SkipConsent = skipConsent
		}}
		_, _, err := n.Server.Admin.Clients.Update(harness.System(t), id, patch, nil)
		return err
	}
	if err := change("Bank", false, true); identity.AsError(err).Field != "client_id" {
		t.Errorf("what the entity says was changed: %v", err)
	}
	if err := change("Notes", false, false); err != nil {
		t.Fatal(err)
	}
	oauthError(t, "switched off", postEntity(t, n, mediaStatement, f.request(t, n, nil)), http.StatusUnauthorized, "invalid_client")
	if err := change("Notes", true, true); err != nil {
		t.Fatal(err)
	}
	f.clock.Advance(time.Minute)
	f.publishAll(t, nil, nil)
	before := f.find(t, n)
	f.registerEntity(t, n, mediaStatement, f.request(t, n, nil))
	if after := f.find(t, n); !after.ExpiresAt.After(*before.ExpiresAt) || after.Version != before.Version || !after.Policy.SkipConsent {
		t.Errorf("renewed as it is: %+v, before %+v", after, before)
	}
	other := f.request(t, n, func(_, _, m map[string]any) { m["client_name"] = "Bank" })
	oauthError(t, "with rights", postEntity(t, n, mediaStatement, other), http.StatusForbidden, "access_denied")
	if after := f.find(t, n); after.Metadata.Name != "Notes" {
		t.Errorf("%+v", after)
	}
}

// TestAnEntityIsNoDocument: whoever has one client_id by a document does not get it by a federation, nor the other way round.
func TestAnEntityIsNoDocument(t *testing.T) {
	t.Parallel()
	f := newFederation(t)
	n := start(t, harness.SQLite(t), f.options(t, harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", "127.0.0.1"))...)
	f.publish("/rp", aDocument)
	if client := n.Client(t, f.rp.id); client.Origin != identity.OriginDocument {
		t.Fatalf("%+v", client)
	}
	oauthError(t, "a document", postEntity(t, n, mediaStatement, f.request(t, n, nil)), http.StatusBadRequest, "invalid_request")
	if client := n.Client(t, f.rp.id); client.Origin != identity.OriginDocument || client.Metadata.JWKS != nil {
		t.Errorf("%+v", client)
	}

	other := newFederation(t)
	m := start(t, harness.SQLite(t), other.options(t, harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", "127.0.0.1"))...)
	other.publish("/rp", aDocument)
	other.registerEntity(t, m, mediaStatement, other.request(t, m, nil))
	if client := m.Client(t, other.rp.id); client.Origin != identity.OriginEntity || other.count("/rp") != 0 {
		t.Errorf("%+v", client)
	}
}
