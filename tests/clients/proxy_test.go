package clients

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// startBackend runs the application behind a proxy: it shows the headers that it gets.
func startBackend(t *testing.T) *httptest.Server {
	t.Helper()
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			fmt.Fprintf(w, "%s: %s\n", name, strings.Join(values, ", "))
		}
	}))
	t.Cleanup(backend.Close)
	return backend
}

func nginxAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	g.apt()
	g.shellLine("printf")
	g.start("nginx", "-p", g.dir, "-e", "stderr", "-c", filepath.Join(g.dir, "nginx.conf"),
		"-g", "daemon off; pid "+g.dir+"/nginx.pid; error_log stderr;")
	g.protects("/invoices", "X-Subject: caller")
}

func apacheLogin(t *testing.T, s section) {
	g := newGuide(t, s)
	g.apt()
	g.startApache("auth_openidc")
	g.shows(g.signIn("/"), "Oidc_claim_name: Alice Adams", "Oidc_claim_email: alice@example.org", "X-User: alice@example.org")
}

func apacheAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	g.apt()
	g.startApache("oauth2")
	g.protects("/invoices", "X-Subject: caller")
}

// startApache runs Apache with site.conf of the page and the modules that Debian's configuration has anyway.
func (g *guide) startApache(module string) {
	g.t.Helper()
	var config strings.Builder
	fmt.Fprintf(&config, "ServerRoot %[1]s\nServerName localhost\nListen %[2]s\nPidFile %[1]s/apache.pid\nErrorLog /dev/stderr\n", g.dir, g.address)
	config.WriteString("DefaultRuntimeDir " + g.dir + "\nMutex file:" + g.dir + "\n")
	for _, name := range []string{"mpm_event", "authn_core", "authz_core", "authz_user", "headers", "proxy", "proxy_http", module} {
		fmt.Fprintf(&config, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", name, name)
	}
	config.WriteString("User www-data\nGroup www-data\nInclude " + filepath.Join(g.dir, "site.conf") + "\n")
	g.write("apache2.conf", config.String())
	g.start("apache2", "-D", "FOREGROUND", "-f", filepath.Join(g.dir, "apache2.conf"))
}

func haproxy(t *testing.T, s section) {
	g := newGuide(t, s)
	g.apt()
	g.start("haproxy", "-db", "-f", filepath.Join(g.dir, "haproxy.cfg"))
	g.protects("/invoices", "X-Subject: caller")
}
