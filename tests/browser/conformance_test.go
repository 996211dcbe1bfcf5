package browser_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// suiteConfiguration is a file of docs/conformance: what the OpenID conformance suite is given for a plan.
type suiteConfiguration struct {
	Alias  string
	Server struct {
		DiscoveryURL string `json:"discoveryUrl"`
	}
	Client struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Scope  string
		JWKS   struct{ Keys []map[string]any }
	}
	Browser  []harness.SuiteVisit
	Override map[string]struct {
		Client  struct{ Scope string }
		Browser []harness.SuiteVisit
	}
}

// suiteHost is where the suite receives answers.
const suiteHost = "https://localhost.emobix.co.uk:8443"

// suiteStage is a browser that plays the commands of a configuration, between Authly and the pages of the suite.
type suiteStage struct {
	*tab
	node   *harness.Node
	config suiteConfiguration
	visits map[string]map[int]int // how often each visit of the configuration was made in a module
	shots  int                    // pages that the commands have handed in as a screenshot
	at     string                 // where the browser was when the last visit ended
}

// newSuiteStage applies docs/examples/conformance.yaml to a node whose issuer is that of the configurations.
func newSuiteStage(t *testing.T, file string) *suiteStage {
	t.Helper()
	folder, declarations := "../../docs/conformance", []string{"../../docs/examples/conformance.yaml"}
	if strings.HasPrefix(file, "fapi") { // which has places for keys
		folder = t.TempDir()
		if out, err := exec.CommandContext(t.Context(), "sh", "../../docs/examples/conformance_fapi.sh", folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		declarations = append(declarations, filepath.Join(folder, "conformance-fapi.yaml"))
	}
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		t.Fatal(err)
	}
	s := &suiteStage{visits: map[string]map[int]int{}}
	if err := json.Unmarshal(text, &s.config); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	issuer, _, _ := strings.Cut(s.config.Server.DiscoveryURL, "/.well-known/")
	db := harness.SQLite(t)
	env := map[string]string{"AUTHLY_ISSUER": issuer, "AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	for _, declaration := range declarations {
		if code, out, errs := harness.Command(t, env, "", "apply", "-f", declaration); code != 0 {
			t.Fatalf("apply: %d %s %s", code, out, errs)
		}
	}
	s.node = harness.Start(t, db, harness.Env("AUTHLY_ISSUER", issuer), harness.Env("AUTHLY_FRONT_CHANNEL_TOKENS", "true"),
		harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"), harness.Env("AUTHLY_CLIENT_REGISTRATION_OPTIONAL_PKCE", "true"))
	login := behindTLS(t, s.node)
	// The page after an answer says by an element that the suite has it; that after a logout has no such element.
	pages := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := "<p>Captured</p>"
		if strings.HasSuffix(r.URL.Path, "/callback") {
			body = `<p id="submission_complete">Done</p>`
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Suite</title><link rel=icon href=data:,>" + body))
	}))
	t.Cleanup(pages.Close)
	s.tab = openNaming(t, desktop, height, map[string]string{
		"localhost": login.Listener.Addr().String(), "localhost.emobix.co.uk": pages.Listener.Addr().String(),
	})
	return s
}

// visit sends the browser to an address and plays what the configuration says for it, in a module that may override it.
func (s *suiteStage) visit(module, address string) {
	s.t.Helper()
	visits := s.config.Browser
	if override, ok := s.config.Override[module]; ok {
		visits = override.Browser
	}
	s.shots = 0
	if s.visits[module] == nil {
		s.visits[module] = map[int]int{}
	}
	for i, v := range visits {
		if harness.SuiteMatch(v.Match, address) && (v.Limit == 0 || s.visits[module][i] < v.Limit) {
			s.visits[module][i]++
			s.do(chromedp.Navigate(address))
			s.play(module, v)
			return
		}
	}
	s.t.Fatalf("%s: nothing matches %s", module, address)
}

// play is the order in which the suite works: a task whose address does not match is left out if it is optional, and
// fails the module if not.
func (s *suiteStage) play(module string, v harness.SuiteVisit) {
	s.t.Helper()
	for _, task := range v.Tasks {
		s.at = s.location()
		switch {
		case !harness.SuiteMatch(task.Match, s.at) && task.Optional:
			continue
		case !harness.SuiteMatch(task.Match, s.at):
			s.t.Fatalf("%s: the task %q finds the browser at %s", module, task.Task, s.at)
		}
		for _, command := range task.Commands {
			s.command(module, command)
		}
	}
	s.at = s.location()
}

func (s *suiteStage) location() string {
	s.t.Helper()
	s.eventually(`document.readyState === "complete" ? "yes" : ""`)
	at, err := chromedp.Run(s.ctx, chromedp.Location())
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

// command plays one command: what to do, how an element is named, its name, and more.
func (s *suiteStage) command(module string, command []any) {
	s.t.Helper()
	texts := make([]string, len(command))
	for i, c := range command {
		texts[i], _ = c.(string)
	}
	if texts[0] == "wait" && texts[1] == "contains" {
		s.eventually(`location.href.includes(` + quoted(texts[2]) + `) ? "yes" : ""`)
		return
	}
	element := `document.getElementById(` + quoted(texts[2]) + `)`
	if texts[1] == "xpath" {
		element = `document.evaluate(` + quoted(texts[2]) + `, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue`
	}
	switch last := texts[len(texts)-1]; texts[0] {
	case "text":
		s.fill(texts[2], texts[3])
	case "click":
		if last == "optional" && s.evaluate(`String(`+element+` === null)`) == "true" {
			return
		}
		s.click(texts[2])
		s.left(element)
	case "wait":
		s.eventually(element + ` === null ? "" : "yes"`)
		if len(texts) < 6 {
			return
		}
		if text := s.evaluate(element + `.innerText`); !regexp.MustCompile(texts[4]).MatchString(text) {
			s.t.Fatalf("%s: %q is not in %s", module, texts[4], text)
		}
		s.shots++
	default:
		s.t.Fatalf("%s: unknown command %v", module, command)
	}
}

// left waits until the page with an element that was clicked is gone.
func (s *suiteStage) left(element string) {
	s.t.Helper()
	s.eventually(element + ` === null && document.readyState === "complete" ? "yes" : ""`)
}

func (s *suiteStage) evaluate(expression string) string {
	s.t.Helper()
	text, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func quoted(text string) string {
	out, _ := json.Marshal(text) //nolint:errchkjson // a text
	return string(out)
}

// authorize is the address of an authorization request of the plan's client; changes are name, value pairs.
func (s *suiteStage) authorize(changes ...string) string {
	params := harness.Values("client_id", s.config.Client.ID, "response_type", "code", "scope", "openid", "state", "state", "nonce", "nonce",
		"redirect_uri", suiteHost+"/test/a/"+s.config.Alias+"/callback")
	for i := 0; i+1 < len(changes); i += 2 {
		params.Set(changes[i], changes[i+1])
	}
	return s.node.Issuer + "/api/v1/oauth/authorize?" + params.Encode()
}

// pushed pushes an authorization request of the plan's client, which signs what proves it, and is the address for its browser.
func (s *suiteStage) pushed(scope string) string {
	s.t.Helper()
	jwk, now := s.config.Client.JWKS.Keys[0], s.node.Clock.Now().Unix()
	assertion := harness.Forge(s.t, map[string]any{"alg": jwk["alg"], "kid": jwk["kid"]}, map[string]any{
		"iss": s.config.Client.ID, "sub": s.config.Client.ID, "aud": s.node.Issuer, "jti": oauth2.GenerateVerifier(), "iat": now, "exp": now + 60,
	}, harness.PS256(s.t, harness.RSAPrivateKey(s.t, jwk)))
	a := s.node.Form(s.t, "/api/v1/oauth/par", "", "", harness.Values("client_id", s.config.Client.ID, "response_type", "code", "scope", scope,
		"redirect_uri", suiteHost+"/test/a/"+s.config.Alias+"/callback", "state", "state",
		"code_challenge", oauth2.S256ChallengeFromVerifier(oauth2.GenerateVerifier()), "code_challenge_method", "S256", "client_assertion", assertion,
		"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
	if a.Status != http.StatusCreated {
		s.t.Fatalf("push: %d %s", a.Status, a.Text)
	}
	return s.node.Issuer + "/api/v1/oauth/authorize?" + harness.Values("client_id", s.config.Client.ID, "request_uri", a.String("request_uri")).Encode()
}

// registers registers a client of the plan with an initial access token and returns its client_id.
func (s *suiteStage) registers() string {
	s.t.Helper()
	_, token, err := s.node.Server.Admin.InitialAccess.Create(harness.System(s.t), admin.NewInitialAccessToken{Name: "suite", Uses: 1, TTL: time.Hour})
	if err != nil {
		s.t.Fatal(err)
	}
	body := `{"client_name":"openid-client","redirect_uris":["` + suiteHost + "/test/a/" + s.config.Alias + `/callback"]}`
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.node.URL+"/api/v1/oauth/register", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	answer := harness.Do(s.t, request)
	if answer.Status != http.StatusCreated {
		s.t.Fatalf("registration: %d %s", answer.Status, answer.Text)
	}
	return answer.String("client_id")
}

// answered fails unless the last visit ended with an answer to the client that has a parameter, and returns its value.
func (s *suiteStage) answered(module, name string) string {
	s.t.Helper()
	u, err := url.Parse(s.at)
	if err != nil || !strings.HasPrefix(s.at, suiteHost+"/test/a/"+s.config.Alias+"/callback") {
		s.t.Fatalf("%s: the browser is at %s", module, s.at)
	}
	answer := u.Query()
	if len(answer) == 0 { // of a response type with tokens
		answer, err = url.ParseQuery(u.EscapedFragment())
	}
	if err != nil || !answer.Has(name) {
		s.t.Fatalf("%s: no %s at %s", module, name, s.at)
	}
	return answer.Get(name)
}

func (s *suiteStage) wantShots(module string, want int) {
	s.t.Helper()
	if s.shots != want {
		s.t.Errorf("%s: %d screenshots, want %d", module, s.shots, want)
	}
}

// TestTheConfigurationsOfTheConformanceSuite plays the files of docs/conformance as the suite's own browser does: every
// visit of the modules that is not just a redirect.
func TestTheConfigurationsOfTheConformanceSuite(t *testing.T) {
	t.Parallel()
	t.Run("basic.json", func(t *testing.T) {
		t.Parallel()
		s := newSuiteStage(t, "basic.json")
		s.visit("oidcc-server", s.authorize())
		s.answered("oidcc-server", "code")
		for _, module := range []string{"oidcc-prompt-login", "oidcc-max-age-1"} {
			s.visit(module, s.authorize())
			s.answered(module, "code")
			s.wantShots(module, 0)
			s.node.Clock.Advance(2 * time.Second)
			s.visit(module, s.authorize(map[string][]string{
				"oidcc-prompt-login": {"prompt", "login"}, "oidcc-max-age-1": {"max_age", "1"},
			}[module]...))
			s.answered(module, "code")
			s.wantShots(module, 1)
		}
		s.visit("oidcc-prompt-none-logged-in", s.authorize("prompt", "none"))
		s.answered("oidcc-prompt-none-logged-in", "code")
		s.expect("status of 400") // the page of the error
		s.visit("oidcc-ensure-registered-redirect-uri", s.authorize("redirect_uri", suiteHost+"/test/a/authly-basic/callback/more"))
		s.wantShots("oidcc-ensure-registered-redirect-uri", 1)
	})
	t.Run("formpost.json", func(t *testing.T) {
		t.Parallel()
		s := newSuiteStage(t, "formpost.json")
		s.visit("oidcc-server", s.authorize("response_mode", "form_post"))
		if s.at != suiteHost+"/test/a/authly-formpost/callback" {
			t.Errorf("the browser is at %s", s.at)
		}
	})
	for file, c := range map[string]struct{ response, has string }{
		"implicit.json": {"id_token token", "access_token"}, "hybrid.json": {"code id_token", "code"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := newSuiteStage(t, file)
			s.visit("oidcc-server", s.authorize("response_type", c.response))
			s.answered("oidcc-server", c.has)
			module := "oidcc-prompt-login"
			s.visit(module, s.authorize("response_type", c.response))
			s.answered(module, c.has)
			s.wantShots(module, 0)
			s.node.Clock.Advance(2 * time.Second)
			s.visit(module, s.authorize("response_type", c.response, "prompt", "login"))
			s.answered(module, "id_token")
			s.wantShots(module, 1)
			module = "oidcc-ensure-request-without-nonce-fails"
			s.visit(module, s.authorize("response_type", c.response, "nonce", ""))
			if code := s.answered(module, "error"); code != "invalid_request" {
				t.Errorf("%s: %s", module, code)
			}
			s.expect("status of 400") // the page of the error
			module = "oidcc-ensure-registered-redirect-uri"
			s.visit(module, s.authorize("response_type", c.response, "redirect_uri", suiteHost+"/test/a/"+s.config.Alias+"/callback/more"))
			s.wantShots(module, 1)
		})
	}
	for _, file := range []string{"dynamic.json", "3rdparty.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := newSuiteStage(t, file)
			s.config.Client.ID = s.registers()
			s.visit("oidcc-idtoken-rs256", s.authorize())
			s.answered("oidcc-idtoken-rs256", "code")
			if file == "dynamic.json" { // the next client is another one, so consent is asked for
				s.config.Client.ID = s.registers()
				s.visit("oidcc-registration-logo-uri", s.authorize())
				s.answered("oidcc-registration-logo-uri", "code")
				s.wantShots("oidcc-registration-logo-uri", 1)
			}
			s.expect("status of 400") // the page of the error
			s.visit("oidcc-redirect-uri-query-added", s.authorize("redirect_uri", suiteHost+"/test/a/"+s.config.Alias+"/callback?foo=bar"))
			s.wantShots("oidcc-redirect-uri-query-added", 1)
		})
	}
	for file, response := range map[string]string{"formpost-implicit.json": "id_token", "formpost-hybrid.json": "code id_token token"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := newSuiteStage(t, file)
			s.visit("oidcc-server", s.authorize("response_type", response, "response_mode", "form_post"))
			if s.at != suiteHost+"/test/a/"+s.config.Alias+"/callback" {
				t.Errorf("the browser is at %s", s.at)
			}
		})
	}
	for _, file := range []string{"fapi2.json", "fapi2-oauth.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			const prefix = "fapi2-security-profile-final-"
			s := newSuiteStage(t, file)
			s.visit(prefix+"happy-flow", s.pushed(s.config.Client.Scope))
			s.answered(prefix+"happy-flow", "code")
			module := prefix + "user-rejects-authentication"
			s.visit(module, s.pushed(s.config.Override[module].Client.Scope))
			if code := s.answered(module, "error"); code != "access_denied" {
				t.Errorf("%s: %s", module, code)
			}
			s.expect("status of 400") // the page of the error
			module = prefix + "par-attempt-reuse-request_uri"
			address := s.pushed(s.config.Client.Scope)
			s.visit(module, address)
			s.answered(module, "code")
			s.visit(module, address)
			s.wantShots(module, 1)
			for _, module := range []string{prefix + "par-attempt-to-use-expired-request_uri", prefix + "par-attempt-to-use-request_uri-for-different-client"} {
				s.visit(module, address)
				s.wantShots(module, 1)
			}
		})
	}
	for _, file := range []string{"rp-logout.json", "frontchannel.json", "session.json", "backchannel.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			s := newSuiteStage(t, file)
			back := suiteHost + "/test/a/" + s.config.Alias + "/post_logout_redirect"
			onlyBack := file == "frontchannel.json" || file == "session.json" // those plans have no other module with a browser
			if !onlyBack {
				s.expect("status of 400") // the page of the error
			}
			for module, c := range map[string]struct {
				hint  bool
				uri   string
				shots int
				at    string // the beginning of where it ends
			}{
				"oidcc-rp-initiated-logout":                                {true, back, 0, back + "?state=state"},
				"oidcc-rp-initiated-logout-no-params":                      {false, "", 1, s.node.Issuer + "/"},
				"oidcc-rp-initiated-logout-no-post-logout-redirect-uri":    {true, "", 1, s.node.Issuer + "/"},
				"oidcc-rp-initiated-logout-bad-post-logout-redirect-uri":   {true, back + "/more", 1, s.node.Issuer + "/"},
				"oidcc-rp-initiated-logout-query-added-to-post-logout-uri": {true, back + "?foo=bar", 1, s.node.Issuer + "/"},
			} {
				if onlyBack && module != "oidcc-rp-initiated-logout" {
					continue
				}
				s.visit(module, s.authorize())
				params := url.Values{}
				if c.hint {
					params.Set("id_token_hint", s.idToken(s.answered(module, "code")))
				}
				if c.uri != "" {
					params.Set("post_logout_redirect_uri", c.uri)
					params.Set("state", "state")
				}
				s.visit(module, s.node.Issuer+"/oidc/logout?"+params.Encode())
				s.wantShots(module, c.shots)
				if !strings.HasPrefix(s.at, c.at) {
					t.Errorf("%s: the browser ends at %s", module, s.at)
				}
			}
		})
	}
}

// idToken redeems a code as the suite does.
func (s *suiteStage) idToken(code string) string {
	s.t.Helper()
	answer := s.node.Form(s.t, "/api/v1/oauth/token", s.config.Client.ID, s.config.Client.Secret, harness.Values(
		"grant_type", "authorization_code", "code", code, "redirect_uri", suiteHost+"/test/a/"+s.config.Alias+"/callback"))
	token, ok := answer.Body["id_token"].(string)
	if !ok {
		s.t.Fatalf("no ID token: %d %s", answer.Status, answer.Text)
	}
	return token
}
