package clients

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/tests/harness"
)

func grafana(t *testing.T, s section) {
	g := newGuide(t, s)
	g.playGrafana()
	install := exec.CommandContext(t.Context(), "apt-get", "install", "-y", "--no-install-recommends", "grafana")
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("Grafana itself was not run, because it cannot be installed: %v: %s", err, out)
	}
	data := "cfg:default.paths.data=" + g.dir
	g.start("grafana", "server", "--homepath", "/usr/share/grafana", "--config", filepath.Join(g.dir, "grafana.ini"), data)
	b := g.browser()
	b.Get(g.url("/login/generic_oauth"))
	g.fill(b)
	b.Get(g.url("/api/user"))
	g.shows(b.Text(), "Alice Adams", "alice@example.org", `"login":"alice"`)
}

// playGrafana does with grafana.ini what Grafana does: PKCE, the secret in the header, and the person from api_url.
func (g *guide) playGrafana() {
	g.t.Helper()
	settings := map[string]string{}
	for line := range strings.SplitSeq(g.translate(g.files["grafana.ini"]), "\n") {
		if name, value, found := strings.Cut(line, " = "); found {
			settings[name] = value
		}
	}
	p := harness.NewParty(g.t, g.server.Node(), settings["client_id"], strings.Fields(settings["scopes"])...)
	p.Config.ClientSecret, p.Config.RedirectURL = clientSecret, settings["root_url"]+"/login/generic_oauth"
	p.Config.Endpoint = oauth2.Endpoint{
		AuthURL: settings["auth_url"], TokenURL: settings["token_url"], AuthStyle: oauth2.AuthStyleAutoDetect,
	}
	b := harness.NewBrowser(g.t, g.server.Node())
	token, err := p.Exchange(p.Authorize(b, "alice", harness.AlicePassword))
	if err != nil {
		g.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, settings["api_url"], nil)
	if err != nil {
		g.t.Fatal(err)
	}
	token.SetAuthHeader(request)
	person := harness.Do(g.t, request)
	for path, want := range map[string]string{
		"login_attribute_path": "alice", "name_attribute_path": "Alice Adams", "email_attribute_path": "alice@example.org",
	} {
		if got := person.String(settings[path]); got != want {
			g.t.Errorf("%s finds %q in %s", path, got, person.Text)
		}
	}
}
