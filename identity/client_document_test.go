package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store/storetest"
)

// library has documents by their addresses.
type library map[string]string

func (l library) RequestObject(context.Context, string) (string, error) {
	return "", errors.New("none")
}

func (l library) Metadata(_ context.Context, address string) (identity.ClientRegistration, error) {
	text, ok := l[address]
	if !ok {
		return identity.ClientRegistration{}, errors.New("nothing there")
	}
	return identity.ReadClientRegistration([]byte(text))
}

// Sector implements identity.ClientDocumentReader.
func (l library) Sector(_ context.Context, address string) (uris []string, err error) {
	text, ok := l[address]
	if !ok {
		return nil, errors.New("not found")
	}
	return uris, json.Unmarshal([]byte(text), &uris)
}

// withDocuments is a fixture that takes the documents of a library.
func withDocuments(t *testing.T, store identity.Store, documents library, hosts ...string) *fixture {
	t.Helper()
	f := newFixtureOn(t, store, func(s *identity.Settings) {
		registers(identity.ClientRegistrationClosed)(s)
		s.ClientRegistration.Documents = hosts
	})
	f.deps.ClientDocuments = documents
	f.Domain = identity.New(f.deps)
	return f
}

// TestADocumentRedirectsToItsOwnHost, to the device of the person, or to where clients may register to.
func TestADocumentRedirectsToItsOwnHost(t *testing.T) {
	t.Parallel()
	const address = "https://notes.example/client.json"
	documents := library{}
	f := withDocuments(t, storetest.Memory(t), documents, "notes.example", "*.taken.example")
	for uri, good := range map[string]bool{
		"https://notes.example/cb": true, "https://notes.example:8443/cb": true, "http://127.0.0.1/cb": true, "com.example.notes:/cb": true,
		"https://app.example.org/cb": true, "https://evil.example/cb": false, "https://a.notes.example/cb": false, "https://notes.example.evil.example/cb": false,
	} {
		documents[address] = `{"client_id":"` + address + `","redirect_uris":["` + uri + `"],"application_type":"native"}`
		_, err := f.ClientAuth.Find(f.stranger(1), address)
		if good && err != nil || !good && !errors.Is(err, identity.ErrClientNotFound) {
			t.Errorf("%s: %v", uri, err)
		}
		if broken := identity.ViolationOf(err); !good && (broken.Rule != identity.RuleClientDocument || broken.Expected == "") {
			t.Errorf("%s: explained as %+v", uri, broken)
		}
	}
	for _, host := range []string{"taken.example", "x.notes.example", "evil.example"} {
		other := "https://" + host + "/client.json"
		documents[other] = `{"client_id":"` + other + `","redirect_uris":["https://` + host + `/cb"]}`
		if _, err := f.ClientAuth.Find(f.stranger(1), other); !errors.Is(err, identity.ErrClientNotFound) {
			t.Errorf("of %s: %v", host, err)
		}
	}
}

// TestADocumentIsOneClient also for 200 who bring it at once, and what a database spells anew is no change.
func TestADocumentIsOneClient(t *testing.T) {
	t.Parallel()
	const address = "https://notes.example/client.json"
	eachStore(t, func(t *testing.T, f *fixture) {
		f = withDocuments(t, f.store, library{address: `{"client_id":"` + address + `","contacts":[],"client_name":"Notes",
			"redirect_uris":["https://notes.example/cb"],"token_endpoint_auth_method":"private_key_jwt",
			"jwks":{"keys":[ {"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kty":"OKP","crv":"Ed25519","kid":"k1"} ]}}`}, "*")
		ids := make([]identity.Client, 200)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				client, err := f.ClientAuth.Find(f.stranger(i), address)
				if err != nil {
					t.Error(err)
				}
				ids[i] = client
			})
		}
		wg.Wait()
		again, err := f.ClientAuth.Find(f.stranger(0), address)
		if err != nil || again.Version != 1 {
			t.Errorf("%+v %v", again, err)
		}
		for _, client := range ids {
			if client.ID != again.ID {
				t.Errorf("%s and %s", client.ID, again.ID)
			}
		}
		if events := f.audit(t, identity.ActionClientCreated); len(events) != 1 || events[0].Changes["origin"].After != "document" {
			t.Errorf("events: %v", events)
		}
		if events := f.audit(t, identity.ActionClientUpdated); len(events) != 0 {
			t.Errorf("changes: %v", events)
		}
	})
}

// TestStrangersBringFewDocuments from one network at once; those that are known are read on.
func TestStrangersBringFewDocuments(t *testing.T) {
	t.Parallel()
	documents := library{}
	f := withDocuments(t, storetest.Memory(t), documents, "*")
	address := func(i int) string { return "https://notes.example/" + string(rune('a'+i)) }
	for i := range 20 {
		documents[address(i)] = `{"client_id":"` + address(i) + `","redirect_uris":["https://notes.example/cb"]}`
	}
	for i := range 20 {
		_, err := f.ClientAuth.Find(f.stranger(7), address(i))
		if limited := identity.AsError(err) != nil && identity.AsError(err).Kind == identity.RateLimited; limited != (i >= 10) {
			t.Errorf("document %d: %v", i, err)
		}
	}
	if _, err := f.ClientAuth.Find(f.stranger(7), address(0)); err != nil {
		t.Errorf("a known one: %v", err)
	}
	if _, err := f.ClientAuth.Find(f.stranger(8), address(15)); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
}
