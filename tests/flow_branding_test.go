package tests

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// productName shows as it is written, everywhere.
const productName = "Acme <b>&\u65e5</b>"

const updateBrandingDocument = `mutation($i:UpdateBrandingInput!){updateBranding(input:$i){
	branding{version productName accent accentDark helpUrl privacyUrl imprintUrl css logo logoType texts{language text replacement}}
	userErrors{code message path}}}`

// rebrand changes the branding, and returns the payload.
func (a administration) rebrand(t *testing.T, input object) any {
	t.Helper()
	return a.run(t, updateBrandingDocument, "i", input)["updateBranding"]
}

// aLogo is a picture in Base64.
func aLogo(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 64, 40))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// TestABrandIsOnEveryPageAndMessage, on every node, as text that nothing makes markup of; and what a style sheet, a logo or a text must
// not be is refused, and changes nothing.
func TestABrandIsOnEveryPageAndMessage(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		a := administer(t, db, harness.Env("AUTHLY_SMTP_URL", "smtp://"+mailbox.Address), harness.Env("AUTHLY_SMTP_CA_FILE", mailbox.CAFile))
		b := harness.NewBrowser(t, a.Node)
		b.Get(a.URL + "/login")
		if b.Page.Find("title").Text() != "Sign in – Authly" || b.Has("links") || b.Page.Find(".brand svg").Length() != 1 {
			t.Errorf("without a brand: %s", b.Text())
		}
		css, logo := "/* ours */\n.card { border-radius: 2px; }", aLogo(t)
		payload := a.rebrand(t, object{
			"expectedVersion": 0, "productName": productName, "accent": "#0b6b3a", "accentDark": "#7fe0a8", "css": css, "logo": logo,
			"helpUrl": "https://acme.example/help?a=1&b=2", "privacyUrl": "https://acme.example/privacy", "imprintUrl": "https://acme.example/imprint",
			"texts": []object{
				{"language": "de", "text": "Sign in", "replacement": `Los "geht's"`},
				{"language": "en", "text": "The username or the password is wrong.", "replacement": "No."},
				{"language": "en", "text": "Your password was changed", "replacement": "Another password"},
				{
					"language": "en", "replacement": "Hello {{.Username}} of {{.Host}}: {{.At}}{{with .IP}} ({{.}}){{end}}.",
					"text": "The password of your account {{.Username}} at {{.Host}} was changed on {{.At}}{{with .IP}}, from the address {{.}}{{end}}.",
				},
			},
		})
		if problems(payload) != "" {
			t.Fatal(payload)
		}
		got := dig(payload, "branding").(object)
		for field, want := range map[string]any{
			"version": 1.0, "productName": productName, "accent": "#0b6b3a", "css": css, "logo": logo, "logoType": "image/png",
			"helpUrl": "https://acme.example/help?a=1&b=2",
		} {
			if got[field] != want {
				t.Errorf("%s is %v", field, got[field])
			}
		}
		soon(t, func() bool { b.Get(a.URL + "/login"); return b.Has("links") })
		if b.Page.Find("title").Text() != "Sign in – "+productName || b.Page.Find(".brand span").Text() != productName ||
			b.Page.Find(".brand b, title b").Length() != 0 || b.Page.Find(".brand svg").Length() != 0 {
			t.Errorf("the page: %s", b.Text())
		}
		for id, want := range map[string]string{
			"link-help": "https://acme.example/help?a=1&b=2", "link-privacy": "https://acme.example/privacy", "link-imprint": "https://acme.example/imprint",
		} {
			if link := b.Page.Find("#" + id); link.AttrOr("href", "") != want || link.AttrOr("rel", "") != "noopener noreferrer" {
				t.Errorf("%s leads to %q", id, link.AttrOr("href", ""))
			}
		}
		sheets, picture := b.Page.Find("link[rel=stylesheet]"), b.Page.Find(".brand img").AttrOr("src", "")
		if sheets.Length() != 2 || b.Page.Find("link[rel=icon]").AttrOr("href", "") != picture {
			t.Fatalf("%d style sheets", sheets.Length())
		}
		for path, want := range map[string]struct{ contentType, content string }{
			sheets.Last().AttrOr("href", ""): {"text/css; charset=utf-8", css}, picture: {"image/png", "\x89PNG"},
		} {
			answer := a.Node.Get(t, path)
			if answer.Status != http.StatusOK || !strings.Contains(answer.Text, want.content) || answer.Header.Get("Content-Type") != want.contentType ||
				answer.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || answer.Header.Get("X-Content-Type-Options") != "nosniff" ||
				answer.Header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
				t.Errorf("%s: %d %v", path, answer.Status, answer.Header)
			}
		}
		b.SignIn("admin", "wrong")
		if !strings.Contains(b.Text(), "No.") {
			t.Errorf("the text of the operator: %s", b.Text())
		}
		inLanguage(b, a.URL+"/login", "de")
		reads(t, b, "de", "Password")
		if heading := strings.TrimSpace(b.Page.Find("h1").Text()); heading != `Los "geht's"` {
			t.Errorf("the text of the operator in German: %q", heading)
		}

		changePassword(t, a.Node)
		l := mailbox.Next(t)
		from, err := l.Header.AddressList("From")
		if err != nil || from[0].Name != productName {
			t.Errorf("from %v, %v", from, err)
		}
		if l.Subject() != "Another password" || !strings.Contains(l.Plain, "Hello alice of ") || !strings.Contains(l.Plain, "\n-- \r\n"+productName) ||
			!strings.Contains(l.HTML, "<p>Acme &lt;b&gt;&amp;\u65e5&lt;/b&gt;</p>") {
			t.Errorf("%v\n%s\n%s", l.Header, l.Plain, l.HTML)
		}

		for name, c := range map[string]struct {
			input object
			want  string // in the message
		}{
			"a stale version":    {object{"expectedVersion": 0, "productName": "X"}, "version is 1"},
			"a foreign picture":  {object{"css": "a{background:url(https://evil.example)}"}, "url()"},
			"an import":          {object{"css": "@import 'x';"}, "at-rule"},
			"a pale colour":      {object{"accent": "#ff9900"}, "#ff9900 on #ffffff, have a contrast of 2.14:1"},
			"a colon":            {object{"productName": "Acme: X"}, "colon"},
			"a script":           {object{"helpUrl": "javascript:alert(1)"}, "https"},
			"an SVG":             {object{"logo": base64.StdEncoding.EncodeToString([]byte("<svg/>"))}, "PNG"},
			"no Base64":          {object{"logo": "%"}, "Base64"},
			"markup":             {ownText("de", "Sign in", "<b>Los</b>"), "without markup"},
			"an unknown text":    {ownText("de", "Sign in please", "Los"), "catalogues"},
			"a strange language": {ownText("xx", "Sign in", "Los"), "language"},
			"a missing verb":     {ownText("de", "You have %d codes left.", "Codes"), "verbs"},
			"an action":          {ownText("de", "A test", "{{printf}}"), "braces"},
			"a text twice":       {object{"texts": []object{{"language": "de", "text": "A", "replacement": "B"}, {"language": "de", "text": "A", "replacement": "C"}}}, "once"},
		} {
			if got, _ := dig(a.rebrand(t, c.input), "userErrors", 0, "message").(string); !strings.Contains(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		if got := dig(a.run(t, `{branding{version updatedAt productName}}`), "branding", "version"); got != 1.0 {
			t.Errorf("what was refused made version %v", got)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'branding.updated' AND target_kind = 'branding'"); n != 1 {
			t.Errorf("%d events", n)
		}
		if payload := a.rebrand(t, object{"productName": nil, "texts": nil, "logo": nil}); dig(payload, "branding", "productName") != nil ||
			dig(payload, "branding", "logo") != nil || dig(payload, "branding", "css") != css {
			t.Errorf("taken back: %v", payload)
		}
		soon(t, func() bool { b.Get(a.URL + "/login"); return b.Page.Find(".brand span").Text() == "Authly" })
		if got := a.Node.Get(t, picture); got.Status != http.StatusNotFound {
			t.Errorf("a logo that was taken back: %d", got.Status)
		}
	})
}

func ownText(language, of, replacement string) object {
	return object{"texts": []object{{"language": language, "text": of, "replacement": replacement}}}
}

// TestABrandIsDeclared in the file of authly apply, whole; and shown and changed on the command line.
func TestABrandIsDeclared(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
		folder := t.TempDir()
		picture, err := base64.StdEncoding.DecodeString(aLogo(t))
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string]string{
			"logo.png": string(picture), "brand.css": ".card { margin: 0; }\n",
			"a.yaml": "branding:\n  product_name: Acme\n  accent: \"#0b6b3a\"\n  help_url: https://acme.example/help\n  css: file:" + filepath.Join(folder, "brand.css") +
				"\n  logo: file:" + filepath.Join(folder, "logo.png") + "\n  texts:\n    de:\n      Sign in: Los\n",
			"bad.yaml": "branding:\n  accent: \"#ff9900\"\n  css: \"@import 'x';\"\n  logo: logo.png\n",
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := command(t, env, "apply", "-f", filepath.Join(folder, "a.yaml")); !strings.Contains(got, "updated   branding Acme") {
			t.Errorf("applied: %s", got)
		}
		if got := command(t, env, "apply", "-f", filepath.Join(folder, "a.yaml")); strings.Contains(got, "updated") {
			t.Errorf("applied again: %s", got)
		}
		b := harness.NewBrowser(t, n)
		soon(t, func() bool { inLanguage(b, n.URL+"/login", "de"); return b.Page.Find("h1").Text() == "Los" })
		code, _, faults := harness.Command(t, env, "", "apply", "-f", filepath.Join(folder, "bad.yaml"))
		if code == 0 {
			t.Error("a bad brand was applied")
		}
		for _, want := range []string{"branding.accent (line 2)", "2.14:1", "branding.css (line 3)", "branding.logo (line 4)"} {
			if !strings.Contains(faults, want) {
				t.Errorf("%q is not in %s", want, faults)
			}
		}
		show := command(t, env, "branding", "set", "--product-name", "Other", "--logo", "", "--expected-version", "1")
		for _, want := range []string{"product name: Other", "accent: #0b6b3a", "logo: (none)", "texts: 1", "Version 2"} {
			if !strings.Contains(show, want) {
				t.Errorf("%q is not in %s", want, show)
			}
		}
		if json := command(t, env, "branding", "show", "-o", "json"); !strings.Contains(json, `"product_name": "Other"`) {
			t.Error(json)
		}
	})
}
