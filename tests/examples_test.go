package tests

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const examples = "../docs/examples/"

// exampleScripts are the scripts of docs/examples with what their last line of output must hold.
var exampleScripts = map[string][]string{
	"discovery.sh":             {`"keys":[`, `"kid":`},
	"client_credentials.sh":    {`"access_token":"`, `"token_type":"Bearer"`, `"scope":"invoices:read"`},
	"authorization_code.sh":    {`"access_token":"`, `"refresh_token":"`, `"id_token":"`},
	"pushed_request.sh":        {`"access_token":"`, `"id_token":"`},
	"authorization_details.sh": {`"access_token":"`, `"authorization_details":[{"amount":{"currency":"EUR","value":"12.50"},"creditor":"Tea Shop","type":"payment"}]`},
	"request_object.sh":        {`"access_token":"`, `"id_token":"`},
	"device.sh":                {`"access_token":"`, `"refresh_token":"`, `"id_token":"`},
	"ciba.sh":                  {`"access_token":"`, `"refresh_token":"`, `"id_token":"`},
	"token_exchange.sh":        {`"access_token":"`, `"issued_token_type":"`, `"scope":"archive:read"`},
	"dpop.sh":                  {`"access_token":"`, `"token_type":"DPoP"`},
	"register.sh":              {"204"},
	"refresh.sh":               {`"access_token":"`, `"refresh_token":"`, `"id_token":"`},
	"federation.sh":            {"kim@work.example"},
	"userinfo.sh":              {`"email":"alice@example.org"`, `"name":"Alice Adams"`},
	"userinfo_update.sh":       {`"nickname":"Al"`, `"website":"https://alice.example"`},
	"introspect.sh":            {`"active":true`, `"client_id":"demo-service"`, `"aud":"https://api.example.org"`},
	"opaque_token.sh":          {`"active":true`, `"client_id":"demo-opaque"`, `"aud":"https://api.example.org"`},
	"revoke.sh":                {`{"active":false}`},
	"logout.sh":                {"http://127.0.0.1:3000/?state=goodbye"},
	"graphql.sh":               {`"username":"alice"`, `"totalCount":{"value":3,"precision":"EXACT"}`},
	"private_key_jwt.sh":       {`"access_token":"`, `"scope":"invoices:read"`},
	"client_secret_jwt.sh":     {`"access_token":"`, `"scope":"invoices:read"`},
	"jwt_bearer.sh":            {`"access_token":"`, `"scope":"invoices:read"`},
	"workload.sh":              {`"access_token":"`, `"scope":"invoices:read"`},
}

// otherScripts print declarations, or are run by another test.
var otherScripts = []string{"client_key.sh", "client_certificate.sh", "mtls.sh", "conformance_fapi.sh"}

// runScript runs an example as a reader would and returns its output.
func runScript(t *testing.T, env []string, script string, args ...string) (out, last string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{examples + script}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	out = strings.TrimSpace(string(raw))
	if err != nil {
		t.Fatalf("%s: %v: %s%s", script, err, out, stderr.String())
	}
	return out, out[strings.LastIndexByte(out, '\n')+1:]
}

// TestTheExamples runs every script of docs/examples against the real program.
func TestTheExamples(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_CLIENT_REGISTRATION": "token",
		"AUTHLY_CLIENT_REGISTRATION_GRANTS": "client_credentials", "AUTHLY_CLIENT_REGISTRATION_SCOPES": "invoices:read",
	}
	process := harness.Launch(t, env)
	process.Start(t)
	if code, out, errs := harness.Command(t, env, "", "apply", "-f", examples+"quickstart.yaml"); code != 0 {
		t.Fatalf("apply: %d %s %s", code, out, errs)
	}
	issuer := append([]string{"AUTHLY_ISSUER=" + process.Issuer}, otherServer(t, process.Issuer, env)...)
	code, token, errs := harness.Command(t, env, "", "initial-access-tokens", "create", "example")
	if code != 0 {
		t.Fatalf("%d %s %s", code, token, errs)
	}
	issuer = append(issuer, "AUTHLY_INITIAL_ACCESS_TOKEN="+strings.TrimSpace(token))
	key := filepath.Join(t.TempDir(), "client-key.pem")
	declaration, _ := runScript(t, issuer, "client_key.sh", key)
	if code, out, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
		t.Fatalf("apply: %d %s %s", code, out, errs)
	}
	scripts, err := filepath.Glob(examples + "*.sh")
	if err != nil || len(scripts) != len(exampleScripts)+len(otherScripts) {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, path := range scripts {
		script := filepath.Base(path)
		if slices.Contains(otherScripts, script) {
			continue
		}
		_, last := runScript(t, issuer, script, key)
		for _, want := range exampleScripts[script] {
			if !strings.Contains(last, want) {
				t.Errorf("%s: no %s in %s", script, want, last)
			}
		}
		if len(exampleScripts[script]) == 0 {
			t.Errorf("%s is not tested", script)
		}
	}
}

// TestTheExampleOfACertificate: a client registers its certificate, is proven by it, and has a token that is bound to it.
func TestTheExampleOfACertificate(t *testing.T) {
	t.Parallel()
	n := startMutual(t, harness.SQLite(t), certify(t, nil, authorityCertificate("Authority")))
	key, certificate := filepath.Join(t.TempDir(), "key.pem"), filepath.Join(t.TempDir(), "cert.pem")
	declaration, _ := runScript(t, nil, "client_certificate.sh", key, certificate)
	env := map[string]string{"AUTHLY_DATABASE_URL": n.Database.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	if code, out, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
		t.Fatalf("apply: %d %s %s", code, out, errs)
	}
	out, _ := runScript(t, []string{"AUTHLY_MTLS_URL=" + n.alias, "CURL_CA_BUNDLE=" + n.certFile}, "mtls.sh", key, certificate)
	var tokens map[string]any
	if err := json.Unmarshal([]byte(out), &tokens); err != nil || tokens["scope"] != "invoices:read" {
		t.Fatalf("%v: %s", err, out)
	}
	if cnf, _ := harness.JWT(t, tokens["access_token"].(string), 1)["cnf"].(map[string]any); cnf["x5t#S256"] == nil {
		t.Errorf("cnf %v", cnf)
	}
}

// otherServer starts the second server of federation.sh, lets the two know each other, and returns the variable that names it.
func otherServer(t *testing.T, issuer string, env map[string]string) []string {
	t.Helper()
	address := harness.FreeAddress(t)
	work := "http://" + strings.Replace(address, "127.0.0.1", "localhost", 1) // cookies are of a host
	others := map[string]string{
		"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_LISTEN": address, "AUTHLY_ISSUER": work,
	}
	harness.Launch(t, others).Start(t)
	variables := []string{"WORK_ISSUER=" + work}
	for side, env := range map[string]map[string]string{"work": others, "here": env} {
		declaration, _ := runScript(t, append(variables, "AUTHLY_ISSUER="+issuer), "federation.sh", side)
		if code, out, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
			t.Fatalf("apply %s: %d %s %s", side, code, out, errs)
		}
	}
	return variables
}

// TestAPersonSignsInOverTLS: with TLS in process, cookies are bound to the host and to https, and the whole flow works.
func TestAPersonSignsInOverTLS(t *testing.T) {
	t.Parallel()
	n := secureSuite(t, "quickstart.yaml")
	jar := filepath.Join(t.TempDir(), "cookies")
	out, _ := runScript(t, []string{"AUTHLY_ISSUER=" + n.issuer, "CURL_CA_BUNDLE=" + n.certFile, "COOKIE_JAR=" + jar}, "authorization_code.sh")
	var tokens map[string]any
	if err := json.Unmarshal([]byte(out), &tokens); err != nil || tokens["id_token"] == nil {
		t.Errorf("tokens: %v: %s", err, out)
	}
	cookies, err := os.ReadFile(jar)
	if err != nil || !strings.Contains(string(cookies), "__Host-") {
		t.Errorf("cookies: %v: %s", err, cookies)
	}
}

// TestTheExampleHasAClientOfEachKind: each grant type and each method of authentication that the server tells of, and the secrets that
// are printed are those of the clients that have one.
func TestTheExampleHasAClientOfEachKind(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	env := map[string]string{"AUTHLY_DATABASE_URL": n.Database.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	for range 2 {
		if code, out, errs := harness.Command(t, env, "", "apply", "-f", examples+"clients.yaml"); code != 0 {
			t.Fatalf("apply: %d %s %s", code, out, errs)
		}
	}
	metadata := n.Get(t, "/.well-known/oauth-authorization-server").Body
	missing := map[string]bool{}
	for _, member := range []string{"grant_types_supported", "token_endpoint_auth_methods_supported"} {
		list, _ := metadata[member].([]any)
		for _, value := range list {
			missing[value.(string)] = true
		}
	}
	clients, err := n.Server.Store.Clients(t.Context())
	if err != nil || len(missing) < 9 {
		t.Fatal(err, missing)
	}
	for _, c := range clients {
		delete(missing, string(c.Metadata.TokenEndpointAuthMethod))
		for _, g := range c.Metadata.GrantTypes {
			delete(missing, string(g))
		}
	}
	if len(missing) > 0 {
		t.Errorf("no client has %v", missing)
	}
}
