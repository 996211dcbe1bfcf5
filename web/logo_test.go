package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

const (
	logoAddress = "https://notes.example/logo.png"
	picture     = "\x89PNG\r\n\x1a\n and the rest"
)

// withLogo is newSite with a client that has a logo.
func withLogo(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.logo = picture
	s.client.Metadata.LogoURI = logoAddress
	s.must(s.store.UpdateClient(t.Context(), s.client))
	return s
}

func TestTheConsentPageHasTheLogoFromUs(t *testing.T) {
	t.Parallel()
	s := withLogo(t)
	s.signIn()
	handle := s.interaction(nil)
	page := s.get("/consent?interaction=" + handle)
	page.has(t, `<img src="/consent/logo?interaction=`+handle+`" alt="">`)
	page.lacks(t, logoAddress)
	if len(s.fetched) != 0 {
		t.Error("the page waited for the logo")
	}
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self';") {
		t.Errorf("policy %q", policy)
	}
	for range 3 {
		got := s.get("/consent/logo?interaction=" + handle)
		if got.status != http.StatusOK || got.body != picture {
			t.Errorf("%d %q", got.status, got.body)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Cache-Control": "private, max-age=3600", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if value := got.header.Get(name); value != want {
				t.Errorf("%s: %q", name, value)
			}
		}
	}
	if !slices.Equal(s.fetched, []string{logoAddress}) {
		t.Errorf("fetched %q", s.fetched)
	}
}

func TestAClientWithoutALogoLooksTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.signIn()
	handle := s.interaction(nil)
	page := s.get("/consent?interaction=" + handle)
	page.has(t, `<div class="badge" aria-hidden="true"><span>N</span></div>`)
	page.lacks(t, "<img")
	if got := s.get("/consent/logo?interaction=" + handle); got.status != http.StatusNoContent || len(s.fetched) != 0 {
		t.Errorf("%d, fetched %q", got.status, s.fetched)
	}
}

func TestWhatIsNoPictureIsAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	s := withLogo(t)
	s.signIn()
	s.logo = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	for range 2 {
		got := s.get("/consent/logo?interaction=" + s.interaction(nil))
		if got.status != http.StatusNoContent || got.body != "" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %v %q", got.status, got.header, got.body)
		}
	}
	if len(s.fetched) != 1 || strings.Count(s.log.String(), "no logo") != 1 {
		t.Errorf("fetched %q, log %s", s.fetched, s.log)
	}
}

// TestNobodyElseCausesAFetchOfALogo: nor is an interaction taken further by a picture.
func TestNobodyElseCausesAFetchOfALogo(t *testing.T) {
	t.Parallel()
	s := withLogo(t)
	ask := func(name, target string) {
		t.Helper()
		if got := s.get(target); got.status != http.StatusBadRequest || got.header.Get("Location") != "" {
			t.Errorf("%s: %d to %q", name, got.status, got.header.Get("Location"))
		}
	}
	handle := s.interaction(nil)
	ask("a stranger", "/consent/logo?interaction="+handle)
	ask("a stranger without an interaction", "/consent/logo")
	s.signIn()
	ask("no interaction", "/consent/logo")
	ask("one that there is not", "/consent/logo?interaction="+strings.Repeat("A", 43))
	ask("one that has to sign in again", "/consent/logo?interaction="+s.interaction(func(p *identity.AuthorizationParams) {
		p.Prompt = []string{"login"}
	}))
	s.post("/consent?interaction="+handle, "decision", "approve").leadsTo(t, authorize+handle)
	ask("one that is past the page", "/consent/logo?interaction="+handle)
	if len(s.fetched) != 0 {
		t.Errorf("fetched %q", s.fetched)
	}
}
