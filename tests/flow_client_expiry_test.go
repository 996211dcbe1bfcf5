package tests

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestAClientExpires: from then on it is unknown at each endpoint, on each node, and what it has been given is worth nothing; renewed, it
// goes on where it was, and no administrator's change was in the way.
func TestAClientExpires(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		party, browser := harness.NewParty(t, n, "web", "openid", "offline_access"), harness.NewBrowser(t, n)
		tokens := party.Tokens(browser, "alice", harness.AlicePassword)
		code := func() string {
			party.Authorize(browser, "alice", harness.AlicePassword)
			return party.Code(browser)
		}
		early, before := code(), n.Client(t, "web")
		extend := func(d time.Duration) {
			t.Helper()
			if err := n.Server.Store.ExtendClient(harness.System(t), before.ID, n.Clock.Now().Add(d)); err != nil {
				t.Fatal(err)
			}
			n.Clock.Advance(staleness)
		}
		extend(time.Minute)
		if a := last.UserInfo(t, tokens.AccessToken); a.Status != http.StatusOK {
			t.Fatalf("before it expires: %s", a.Text)
		}
		n.Clock.Advance(time.Minute)
		for _, node := range nodes {
			if a := node.UserInfo(t, tokens.AccessToken); a.Status != http.StatusUnauthorized || !strings.Contains(a.Header.Get("WWW-Authenticate"), "invalid_token") {
				t.Errorf("UserInfo: %d %s", a.Status, a.Text)
			}
			for name, a := range map[string]harness.Answer{
				"refresh":       node.Refresh(t, "web", tokens.RefreshToken),
				"code":          node.Token(t, "web", "grant_type", "authorization_code", "code", early),
				"introspection": node.Introspect(t, "web", tokens.AccessToken),
				"revocation":    node.Revoke(t, "web", tokens.AccessToken),
				"push":          node.Form(t, parPath, "web", harness.ClientSecret, request(t, party)),
			} {
				oauthError(t, name, a, http.StatusUnauthorized, "invalid_client")
			}
			if a := node.Get(t, strings.TrimPrefix(party.AuthURL(), n.URL)); a.Status != http.StatusBadRequest {
				t.Errorf("authorize: %d %s", a.Status, a.Text)
			}
		}
		if left := n.Database.Count(t, "SELECT count(*) FROM grants WHERE ended_at IS NULL"); left == 0 {
			t.Error("the grants of an expired client have ended")
		}

		extend(time.Hour)
		if a := last.UserInfo(t, tokens.AccessToken); a.Status != http.StatusOK {
			t.Errorf("renewed: %d %s", a.Status, a.Text)
		}
		if a := last.Refresh(t, "web", tokens.RefreshToken); a.Status != http.StatusOK {
			t.Errorf("renewed: %d %s", a.Status, a.Text)
		}
		if after := n.Client(t, "web"); after.Version != before.Version || !after.UpdatedAt.Equal(before.UpdatedAt) {
			t.Errorf("a renewal is a change: %+v", after)
		}
	})
}

// TestAnAdministratorSeesWhenAClientExpires.
func TestAnAdministratorSeesWhenAClientExpires(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db)
		n := api.Node
		shown := func(id string) any {
			return dig(api.run(t, `query($id:String!){client(by:{clientId:$id}){expiresAt}}`, "id", id), "client", "expiresAt")
		}
		at := n.Clock.Now().Add(time.Hour).UTC().Truncate(time.Second)
		if err := n.Server.Store.ExtendClient(harness.System(t), n.Client(t, "web").ID, at); err != nil {
			t.Fatal(err)
		}
		if got := shown("web"); got != at.Format("2006-01-02T15:04:05.000Z") {
			t.Errorf("expiresAt %v, not %s", got, at)
		}
		if got := shown("other"); got != nil {
			t.Errorf("expiresAt of one that stays: %v", got)
		}
	})
}
