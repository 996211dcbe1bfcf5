package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestPrivateAddressesAreNotCalled(t *testing.T) {
	t.Parallel()
	called := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		server.URL, "https://localhost:" + u.Port(), "https://[::1]:" + u.Port(), "https://[::ffff:127.0.0.1]:" + u.Port(),
		"http://" + u.Host, "file:///etc/passwd", "https://user@" + u.Host, "gopher://x", "", "//x",
	} {
		if _, err := New(false).GetJSON(t.Context(), address); !errors.Is(err, ErrForbiddenAddress) {
			t.Errorf("%s: %v", address, err)
		}
		if err := New(false).PostForm(t.Context(), address, nil); !errors.Is(err, ErrForbiddenAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if called {
		t.Error("a private address was called")
	}
}

func TestCallsAreBounded(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.FormValue("a") != "b" {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte("{}"))
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(strings.Repeat("x", maxBytes+1))) })
	mux.HandleFunc("/fault", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	server := httptest.NewServer(mux)
	defer server.Close()
	c := New(true)
	if body, err := c.GetJSON(t.Context(), server.URL+"/ok"); err != nil || string(body) != "{}" {
		t.Errorf("get: %q %v", body, err)
	}
	if body, err := c.GetStatement(t.Context(), server.URL+"/ok"); err != nil || string(body) != "{}" {
		t.Errorf("get: %q %v", body, err)
	}
	if err := c.PostForm(t.Context(), server.URL+"/ok", url.Values{"a": {"b"}}); err != nil {
		t.Errorf("post: %v", err)
	}
	for _, path := range []string{"/redirect", "/large", "/fault", "/nothing"} {
		if _, err := c.GetJSON(t.Context(), server.URL+path); err == nil {
			t.Errorf("get %s succeeded", path)
		}
	}
	for _, path := range []string{"/redirect", "/fault"} {
		if err := c.PostForm(t.Context(), server.URL+path, nil); err == nil {
			t.Errorf("post %s succeeded", path)
		}
	}
}

// TestAPushReadsTheStartOfTheReply, follows no redirect, and sends the header Authorization where it is told one.
func TestAPushReadsTheStartOfTheReply(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(r.Header.Get("Authorization") + strings.Repeat("x", maxReply)))
	}))
	defer server.Close()
	c := New(true)
	for header, want := range map[string]int{"Bearer a": maxReply, "": maxReply} {
		status, reply, err := c.Push(t.Context(), server.URL, "text/plain", header, "body")
		if err != nil || status != http.StatusBadRequest || len(reply) != want || !strings.HasPrefix(string(reply), header+"x") {
			t.Errorf("%q: %d, %d bytes, %v", header, status, len(reply), err)
		}
	}
	if status, _, err := c.Push(t.Context(), server.URL+"/redirect", "text/plain", "Bearer a", ""); err != nil || status != http.StatusTemporaryRedirect {
		t.Errorf("%d %v", status, err)
	}
	if _, _, err := New(false).Push(t.Context(), server.URL, "text/plain", "", ""); !errors.Is(err, ErrForbiddenAddress) {
		t.Error(err)
	}
}
