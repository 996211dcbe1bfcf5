package console

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
)

func served(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	h := New(Config{Issuer: "https://id.example", Domain: &identity.Domain{Source: identity.SystemSource()}})
	router := chi.NewRouter()
	h.Mount(router)
	r := httptest.NewRequest(http.MethodGet, path, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	router.ServeHTTP(w, r)
	return w
}

// TestTheIndexHasANonceOfItsOwn: it is the same page at every address, its policy allows nothing inline but styles with the nonce, and no
// two have the same.
func TestTheIndexHasANonceOfItsOwn(t *testing.T) {
	t.Parallel()
	nonces := map[string]bool{}
	for _, path := range []string{"/console/", "/console/users/usr_1/history", "/console/assets"} {
		w := served(t, path)
		policy := w.Header().Get("Content-Security-Policy")
		nonce := regexp.MustCompile(`style-src 'self' 'nonce-([A-Za-z0-9_-]{43})';`).FindStringSubmatch(policy)
		if w.Code != http.StatusOK || nonce == nil || nonces[nonce[1]] || !strings.Contains(w.Body.String(), `content="`+nonce[1]+`"`) ||
			strings.Contains(w.Body.String(), noncePlace) || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %v", path, w.Code, w.Header())
		}
		nonces[nonce[1]] = true
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "img-src 'self' data:", "connect-src 'self'", "font-src 'self'", "form-action 'self'",
			"frame-ancestors 'none'", "base-uri 'none'",
		} {
			if !strings.Contains("; "+policy+";", "; "+want+";") {
				t.Errorf("%s: the policy has no %s: %s", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || regexp.MustCompile(`<script[^>]*>[^<]|<style| style=| on[a-z]+=`).MatchString(w.Body.String()) {
			t.Errorf("%s has something inline: %s", path, w.Body)
		}
	}
}

// TestAssetsAreCompressed: as they are in the program, and expanded for whoever cannot; for ever, and nothing else is there.
func TestAssetsAreCompressed(t *testing.T) {
	t.Parallel()
	_, assets, err := readDist(dist)
	if err != nil || len(assets) == 0 {
		t.Fatalf("%d assets, %v", len(assets), err)
	}
	for name, a := range assets {
		if a.media == "" {
			t.Errorf("%s has no media type", name)
		}
		small, plain := served(t, "/console/assets/"+name, "Accept-Encoding", "gzip, br"), served(t, "/console/assets/"+name, "Accept-Encoding", "gzip, br;q=0")
		expanded, err := io.ReadAll(brotli.NewReader(bytes.NewReader(small.Body.Bytes())))
		if err != nil || small.Header().Get("Content-Encoding") != "br" || plain.Header().Get("Content-Encoding") != "" ||
			!bytes.Equal(expanded, plain.Body.Bytes()) || len(expanded) == 0 {
			t.Errorf("%s: %v %v %v", name, small.Header(), plain.Header(), err)
		}
		for _, w := range []*httptest.ResponseRecorder{small, plain} {
			if w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("Vary") != "Accept-Encoding" ||
				w.Header().Get("Content-Type") != a.media {
				t.Errorf("%s: %v", name, w.Header())
			}
		}
	}
	for _, path := range []string{"/console/assets/", "/console/assets/nothing.js", "/console/assets/../index.html", "/console/assets/index.html"} {
		if w := served(t, path); w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestReturnAddress(t *testing.T) {
	t.Parallel()
	for wanted, want := range map[string]string{
		"/console/users?first=20": "/console/users?first=20", "/console/": "/console/", "/console/a%20b": "/console/a%20b",
		"": "/console/", "/console": "/console/", "/login": "/console/", "//evil.example/console/": "/console/",
		"https://evil.example/console/": "/console/", `/console/\evil`: "/console/", "/console/%5c..%5c..": "/console/",
		"/console/../login": "/console/", "/console/%2e%2e/login": "/console/", "/console/sign-in": "/console/", "/console/%zz": "/console/",
		"/console/x\n": "/console/", "/console/#x": "/console/",
	} {
		if got := returnAddress(wanted); got != want {
			t.Errorf("%q: %q", wanted, got)
		}
	}
}
