package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// reply is what one of many parallel requests got.
type reply struct {
	status int
	body   map[string]any
	err    error
}

// together sends the same token request many times at once, over the nodes in turn.
func together(t *testing.T, times int, form url.Values, nodes ...*harness.Node) []reply {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: times}}
	defer client.CloseIdleConnections()
	replies := make([]reply, times)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range replies {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, nodes[i%len(nodes)].URL+"/api/v1/oauth/token",
			strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth("web", harness.ClientSecret)
		all.Go(func() {
			<-begin
			replies[i] = ask(client, request)
		})
	}
	close(begin)
	all.Wait()
	for _, r := range replies {
		if r.err != nil {
			t.Fatal(r.err)
		}
	}
	return replies
}

func ask(client *http.Client, request *http.Request) reply {
	response, err := client.Do(request)
	if err != nil {
		return reply{err: err}
	}
	defer response.Body.Close()
	r := reply{status: response.StatusCode}
	if r.err = json.NewDecoder(response.Body).Decode(&r.body); r.err != nil {
		r.err = fmt.Errorf("status %d: %w", r.status, r.err)
	}
	return r
}

const crowd = 200

// TestOneCodeExchangedByMany: OAuch SingleFastACExchangeTest, MultiFastACExchangeTest; RFC 6749 §4.1.2.
func TestOneCodeExchangedByMany(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		party := harness.NewParty(t, n, "web")
		code := party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {harness.Callback}, "code_verifier": {party.Verifier},
		}
		var winner map[string]any
		for _, r := range together(t, crowd, form, nodes...) {
			switch {
			case r.status == http.StatusOK && winner == nil:
				winner = r.body
			case r.status != http.StatusBadRequest || r.body["error"] != "invalid_grant":
				t.Errorf("%d %v", r.status, r.body)
			}
		}
		if winner == nil {
			t.Fatal("nobody has won")
		}
		access, _ := winner["access_token"].(string)
		refresh, _ := winner["refresh_token"].(string)
		n.Clock.Advance(staleness)
		for _, node := range nodes {
			if a := node.UserInfo(t, access); a.Status != http.StatusUnauthorized {
				t.Errorf("UserInfo: %d %s", a.Status, a.Text)
			}
			inactive(t, "access token", node.Introspect(t, "web", access))
			inactive(t, "refresh token", node.Introspect(t, "web", refresh))
			oauthError(t, "refresh", node.Refresh(t, "web", refresh), 400, "invalid_grant")
		}
		ended := n.Database.Count(t, "SELECT count(*) FROM grants WHERE end_reason = 'code_replayed'")
		if grants := n.Database.Count(t, "SELECT count(*) FROM grants"); grants != 1 || ended != 1 {
			t.Errorf("%d grants, %d of them ended", grants, ended)
		}
	})
}

// TestOneRefreshTokenSentByMany: RFC 9700 §4.14.2 and the grace window; OAuch SingleFastRefreshTest,
// MultiFastRefreshTest.
func TestOneRefreshTokenSentByMany(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		tokens := harness.NewParty(t, n, "web").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tokens.RefreshToken}}
		successors, access := map[string]bool{}, ""
		for _, r := range together(t, crowd, form, nodes...) {
			if r.status != http.StatusOK {
				t.Fatalf("%d %v", r.status, r.body)
			}
			successor, _ := r.body["refresh_token"].(string)
			successors[successor] = true
			access, _ = r.body["access_token"].(string)
		}
		if len(successors) != 1 || successors[tokens.RefreshToken] || successors[""] {
			t.Fatalf("%d different successors", len(successors))
		}
		if generation := n.Database.Count(t, "SELECT refresh_generation FROM grants"); generation != 2 {
			t.Errorf("generation %d", generation)
		}
		last := nodes[len(nodes)-1]
		if a := last.UserInfo(t, access); a.Status != http.StatusOK {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}

		n.Clock.Advance(31 * time.Second)
		oauthError(t, "replay", last.Refresh(t, "web", tokens.RefreshToken), 400, "invalid_grant")
		for successor := range successors {
			oauthError(t, "successor", n.Refresh(t, "web", successor), 400, "invalid_grant")
			inactive(t, "successor", last.Introspect(t, "web", successor))
		}
		n.Clock.Advance(staleness)
		for _, node := range nodes {
			if a := node.UserInfo(t, access); a.Status != http.StatusUnauthorized {
				t.Errorf("UserInfo after the replay: %d %s", a.Status, a.Text)
			}
		}
	})
}
