package playground_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/playground"
	"github.com/authly/authly/identity"
)

const issuer = "https://id.example"

func get(t *testing.T, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	playground.New(issuer).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestPages(t *testing.T) {
	t.Parallel()
	for path, wants := range map[string][]string{
		"/playground":                {"openid admin:users:read", `data-page="/playground"`, `data-examples="`, `<script src="/playground/assets/`},
		"/playground/flows":          {"openid admin:users:read", `data-page="/playground/flows"`, `flows/start.js" type="module"`},
		"/playground/flows/callback": {`data-posted="null"`, `flows/callback.js" type="module"`},
	} {
		checkPage(t, path, wants)
	}
}

func checkPage(t *testing.T, path string, wants []string) {
	t.Helper()
	res := get(t, path)
	text := body(t, res.Body)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v", res.StatusCode, res.Header)
	}
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; " +
		"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	if got := res.Header.Get("Content-Security-Policy"); got != policy {
		t.Errorf("policy: %s", got)
	}
	for _, want := range append(wants, `data-issuer="https://id.example"`, `data-client-id="authly-playground"`) {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, path)
		}
	}
	// What the policy would block must not be there.
	if inline := regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|//[a-z]+\.`).FindString(strings.ReplaceAll(text, issuer, "")); inline != "" {
		t.Errorf("%s has %q", path, inline)
	}
}

// TestEveryModuleIsThere: all that a script of the pages imports has an address, and is the script that the other names.
func TestEveryModuleIsThere(t *testing.T) {
	t.Parallel()
	loaded := map[string]bool{}
	var load func(address string)
	load = func(address string) {
		if loaded[address] {
			return
		}
		loaded[address] = true
		res := get(t, address)
		text := body(t, res.Body)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
			t.Errorf("%s: %d %v", address, res.StatusCode, res.Header)
		}
		for _, match := range regexp.MustCompile(`from '([^']+)'`).FindAllStringSubmatch(text, -1) {
			load(path.Join(path.Dir(address), match[1]))
		}
	}
	for _, page := range []string{"/playground", "/playground/flows", "/playground/flows/callback"} {
		for _, match := range regexp.MustCompile(`src="([^"]+)" type="module"`).FindAllStringSubmatch(body(t, get(t, page).Body), -1) {
			load(match[1])
		}
	}
	if len(loaded) < 30 {
		t.Errorf("%d modules", len(loaded))
	}
}

// TestThereIsADebuggerForEveryGrant that a client can be registered for.
func TestThereIsADebuggerForEveryGrant(t *testing.T) {
	t.Parallel()
	for _, grant := range append(identity.SelfRegistrable(), identity.GrantPassword) {
		name := string(grant[strings.LastIndexByte(string(grant), ':')+1:])
		file := filepath.Join("flows", "grants", strings.ReplaceAll(name, "-", "_")+".js")
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), "type: '"+string(grant)+"'") {
			t.Errorf("%s has no %s: %v", file, grant, err)
		}
		list, err := os.ReadFile(filepath.Join("flows", "grants.js"))
		if err != nil || !strings.Contains(string(list), "from './grants/"+filepath.Base(file)+"'") {
			t.Errorf("flows/grants.js does not name %s: %v", file, err)
		}
	}
}

// TestTheCallbackShowsWhatWasPosted, as data and not as markup, and nothing of another request.
func TestTheCallbackShowsWhatWasPosted(t *testing.T) {
	t.Parallel()
	handler := playground.New(issuer)
	for form, want := range map[string]string{
		"code=abc&state=%22%3E%3Cscript%3E": `data-posted="{&#34;code&#34;:&#34;abc&#34;,&#34;state&#34;:&#34;\&#34;\u003e\u003cscript\u003e&#34;}"`,
		"error=access_denied":               `data-posted="{&#34;error&#34;:&#34;access_denied&#34;}"`,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/playground/flows/callback", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if text := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(text, want) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", form, w.Code, w.Header(), text)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/playground/flows/callback", strings.NewReader("code=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	if handler.ServeHTTP(w, r); w.Code != http.StatusBadRequest {
		t.Errorf("a form that cannot be read: %d", w.Code)
	}
}

func TestAssetsAreTheReleasedFiles(t *testing.T) {
	t.Parallel()
	// The checksums that gqlgen publishes as subresource integrity for the same versions.
	checksums := map[string]string{
		"graphiql.min.js":             "hnImuor1znlJkD/FOTL3jayfS/xsyNoP04abi8bFJWs=",
		"graphiql.min.css":            "MEh+B2NdMSpj9kexQNN3QKc8UzMrCXW/Sx/phcpuyIU=",
		"react.production.min.js":     "S0lp+k7zWUMk2ixteM6HZvu8L9Eh//OVrt+ZfbCpmgY=",
		"react-dom.production.min.js": "IXWO0ITNDjfnNXIu5POVfqlgYoop36bDzhodR6LW5Pc=",
	}
	found := 0
	for _, match := range regexp.MustCompile(`(?:src|href)="(/playground/assets/[0-9a-f]{12}/(?:assets/)?([^"]+))"`).FindAllStringSubmatch(body(t, get(t, "/playground").Body), -1) {
		path, name := match[1], match[2]
		plain := get(t, path)
		text := body(t, plain.Body)
		if plain.StatusCode != http.StatusOK || !strings.Contains(plain.Header.Get("Cache-Control"), "immutable") {
			t.Fatalf("%s: %d %v", path, plain.StatusCode, plain.Header)
		}
		if strings.HasSuffix(name, ".js") != strings.HasPrefix(plain.Header.Get("Content-Type"), "text/javascript") {
			t.Errorf("%s: %s", path, plain.Header.Get("Content-Type"))
		}
		want, vendored := checksums[name]
		if !vendored {
			continue
		}
		found++
		if sum := sha256.Sum256([]byte(text)); base64.StdEncoding.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not the released file", name)
		}
		zipped := get(t, path, "Accept-Encoding", "br, gzip")
		if zipped.Header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: %v", path, zipped.Header)
		}
		reader, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body(t, reader) != text {
			t.Errorf("%s differs when compressed", name)
		}
		if refused := get(t, path, "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: gzip was refused", name)
		}
	}
	if found != len(checksums) {
		t.Errorf("the page loads %d of the vendored files", found)
	}
}

func TestOtherPathsAndMethods(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/playground/", "/playground/session.js", "/playground/assets/LICENSES", "/playground/flows/", "/playground/../x"} {
		if res := get(t, path); res.StatusCode != http.StatusNotFound || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
	for _, path := range []string{"/playground", "/playground/flows"} {
		w := httptest.NewRecorder()
		playground.New(issuer).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestClientIsValid(t *testing.T) {
	t.Parallel()
	m, policy := playground.Metadata("http://localhost:8080"), playground.Policy()
	// Create fills these in.
	m.SubjectType, m.IDTokenAlg, m.AccessTokenAlg = "public", identity.RS256, identity.ES256
	client := identity.Client{ID: uuid.New(), ClientID: playground.ClientID, Metadata: m, Policy: policy}
	if err := client.Check(); err != nil {
		t.Fatal(err)
	}
	if !client.Public() || !policy.RequirePKCE || !policy.SkipConsent || policy.ServiceAdmin {
		t.Errorf("got %+v", m)
	}
	for _, page := range []string{"/playground", "/playground/flows"} {
		if _, ok := client.RedirectURI("http://localhost:8080" + page); !ok {
			t.Errorf("%s is no redirect URI", page)
		}
	}
	scopes, err := identity.ParseScope(m.Scope)
	want := []string{identity.ScopeOpenID}
	for _, scope := range identity.BuiltInScopes() {
		if identity.IsAdminScope(scope.Name) {
			want = append(want, scope.Name)
		}
	}
	if diff := cmp.Diff(want, scopes); diff != "" || err != nil {
		t.Errorf("scopes: %v\n%s", err, diff)
	}
}
