package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// byInvitation lets who was invited register.
func byInvitation(m *harness.Mailbox, more ...harness.Option) []harness.Option {
	return append(append(withMail(m), harness.Env("AUTHLY_REGISTRATION", "invite")), more...)
}

const inviteDocument = `mutation($email:EmailAddress!,$groups:[ID!],$hours:Int){createInvitation(input:{email:$email,groupIds:$groups,hours:$hours}){
	invitation{id email groups{name} createdBy expiresAt} userErrors{code path}}}`

// invite invites an address, and returns the message and the id of the invitation.
func (a administration) invite(t *testing.T, mailbox *harness.Mailbox, email string, groups ...string) (l harness.Letter, id string) {
	t.Helper()
	made := a.run(t, inviteDocument, "email", email, "groups", append([]string{}, groups...), "hours", 168)
	if p := problems(made["createInvitation"]); p != "" {
		t.Fatalf("invite %s: %s", email, p)
	}
	id, _ = dig(made, "createInvitation", "invitation", "id").(string)
	return mailbox.Next(t), id
}

// newGroup makes a group and returns its id.
func (a administration) newGroup(t *testing.T, name string) string {
	t.Helper()
	made := a.run(t, `mutation($n:String!){createGroup(input:{name:$n}){group{id} userErrors{code}}}`, "n", name)
	id, _ := dig(made, "createGroup", "group", "id").(string)
	return id
}

// proveInvited goes from the link of an invitation to the last page.
func proveInvited(t *testing.T, mailbox *harness.Mailbox, b *harness.Browser, link string) {
	t.Helper()
	b.Get(link)
	b.Submit("register-submit", nil)
	if !b.Has("code") {
		t.Fatalf("the link of an invitation: %d %s", b.Status, b.Text())
	}
	b.Submit("code-submit", map[string]string{"code": codeIn(t, mailbox.Next(t))})
	if !b.Has("account-submit") {
		t.Fatalf("with the code: %d %s", b.Status, b.Text())
	}
}

// TestAnInvitedPersonMakesAnAccount, once, in both modes in which it can be made, and is a member of the groups then.
func TestAnInvitedPersonMakesAnAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		for _, mode := range []string{"invite", "open"} {
			mailbox := harness.NewMailbox(t, false)
			// No address of the list: an administrator has decided.
			n := administer(t, db, byInvitation(mailbox, harness.Env("AUTHLY_REGISTRATION", mode), harness.Env("AUTHLY_REGISTRATION_DOMAINS", "example.com"))...)
			sales := n.newGroup(t, "sales-"+mode)
			l, id := n.invite(t, mailbox, mode+"@Example.org", sales)
			if l.To[0] != mode+"@Example.org" || l.Subject() != "You are invited to make an account" || !strings.HasPrefix(linkIn(t, l), n.Issuer+"/register?invitation=") {
				t.Errorf("%s: to %v: %s: %s", mode, l.To, l.Subject(), l.Plain)
			}
			listed := n.run(t, `{invitations(filter:{expired:false}){totalCount{value} nodes{id email createdBy groups{name}}}}`)
			if dig(listed, "invitations", "nodes", 0, "id") != id || dig(listed, "invitations", "nodes", 0, "createdBy") != "admin" ||
				dig(listed, "invitations", "nodes", 0, "groups", 0, "name") != "sales-"+mode || dig(listed, "invitations", "totalCount", "value") != 1.0 {
				t.Errorf("%s: the list: %v", mode, listed)
			}
			b := harness.NewBrowser(t, n.Node)
			b.Get(linkIn(t, l))
			if email := b.Page.Find("#email"); email.AttrOr("value", "") != mode+"@Example.org" || email.AttrOr("readonly", "no") == "no" {
				t.Errorf("%s: the page: %s", mode, b.Text())
			}
			proveInvited(t, mailbox, b, linkIn(t, l))
			b.Submit("account-submit", account(map[string]string{"username": "invited-" + mode}))
			if !b.Has("sign-out") {
				t.Fatalf("%s: %d at %s: %s", mode, b.Status, b.URL, b.Text())
			}
			again := harness.NewBrowser(t, n.Node)
			if again.Get(linkIn(t, l)); again.Status != http.StatusBadRequest || !strings.Contains(again.Text(), "no longer good") {
				t.Errorf("%s: the link again: %d %s", mode, again.Status, again.Text())
			}
			n.Stop()
			for query, want := range map[string]int{
				"SELECT count(*) FROM group_members m JOIN users u ON u.id = m.user_id WHERE u.username = 'invited-" + mode + "' AND u.verified":                                                               1,
				"SELECT count(*) FROM audit_events WHERE action = 'group.member_added' AND actor_name = 'admin' AND target_name = 'invited-" + mode + "'":                                                      1,
				"SELECT count(*) FROM audit_events WHERE action = 'registration.completed' AND target_name = 'invited-" + mode + "' AND CAST(changes AS text) LIKE '%" + strings.TrimPrefix(id, "inv_") + "%'": 1,
				"SELECT count(*) FROM audit_events WHERE action = 'invitation.created' AND actor_name = 'admin' AND CAST(changes AS text) LIKE '%" + strings.TrimPrefix(id, "inv_") + "%'":                     1,
				"SELECT (SELECT count(*) FROM invitations) + (SELECT count(*) FROM registrations)":                                                                                                             0,
			} {
				if got := db.Count(t, query); got != want {
					t.Errorf("%s: %s: %d, want %d", mode, query, got, want)
				}
			}
		}
	})
}

// TestStrangersFindNothingWhereItTakesAnInvitation: no form, no way to it, and no address is taken from them. Whom an application sends
// by prompt=create is told so, and goes on with the account that they have.
func TestStrangersFindNothingWhereItTakesAnInvitation(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), byInvitation(mailbox)...)
	b := harness.NewBrowser(t, n)
	for _, query := range []string{"", "?invitation=", "?invitation=guessed"} {
		if b.Get(n.URL + "/register" + query); b.Status < 400 || b.Has("email") || b.Has("register-submit") {
			t.Errorf("%q: %d %s", query, b.Status, b.Text())
		}
		b.Post(n.URL+"/register"+query, url.Values{"email": {newcomer}})
		if b.Status < 400 || b.Has("code") || len(b.Cookies(n.URL)) > 0 {
			t.Errorf("POST %q: %d %s", query, b.Status, b.Text())
		}
	}
	b.Post(n.URL+"/register/code", url.Values{"code": {"12345678"}})
	if b.Status != http.StatusBadRequest {
		t.Errorf("a code: %d %s", b.Status, b.Text())
	}
	if b.Get(n.URL + "/register/account"); b.Has("account-submit") {
		t.Errorf("the last page: %d %s", b.Status, b.Text())
	}
	if b.Get(n.URL + "/login"); b.Has("register") {
		t.Error("the login page leads to registration")
	}
	if !slices.Contains(list(t, n.Get(t, metadataPaths[0]).Body, "prompt_values_supported"), "create") {
		t.Error("prompt=create is not advertised")
	}
	party := harness.NewParty(t, n, "web")
	b.Get(party.AuthURL("prompt", "create"))
	if b.URL.Path != "/register" || b.Status != http.StatusOK || b.Has("email") || !strings.Contains(b.Text(), "It takes an invitation") {
		t.Fatalf("prompt=create: %d at %s: %s", b.Status, b.URL, b.Text())
	}
	b.Get(n.URL + b.Page.Find("#sign-in").AttrOr("href", ""))
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("approve", nil)
	if _, err := party.Exchange(party.Code(b)); err != nil {
		t.Error(err)
	}
	mailbox.Empty(t)
}

// TestAnInvitationEnds when it expires, when it is withdrawn, when another takes its place and while nobody can register; also
// under whoever is in the middle of it.
func TestAnInvitationEnds(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := administer(t, db, append(withMail(mailbox), harness.Env("AUTHLY_ACCESS_TOKEN_TTL", "24h"))...)
		n.store(t, one("AUTHLY_REGISTRATION", "invite"))
		settled := harness.NewBrowser(t, n.Node)
		soon(t, func() bool { settled.Get(n.URL + "/register"); return settled.Status == http.StatusForbidden })
		const revoke = `mutation($id:ID!){revokeInvitation(input:{id:$id}){revokedInvitationId userErrors{code}}}`
		for name, end := range map[string]func(email, id string){
			"withdrawn": func(_, id string) {
				if got := n.run(t, revoke, "id", id); dig(got, "revokeInvitation", "revokedInvitationId") != id {
					t.Errorf("revoke: %v", got)
				}
				if got := problems(n.run(t, revoke, "id", id)["revokeInvitation"]); got != "INVITATION_NOT_FOUND" {
					t.Errorf("revoke again: %s", got)
				}
			},
			"another": func(email, _ string) { n.invite(t, mailbox, strings.ToUpper(email[:1])+email[1:]) },
			"expired": func(string, string) { n.Advance(t, 40*time.Minute) },
		} {
			email := name + "@example.org"
			made := n.run(t, inviteDocument, "email", email, "hours", 1)
			id, _ := dig(made, "createInvitation", "invitation", "id").(string)
			link := linkIn(t, mailbox.Next(t))
			// A message that is being sent when the clock jumps is sent again.
			soon(t, func() bool { return db.Count(t, "SELECT count(*) FROM mail_messages WHERE sent_at IS NULL") == 0 })
			n.Advance(t, 25*time.Minute)
			b := harness.NewBrowser(t, n.Node)
			proveInvited(t, mailbox, b, link)
			end(email, id)
			b.Submit("account-submit", account(map[string]string{"username": name}))
			if b.Has("sign-out") || b.Status != http.StatusBadRequest || !strings.Contains(b.Text(), "no longer good") {
				t.Errorf("%s: the last page: %d %s", name, b.Status, b.Text())
			}
			if b.Get(link); b.Has("register-submit") || b.Status != http.StatusBadRequest {
				t.Errorf("%s: the link: %d %s", name, b.Status, b.Text())
			}
		}
		l, _ := n.invite(t, mailbox, newcomer)
		n.store(t, one("AUTHLY_REGISTRATION", "closed"))
		b := harness.NewBrowser(t, n.Node)
		soon(t, func() bool { b.Get(linkIn(t, l)); return b.Status == http.StatusNotFound })
		if got := problems(n.run(t, inviteDocument, "email", "b@example.org", "hours", 1)["createInvitation"]); got != "REGISTRATION_CLOSED" {
			t.Errorf("while it is closed: %s", got)
		}
		n.store(t, one("AUTHLY_REGISTRATION", "invite"))
		soon(t, func() bool { b.Get(linkIn(t, l)); return b.Has("register-submit") })
	})
}

// TestTheOperatorInvites at the command line, while a server serves.
func TestTheOperatorInvites(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := administer(t, db, byInvitation(mailbox)...)
		n.newGroup(t, "sales")
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_METRICS_ADDR": "off",
			"AUTHLY_LISTEN": harness.FreeAddress(t), "AUTHLY_ISSUER": n.Issuer, "AUTHLY_REGISTRATION": "invite",
			"AUTHLY_SMTP_URL": "smtp://" + mailbox.Address, "AUTHLY_SMTP_CA_FILE": mailbox.CAFile, "AUTHLY_MAIL_FROM": mailFrom,
		}
		if code, _, errs := harness.Command(t, env, "", "invitations", "create", newcomer, "--group", "/nowhere"); code != 1 || !strings.Contains(errs, "/nowhere") {
			t.Errorf("into no group: %d %s", code, errs)
		}
		out := command(t, env, "invitations", "create", newcomer, "--group", "/sales", "--ttl", "2h", "--output", "json")
		var made []struct{ ID, Email string }
		if err := json.Unmarshal([]byte(out), &made); err != nil || len(made) != 1 || made[0].Email != newcomer {
			t.Fatalf("%v: %s", err, out)
		}
		link := linkIn(t, mailbox.Next(t))
		if _, token, _ := strings.Cut(link, "invitation="); strings.Contains(out, token) {
			t.Error("the link is printed")
		}
		b := harness.NewBrowser(t, n.Node)
		proveInvited(t, mailbox, b, link)
		b.Submit("account-submit", account(nil))
		if !b.Has("sign-out") {
			t.Fatalf("%d %s", b.Status, b.Text())
		}
		command(t, env, "invitations", "create", "second@example.org")
		if out := command(t, env, "invitations", "list"); !strings.Contains(out, "second@example.org") || strings.Contains(out, newcomer) {
			t.Errorf("the list: %s", out)
		}
		if err := json.Unmarshal([]byte(command(t, env, "invitations", "list", "--output", "json")), &made); err != nil {
			t.Fatal(err)
		}
		if out := command(t, env, "invitations", "revoke", made[0].ID); !strings.Contains(out, "There are no invitations.") {
			t.Errorf("after it was withdrawn: %s", out)
		}
	})
}
