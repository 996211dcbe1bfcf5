package harness

import (
	"net/url"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"
)

// Authenticator is a device that makes a passkey and uses it, for pages that ask for it as a script would.
type Authenticator struct {
	Device virtualwebauthn.Authenticator
	Key    virtualwebauthn.Credential
	Party  virtualwebauthn.RelyingParty // that the device believes to answer

	t *testing.T
}

// NewAuthenticator makes a device for a node that is reached by name. Its passkey is copied between devices.
func NewAuthenticator(t *testing.T, n *Node) *Authenticator {
	t.Helper()
	a := &Authenticator{
		Device: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{BackupEligible: true, BackupState: true}),
		Key:    virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2),
		Party:  virtualwebauthn.RelyingParty{ID: "localhost", Name: "localhost", Origin: n.Issuer}, t: t,
	}
	return a
}

// Create makes the passkey that a page asks for.
func (a *Authenticator) Create(b *Browser) {
	a.t.Helper()
	address, values := b.Form("passkey-submit")
	options, err := virtualwebauthn.ParseAttestationOptions(a.asked(b))
	if err != nil {
		a.t.Fatal(err)
	}
	a.Device.Options.UserHandle = []byte(options.UserID)
	values.Set("credential", virtualwebauthn.CreateAttestationResponse(a.Party, a.Device, a.Key, *options))
	b.Post(address, values)
}

// Use answers a page with the passkey.
func (a *Authenticator) Use(b *Browser) {
	a.t.Helper()
	address, values := a.Answer(b)
	b.Post(address, values)
}

// Answer returns what Use posts, and where.
func (a *Authenticator) Answer(b *Browser) (address string, values url.Values) {
	a.t.Helper()
	address, values = b.Form("passkey-submit")
	options, err := virtualwebauthn.ParseAssertionOptions(a.asked(b))
	if err != nil {
		a.t.Fatal(err)
	}
	a.Key.Counter++
	values.Set("credential", virtualwebauthn.CreateAssertionResponse(a.Party, a.Device, a.Key, *options))
	return address, values
}

// asked returns the options of a page.
func (a *Authenticator) asked(b *Browser) string {
	a.t.Helper()
	options, ok := b.Page.Find("#passkey-form").Attr("data-options")
	if !ok || strings.Contains(options, "publicKey") {
		a.t.Fatalf("no passkey is asked for at %s: %s", b.URL, b.Text())
	}
	return options
}
