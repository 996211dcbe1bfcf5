package browser_test

import (
	"bytes"
	"encoding/base32"
	"image"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// narrow is the width down to which text must reflow (WCAG 2.2, 1.4.10).
const narrow = 320

// auditor has axe-core look at pages.
type auditor struct {
	*tab
	axe      string          // the script
	language string          // of every page
	seen     map[string]bool // templates
}

// axeCore is the script.
func axeCore(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(harness.NPMProject(t, "axe-core"), "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// speak chooses the language of the pages in a new browser.
func (a *auditor) speak(address, language string) {
	a.t.Helper()
	a.language = language
	a.open(address)
	a.click("language-" + language)
	a.do(chromedp.WaitVisible("html[lang=" + language + "]"))
}

// audits waits for the page of a template, by an element, and inspects it.
func (a *auditor) audits(template, element string) {
	a.t.Helper()
	a.see(element)
	a.seen[template+".html"] = true
	if got := a.truth("document.documentElement.lang"); got != a.language {
		a.t.Errorf("%s (%s) is in %q", template, element, got)
	}
	if shown := a.truth("[...document.querySelectorAll('[hidden]')].filter((e) => e.getClientRects().length).map((e) => e.outerHTML).join()"); shown != "" {
		a.t.Errorf("%s (%s) shows what is hidden: %s", template, element, shown)
	}
	if a.truth("document.querySelector('.brand img').naturalWidth ? '' : 'none'") != "" {
		a.t.Errorf("%s (%s) does not show the logo of the brand", template, element)
	}
	a.inspects(template + " (" + element + ")")
}

// inspects fails for all that axe-core finds in the page, in light and in dark, and when it is wider than the window. It runs axe
// by the protocol of the browser: the page's own policy allows no foreign script.
func (a *auditor) inspects(name string) {
	a.t.Helper()
	if a.truth("document.documentElement.scrollWidth > innerWidth ? 'wide' : ''") != "" {
		a.t.Errorf("%s is wider than the window", name)
	}
	for _, scheme := range []string{"light", "dark"} {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}, // no colours in between
		}}
		if _, err := chromedp.Call(a.ctx, emulation.SetEmulatedMedia, media); err != nil {
			a.t.Fatal(err)
		}
		if a.truth("typeof axe") == "undefined" {
			a.truth(a.axe + "; 'loaded'")
		}
		a.truth(`window.found = ''; axe.run({ resultTypes: ['violations'] }).then((result) => {
			const nodes = (violation) => violation.nodes.map((node) => node.html + ' ' + node.failureSummary).join(' | ');
			window.found = 'done' + result.violations.map((violation) => '\n' + violation.id + ': ' + nodes(violation)).join('');
		}); 'begun'`)
		if found := a.eventually("window.found"); found != "done" {
			a.t.Errorf("%s, %s: %s", name, scheme, strings.TrimPrefix(found, "done"))
		}
	}
}

func (a *auditor) open(address string) { a.do(chromedp.Navigate(address)) }

var linkPattern = regexp.MustCompile(`http://\S+\?token=\S+`)

// codePattern is the code of a registration.
var codePattern = regexp.MustCompile(`\b\d{8}\b`)

// brand gives a server a look of its own, with pale colours and a long name, and waits until its pages have it.
func brand(t *testing.T, n *harness.Node) {
	t.Helper()
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewGray(image.Rect(0, 0, 1000, 200))); err != nil {
		t.Fatal(err)
	}
	desired := identity.Brand{
		ProductName: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", Accent: "#98500a", AccentDark: "#7c8ee0", Logo: logo.Bytes(),
		HelpURL: "https://acme.example/help", PrivacyURL: "https://acme.example/privacy", ImprintURL: "https://acme.example/imprint",
		CSS: ".card { border-radius: .25rem; }",
	}
	n.Apply(t, admin.Desired{Branding: &desired})
	for !strings.Contains(n.Get(t, "/login").Text, desired.ProductName) { // within two seconds
	}
}

// TestEveryPageIsAccessible: axe-core finds nothing on any page that there is, at 320 px, in light and in dark, with a brand, in German
// and, from the second factor on, in Japanese; and no page is wider than the window. A page that is added must be looked at here.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	mailbox, callback := harness.NewMailbox(t, false), newCallback(t)
	n := harness.Start(t, harness.SQLite(t), harness.ByName(), harness.Env("AUTHLY_SMTP_URL", "smtp://"+mailbox.Address),
		harness.Env("AUTHLY_SMTP_CA_FILE", mailbox.CAFile), harness.Env("AUTHLY_REGISTRATION", "open"),
		harness.Env("AUTHLY_EMAIL_SIGN_IN", "true"), harness.Env("AUTHLY_PASSKEYS", "offer"))
	bob := harness.Bob()
	bob.Verified = false
	client := harness.WebClient("web")
	client.Metadata.RedirectURIs = []string{callback.URL + "/callback"}
	device := harness.WebClient("tv")
	device.Metadata.GrantTypes = []identity.GrantType{identity.GrantDeviceCode, identity.GrantCIBA}
	device.Metadata.DeliveryMode = identity.DeliveryPoll
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice(), bob}, Clients: []admin.NewClient{client, device}})
	for _, d := range []identity.AttributeDefinition{
		{Name: "teams", Type: identity.AttributeStringList, UserWritable: true}, {Name: "remote", Type: identity.AttributeBoolean, UserWritable: true},
	} {
		if _, err := n.Server.Admin.Attributes.Create(harness.System(t), d); err != nil {
			t.Fatal(err)
		}
	}
	brand(t, n)
	harness.OtherAuthly(t, n, identity.ProviderConfig{})
	settings := *n.Server.Domain.Settings.Get()
	settings.TermsVersion, settings.TermsURL = "2026-12", "https://acme.example/terms"
	n.Server.Domain.Settings.Set(settings)
	party := harness.NewParty(t, n, "web")
	party.Config.RedirectURL = callback.URL + "/callback"
	a := &auditor{tab: open(t, narrow, height), axe: axeCore(t), seen: map[string]bool{}}
	for _, status := range []string{"400", "401", "404"} {
		a.expect("status of " + status)
	}

	link := func(to, path string) string { // in the message to somebody, of those that came
		t.Helper()
		for {
			letter := mailbox.Next(t)
			found, err := url.Parse(linkPattern.FindString(letter.Plain))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(letter.To[0], to) && found.Path == path {
				return n.URL + found.RequestURI()
			}
		}
	}

	// Nobody is signed in.
	a.speak(n.URL+"/", "de")
	a.audits("start", "account")
	a.open(n.URL + "/nowhere")
	a.do(chromedp.WaitVisible("main"))
	a.truth(`document.querySelector('main').id = 'main'`)
	a.audits("error", "main")
	a.open(n.URL + "/login")
	a.audits("login", "login-submit")
	a.signIn("alice", "not the password")
	a.audits("login", "problem")
	a.open(n.URL + "/login/code")
	a.audits("code", "elsewhere")
	a.open(n.URL + "/login")
	a.fill("username", "alice")
	a.click("email-code")
	a.audits("code", "code-submit")
	mailbox.Next(t)
	a.open(n.URL + "/recover")
	a.audits("recover", "recover-submit")
	a.fill("login", "alice")
	a.click("recover-submit")
	a.audits("recover", "sent")
	a.open(link("alice@example.org", "/recover/new"))
	a.audits("recover_new", "password-submit")
	a.click("use-passkey")
	a.audits("recover_passkey", "passkey-submit")

	a.open(n.URL + "/register")
	a.audits("register", "register-submit")
	a.fill("email", "carol@id.example")
	a.click("register-submit")
	a.audits("register_code", "code-submit")
	a.fill("code", codePattern.FindString(mailbox.Next(t).Plain))
	a.click("code-submit")
	a.audits("register_account", "account-submit")

	// An application asks.
	a.open(party.AuthURL())
	a.signIn("alice", harness.AlicePassword)
	a.audits("terms", "terms-accept")
	a.click("terms-accept")
	a.audits("enrol", "skip")
	a.click("skip")
	a.audits("consent", "approve")
	a.click("approve")
	a.see("welcome")
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	if _, err := chromedp.Call(a.ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		t.Fatal(err)
	}
	a.open(party.AuthURL("response_mode", "form_post"))
	a.do(chromedp.WaitVisible("button[type=submit]:not([id])"))
	off.Value = false
	if _, err := chromedp.Call(a.ctx, emulation.SetScriptExecutionDisabled, off); err != nil {
		t.Fatal(err)
	}
	a.truth(`document.querySelector('main').id = 'main'`)
	a.audits("form_post", "main")

	// Another provider.
	a.open(n.URL + "/account/connections")
	a.audits("connections", "connect-work")
	a.click("connect-work")
	a.signIn("kim", harness.AlicePassword)
	a.audits("link", "link-submit")
	a.click("link-cancel")
	a.see("connect-work")

	// A device asks.
	asked := n.Form(t, "/api/v1/oauth/device_authorization", "tv", harness.ClientSecret, harness.Values("scope", "openid"))
	a.open(asked.String("verification_uri_complete"))
	a.audits("device", "device-submit")
	a.click("device-submit")
	a.audits("consent", "device-warning")
	a.click("approve")
	a.audits("device_done", "device-allowed")

	// A client asks from elsewhere.
	n.Form(t, "/api/v1/oauth/ciba", "tv", harness.ClientSecret, harness.Values("scope", "openid", "login_hint", "alice", "binding_message", "Till 4"))
	a.open(n.URL + "/account/requests")
	waiting, err := n.Server.Domain.Backchannel.Waiting(t.Context(), n.User(t, "alice"))
	if err != nil || len(waiting) != 1 {
		t.Fatal(len(waiting), err)
	}
	a.audits("requests", "request-"+waiting[0].ID.String()+"-open")
	a.click("request-" + waiting[0].ID.String() + "-open")
	a.audits("consent", "backchannel-warning")
	a.click("deny")
	a.audits("requests", "request-done")

	// The account.
	for path, element := range map[string]string{
		"/account": "sign-out", "/account/profile": "profile-submit", "/account/email": "verified", "/account/password": "password-submit",
		"/account/devices": "", "/account/applications": "", "/account/activity": "events", "/account/data": "export-submit",
		"/account/delete": "delete-submit", "/account/security": "totp-add",
	} {
		switch path {
		case "/account/devices":
			element = "here"
		case "/account/applications":
			element = "application-" + n.Client(t, "web").ID.String() + "-revoke"
		}
		a.open(n.URL + path)
		a.audits(path[strings.LastIndexByte(path, 47)+1:], element)
	}
	a.open(n.URL + "/account/profile")
	a.fill("birthdate", "yesterday")
	a.click("profile-submit")
	a.audits("profile", "birthdate-error")
	if focused := a.truth("document.activeElement.id"); focused != "birthdate" {
		t.Errorf("the focus is on %q", focused)
	}
	a.open(n.URL + "/account/security/passkey")
	a.audits("passkey", "passkey-submit")
	a.open(n.URL + "/account/security/key")
	a.audits("passkey", "passkey-submit")
	a.open(n.URL + "/account/email")
	a.fill("email", "alice@id.example")
	a.click("email-submit")
	a.audits("email", "pending")
	a.open(link("alice@example.org", "/undo"))
	a.audits("undo", "undo-submit")
	a.open(n.URL + "/account/delete")
	a.fill("confirm_username", "somebody")
	a.click("delete-submit")
	a.audits("delete", "confirm-error")

	// A second factor, in a browser of its own: each has a time of its own.
	a.tab = open(t, narrow, height)
	a.speak(n.URL+"/", "ja")
	a.open(n.URL + "/account/security")
	a.signIn("alice", harness.AlicePassword)
	a.click("totp-add")
	a.audits("totp", "totp-submit")
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(a.truth(`document.querySelector('#totp-secret').textContent`), " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	code := func() string { return harness.AppCode(secret, n.Clock.Now()) }
	a.fill("code", code())
	a.click("totp-submit")
	a.audits("codes", "codes-submit")
	a.click("codes-skip")
	a.audits("security", "totp-remove")
	authenticator := a.authenticator()
	a.click("passkey-add")
	a.click("passkey-submit")
	a.audits("security", "second_step")
	a.touched(authenticator, false) // or it signs in by itself
	n.Advance(t, time.Minute)
	a.open(n.URL + "/logout")
	a.audits("logout", "logout-confirm")
	a.click("logout-confirm")
	a.do(chromedp.WaitNotPresent("#logout-confirm"), chromedp.WaitVisible("main"))
	a.truth(`document.querySelector('main').id = 'main'`)
	a.audits("signed_out", "main")
	a.open(n.URL + "/account/delete")
	a.signIn("alice", harness.AlicePassword)
	a.audits("second", "code-submit")
	second := a.truth("location.href")
	a.click("use-recovery")
	a.audits("recovery", "recovery-submit")
	a.open(second)
	a.fill("code", code())
	a.click("trust_browser")
	a.click("code-submit")
	a.see("delete-submit")
	a.open(n.URL + "/account/devices")
	a.audits("devices", "browsers-forget")
	a.open(n.URL + "/account/delete")
	a.fill("confirm_username", "alice")
	a.click("delete-submit")
	a.audits("deleted", "deleted")

	// An address that is not verified.
	a.open(n.URL + "/account/email")
	a.signIn("bob", harness.BobPassword)
	a.audits("email", "verify-submit")
	a.click("verify-submit")
	a.see("sent")
	a.open(link("bob@", "/verify"))
	a.audits("verify", "verify-submit")

	templates, err := filepath.Glob(filepath.Join(harness.Root(t), "web", "templates", "*.html"))
	if err != nil || len(templates) == 0 {
		t.Fatal(err)
	}
	for _, file := range templates {
		if name := filepath.Base(file); name != "layout.html" && !a.seen[name] {
			t.Errorf("%s was not looked at", name)
		}
	}
}
