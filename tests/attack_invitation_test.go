package tests

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestOneInvitationMakesOneAccount, however many browsers have proven the mailbox and finish at once.
func TestOneInvitationMakesOneAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		const many = 10
		n := administer(t, db, byInvitation(mailbox, harness.Env("AUTHLY_THROTTLE", "mail_network=1000/1s,mail_own=1000/1s"))...)
		l, _ := n.invite(t, mailbox, newcomer)
		browsers := make([]*harness.Browser, many)
		for i := range browsers {
			browsers[i] = harness.NewBrowser(t, n.Node)
			proveInvited(t, mailbox, browsers[i], linkIn(t, l))
		}
		var wg sync.WaitGroup
		for i, b := range browsers {
			wg.Go(func() {
				b.Submit("account-submit", account(map[string]string{"username": "racer" + string(rune('a'+i))}))
			})
		}
		wg.Wait()
		made := 0
		for _, b := range browsers {
			if b.Has("sign-out") {
				made++
			}
		}
		if got := db.Count(t, "SELECT count(*) FROM users WHERE email_key = '"+newcomer+"'"); made != 1 || got != 1 {
			t.Errorf("%d were signed in, %d accounts", made, got)
		}
	})
}

// TestAnInvitationIsOfItsAddress: another that is typed is refused, whatever looks the same included, and whoever was forwarded
// the message gets no further without the code, which goes to the address.
func TestAnInvitationIsOfItsAddress(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"invite", "open"} {
		mailbox := harness.NewMailbox(t, false)
		n := administer(t, harness.SQLite(t), byInvitation(mailbox, harness.Env("AUTHLY_REGISTRATION", mode))...)
		l, _ := n.invite(t, mailbox, "kim@example.org")
		b := harness.NewBrowser(t, n.Node)
		for _, other := range []string{"mallory@example.org", "\u212aim@example.org", "kim@example.org.evil", "kim@example.org, m@evil.org", ""} {
			b.Post(linkIn(t, l), url.Values{"email": {other}})
			if b.Status != http.StatusBadRequest || b.Has("code") {
				t.Errorf("%s: %q: %d %s", mode, other, b.Status, b.Text())
			}
		}
		mailbox.Empty(t)
		b.Post(linkIn(t, l), url.Values{"email": {"KIM@example.org"}})
		if to := mailbox.Next(t).To[0]; to != "kim@example.org" {
			t.Errorf("%s: the code went to %s", mode, to)
		}
		b.Post(n.URL+"/register/code", url.Values{"code": {"12345678"}})
		if b.Status != http.StatusUnauthorized {
			t.Errorf("%s: a guess: %d", mode, b.Status)
		}
	}
}

// TestAScannerOfInvitationsConfirmsNothing: it opens the link and presses the button, and the invitation is as good as before.
func TestAScannerOfInvitationsConfirmsNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := administer(t, harness.SQLite(t), byInvitation(mailbox)...)
	l, _ := n.invite(t, mailbox, newcomer)
	scanner := harness.NewBrowser(t, n.Node)
	for range 20 {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			if scanner.Send(method, linkIn(t, l), nil, nil); scanner.Status != http.StatusOK {
				t.Fatalf("%s: %d", method, scanner.Status)
			}
		}
	}
	scanner.Submit("register-submit", nil)
	second := mailbox.Next(t)
	reader := harness.NewBrowser(t, n.Node) // opens the message that the scanner has caused
	if reader.Get(linkIn(t, second)); reader.Has("code-submit") || strings.Contains(reader.Body, codeIn(t, second)) {
		t.Errorf("another browser is shown %s", reader.Text())
	}
	proveInvited(t, mailbox, reader, linkIn(t, l))
}

// TestAnInvitationMakesNobodyAnAdministrator: groups that let their members administer are refused when somebody is invited, and
// again when they accept.
func TestAnInvitationMakesNobodyAnAdministrator(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := administer(t, db, byInvitation(mailbox)...)
		helpers, sales := n.newGroup(t, "helpers"), n.newGroup(t, "sales")
		made := n.run(t, `mutation{createRole(input:{name:"helper",adminScopes:["admin:users:read"]}){role{id} userErrors{code}}}`)
		const assign = `mutation($r:ID!,$g:[ID!]!){assignRole(input:{roleId:$r,userIds:[],groupIds:$g}){userErrors{code}}}`
		role := dig(made, "createRole", "role", "id")
		n.run(t, assign, "r", role, "g", []any{helpers})
		below := dig(n.run(t, `mutation($p:ID!){createGroup(input:{name:"below",parentId:$p}){group{id} userErrors{code}}}`, "p", helpers), "createGroup", "group", "id")
		for name, group := range map[string]any{"their group": helpers, "a group below": below} {
			if got := problems(n.run(t, inviteDocument, "email", newcomer, "groups", []any{group}, "hours", 1)["createInvitation"]); got != "VALIDATION_FAILED groupIds" {
				t.Errorf("%s: %s", name, got)
			}
		}
		mailbox.Empty(t)
		l, _ := n.invite(t, mailbox, newcomer, sales)
		b := harness.NewBrowser(t, n.Node)
		proveInvited(t, mailbox, b, linkIn(t, l))
		n.run(t, assign, "r", role, "g", []any{sales})
		b.Submit("account-submit", account(nil))
		if b.Has("sign-out") || b.Status != http.StatusBadRequest || db.Count(t, "SELECT count(*) FROM users WHERE username = 'carol'") > 0 {
			t.Errorf("a group that has become theirs: %d %s", b.Status, b.Text())
		}
	})
}

// TestAnInvitationIsAsGoodAsWhoInvites: nobody accepts that of an administrator who is none any more, or was deactivated.
func TestAnInvitationIsAsGoodAsWhoInvites(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := administer(t, db, byInvitation(mailbox)...)
		l, _ := n.invite(t, mailbox, newcomer)
		b := harness.NewBrowser(t, n.Node)
		proveInvited(t, mailbox, b, linkIn(t, l))
		yes, no := true, false
		n.Change(t, "alice", admin.UserChange{Admin: &yes}) // somebody must be
		n.Change(t, "admin", admin.UserChange{Admin: &no})
		b.Submit("account-submit", account(nil))
		if b.Has("sign-out") || b.Status != http.StatusBadRequest {
			t.Errorf("of who is no administrator: %d %s", b.Status, b.Text())
		}
		n.Change(t, "admin", admin.UserChange{Admin: &yes})
		b.Get(n.URL + "/register/account")
		b.Submit("account-submit", account(nil))
		if !b.Has("sign-out") {
			t.Errorf("of who is one again: %d %s", b.Status, b.Text())
		}
	})
}
