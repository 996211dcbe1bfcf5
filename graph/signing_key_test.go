package graph

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// ecKey is a private key of others, as PEM.
func ecKey(tb testing.TB) string {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(tb, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	check(tb, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// inQuotes is a text in a GraphQL document.
func inQuotes(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// key returns the global id of a signing key.
func (a *api) key(tb testing.TB, alg identity.Algorithm, state identity.KeyState) string {
	tb.Helper()
	list, err := a.domain.SigningKeys.List(tb.Context())
	check(tb, err)
	for _, key := range model.NewSigningKeys(list) {
		if key.SigningKey.Algorithm == alg && key.SigningKey.State == state {
			return key.ID()
		}
	}
	tb.Fatalf("no %s %s key", state, alg)
	return ""
}

const keyFields = `id kid algorithm state createdAt readyAt activatedAt retiredAt expiresAt publicKeyPem publicJwk`

func TestSigningKeysAreRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, identity.ScopeKeysRead)
		got := a.query(t, token, `{signingKeys{`+keyFields+`}}`, nil)
		list, _ := got.at("signingKeys").([]any)
		if len(list) != 6 {
			t.Fatal(got.body)
		}
		set, err := a.domain.Signer.KeySet(t.Context())
		check(t, err)
		var published struct{ Keys []map[string]any }
		check(t, json.Unmarshal(set, &published))
		states := map[string]int{}
		for _, item := range list {
			key := item.(map[string]any)
			states[key["algorithm"].(string)+" "+key["state"].(string)]++
			found := false
			for _, jwk := range published.Keys {
				found = found || jwk["kid"] == key["kid"] && cmp.Equal(jwk, key["publicJwk"])
			}
			if !found || key["id"] != "key_"+key["kid"].(string) || !strings.HasPrefix(key["publicKeyPem"].(string), "-----BEGIN PUBLIC KEY-----\n") {
				t.Errorf("%v is not in %s", key, set)
			}
			if (key["activatedAt"] != nil) != (key["state"] == "ACTIVE") || key["createdAt"] != "2026-11-01T12:00:00.000Z" ||
				key["readyAt"] != "2026-11-01T12:07:00.000Z" || key["expiresAt"] != nil {
				t.Errorf("%v", key)
			}
			node := a.query(t, token, `query($id:ID!){node(id:$id){...on SigningKey{`+keyFields+`}}}`, map[string]any{"id": key["id"]})
			if diff := cmp.Diff(item, node.at("node")); diff != "" {
				t.Error(diff)
			}
		}
		want := map[string]int{}
		for _, alg := range []string{"RS256", "ES256", "EDDSA"} {
			want[alg+" ACTIVE"], want[alg+" NEXT"] = 1, 1
		}
		if diff := cmp.Diff(want, states); diff != "" {
			t.Error(diff)
		}
		if got := a.query(t, token, `{node(id:"key_unknown"){id}}`, nil); got.at("node") != nil || len(got.Errors) > 0 {
			t.Error(got.body)
		}
	})
}

// faults returns the userErrors of a payload as "CODE path", or "".
func faults(payload any) string {
	list, _ := payload.(map[string]any)["userErrors"].([]any)
	var texts []string
	for _, item := range list {
		e := item.(map[string]any)
		text := e["code"].(string)
		for _, step := range e["path"].([]any) {
			text += " " + step.(string)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func TestARotationWaitsUnlessItIsAnEmergency(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, identity.ScopeKeysWrite)
		rotate := func(emergency bool) any {
			return a.query(t, token, `mutation($emergency:Boolean!){rotateSigningKey(input:{algorithm:RS256,emergency:$emergency}){
				signingKeys{id state} userErrors{code path message}}}`, map[string]any{"emergency": emergency}).at("rotateSigningKey")
		}
		active, next := a.key(t, identity.RS256, identity.KeyActive), a.key(t, identity.RS256, identity.KeyNext)
		other := a.key(t, identity.ES256, identity.KeyActive)
		if got := faults(rotate(false)); got != "KEY_TOO_YOUNG input" || a.key(t, identity.RS256, identity.KeyActive) != active {
			t.Errorf("a key that nobody knows signs: %s", got)
		}
		if got := faults(rotate(true)); got != "" {
			t.Error(got)
		}
		if a.key(t, identity.RS256, identity.KeyActive) != next || a.key(t, identity.RS256, identity.KeyRetired) != active ||
			a.key(t, identity.ES256, identity.KeyActive) != other {
			t.Error("the keys have not moved as they must")
		}
		a.now = a.now.Add(7 * time.Minute)
		token = a.token(t, a.admin, identity.ScopeKeysWrite)
		payload := rotate(false)
		if keys, _ := payload.(map[string]any)["signingKeys"].([]any); faults(payload) != "" || len(keys) != 8 {
			t.Errorf("%v", payload)
		}
	})
}

func TestAKeyIsRetiredEarly(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		retire := func(id string, more string) any {
			token := a.token(t, a.admin, everything()...) // the one before may be signed with a key that is gone
			return a.query(t, token, `mutation($id:ID!){retireSigningKey(input:{id:$id`+more+`}){signingKeys{id state expiresAt} userErrors{code path}}}`,
				map[string]any{"id": id}).at("retireSigningKey")
		}
		published := func(id string) bool {
			list, err := a.domain.SigningKeys.List(t.Context())
			check(t, err)
			for _, key := range model.NewSigningKeys(list) {
				if key.ID() == id {
					return true
				}
			}
			return false
		}
		for _, id := range []string{"key_unknown", "key_", model.KindUser.ID(a.admin.ID), ""} {
			if got := faults(retire(id, "")); got != "KEY_NOT_FOUND input id" {
				t.Errorf("%q: %s", id, got)
			}
		}
		active, next := a.key(t, identity.ES256, identity.KeyActive), a.key(t, identity.ES256, identity.KeyNext)
		if got := faults(retire(active, "")); got != "KEY_TOO_YOUNG input" || a.key(t, identity.ES256, identity.KeyActive) != active {
			t.Errorf("its successor is not known yet: %s", got)
		}
		if got := faults(retire(active, ",emergency:true")); got != "" {
			t.Error(got)
		}
		if a.key(t, identity.ES256, identity.KeyActive) != next || a.key(t, identity.ES256, identity.KeyRetired) != active {
			t.Error("the keys have not moved as they must")
		}
		if got := faults(retire(active, "")); got != "" || !published(active) {
			t.Errorf("a second time: %s", got)
		}
		if got := faults(retire(active, ",removeFromJwks:true")); got != "" || published(active) {
			t.Errorf("it is still published: %s", got)
		}
		if got := faults(retire(active, ",removeFromJwks:true")); got != "KEY_NOT_FOUND input id" {
			t.Error(got)
		}
		// One that signs is removed at once, whatever its successor is.
		if got := faults(retire(next, ",removeFromJwks:true")); got != "" || published(next) {
			t.Error(got)
		}
		// A next key has signed nothing.
		next = a.key(t, identity.ES256, identity.KeyNext)
		if got := faults(retire(next, "")); got != "" || published(next) || a.key(t, identity.ES256, identity.KeyNext) == next {
			t.Errorf("the next key: %s", got)
		}
		if n, want := a.events(t, identity.ActionKeyRemoved), 2; n != want {
			t.Errorf("%d keys were removed, want %d", n, want)
		}
	})
}

// TestARemovedKeyProvesNothing: tokens that it has signed fail at once on the node of the change, for which nothing reads the
// keys anew by itself.
func TestARemovedKeyProvesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		if got := a.query(t, token, "{me{id}}", nil); got.status != 200 {
			t.Fatal(got.body)
		}
		a.query(t, token, `mutation($id:ID!){retireSigningKey(input:{id:$id,removeFromJwks:true}){userErrors{code}}}`,
			map[string]any{"id": a.key(t, identity.ES256, identity.KeyActive)})
		if got := a.query(t, token, "{me{id}}", nil); got.status != 401 || got.codes()[0] != "TOKEN_INVALID" {
			t.Errorf("%d %s", got.status, got.body)
		}
		if got := a.query(t, a.token(t, a.admin, everything()...), "{me{id}}", nil); got.status != 200 {
			t.Errorf("its successor: %s", got.body)
		}
	})
}

func TestAKeyIsImported(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token, text := a.token(t, a.admin, everything()...), ecKey(t)
		send := func(token, key, more string) reply {
			return a.query(t, token, `mutation($key:String!){importSigningKey(input:{key:$key`+more+`}){
				signingKey{id algorithm state readyAt publicKeyPem} userErrors{code path message}}}`, map[string]any{"key": key})
		}
		next := a.key(t, identity.ES256, identity.KeyNext)
		if got := send(token, text, ",algorithm:RS256"); faults(got.at("importSigningKey")) != "VALIDATION_FAILED input algorithm" {
			t.Error(got.body)
		}
		if got := send(token, "secret-canary", ""); faults(got.at("importSigningKey")) != "VALIDATION_FAILED input key" {
			t.Error(got.body)
		}
		few := a.token(t, a.admin, identity.ScopeKeysWrite)
		if got := send(few, text, ""); got.status != 403 || got.codes()[0] != "INSUFFICIENT_PRIVILEGES" {
			t.Errorf("without admin:admins:write: %d %s", got.status, got.body)
		}
		if a.key(t, identity.ES256, identity.KeyNext) != next {
			t.Error("a refusal has changed something")
		}
		got := send(token, text, ",algorithm:ES256")
		key, _ := got.at("importSigningKey", "signingKey").(map[string]any)
		if key["state"] != "NEXT" || key["algorithm"] != "ES256" || key["id"] != a.key(t, identity.ES256, identity.KeyNext) {
			t.Fatal(got.body)
		}
		if got := send(token, text, ""); faults(got.at("importSigningKey")) != "KEY_ALREADY_EXISTS input" {
			t.Errorf("a second time: %s", got.body)
		}
		if a.key(t, identity.ES256, identity.KeyNext) != key["id"] {
			t.Error("a duplicate has pushed itself out")
		}
		a.query(t, token, `mutation($id:ID!){retireSigningKey(input:{id:$id,removeFromJwks:true}){userErrors{code}}}`, map[string]any{"id": key["id"]})
		if got := send(token, text, ""); faults(got.at("importSigningKey")) != "KEY_ALREADY_EXISTS input" {
			t.Errorf("one that was removed comes back: %s", got.body)
		}
		a.wantNowhere(t, strings.Split(text, "\n")[1], "secret-canary")
	})
}

// wantNowhere looks for secrets in what was logged and in what the database has of calls and events.
func (a *api) wantNowhere(t *testing.T, secrets ...string) {
	t.Helper()
	ctx := identity.WithActor(t.Context(), identity.SystemActor("test"))
	first := admin.MaxPageSize
	page, err := a.services.Audit.List(ctx, admin.AuditList{}, admin.PageArgs{First: &first})
	check(t, err)
	trail, err := json.Marshal(page)
	check(t, err)
	for _, secret := range secrets {
		if strings.Contains(a.log.String(), secret) || strings.Contains(string(trail), secret) {
			t.Errorf("%q is written down", secret)
		}
	}
}
