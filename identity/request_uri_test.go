package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// everywhere has a request object at each address.
type everywhere struct{ identity.ClientDocumentReader }

func (everywhere) RequestObject(_ context.Context, address string) (string, error) {
	return "object at " + address, nil
}

// TestOnlyRegisteredRequestURIsAreFetched: RFC 9101 §10.4.1, and the one thing that need not be registered.
func TestOnlyRegisteredRequestURIsAreFetched(t *testing.T) {
	t.Parallel()
	x := newFixture(t)
	x.deps.ClientDocuments = everywhere{}
	objects := identity.New(x.deps).RequestObjects
	const each, one = "https://app.example/cb?a=1&request_uri=", "https://app.example/one"
	client := identity.Client{ClientID: "app", Metadata: identity.ClientMetadata{RequestURIs: []string{each, one, "https://app.example/=", "https://app.example/f?x#y="}}}
	for uri, registered := range map[string]bool{
		one: true, each: true, each + "aZ09-._~": true, each + strings.Repeat("a", 128): true, "https://app.example/f?x#y=": true,
		one + "x": false, one + "?a=b": false, each + strings.Repeat("a", 129): false, each + "a&b=c": false, each + "a#b": false, each + "%41": false,
		each + "a b": false, each + "a/../b": false, each + "ä": false, "https://app.example/=x": false, "https://app.example/f?x#y=z": false,
		"https://app.example/cb?request_uri=x": false, "https://attacker.example/?" + each: false, "": false,
	} {
		object, err := objects.Fetch(t.Context(), client, uri)
		if registered && (err != nil || !strings.HasPrefix(object, "object at https://app.example/")) || !registered && !errors.Is(err, identity.ErrRequestURI) {
			t.Errorf("%q: %q, %v", uri, object, err)
		}
	}
}
