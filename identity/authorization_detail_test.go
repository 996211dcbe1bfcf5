package identity_test

import (
	"encoding/json"
	"testing"

	"github.com/authly/authly/identity"
)

// FuzzAuthorizationDetails: whatever a client asks for, what is taken from it is in one spelling, within the bounds, of its own types, and
// is the only thing that the same text narrows to.
func FuzzAuthorizationDetails(f *testing.F) {
	f.Add(`[{"type":"payment","amount":{"value":"1.50"},"actions":["a",null,true,1.5e2]}]`)
	f.Add(`[{"type":"payment","type":"other"}]`)
	f.Add(`[{"type":"other"},{"type":"payment","x":1e99999}]`)
	f.Add(`[{"type":"payment","<b>":"\u2028&"}]`)
	f.Add(`[[]]`)
	f.Add(`{"type":"payment"}`)
	x := newFixture(f)
	if _, err := x.admin.Scopes.CreateDetailType(x.ctx, identity.DetailType{Name: "payment", Schema: json.RawMessage(`{"type":"object"}`)}); err != nil {
		f.Fatal(err)
	}
	client := identity.Client{Metadata: identity.ClientMetadata{DetailTypes: []string{"payment"}}}
	f.Fuzz(func(t *testing.T, text string) {
		details, err := x.Scopes.RequestedDetails(t.Context(), client, text)
		if err != nil || len(details) == 0 {
			if len(details) > 0 || err != nil && identity.AsError(err).Code != identity.CodeInvalidDetails {
				t.Errorf("%q: %v %v", text, details, err)
			}
			return
		}
		for _, name := range details.Types() {
			if name != "payment" {
				t.Errorf("%q: the type %q", text, name)
			}
		}
		spelled, err := json.Marshal(details)
		if err != nil {
			t.Fatal(err)
		}
		for _, again := range []string{text, string(spelled)} {
			narrowed, err := x.Scopes.NarrowDetails(t.Context(), identity.Issuance{Client: client, Details: details}, again)
			if err != nil || len(narrowed.Details) != len(details) {
				t.Errorf("%q narrows to %v: %v", again, narrowed.Details, err)
			}
		}
	})
}
