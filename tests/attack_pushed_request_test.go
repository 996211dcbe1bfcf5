package tests

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestAPushedRequestIsNotSwapped: OAuch IsClientBoundToUriTest, RequestUriEntropy…; RFC 9126 §7. A request_uri works for the
// client that has pushed it and as it was given, and the handle of a page is no request_uri, nor the other way round.
func TestAPushedRequestIsNotSwapped(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	party := harness.NewParty(t, n, "web")
	uri, another := push(t, n, party), push(t, n, party)
	if uri == another {
		t.Error("two pushes got the same request_uri")
	}
	browser := harness.NewBrowser(t, n)
	browser.Get(byReference(n, "web", uri))
	if !browser.Has("login-submit") {
		t.Fatalf("the request_uri was not good before: %s", browser.Text())
	}
	var handle, name string
	for key, list := range browser.URL.Query() {
		name, handle = key, list[0]
	}
	const prefix = "urn:ietf:params:oauth:request_uri:"
	sealed := strings.TrimPrefix(uri, prefix)
	last := "A"
	if strings.HasSuffix(sealed, "A") {
		last = "Q"
	}
	for what, address := range map[string]string{
		"another client's":        byReference(n, "other", uri),
		"an unknown client's":     byReference(n, "nobody", uri),
		"no client's":             n.URL + "/api/v1/oauth/authorize?" + harness.Values("request_uri", uri).Encode(),
		"two":                     byReference(n, "web", uri, "state", "x") + "&request_uri=" + url.QueryEscape(another),
		"two clients":             byReference(n, "web", uri) + "&client_id=other",
		"none":                    byReference(n, "web", prefix),
		"a changed one":           byReference(n, "web", prefix+sealed[:len(sealed)-1]+last),
		"a shortened one":         byReference(n, "web", prefix+sealed[:len(sealed)-4]),
		"a handle":                byReference(n, "web", prefix+handle),
		"a long one":              byReference(n, "web", prefix+strings.Repeat("A", 7000)),
		"a request_uri as handle": n.URL + "/login?" + harness.Values(name, sealed).Encode(),
	} {
		browser.Get(address)
		if browser.Has("login-submit") || !strings.HasPrefix(browser.URL.String(), n.URL) || browser.Status < 400 {
			t.Errorf("%s: %d at %s", what, browser.Status, browser.URL)
		}
	}
}

// TestOnePushedRequestAnsweredOnce: two hundred browsers' tabs of one person open one request_uri at the same moment.
func TestOnePushedRequestAnsweredOnce(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		browser, _ := signedIn(t, n)
		party := harness.NewParty(t, n, "web")
		uri := push(t, n, party)
		cookie := sessionCookie(browser, n)
		client := &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: crowd},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		defer client.CloseIdleConnections()
		begin, codes := make(chan struct{}), make(chan string, crowd)
		var all sync.WaitGroup
		for i := range crowd {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, byReference(nodes[i%len(nodes)], "web", uri), nil)
			if err != nil {
				t.Fatal(err)
			}
			request.AddCookie(n.SessionCookie(cookie))
			all.Go(func() {
				<-begin
				response, err := client.Do(request)
				if err != nil {
					t.Error(err)
					return
				}
				_ = response.Body.Close()
				at, err := response.Location()
				if err == nil && at.Query().Has("code") {
					codes <- at.Query().Get("code")
				} else if response.StatusCode != http.StatusBadRequest {
					t.Errorf("status %d, Location %v", response.StatusCode, at)
				}
			})
		}
		close(begin)
		all.Wait()
		if len(codes) != 1 {
			t.Fatalf("%d codes", len(codes))
		}
		if _, err := party.Exchange(<-codes); err != nil {
			t.Error(err)
		}
	})
}
