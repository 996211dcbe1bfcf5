package outbound

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestOnlyThePublicInternetIsPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "192.168.0.1": false, "172.16.0.1": false, "169.254.169.254": false, "0.0.0.0": false,
		"100.64.0.1": false, "192.0.2.1": false, "2001:db8::1": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fd00::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "ff02::1": false,
	} {
		addr := netip.MustParseAddr(text)
		network := "tcp4"
		if addr.Is6() {
			network = "tcp6"
		}
		err := refusePrivate(network, netip.AddrPortFrom(addr, 8443).String(), nil)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrForbiddenAddress) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

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
