package clients

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// The addresses that the page uses.
const (
	pageIssuer = "https://id.example.org"
	pageApp    = "https://app.example.org" // where people find the client
	pageListen = "127.0.0.1:3000"          // where the client listens
	pageBehind = "127.0.0.1:8000"          // where the application behind a proxy listens
	pageFolder = "/srv/app"                // where its files are
)

const clientSecret = "a-secret-of-the-client-with-40-characters"

// declaration is what every guide takes for granted.
const declaration = `
users:
  - { username: alice, email: alice@example.org, email_verified: true, given_name: Alice, family_name: Adams, password: "` +
	harness.AlicePassword + `" }
`

// guide is one client of the page in its own folder, with the server that it uses.
type guide struct {
	section
	t       *testing.T
	dir     string
	address string // where the client listens
	backend string // the address of an application behind the client
	server  *harness.Process
	secure  *httptest.Server // does TLS for the server; nil without
}

// newGuide starts a server, applies authly.yaml of the section and writes its other files, with the addresses of the
// test in place of those of the page.
func newGuide(t *testing.T, s section, options ...func(g *guide, env map[string]string)) *guide {
	t.Helper()
	g := &guide{section: s, t: t, dir: t.TempDir(), address: harness.FreeAddress(t), backend: startBackend(t).Listener.Addr().String()}
	all := map[string]string{"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	for _, option := range options {
		option(g, all)
	}
	g.server = harness.Launch(t, all)
	g.apply(declaration)
	g.server.Start(t)
	for name, content := range s.files {
		g.write(name, g.translate(content))
	}
	g.apply(g.translate(s.files["authly.yaml"]))
	return g
}

// withTLS is for clients that take an https issuer only: a proxy does TLS for the server, and the client trusts its
// certificate, the file ca.pem.
func withTLS(g *guide, env map[string]string) {
	g.secure = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to, err := url.Parse(g.server.URL)
		if err != nil {
			g.t.Error(err)
			return
		}
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Host = p.In.Host
			p.SetXForwarded()
		}}).ServeHTTP(w, r)
	}))
	g.t.Cleanup(g.secure.Close)
	env["AUTHLY_ISSUER"], env["AUTHLY_TRUSTED_PROXIES"] = g.secure.URL, "127.0.0.1"
	g.write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.secure.Certificate().Raw})))
}

// translate puts the test's addresses in place of the page's.
func (g *guide) translate(text string) string {
	return strings.NewReplacer(
		pageIssuer, g.server.Issuer, strings.TrimPrefix(pageIssuer, "https://"), strings.SplitAfter(g.server.Issuer, "//")[1],
		pageApp, "http://"+g.address, pageListen, g.address, "3000", g.port(), pageFolder, g.dir, pageBehind, g.backend,
		"$CLIENT_SECRET\n", clientSecret+"\n",
	).Replace(text)
}

func (g *guide) write(name, content string) {
	g.t.Helper()
	path := filepath.Join(g.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

func (g *guide) apply(text string) {
	g.t.Helper()
	env := g.server.Environment()
	env["CLIENT_SECRET"] = clientSecret
	if code, out, errs := harness.Command(g.t, env, text, "apply", "-f", "-"); code != 0 {
		g.t.Fatalf("apply: %d %s %s\n%s", code, out, errs, text)
	}
}

// shellLine runs the line of the page that begins with a command.
func (g *guide) shellLine(command string) {
	g.t.Helper()
	for _, line := range g.shell {
		if strings.HasPrefix(line, command+" ") {
			cmd := exec.CommandContext(g.t.Context(), "sh", "-c", g.translate(line))
			cmd.Dir, cmd.Env = g.dir, g.environment()
			g.mustRun(cmd)
		}
	}
}

// environment is that of a client, with what the page takes from it.
func (g *guide) environment() []string {
	return append(os.Environ(), "SSL_CERT_FILE="+g.authorities(), "CLIENT_SECRET="+clientSecret, "COOKIE_SECRET=a-secret-for-the-cookies-of-the-application",
		"AUTH_SECRET=a-secret-for-the-cookies-of-the-application", "NODE_ENV=development", "HOME="+g.dir)
}

// authorities is the file of certificates that the client trusts.
func (g *guide) authorities() string {
	if g.secure == nil {
		return "/etc/ssl/certs/ca-certificates.crt"
	}
	return filepath.Join(g.dir, "ca.pem")
}

// start runs a client until the test ends and waits until it listens.
func (g *guide) start(name string, args ...string) {
	g.t.Helper()
	g.startAt(g.address, name, args...)
}

func (g *guide) startAt(address, name string, args ...string) {
	g.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = g.dir, g.environment()
	harness.Listen(g.t, address, cmd)
}

func (g *guide) mustRun(cmd *exec.Cmd) string {
	g.t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		g.t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

func (g *guide) port() string {
	_, port, err := net.SplitHostPort(g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	return port
}

// url is an address of the client.
func (g *guide) url(path string) string { return "http://" + g.address + path }

// browser opens a browser without JavaScript that stays on the server and the client.
func (g *guide) browser() *harness.Browser {
	b := harness.NewBrowser(g.t, &harness.Node{URL: g.server.Issuer, Clock: &harness.Clock{}}, &harness.Node{URL: g.url("")})
	if g.secure != nil {
		b.Trust(g.secure.Certificate())
	}
	return b
}

// signIn opens a page of the client that wants somebody signed in, signs Alice in and returns what it shows then.
func (g *guide) signIn(path string) string {
	g.t.Helper()
	b := g.browser()
	b.Get(g.url(path))
	return g.fill(b)
}

// fill does what the server asks of Alice and returns what the client shows in the end.
func (g *guide) fill(b *harness.Browser) string {
	g.t.Helper()
	if !b.Has("login-submit") {
		g.t.Fatalf("no sign-in page at %s: %d %s", b.URL, b.Status, b.Text())
	}
	b.SignIn("alice", harness.AlicePassword)
	if b.Has("approve") {
		b.Submit("approve", nil)
	}
	if b.URL.Host != g.address || b.Status != http.StatusOK {
		g.t.Fatalf("the browser is at %s: %d %s", b.URL, b.Status, b.Text())
	}
	return b.Text()
}

// shows fails when a text lacks one of the parts.
func (g *guide) shows(text string, parts ...string) {
	g.t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			g.t.Errorf("no %q in what the client shows: %s", part, text)
		}
	}
}

// token gets an access token of the client "caller", which every API of the page has, for a resource and a scope.
func (g *guide) token(resource, scope string) string {
	g.t.Helper()
	answer := g.server.Node().Form(g.t, "/api/v1/oauth/token", "caller", clientSecret,
		harness.Values("grant_type", "client_credentials", "resource", resource, "scope", scope))
	if answer.Status != http.StatusOK {
		g.t.Fatalf("token: %d %s", answer.Status, answer.Text)
	}
	return answer.String("access_token")
}

// call asks the client, an API, with a token.
func (g *guide) call(path, token string) harness.Answer {
	g.t.Helper()
	var header []string
	if token != "" {
		header = []string{"Authorization", "Bearer " + token}
	}
	return (&harness.Node{URL: g.url("")}).Get(g.t, path, header...)
}

// otherAPI is declared beside the API of a section and has the same scope: a token for it must not open that one.
const otherAPI = `
resources: [{ uri: "https://other.example.org", name: Other, scopes: ["invoices:read"] }]
clients:
  - client_id: caller
    client_secret: ` + clientSecret + `
    grant_types: [client_credentials]
    scope: invoices:read
`

// protects proves an API: a token made for it opens it; one for another API, one that was changed, and none do not.
func (g *guide) protects(path string, parts ...string) {
	g.t.Helper()
	g.apply(otherAPI)
	good := g.token("https://api.example.org", "invoices:read")
	if answer := g.call(path, good); answer.Status != http.StatusOK {
		g.t.Fatalf("with a good token: %d %s", answer.Status, answer.Text)
	} else {
		g.shows(answer.Text, parts...)
	}
	for name, token := range map[string]string{
		"without a token": "", "with a token for another API": g.token("https://other.example.org", "invoices:read"),
		"with a token that was changed": changed(good),
	} {
		if answer := g.call(path, token); answer.Status != http.StatusUnauthorized {
			g.t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
		}
	}
}

// changed returns the token with another signature.
func changed(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}
