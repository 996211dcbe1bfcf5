package adminclient

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// TestOneOfManyRefreshes: of clients whose token has ended at the same moment, one sends the refresh token, and all have what it got.
func TestOneOfManyRefreshes(t *testing.T) {
	t.Parallel()
	var refreshes atomic.Int32
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer": %[1]q, "authorization_endpoint": "%[1]s/a", "token_endpoint": "%[1]s/t", "revocation_endpoint": "%[1]s/r"}`, server.URL)
	})
	mux.HandleFunc("POST /t", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("refresh_token") != "first" {
			t.Errorf("%q was sent", r.FormValue("refresh_token"))
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token": "new-%d", "refresh_token": "second", "token_type": "Bearer", "expires_in": 600}`, refreshes.Add(1))
	})
	now := time.Now //nolint:forbidigo // oauth2 counts expires_in from now
	folder := Folder{filepath.Join(t.TempDir(), "authly")}
	n := Named{Name: "prod", Profile: Profile{Server: server.URL, ClientID: ClientID, Tokens: InFile}}
	if err := folder.save(n); err != nil {
		t.Fatal(err)
	}
	if err := folder.storeTokens(&n, &oauth2.Token{AccessToken: "old", RefreshToken: "first", Expiry: now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	begin := make(chan struct{})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			c, err := NewClient(folder, "", nil, now)
			if err != nil {
				t.Error(err)
				return
			}
			<-begin
			if token, err := c.accessToken(t.Context(), ""); token != "new-1" || err != nil {
				t.Errorf("%q %v", token, err)
			}
		})
	}
	close(begin)
	group.Wait()
	if got := refreshes.Load(); got != 1 {
		t.Errorf("%d refreshes", got)
	}
}
