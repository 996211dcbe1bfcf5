package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store/storetest"
)

// anySignature takes every text for the claims of a signed object.
type anySignature struct{ identity.AssertionVerifier }

func (anySignature) VerifyRequestObject(_ context.Context, _ identity.Client, object string) (json.RawMessage, bool, error) {
	return json.RawMessage(object), true, nil
}

// FuzzRequestObject: whatever a client signs, what is taken from it is a request of that client that could stand in a query.
func FuzzRequestObject(f *testing.F) {
	const times = `"iss":"app","aud":"https://id.example.org","nbf":1772366400,"exp":1772366460,"client_id":"app"`
	f.Add(`{` + times + `,"scope":"openid","max_age":5,"claims":{"userinfo":null},"resource":["a","b"],"state":null}`)
	f.Add(`{` + times + `,"client_id":"other"}`)
	f.Add(`{` + times + `,"state":"\u0000"}`)
	f.Add(`{"Iss":"app","CLIENT_ID":"app","exp":1e400}`)
	f.Add(`[]`)
	x := newFixture(f)
	x.deps.Assertions = anySignature{}
	objects := identity.New(x.deps).RequestObjects
	f.Fuzz(func(t *testing.T, claims string) {
		o, err := objects.Read(t.Context(), identity.Client{ClientID: "app"}, claims, false)
		if err != nil {
			if identity.AsError(err).Code != identity.CodeInvalidRequestObject {
				t.Errorf("%q: %v", claims, err)
			}
			return
		}
		if len(o.Parameters["client_id"]) != 1 || o.Parameters["client_id"][0] != "app" || o.Parameters["request"] != nil || o.Parameters["iss"] != nil {
			t.Errorf("%q: %v", claims, o.Parameters)
		}
		for name, values := range o.Parameters {
			if len(values) == 0 || strings.ContainsRune(strings.Join(values, ""), 0) {
				t.Errorf("%q: %s is %q", claims, name, values)
			}
		}
	})
}

// TestOneOfManyUsesARequestObject: 200 at once, on each database.
func TestOneOfManyUsesARequestObject(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) identity.Store{
		"sqlite": func(t testing.TB) identity.Store { return storetest.Memory(t) },
		"postgres": func(t testing.TB) identity.Store {
			store, _ := storetest.Postgres(t)
			return store
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newFixtureOn(t, open(t))
			x.deps.Assertions = anySignature{}
			objects := identity.New(x.deps).RequestObjects
			read := func(client, id string) identity.RequestObject {
				t.Helper()
				now := x.Now().Unix()
				text, _ := json.Marshal(map[string]any{"iss": client, "aud": issuer, "client_id": client, "nbf": now, "exp": now + 60, "jti": id})
				o, err := objects.Read(t.Context(), identity.Client{ClientID: client}, string(text), false)
				if err != nil {
					t.Fatal(err)
				}
				return o
			}
			o := read("app", "once")
			var all sync.WaitGroup
			errs := make([]error, 200)
			for i := range errs {
				all.Go(func() { errs[i] = objects.Use(t.Context(), o) })
			}
			all.Wait()
			accepted := 0
			for _, err := range errs {
				if err == nil {
					accepted++
				} else if !errors.Is(err, &identity.Error{Code: identity.CodeInvalidRequestObject}) {
					t.Error(err)
				}
			}
			if accepted != 1 {
				t.Errorf("%d of %d were the first", accepted, len(errs))
			}
			for _, other := range []identity.RequestObject{read("app", "another"), read("other", "once"), read("app", ""), read("app", "")} {
				if err := objects.Use(t.Context(), other); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
