package tests

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// TestAuditVerifyFindsWhatWasDoneToTheTrail removes, edits and inserts a row behind the back of a real server, and asks the
// command.
func TestAuditVerifyFindsWhatWasDoneToTheTrail(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		signedIn(t, n)
		if _, err := n.Server.Domain.AuditChain.Chain(t.Context()); err != nil {
			t.Fatal(err)
		}
		n.Stop()
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
		verify := func(args ...string) (code int, r identity.ChainReport) {
			t.Helper()
			code, out, errs := harness.Command(t, env, "", append([]string{"audit", "verify", "--output", "json"}, args...)...)
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v: %s%s", err, out, errs)
			}
			return code, r
		}
		if code, r := verify(); code != 0 || !r.Intact || r.Events < 3 || r.Unsigned != 0 || r.Waiting != 0 {
			t.Fatalf("exit code %d, %+v", code, r)
		}
		checkpoint := strings.TrimSpace(command(t, env, "audit", "checkpoint"))
		if code, r := verify("--since", checkpoint); code != 0 || r.Events != 1 {
			t.Errorf("since the checkpoint: exit code %d, %+v", code, r)
		}
		if code, _, errs := harness.Command(t, env, "", "audit", "verify", "--since", "yesterday"); code != 2 || !strings.Contains(errs, "checkpoint") {
			t.Errorf("a checkpoint that is none: exit code %d: %s", code, errs)
		}

		at := func(seq string) string { return "(SELECT event_id FROM audit_chain WHERE seq = " + seq + ")" }
		db.Execute(t, "UPDATE audit_events SET actor_name = 'somebody else' WHERE id = "+at("1"))
		if db.Name == "postgres" {
			db.Execute(t, "ALTER TABLE audit_events DISABLE TRIGGER audit_events_stay")
		} else {
			db.Execute(t, "DROP TRIGGER audit_events_stay")
		}
		db.Execute(t, "DELETE FROM audit_events WHERE id = "+at("2"))
		db.Execute(t, `INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name,
			outcome, reason, ip, user_agent, request_id, changes) VALUES ('01900000-0000-7000-8000-000000000001',
			'2026-03-01 12:00:00+00:00', 'system', '', 'server', 'key.created', '', '', '', 'success', '', '', '', '', '{}')`)
		again := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock))
		if _, err := again.Server.Domain.AuditChain.Chain(t.Context()); err != nil {
			t.Fatal(err)
		}
		again.Stop()
		code, r := verify()
		faults := map[identity.ChainFault]int{}
		for _, f := range r.Findings {
			faults[f.Fault]++
			if f.EventID == nil {
				t.Errorf("no event is named: %+v", f)
			}
		}
		found := faults[identity.FaultChanged] == 1 && faults[identity.FaultRemoved] == 1 && faults[identity.FaultInserted] == 1
		if code != 1 || r.Intact || !found {
			t.Errorf("exit code %d, %+v", code, r)
		}
		if code, out, errs := harness.Command(t, env, "", "audit", "verify"); code != 1 || !strings.Contains(out, "removed    position 2 event aud_") {
			t.Errorf("as text: exit code %d: %s%s", code, out, errs)
		}
	})
}
