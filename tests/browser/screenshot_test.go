package browser_test

import (
	"bytes"
	"encoding/base32"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

var update = flag.Bool("update", false, "write the pictures of docs/images")

// The size of the pictures in pixels, and what they may weigh, since everybody who clones the repository loads them.
const (
	pictureWidth  = 640
	pictureHeight = 720
	maxPicture    = 80 << 10 // bytes
)

// photographer takes the pictures that the documentation shows.
type photographer struct{ *tab }

// takes waits for an element and takes the picture with a name, which the documentation must show.
func (p *photographer) takes(name, element string) {
	p.t.Helper()
	p.see(element)
	taken, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	file := filepath.Join(harness.Root(p.t), "docs", "images", name+".png")
	if *update {
		if err := os.WriteFile(file, taken, 0o644); err != nil {
			p.t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		p.t.Fatalf("%v: make the pictures with -update", err)
	}
	size, err := png.DecodeConfig(bytes.NewReader(stored))
	if err != nil || size.Width != pictureWidth || size.Height != pictureHeight || len(stored) > maxPicture {
		p.t.Errorf("%s: %d x %d, %d bytes, %v", file, size.Width, size.Height, len(stored), err)
	}
	shown := false
	for _, page := range []string{"sign-in.md", "account.md", "devices.md", "branding.md"} {
		text, err := os.ReadFile(filepath.Join(harness.Root(p.t), "docs", page))
		if err != nil {
			p.t.Fatal(err)
		}
		shown = shown || strings.Contains(string(text), "](images/"+name+".png)")
	}
	if !shown {
		p.t.Errorf("no page of the documentation shows %s", file)
	}
}

// TestThePicturesOfTheDocumentation are taken of the pages as they are; -update writes them.
func TestThePicturesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	n, callback := harness.Start(t, harness.SQLite(t), harness.ByName()), newCallback(t)
	client, device := harness.WebClient("shop"), harness.WebClient("tv")
	client.Metadata.Name, client.Metadata.RedirectURIs = "Shop", []string{callback.URL + "/callback"}
	device.Metadata.Name, device.Metadata.GrantTypes = "Television", []identity.GrantType{identity.GrantDeviceCode}
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{client, device}})
	party := harness.NewParty(t, n, "shop")
	party.Config.RedirectURL = callback.URL + "/callback"
	p := &photographer{tab: open(t, pictureWidth, pictureHeight)}
	light := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, light); err != nil {
		t.Fatal(err)
	}
	visit := func(address string) { p.do(chromedp.Navigate(address)) }

	visit(party.AuthURL())
	p.takes("login", "login-submit")
	p.signIn("alice", harness.AlicePassword)
	p.takes("consent", "approve")
	p.click("approve")
	p.see("welcome")
	visit(n.URL + "/account/security")
	p.takes("security", "totp-add")
	visit(n.URL + "/account/security/passkey")
	p.takes("passkey", "passkey-submit")
	asked := n.Form(t, "/api/v1/oauth/device_authorization", "tv", harness.ClientSecret, harness.Values("scope", "openid"))
	visit(asked.String("verification_uri_complete"))
	p.takes("device", "device-submit")

	visit(n.URL + "/account/security")
	p.click("totp-add")
	p.see("totp-submit")
	shown := strings.ReplaceAll(p.eventually(`document.querySelector('#totp-secret').textContent`), " ", "")
	secret, err := base32.StdEncoding.DecodeString(shown)
	if err != nil {
		t.Fatal(err)
	}
	p.fill("code", harness.AppCode(secret, n.Clock.Now()))
	p.click("totp-submit")
	p.click("codes-skip")
	p.see("totp-remove")
	n.Clock.Advance(time.Hour)
	visit(n.URL + "/account/delete")
	p.signIn("alice", harness.AlicePassword)
	p.takes("second", "code-submit")
}
