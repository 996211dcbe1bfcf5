package web

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

var (
	sealedSecret = regexp.MustCompile(`name="enrolment" value="([^"]+)"`)
	shownSecret  = regexp.MustCompile(`id="totp-secret">([A-Z2-7 ]+)<`)
)

// enrol adds an app on the account page and returns its secret. The clock moves past the code that was used.
func (s *site) enrol() []byte {
	s.t.Helper()
	page := s.get("/account/security/totp")
	page.shows(s.t, http.StatusOK, "Add an authenticator app")
	secret := decodeSecret(s.t, page.body)
	s.post("/account/security/totp", "enrolment", sealed(s.t, page.body), "code", code(secret, s.now)).leadsTo(s.t, "/account/security/codes")
	s.now = s.now.Add(time.Minute)
	return secret
}

func sealed(t *testing.T, body string) string {
	t.Helper()
	found := sealedSecret.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page has no secret under seal")
	}
	return html.UnescapeString(found[1])
}

// code is what an app shows (RFC 6238).
func code(secret []byte, at time.Time) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, at.Unix()/30)
	sum := mac.Sum(nil)
	number := binary.BigEndian.Uint32(sum[sum[19]&15:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000)
}

// decodeSecret returns the secret that a page shows.
func decodeSecret(t *testing.T, body string) []byte {
	t.Helper()
	found := shownSecret.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page shows no secret")
	}
	secret, err := base32.StdEncoding.DecodeString(strings.ReplaceAll(found[1], " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// leadsToSignIn checks that somebody has to sign in first, and returns where.
func (a answer) leadsToSignIn(t *testing.T) string {
	t.Helper()
	location := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(location, "/login?interaction=") {
		t.Errorf("%d to %q, want the page to sign in", a.status, location)
	}
	return location
}

func TestASecondFactorIsAddedAskedForAndRemoved(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	s.get("/account/security").has(t, `id="totp-add"`)
	page := s.get("/account/security/totp")
	page.has(t, `id="totp-qr" role="img"`, `viewBox="0 0 `, `inputmode="numeric" autocomplete="one-time-code"`)
	wrong := s.post("/account/security/totp", "enrolment", sealed(t, page.body), "code", "12")
	wrong.shows(t, http.StatusUnauthorized, "The code is wrong.")
	if got := decodeSecret(t, wrong.body); string(got) != string(decodeSecret(t, page.body)) {
		t.Error("a wrong code changes the secret")
	}
	secret := s.enrol()
	s.get("/account/security").has(t, `id="totp-remove"`)
	s.get("/account/security/totp").leadsTo(t, "/account/security")
	s.cookie = ""

	handle := s.interaction(nil)
	s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, "/login/second?interaction="+handle)
	if s.cookie != "" {
		t.Error("there is a session after the password")
	}
	s.get("/login?interaction="+handle).leadsTo(t, authorize+handle) // which leads to the second step
	second := s.get("/login/second?interaction=" + handle)
	second.has(t, `id="code"`, `id="code-submit"`, "Notes")
	s.get("/account/security").leadsToSignIn(t)
	refused := s.post("/login/second?interaction="+handle, "code", "123456")
	refused.shows(t, http.StatusUnauthorized, "The code is wrong or was used already.")
	refused.has(t, `role="alert"`)
	s.post("/login/second?interaction="+handle, "code", code(secret, s.now)).leadsTo(t, authorize+handle)
	if s.cookie == "" || s.pending != "" {
		t.Errorf("the cookies are %q and %q", s.cookie, s.pending)
	}
	s.post("/account/security", "remove", "totp").leadsTo(t, "/account/security")
	s.get("/account/security").has(t, `id="totp-add"`)
	s.cookie = ""
	s.post("/login", "username", "ada", "password", secretWord).leadsTo(t, "/login")
}

// TestASignInWithoutAnInteractionLeadsHome: only who has a second factor needs one.
func TestASignInWithoutAnInteractionLeadsHome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	secret := s.enrol()
	s.cookie = ""
	step := s.post("/login", "username", "ada", "password", secretWord).header.Get("Location")
	if !strings.HasPrefix(step, "/login/second?interaction=") {
		t.Fatalf("the password leads to %q", step)
	}
	s.post(step, "code", code(secret, s.now)).leadsTo(t, "/login")
	s.get("/account").shows(t, http.StatusOK, "You are signed in as")
	s.get("/login/second").leadsTo(t, "/login")
}

// TestAnotherBrowserDoesNotGoOnWithThePassword: the address of the second step is worth nothing to whoever was not asked
// for the first.
func TestAnotherBrowserDoesNotGoOnWithThePassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	secret := s.enrol()
	s.cookie = ""
	handle := s.interaction(nil)
	s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, "/login/second?interaction="+handle)
	mine := s.pending
	other := s.interaction(nil)
	s.post("/login/second?interaction="+other, "code", code(secret, s.now)).leadsTo(t, authorize+other)
	s.pending = ""
	s.post("/login/second?interaction="+handle, "code", code(secret, s.now)).leadsTo(t, authorize+handle)
	if s.cookie != "" {
		t.Fatal("somebody is signed in")
	}
	s.pending = mine
	s.now = s.now.Add(10 * time.Minute)
	s.post("/login/second?interaction="+handle, "code", code(secret, s.now)).leadsTo(t, authorize+handle)
	if s.cookie != "" {
		t.Fatal("somebody is signed in after ten minutes")
	}
}

// TestSecurityIsChangedAfterAFreshSignInOnly: a browser that was left open changes nothing.
func TestSecurityIsChangedAfterAFreshSignInOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	s.now = s.now.Add(10 * time.Minute)
	s.get("/account/security").shows(t, http.StatusOK, "Sign-in and security")
	login := s.get("/account/security/totp").leadsToSignIn(t)
	s.post(login, "username", "ada", "password", secretWord).leadsTo(t, "/account/security/totp")
	secret := s.enrol()
	s.now = s.now.Add(10 * time.Minute)
	login = s.post("/account/security", "remove", "totp").leadsToSignIn(t)
	if got, err := s.store.UserByID(t.Context(), s.user.ID); err != nil || !got.App {
		t.Fatalf("it was removed: %v", err)
	}
	second := s.post(login, "username", "ada", "password", secretWord).header.Get("Location")
	s.post(second, "code", code(secret, s.now)).leadsTo(t, "/account/security")
	s.post("/account/security", "remove", "totp").leadsTo(t, "/account/security")
}

// TestAClientThatDemandsTwoFactorsLeadsToThePageThatAddsOne, and back.
func TestAClientThatDemandsTwoFactorsLeadsToThePageThatAddsOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	handle := s.interaction(func(p *identity.AuthorizationParams) { p.ACREssential = []string{"urn:authly:acr:2"} })
	s.get("/login?interaction="+handle).leadsTo(t, authorize+handle)
	page := s.get("/account/security/totp?interaction=" + handle)
	page.shows(t, http.StatusOK, "a second step after your password is needed")
	secret := decodeSecret(t, page.body)
	s.post("/account/security/totp?interaction="+handle, "enrolment", sealed(t, page.body), "code", code(secret, s.now)).
		leadsTo(t, "/account/security/codes?interaction="+handle)
	s.get("/account/security/codes?interaction="+handle).has(t, `id="codes-skip"`)
	s.post("/account/security/codes?interaction="+handle, "skip", "yes").leadsTo(t, authorize+handle)
	s.get("/account/security/totp?interaction="+handle).leadsTo(t, authorize+handle)
}

// TestABrowserThatIsTrustedSparesThePage: until the person takes that back. The security of the account asks all the same.
func TestABrowserThatIsTrustedSparesThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	secret := s.enrol()
	signIn := func(trust string) (location string) {
		t.Helper()
		s.cookie = ""
		if location = s.post("/login", "username", "ada", "password", secretWord).header.Get("Location"); location == "/login" {
			return location
		}
		s.get(location).has(t, `id="trust_browser"`, "Do not ask again on this browser for 30 days")
		s.post(location, "code", code(secret, s.now), "trust_browser", trust).leadsTo(t, "/login")
		s.now = s.now.Add(time.Minute)
		return location
	}
	signIn("")
	if signIn("yes") == "/login" {
		t.Error("the browser is trusted though nobody has asked for it")
	}
	if got := signIn(""); got != "/login" {
		t.Errorf("the password leads to %q", got)
	}
	second := s.get(s.get("/account/security").leadsToSignIn(t)).header.Get("Location")
	if !strings.HasPrefix(second, "/login/second?interaction=") {
		t.Fatalf("the page of security leads to %q", second)
	}
	s.post(second, "code", code(secret, s.now)).leadsTo(t, "/account/security")
	s.now = s.now.Add(time.Minute)
	s.get("/account/devices").has(t, `id="browsers-forget"`, "On one browser your password is enough")
	s.post("/account/devices/browsers").leadsTo(t, "/account/devices")
	if page := s.get("/account/devices"); strings.Contains(page.body, "browsers-forget") {
		t.Error("it is trusted still")
	}
	if signIn("") == "/login" {
		t.Error("the browser is trusted still")
	}
}
