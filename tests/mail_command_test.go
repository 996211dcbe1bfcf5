package tests

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheOperatorSeesWhatBecomesOfMail: to whom and why, never what it says; a message that waits can be sent at once, and a test shows
// whether messages arrive.
func TestTheOperatorSeesWhatBecomesOfMail(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	db := harness.SQLite(t)
	n := start(t, db, withMail(mailbox)...)
	env := map[string]string{
		"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_ISSUER": n.Issuer,
		"AUTHLY_SMTP_URL": "smtp://" + mailbox.Address, "AUTHLY_SMTP_CA_FILE": mailbox.CAFile,
	}
	run := func(want int, wanted string, args ...string) string {
		t.Helper()
		code, out, errs := harness.Command(t, env, "", append([]string{"mail"}, args...)...)
		if code != want || !strings.Contains(out+errs, wanted) {
			t.Errorf("%v: %d %s%s, want %d %s", args, code, out, errs, want, wanted)
		}
		return out
	}
	run(0, "There are no messages.", "list")
	mailbox.Refuse(451)
	askForLinkInVain(t, n, "alice")
	mailbox.Tried(t)
	n.Stop() // what was tried is written then
	var list []struct {
		ID, Kind, State, To, Failure string
		Attempts                     int
	}
	out := run(0, "", "list", "--state", "waiting", "-o", "json")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != 1 || list[0].Kind != "recovery" || list[0].Failure != "unreachable" ||
		list[0].To != "alice@example.org" || strings.Contains(out, "token=") {
		t.Fatalf("%v %s", err, out)
	}
	run(0, "There are no messages.", "list", "--state", "sent")
	run(2, "--state must be one of", "list", "--state", "lost")
	run(2, "no id of a message", "retry", "first")
	run(1, "MAIL_NOT_FOUND", "retry", "01890000-0000-7000-8000-000000000001")
	run(1, `there is no user "nobody"`, "test", "nobody")
	run(0, "waiting", "retry", list[0].ID)
	run(0, "alice@example.org", "test", "alice@example.org")
	mailbox.Refuse(0)
	again := start(t, db, withMail(mailbox)...)
	subjects := map[string]bool{mailbox.Next(t).Subject(): true, mailbox.Next(t).Subject(): true}
	if !subjects["Get back into your account"] || !subjects["A test"] {
		t.Errorf("%v have come", subjects)
	}
	again.Stop()
	run(1, "MAIL_OVER", "retry", list[0].ID)
	for action, count := range map[string]int{"mail.retried": 1, "mail.tested": 1} {
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE actor_kind = 'system' AND action = '"+action+"'"); got != count {
			t.Errorf("%d events %s", got, action)
		}
	}
}

// askForLinkInVain asks for a link to choose a new password, which does not come.
func askForLinkInVain(t *testing.T, n *harness.Node, name string) {
	t.Helper()
	b := harness.NewBrowser(t, n)
	b.Get(n.URL + "/recover")
	b.Submit("recover-submit", map[string]string{"login": name})
	if !b.Has("sent") {
		t.Fatalf("%d %s", b.Status, b.Text())
	}
}
