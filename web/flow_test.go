package web

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	t.Run("a sign-in in an interaction goes back to the authorization endpoint", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		handle := s.interaction(func(p *identity.AuthorizationParams) { p.LoginHint = "ada" })
		page := s.get("/login?interaction=" + handle)
		page.shows(t, http.StatusOK, "to continue to Notes")
		page.has(t, `action="/login?interaction=`+handle+`"`, `name="interaction" value="`+handle+`"`, `id="username" name="username"`,
			`id="password" name="password"`, `id="login-submit"`, `value="ada"`, `autocomplete="current-password"`)
		s.post("/login", "interaction", handle, "username", " ada ", "password", secretWord).leadsTo(t, authorize+handle)
		if s.cookie == "" {
			t.Error("no cookie")
		}
		s.get("/login?interaction="+handle).leadsTo(t, authorize+handle)
		s.post("/login?interaction="+handle, "username", "x", "password", "y").leadsTo(t, authorize+handle)
	})
	t.Run("every cause of a failure looks the same and the password is not repeated", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		handle := s.interaction(nil)
		inactive := s.user
		inactive.ID, inactive.Username, inactive.Email = s.handler.Domain.Source.NewID(), "bob", "bob@example.org"
		inactive.Active = false
		s.must(s.store.InsertUser(t.Context(), inactive))
		for name, fields := range map[string][2]string{
			"wrong password": {"ada", "hunter2hunter2"},
			"unknown user":   {"eve", "hunter2hunter2"},
			"inactive":       {"bob", secretWord},
			"no password":    {"ada", ""},
			"no username":    {"", secretWord},
			"long username":  {strings.Repeat("a", 255), "hunter2hunter2"},
			"NUL":            {"ada\x00", secretWord},
			"not UTF-8":      {"ada\xff", secretWord},
			"long password":  {"ada", secretWord + strings.Repeat("a", 1024)},
		} {
			page := s.post("/login?interaction="+handle, "username", fields[0], "password", fields[1])
			page.shows(t, http.StatusUnauthorized, "The username or the password is wrong.")
			page.has(t, `role="alert"`, `aria-describedby="problem"`)
			page.lacks(t, "hunter2", secretWord, strings.Repeat("a", 255))
			if page.header.Get("Set-Cookie") != "" {
				t.Errorf("%s: a cookie", name)
			}
		}
	})
	t.Run("prompt=login asks again even somebody who is signed in", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		first := s.cookie
		handle := s.interaction(func(p *identity.AuthorizationParams) { p.Prompt = []string{"login"} })
		s.get("/login?interaction="+handle).shows(t, http.StatusOK, "Sign in again to continue to Notes")
		s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, authorize+handle)
		if s.cookie == first {
			t.Error("the cookie was kept")
		}
		counts, err := s.store.ActiveSessionCounts(t.Context(), []uuid.UUID{s.user.ID}, s.now)
		s.must(err)
		if counts[s.user.ID] != 1 {
			t.Errorf("%d sessions", counts[s.user.ID])
		}
	})
	t.Run("a client that asks for somebody else is explained", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		handle := s.interaction(func(p *identity.AuthorizationParams) { p.HintSubject = s.client.ID.String() })
		s.get("/login?interaction="+handle).shows(t, http.StatusOK, "You are signed in as ada, but the application asks for another account.")
	})
	t.Run("without an interaction it shows who is signed in", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.get("/login").shows(t, http.StatusOK, "to your account")
		s.signIn()
		s.get("/login").leadsTo(t, "/account")
		page := s.get("/account")
		page.shows(t, http.StatusOK, "You are signed in as Ada Lovelace", "ada@example.org")
		page.has(t, `href="/account/password"`, `action="/logout"`)
	})
	t.Run("an unknown or malformed interaction is an error page with a way", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		forgotten := s.interaction(nil)
		s.now = s.now.Add(26 * time.Hour)
		for _, handle := range []string{"x", strings.Repeat("A", 43), "//evil.example", forgotten} {
			for _, path := range []string{"/login", "/consent", "/account/password"} {
				page := s.get(path + "?interaction=" + handle)
				page.shows(t, http.StatusBadRequest, "Request error", "unknown, finished or has expired", "request-1", "Go to your account")
				page.has(t, `href="/"`)
				s.post(path, "interaction", handle).shows(t, http.StatusBadRequest, "Request error")
			}
		}
	})
	t.Run("a page that was left open for long begins anew", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		expired := s.interaction(nil)
		s.now = s.now.Add(2 * time.Hour)
		page := s.get("/login?interaction=" + expired)
		page.shows(t, http.StatusOK, "to continue to Notes")
		page.lacks(t, expired)
		location := s.post("/login?interaction="+expired, "interaction", expired, "username", "ada", "password", secretWord).header.Get("Location")
		anew, ok := strings.CutPrefix(location, authorize)
		if !ok || anew == expired {
			t.Fatalf("leads to %q", location)
		}
		page = s.get("/consent?interaction=" + anew)
		page.shows(t, http.StatusOK, "Notes asks for access")
		s.now = s.now.Add(2 * time.Hour)
		location = s.post("/consent?interaction="+anew, "decision", "approve").header.Get("Location")
		if !strings.HasPrefix(location, authorize) || location == authorize+anew || len(s.remembered()) != 2 {
			t.Errorf("leads to %q, remembered %v", location, s.remembered())
		}
	})
	t.Run("a finished interaction leads on in its session and says where to go in any other", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		handle := s.interaction(nil)
		s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, authorize+handle)
		browser, err := s.handler.Domain.Sessions.FromCookie(t.Context(), s.cookie)
		s.must(err)
		load := func() identity.Interaction {
			t.Helper()
			i, err := s.handler.Domain.Interactions.Load(t.Context(), handle)
			s.must(err)
			return i
		}
		s.must(s.handler.Domain.Authorizations.Approve(t.Context(), load(), browser))
		_, err = s.handler.Domain.Authorizations.Issue(t.Context(), load(), browser)
		s.must(err)
		for _, path := range []string{"/login", "/consent", "/account/password"} {
			s.get(path+"?interaction="+handle).leadsTo(t, authorize+handle)
			s.post(path+"?interaction="+handle, "username", "ada", "password", secretWord, "decision", "approve").leadsTo(t, authorize+handle)
		}
		s.cookie = ""
		for range 2 { // nobody, and another session
			for _, path := range []string{"/login", "/consent", "/account/password"} {
				page := s.get(path + "?interaction=" + handle)
				page.shows(t, http.StatusBadRequest, "This sign-in is finished", "Back to Notes", "Go to your account")
				page.has(t, `href="https://notes.example/about"`, `href="/"`)
				s.post(path+"?interaction="+handle, "username", "ada", "password", secretWord).shows(t, http.StatusBadRequest, "This sign-in is finished")
			}
			s.signIn()
		}
	})
	t.Run("the bare address leads to the account, and so does every page that is none", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		page := s.get("/")
		page.shows(t, http.StatusOK, "Sign in to your account")
		page.has(t, `href="/account"`)
		s.signIn()
		s.get("/").shows(t, http.StatusOK, "You are signed in as Ada Lovelace", "Your account")
		s.get("/.well-known/change-password").leadsTo(t, "/account/password")
		w := httptest.NewRecorder()
		s.handler.NotFound(w, httptest.NewRequest(http.MethodGet, "/nowhere", http.NoBody))
		page = answer{w.Code, w.Result().Header, w.Body.String()}
		page.shows(t, http.StatusNotFound, "Page not found", "Go to your account")
	})
	t.Run("a database that is away is told and logged once, without the password", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.store.fault = identity.ErrUnavailable.Because(errors.New("dial tcp: refused"))
		page := s.post("/login", "username", "ada", "password", secretWord)
		page.shows(t, http.StatusServiceUnavailable, "Request error", "temporarily unavailable", "request-1")
		page.lacks(t, "dial tcp", secretWord)
		if page.header.Get("Retry-After") != "5" {
			t.Errorf("Retry-After %q", page.header.Get("Retry-After"))
		}
		if log := s.log.String(); strings.Count(log, "dial tcp") != 1 || !strings.Contains(log, "request-1") || strings.Contains(log, secretWord) {
			t.Error(log)
		}
	})
	t.Run("a throttled sign-in says how long to wait", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.store.fault = &identity.Error{
			Kind: identity.RateLimited, Code: identity.CodeRateLimited, Detail: "Too many attempts.", RetryAfter: 90*time.Second + 1,
		}
		page := s.post("/login", "username", "ada", "password", secretWord)
		page.shows(t, http.StatusTooManyRequests, "Too many attempts.")
		page.has(t, `value="ada"`)
		if page.header.Get("Retry-After") != "91" {
			t.Errorf("Retry-After %q", page.header.Get("Retry-After"))
		}
	})
}

func TestEveryStepHasItsPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for step, want := range map[identity.Step]string{
		identity.StepFirstFactor: "/login?interaction=h", identity.StepPassword: "/account/password?interaction=h",
		identity.StepConsent: "/consent?interaction=h", identity.StepIssue: authorize + "h", identity.StepReturn: "/account/password",
		identity.StepRepeat: authorize + "h",
	} {
		w := httptest.NewRecorder()
		s.handler.RedirectTo(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), step,
			identity.Interaction{Handle: "h", ReturnPath: identity.ReturnToPassword})
		answer{w.Code, w.Result().Header, ""}.leadsTo(t, want)
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	t.Run("it shows who asks for what and of whom", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		handle := s.interaction(func(p *identity.AuthorizationParams) {
			p.Scopes = []string{"openid", "profile", "admin:users:read", "custom"}
		})
		page := s.get("/consent?interaction=" + handle)
		page.shows(t, http.StatusOK, "Notes asks for access", "notes.example", "Signed in as Ada Lovelace", "Confirm who you are", "custom",
			"You will return to app.example:8443")
		page.has(t, `id="approve" type="submit" name="decision" value="approve"`, `id="deny" type="submit" name="decision" value="deny"`,
			`href="https://notes.example/privacy" rel="noopener noreferrer"`)
		page.lacks(t, "http://notes.example/terms", "admin:users:read")
	})
	t.Run("approval is remembered and goes back to the authorization endpoint", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		handle := s.interaction(nil)
		s.post("/consent?interaction="+handle, "decision", "approve").leadsTo(t, authorize+handle)
		if got := s.remembered(); len(got) != 2 {
			t.Errorf("remembered %v", got)
		}
		s.get("/consent?interaction="+handle).leadsTo(t, authorize+handle)
	})
	t.Run("refusal is handed to the authorization endpoint's answer", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		s.post("/consent?interaction="+s.interaction(nil), "decision", "deny")
		if s.denied != 1 || len(s.remembered()) != 0 {
			t.Errorf("denied %d times, remembered %v", s.denied, s.remembered())
		}
	})
	t.Run("anything else decides nothing", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		handle := s.interaction(nil)
		s.post("/consent?interaction="+handle, "decision", "").shows(t, http.StatusBadRequest, "Request error")
		s.get("/consent?decision=approve&interaction="+handle).shows(t, http.StatusOK, "Notes asks for access")
		s.post("/consent?decision=approve&interaction="+handle).shows(t, http.StatusBadRequest, "Request error")
		s.get("/consent").shows(t, http.StatusBadRequest, "Request error")
		if s.denied != 0 || len(s.remembered()) != 0 {
			t.Errorf("denied %d times, remembered %v", s.denied, s.remembered())
		}
	})
	t.Run("nobody who is signed out can approve", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		handle := s.interaction(nil)
		s.post("/consent?interaction="+handle, "decision", "approve").leadsTo(t, authorize+handle)
		if len(s.remembered()) != 0 {
			t.Errorf("remembered %v", s.remembered())
		}
	})
	t.Run("a page that was shown to somebody else does not count", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		handle := s.interaction(nil)
		s.post("/consent?interaction="+handle, "decision", "approve", "session", s.client.ID.String()).leadsTo(t, authorize+handle)
		if len(s.remembered()) != 0 {
			t.Errorf("remembered %v", s.remembered())
		}
	})
}

func TestPassword(t *testing.T) {
	t.Parallel()
	const next = "a wholly new secret"
	t.Run("a required change is made in the interaction", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.changeUser(func(u *identity.User) { u.RequiresPasswordChange = true })
		handle := s.interaction(nil)
		s.get("/account/password?interaction="+handle).leadsTo(t, authorize+handle)
		s.post("/login?interaction="+handle, "username", "ada@example.org", "password", secretWord).leadsTo(t, authorize+handle)
		s.get("/consent?interaction="+handle).leadsTo(t, authorize+handle)
		s.get("/account").leadsTo(t, "/account/password")
		page := s.get("/account/password?interaction=" + handle)
		page.shows(t, http.StatusOK, "Choose a new password")
		page.has(t, `id="new_password" name="new_password"`, `id="confirm_password" name="confirm_password"`,
			`id="password-submit"`, `autocomplete="new-password"`)
		page.lacks(t, `name="password"`) // it was typed a moment ago
		s.post("/account/password?interaction="+handle, "new_password", secretWord, "confirm_password", secretWord).
			shows(t, http.StatusBadRequest, "must differ")
		now := s.now
		s.now = s.now.Add(10 * time.Minute)
		s.get("/account/password?interaction="+handle).has(t, `id="password" name="password"`)
		s.post("/account/password?interaction="+handle, "new_password", next, "confirm_password", next).
			shows(t, http.StatusUnauthorized, "The current password is wrong.")
		s.now = now
		before := s.cookie
		s.post("/account/password?interaction="+handle, "new_password", next, "confirm_password", next).leadsTo(t, authorize+handle)
		if s.cookie == before {
			t.Error("the cookie was kept")
		}
		if s.stored().Password.Hash != "hash of "+next {
			t.Error("the password was not changed")
		}
		s.get("/consent?interaction="+handle).shows(t, http.StatusOK, "Notes asks for access")
	})
	t.Run("whoever is signed in may change it, and is told so for a minute", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		s.get("/account/password").shows(t, http.StatusOK, "Change your password", "ada")
		s.post("/account/password", "password", secretWord, "new_password", next, "confirm_password", next).leadsTo(t, "/login")
		s.get("/account").shows(t, http.StatusOK, "Your password was changed.", "2 January 2030, 12:00 UTC")
		s.post("/account/password", "password", secretWord, "new_password", next, "confirm_password", next).leadsTo(t, "/login") // a second click
		s.now = s.now.Add(time.Minute)
		s.get("/account").lacks(t, "Your password was changed.")
		s.post("/account/password", "password", secretWord, "new_password", next, "confirm_password", next).
			shows(t, http.StatusUnauthorized, "The current password is wrong.")
	})
	t.Run("whoever must sign in first comes back to it", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		login := s.get("/account/password").header.Get("Location")
		handle, ok := strings.CutPrefix(login, "/login?interaction=")
		if !ok {
			t.Fatalf("leads to %q", login)
		}
		page := s.get(login)
		page.shows(t, http.StatusOK, "to your account")
		page.has(t, `action="`+login+`"`, `name="interaction" value="`+handle+`"`)
		s.post(login, "username", "ada", "password", "hunter2hunter2").shows(t, http.StatusUnauthorized, "is wrong")
		s.post(login, "username", "ada", "password", secretWord).leadsTo(t, "/account/password")
		s.get("/account/password").shows(t, http.StatusOK, "Change your password")
		t.Run("from every page and as often as it is sent", func(t *testing.T) {
			for _, path := range []string{"/login", "/consent", "/account/password"} {
				s.get(path+"?interaction="+handle).leadsTo(t, "/account/password")
				s.post(path, "interaction", handle, "username", "ada", "password", secretWord, "decision", "approve").leadsTo(t, "/account/password")
			}
			s.cookie = ""
			s.get("/consent?interaction="+handle).leadsTo(t, login)
			s.get("/account/password?interaction="+handle).leadsTo(t, login)
		})
		if s.denied != 0 || len(s.remembered()) != 0 {
			t.Errorf("denied %d times, remembered %v", s.denied, s.remembered())
		}
	})
	t.Run("a form that was sent without a session is not made up for", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		login := s.post("/account/password", "password", secretWord, "new_password", next, "confirm_password", next).header.Get("Location")
		s.post(login, "username", "ada", "password", secretWord).leadsTo(t, "/account/password")
		if s.stored().Password.Hash != "hash of "+secretWord {
			t.Error("the password was changed")
		}
	})
	t.Run("a required change is made on the way back", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.changeUser(func(u *identity.User) { u.RequiresPasswordChange = true })
		login := s.get("/account/password").header.Get("Location")
		s.post(login, "username", "ada", "password", secretWord).leadsTo(t, "/account/password")
		s.get("/account/password").shows(t, http.StatusOK, "Choose a new password")
	})
	t.Run("whoever types an expired temporary password is told, and nobody else", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.changeUser(func(u *identity.User) { u.RequiresPasswordChange, u.Password.ExpiresAt = true, &s.now })
		page := s.post("/login", "username", "ada", "password", secretWord)
		page.shows(t, http.StatusUnauthorized, "This temporary password has expired. Ask an administrator for a new one.")
		page.has(t, `role="alert"`)
		page.lacks(t, secretWord)
		if s.cookie != "" {
			t.Error("a session began")
		}
		page = s.post("/login", "username", "ada", "password", "wrong")
		page.shows(t, http.StatusUnauthorized, "The username or the password is wrong.")
		page.lacks(t, "expired")
	})
	t.Run("a required change must be made before the temporary password expires", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		end := s.now.Add(time.Minute)
		s.changeUser(func(u *identity.User) { u.RequiresPasswordChange, u.Password.ExpiresAt = true, &end })
		handle := s.interaction(nil)
		s.post("/login?interaction="+handle, "username", "ada", "password", secretWord).leadsTo(t, authorize+handle)
		s.get("/account/password?interaction="+handle).shows(t, http.StatusOK, "Choose a new password")
		s.now = end
		s.post("/account/password?interaction="+handle, "new_password", next, "confirm_password", next).leadsTo(t, authorize+handle)
		if s.stored().Password.Hash != "hash of "+secretWord {
			t.Error("the password was changed")
		}
		s.get("/login?interaction="+handle).shows(t, http.StatusOK, "Sign in")
	})
	t.Run("what is wrong stands beside its field", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		s.signIn()
		for name, test := range map[string]struct {
			current, next, confirm string
			status                 int
			id, text               string
		}{
			"wrong":     {"hunter2hunter2", next, next, http.StatusUnauthorized, "password-error", "The current password is wrong."},
			"none":      {"", next, next, http.StatusUnauthorized, "password-error", "The current password is wrong."},
			"long":      {strings.Repeat("a", 1025), next, next, http.StatusUnauthorized, "password-error", "The current password is wrong."},
			"weak":      {secretWord, "weak", "weak", http.StatusBadRequest, "new-password-error", "The password is too short."},
			"unchanged": {secretWord, secretWord, secretWord, http.StatusBadRequest, "new-password-error", "must differ"},
			"different": {secretWord, next, "hunter2hunter2", http.StatusBadRequest, "confirm-password-error", "not the same"},
		} {
			page := s.post("/account/password", "password", test.current, "new_password", test.next, "confirm_password", test.confirm)
			page.shows(t, test.status, test.text)
			page.has(t, `aria-describedby="`+test.id, `id="`+test.id+`" role="alert"`)
			page.lacks(t, "hunter2", secretWord, next, strings.Repeat("a", 1025))
			if strings.Count(page.body, `role="alert"`) != 1 || strings.Count(page.body, "autofocus") != 1 {
				t.Errorf("%s: more or less than one alert or focus", name)
			}
		}
		if s.stored().Password.Hash != "hash of "+secretWord {
			t.Error("the password was changed")
		}
	})
}

func TestLogout(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.get("/logout").shows(t, http.StatusOK, "You are signed out")
	s.signIn()
	page := s.get("/logout")
	page.shows(t, http.StatusOK, "You are signed in as Ada Lovelace")
	page.has(t, `action="/logout"`, `id="logout-confirm"`)
	stolen := s.cookie
	page = s.post("/logout")
	page.shows(t, http.StatusOK, "You are signed out")
	if s.cookie != "" || !strings.Contains(page.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("cookie %q", page.header.Get("Set-Cookie"))
	}
	s.cookie = stolen
	s.get("/login").shows(t, http.StatusOK, "to your account")
	s.post("/logout").shows(t, http.StatusOK, "You are signed out")
}
