package tests

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// mailFrom is the sender of the tests.
const mailFrom = "Sign-in <no-reply@id.example.org>"

// withMail lets a node send to a mailbox.
func withMail(m *harness.Mailbox) []harness.Option {
	return []harness.Option{
		harness.Env("AUTHLY_SMTP_URL", "smtp://"+m.Address), harness.Env("AUTHLY_SMTP_CA_FILE", m.CAFile),
		harness.Env("AUTHLY_MAIL_FROM", mailFrom), harness.Env("AUTHLY_MAIL_REPLY_TO", "help@example.org"),
	}
}

// changePassword lets Alice choose a new password.
func changePassword(t *testing.T, n *harness.Node) {
	t.Helper()
	b := harness.NewBrowser(t, n)
	b.Get(n.URL + "/account/password")
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("password-submit", map[string]string{
		"password": harness.AlicePassword, "new_password": "through the looking glass", "confirm_password": "through the looking glass",
	})
	if b.Has("password-submit") {
		t.Fatalf("the password was not changed: %s", b.Text())
	}
}

// TestTheSenderChangesWhileTheServerRuns: on every node, and what the environment says is pinned.
func TestTheSenderChangesWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		a := administer(t, db, withMail(mailbox)[:2]...)
		changePassword(t, a.Node)
		if l := mailbox.Next(t); l.Header.Get("From") != `"Authly" <no-reply@127.0.0.1>` && l.Header.Get("From") != `"Authly" <no-reply@localhost>` {
			t.Errorf("by itself it sends as %q", l.Header.Get("From"))
		}
		a.run(t, updateSettingsDocument, "i", object{"values": []object{
			{"name": "AUTHLY_MAIL_FROM", "value": "Acme <id@acme.example>"}, {"name": "AUTHLY_MAIL_REPLY_TO", "value": "help@acme.example"},
		}})
		a.run(t, `mutation($id:ID!){sendTestEmail(input:{userId:$id}){userErrors{code}}}`, "id", model.KindUser.ID(a.User(t, "alice").ID))
		if l := mailbox.Next(t); l.From != "id@acme.example" || l.Header.Get("From") != `"Acme" <id@acme.example>` || l.Header.Get("Reply-To") != "<help@acme.example>" {
			t.Errorf("then as %+v", l)
		}
		refused := a.run(t, updateSettingsDocument, "i", object{"values": []object{{"name": "AUTHLY_MAIL_FROM", "value": "a@b.example, c@d.example"}}})
		if text := fmt.Sprint(refused); !strings.Contains(text, "must be an address") {
			t.Errorf("two senders: %s", text)
		}
	})
}

// TestWhoChangesAPasswordHearsOfItByMail: over TLS, to the stored address, plain and in HTML; and what was said is gone
// from the database.
func TestWhoChangesAPasswordHearsOfItByMail(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		changePassword(t, n)
		l := mailbox.Next(t)
		if !l.TLS || l.From != "no-reply@id.example.org" || len(l.To) != 1 || l.To[0] != "alice@example.org" {
			t.Errorf("envelope %+v", l)
		}
		for name, want := range map[string]string{
			"From": `"Sign-in" <no-reply@id.example.org>`, "To": "<alice@example.org>", "Reply-To": "<help@example.org>",
			"Auto-Submitted": "auto-generated", "Content-Language": "en",
		} {
			if got := l.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if l.Subject() != "Your password was changed" {
			t.Errorf("subject %q", l.Subject())
		}
		for kind, text := range map[string]string{"plain": l.Plain, "HTML": l.HTML} {
			if !strings.Contains(text, "account alice at 127.0.0.1") || !strings.Contains(text, "from the address 127.0.0.1") {
				t.Errorf("%s: %s", kind, text)
			}
		}
		if !strings.Contains(l.HTML, `<html lang="en" dir="ltr">`) || strings.Contains(l.HTML, "src=") || strings.Contains(l.Plain, "<p>") {
			t.Errorf("HTML: %s", l.HTML)
		}
		n.Stop()
		if left := db.Count(t, "SELECT count(*) FROM mail_messages WHERE sent_at IS NOT NULL AND sealed IS NULL AND attempts = 1"); left != 1 {
			t.Errorf("%d messages are sent and empty, want 1", left)
		}
	})
}

// TestWhoAddsOrLosesAnAppHearsOfIt, whoever has removed it.
func TestWhoAddsOrLosesAnAppHearsOfIt(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	browser, _ := signedIn(t, n)
	addApp(t, n, browser)
	if l := mailbox.Next(t); l.Subject() != "An authenticator app was added" || !strings.Contains(l.Plain, "from the address 127.0.0.1") {
		t.Errorf("%s: %s", l.Subject(), l.Plain)
	}
	if _, err := n.Server.Admin.Users.RemoveTOTP(harness.System(t), n.User(t, "alice").ID); err != nil {
		t.Fatal(err)
	}
	if l := mailbox.Next(t); l.Subject() != "Your authenticator app was removed" || strings.Contains(l.Plain, "from the address") {
		t.Errorf("%s: %s", l.Subject(), l.Plain)
	}
	mailbox.Empty(t)
}

// TestAddressesThatAreNotVerifiedHearNothing, and one that was replaced is told for the last time.
func TestAddressesThatAreNotVerifiedHearNothing(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	other, no := "Alice@example.net", false
	n.Change(t, "alice", admin.UserChange{Email: &other})
	l := mailbox.Next(t)
	if l.To[0] != "alice@example.org" || l.Subject() != "Your e-mail address was replaced" || strings.Contains(l.Raw, "example.net") {
		t.Errorf("%v hears %s", l.To, l.Raw)
	}
	n.Change(t, "alice", admin.UserChange{Verified: &no})
	password := "an administrator has made it"
	n.Change(t, "alice", admin.UserChange{Password: &password})
	if got := n.Database.Count(t, "SELECT count(*) FROM mail_messages"); got != 1 {
		t.Errorf("%d messages, want 1", got)
	}
	mailbox.Empty(t)
}

// TestAMessageWaitsForItsMailServer: one that cannot take it now gets it later; one that refuses it for ever is in the
// trail, and what it answers in no log.
func TestAMessageWaitsForItsMailServer(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		mailbox.Refuse(451)
		changePassword(t, n)
		mailbox.Tried(t)
		mailbox.Refuse(0)
		mailbox.Empty(t)
		n.Advance(t, 11*time.Second)
		first := mailbox.Next(t)
		mailbox.Tried(t)

		mailbox.Refuse(550)
		password := "an administrator has made it"
		n.Change(t, "alice", admin.UserChange{Password: &password})
		mailbox.Tried(t)
		n.Stop()
		query := "SELECT count(*) FROM audit_events WHERE action = 'mail.failed' AND outcome = 'failure' AND reason = 'smtp_550' AND target_name = 'alice'"
		if got := db.Count(t, query); got != 1 {
			t.Errorf("%d events say that the message was refused, want 1", got)
		}
		if got := db.Count(t, "SELECT count(*) FROM mail_messages WHERE failed_at IS NOT NULL AND failure = 'smtp_550' AND sealed IS NULL"); got != 1 {
			t.Errorf("%d messages are given up, want 1", got)
		}
		if logs := n.Logs.String(); strings.Contains(logs, "here is what you sent") || !strings.Contains(logs, "the server answered 451") {
			t.Errorf("logs: %s", logs)
		}
		if id := first.Header.Get("Message-Id"); !strings.HasSuffix(id, "@127.0.0.1>") {
			t.Errorf("message id %q", id)
		}
	})
}

// TestAPageDoesNotWaitForAMailServerThatIsAway: for a minute it cannot be reached; then the message arrives, once.
func TestAPageDoesNotWaitForAMailServerThatIsAway(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	mailbox.Fail(harness.Stuck) // whoever waited for it would see no page
	changePassword(t, n)
	mailbox.Tried(t)
	n.Stop() // and the attempt with it
	mailbox.Fail(harness.Away)
	again := start(t, n.Database, append(withMail(mailbox), harness.WithClock(n.Clock))...)
	mailbox.Tried(t)
	again.Stop() // what came of the attempt is written then
	n.Clock.Advance(time.Minute)
	mailbox.Fail(harness.InOrder)
	again = start(t, n.Database, append(withMail(mailbox), harness.WithClock(n.Clock))...)
	if l := mailbox.Next(t); l.Subject() != "Your password was changed" {
		t.Errorf("%s", l.Raw)
	}
	again.Stop()
	mailbox.Empty(t)
	if left := n.Database.Count(t, "SELECT count(*) FROM mail_messages WHERE sent_at IS NOT NULL AND attempts > 1"); left != 1 {
		t.Errorf("%d messages were tried again and sent, want 1", left)
	}
}

// TestAMessageSurvivesAKilledProcess: killed after the page was answered and before the mail server has taken the message, it is sent by
// the next process, once.
func TestAMessageSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		env := map[string]string{
			"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_SMTP_URL": "smtp://" + mailbox.Address,
			"AUTHLY_SMTP_CA_FILE": mailbox.CAFile,
		}
		command(t, env, "migrate", "up")
		process := harness.Launch(t, env)
		process.Start(t)
		user := map[string]string{"WEB_SECRET": harness.ClientSecret, "AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
		command(t, user, "apply", "-f", "-")
		mailbox.Fail(harness.Stuck)
		changePassword(t, process.Node())
		mailbox.Tried(t)
		process.Kill()
		mailbox.Fail(harness.InOrder)
		clock := &harness.Clock{}
		clock.Advance(2 * time.Minute) // the lease of who was killed is over
		n := harness.Start(t, db, append(withMail(mailbox), harness.WithClock(clock))...)
		if l := mailbox.Next(t); l.Subject() != "Your password was changed" || l.To[0] != "alice@example.org" {
			t.Errorf("%s", l.Raw)
		}
		n.Stop()
		mailbox.Empty(t)
	})
}

// TestMessagesAreWrittenToTheLogOnTheOwnMachineOnly shows what a newcomer sees who has no mail server.
func TestMessagesAreWrittenToTheLogOnTheOwnMachineOnly(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_SMTP_URL", "log:"))
	changePassword(t, n)
	n.Stop()
	if logs := n.Logs.String(); !strings.Contains(logs, `"subject":"Your password was changed"`) || !strings.Contains(logs, "account alice at") {
		t.Errorf("logs: %s", logs)
	}
}
