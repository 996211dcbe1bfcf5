package web

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// attack is text that must never be markup.
const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>'javascript:alert(1)`

func TestEchoedTextIsNeverMarkup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.client.Metadata.Name, s.client.Metadata.URI = attack, "https://"+attack
	s.client.Metadata.PolicyURI, s.client.Metadata.TermsURI = "javascript:alert(1)", `https://x.example/"><script>`
	s.must(s.store.UpdateClient(t.Context(), s.client))
	s.changeUser(func(u *identity.User) { u.Claims.Name = attack })
	hostile := s.interaction(func(p *identity.AuthorizationParams) {
		p.LoginHint, p.Scopes, p.RedirectURI = attack, []string{attack}, "https://app.example;script-src *,x/cb"
	})
	call := func(f func(http.ResponseWriter, *http.Request)) answer {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		w := httptest.NewRecorder()
		f(w, r.WithContext(identity.WithActor(r.Context(), identity.Actor{RequestID: attack})))
		return answer{w.Code, w.Result().Header, w.Body.String()}
	}
	pages := map[string]answer{
		"login":        s.get("/login?interaction=" + hostile),
		"failed login": s.post("/login?interaction="+hostile, "username", attack, "password", attack),
	}
	s.signIn()
	pages["consent"] = s.get("/consent?interaction=" + hostile)
	pages["account"] = s.get("/account")
	pages["profile"] = s.get("/account/profile")
	pages["applications"] = s.get("/account/applications")
	pages["activity"] = s.get("/account/activity")
	pages["logout"] = s.get("/logout")
	values := url.Values{attack: {attack}}
	pages["error"] = call(func(w http.ResponseWriter, r *http.Request) {
		s.handler.Error(w, r, identity.Errorf(identity.Invalid, identity.CodeValidation, "%s", attack))
	})
	pages["form post"] = call(func(w http.ResponseWriter, r *http.Request) {
		s.handler.FormPost(w, r, `https://app.example/cb?x="><script>alert(1)</script>`, values)
	})
	pages["confirm logout"] = call(func(w http.ResponseWriter, r *http.Request) {
		s.handler.ConfirmLogout(w, r, "/oidc/logout", attack, "", values)
	})
	for name, p := range pages {
		if !strings.Contains(p.body, "</html>") {
			t.Errorf("%s: not a whole page: %d %s", name, p.status, p.body)
		}
		p.lacks(t, "<script>", "<img", `href="javascript:`)
		if policy := p.header.Get("Content-Security-Policy"); strings.Contains(policy, "script-src *") || strings.Contains(policy, ",") {
			t.Errorf("%s: %s", name, policy)
		}
	}
	if got := strings.Count(pages["form post"].body, "&lt;script&gt;"); got < 2 {
		t.Errorf("the values are not there: %s", pages["form post"].body)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	const (
		before  = "default-src 'none'; "
		scripts = "script-src 'self'; "
		between = "style-src 'self'; img-src 'self'; "
		own     = "form-action 'self'; "
		after   = "frame-ancestors 'none'; base-uri 'none'"

		// What a page may do: have forms that end here, forms that lead away, or none.
		here, away, still = before + scripts + between + own + after, before + scripts + between + after, before + between + own + after
	)
	s := newSite(t)
	check := func(p answer, policy string) {
		t.Helper()
		for name, want := range map[string]string{
			"Content-Security-Policy": policy,
			"Content-Type":            "text/html; charset=utf-8",
			"Cache-Control":           "no-store",
			"Referrer-Policy":         "no-referrer",
			"X-Frame-Options":         "DENY",
			"X-Content-Type-Options":  "nosniff",
		} {
			if got := p.header.Get(name); got != want {
				t.Errorf("%s:\n got %s\nwant %s", name, got, want)
			}
		}
		p.lacks(t, "style=", "onload", "onclick")
	}
	check(s.get("/"), still)
	check(s.get("/login"), here)
	check(s.get("/login?interaction=x"), still)
	check(s.get("/login?interaction="+s.interaction(nil)), away)
	check(s.get(s.get("/account/password").header.Get("Location")), here)
	s.signIn()
	check(s.get("/"), still)
	for _, path := range []string{
		"/account", "/account/profile", "/account/devices", "/account/applications", "/account/activity", "/account/delete",
	} {
		check(s.get(path), here)
	}
	check(s.get("/account/data"), still)
	check(s.get("/consent?interaction="+s.interaction(nil)), away)
	check(s.get("/account/password"), here)
	check(s.get("/logout"), here)
	confirm := func(returnTo string) answer {
		w := httptest.NewRecorder()
		s.handler.ConfirmLogout(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody), "/oidc/logout", "", returnTo, nil)
		return answer{w.Code, w.Result().Header, w.Body.String()}
	}
	check(confirm(""), here)
	check(confirm("https://rp.example/bye"), away)
	s.changeUser(func(u *identity.User) { u.RequiresPasswordChange = true })
	check(s.get("/account/password?interaction="+s.interaction(nil)), away)
}

func TestFormPost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	post := func(action string) answer {
		w := httptest.NewRecorder()
		s.handler.FormPost(w, httptest.NewRequest(http.MethodGet, "/api/v1/oauth/authorize", http.NoBody), action, url.Values{"state": {"a&b", "c"}, "code": {"x"}})
		return answer{w.Code, w.Result().Header, w.Body.String()}
	}
	p := post("https://app.example/cb?a=1&b=2")
	p.shows(t, http.StatusOK, "Returning to app.example")
	p.has(t, `<form method="post" action="https://app.example/cb?a=1&amp;b=2">`, `<button class="button" type="submit">`,
		"<input type=\"hidden\" name=\"code\" value=\"x\">\n"+
			"<input type=\"hidden\" name=\"state\" value=\"a&amp;b\">\n<input type=\"hidden\" name=\"state\" value=\"c\">",
		`<script src="/assets/`+submit.name+`" defer></script>`)
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
		"frame-ancestors 'none'; base-uri 'none'"
	if got := p.header.Get("Content-Security-Policy"); got != policy {
		t.Errorf("got %s", got)
	}
	for _, action := range []string{"com.example.app:/cb", "javascript:alert(1)", "/cb", ""} {
		p := post(action)
		p.shows(t, http.StatusBadRequest, "Request error")
		p.lacks(t, "<form", "<script")
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.get("/login")
	for _, a := range []asset{style, submit, better, icon} {
		got := s.get("/assets/" + a.name)
		if got.status != http.StatusOK || got.body != string(a.body) || got.header.Get("Content-Type") != a.contentType ||
			got.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: %d %v", a.name, got.status, got.header)
		}
	}
	page.has(t, "/assets/"+style.name, "/assets/"+icon.name, "/assets/"+better.name)
	page.lacks(t, submit.name)
	for _, name := range []string{"", "authly.css", "../templates/login.html", "0123456789abcdef.css"} {
		if got := s.get("/assets/" + name); got.status != http.StatusNotFound {
			t.Errorf("%q: %d", name, got.status)
		}
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	const generic = "Something went wrong on our side."
	for name, test := range map[string]struct {
		err    error
		status int
		text   string
		logged bool
	}{
		"invalid":     {identity.InvalidField("x", "The thing is bad."), 400, "The thing is bad.", false},
		"not found":   {identity.ErrClientNotFound.Because(errors.New("secret cause")), 400, "No such client.", false},
		"conflict":    {&identity.VersionConflictError{CurrentVersion: 7}, 400, "changed at the same moment", false},
		"forbidden":   {identity.ErrSelfAdmin, 403, "cannot take away", false},
		"unavailable": {identity.ErrUnavailable.Because(errors.New("secret cause")), 503, "temporarily unavailable", true},
		"internal":    {identity.Errorf(identity.Internal, identity.CodeInternal, "secret cause"), 500, generic, true},
		"unknown":     {errors.New("secret cause"), 500, generic, true},
		"no detail":   {&identity.Error{Kind: identity.Invalid}, 400, "The request was refused.", false},
	} {
		s := newSite(t)
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		w := httptest.NewRecorder()
		s.handler.Error(w, r.WithContext(identity.WithActor(r.Context(), identity.Actor{RequestID: "request-1"})), test.err)
		page := answer{w.Code, w.Result().Header, w.Body.String()}
		page.shows(t, test.status, "Request error", test.text, "request-1")
		page.lacks(t, "secret cause")
		if logged := s.log.Len() > 0; logged != test.logged {
			t.Errorf("%s: logged %v", name, logged)
		}
	}
	t.Run("a browser that went away is not a fault", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.handler.Error(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody).WithContext(ctx), ctx.Err())
		if s.log.Len() > 0 {
			t.Error(s.log)
		}
	})
	t.Run("a form that is too large or malformed", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader("username=%zz"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		s.do(r).shows(t, http.StatusBadRequest, "Request error")
		r = httptest.NewRequest(http.MethodPost, "/login", strings.NewReader("username="+strings.Repeat("a", 100)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 50)
		s.do(r).shows(t, http.StatusBadRequest, "Request error")
	})
	t.Run("a form of another website", func(t *testing.T) {
		t.Parallel()
		s := newSite(t)
		w := httptest.NewRecorder()
		s.handler.RefuseCrossOrigin(w, httptest.NewRequest(http.MethodPost, "/login", http.NoBody))
		answer{w.Code, w.Result().Header, w.Body.String()}.shows(t, http.StatusForbidden, "Request error", "another website")
	})
}
