package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// rotateRoot seals under the current root key, and returns the counts.
func rotateRoot(t *testing.T, env map[string]string) (signingKeys, auditKeys, unreadable int) {
	t.Helper()
	var counts struct {
		SigningKeys int `json:"signing_keys"`
		AuditKeys   int `json:"audit_keys"`
		Unreadable  int `json:"unreadable"`
	}
	if err := json.Unmarshal([]byte(command(t, env, "keys", "rotate-root", "--output", "json")), &counts); err != nil {
		t.Fatal(err)
	}
	return counts.SigningKeys, counts.AuditKeys, counts.Unreadable
}

// TestARootKeyIsReplacedByResealing: whoever is stopped has done nothing; afterwards the new root key alone serves, and the
// former one alone does not.
func TestARootKeyIsReplacedByResealing(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		db.Execute(t, `UPDATE signing_keys SET state = 'retired', activated_at = created_at, retired_at = created_at, expires_at = created_at
			WHERE state = 'next' AND algorithm = 'ES256'`)
		keys, chained := db.Count(t, "SELECT count(*) FROM signing_keys"), db.Count(t, "SELECT count(*) FROM audit_keys")
		both, alone := withRoot(env, otherRoot, harness.RootSecret), withRoot(env, otherRoot)
		resume := stopResealing(t, db)
		if code, _, _ := harness.Command(t, both, "", "keys", "rotate-root"); code != 1 {
			t.Errorf("stopped, it ends with %d", code)
		}
		resume()
		command(t, env, "keys", "list")
		if code, _, _ := harness.Command(t, alone, "", "keys", "list"); code != 2 {
			t.Errorf("before, the new root key is enough: %d", code)
		}
		signing, audit, unreadable := rotateRoot(t, both)
		if signing != keys || audit != chained || unreadable != 0 {
			t.Errorf("%d of %d signing keys, %d of %d of the chain, %d unreadable", signing, keys, audit, chained, unreadable)
		}
		if signing, audit, unreadable = rotateRoot(t, both); signing+audit+unreadable != 0 {
			t.Errorf("again: %d, %d, %d", signing, audit, unreadable)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'key.resealed'"); n != keys {
			t.Errorf("%d events", n)
		}
		if code, _, _ := harness.Command(t, env, "", "keys", "list"); code != 2 {
			t.Errorf("afterwards, the former root key is enough: %d", code)
		}
		command(t, alone, "keys", "list")
		command(t, alone, "audit", "verify")
		server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": otherRoot})
		server.Start(t) // ready, so that it signs
		server.Terminate()
	})
}

// TestSecretsToSignWithAreSealedAnew, and sign on under the new root key alone, also what a node remembers of them.
func TestSecretsToSignWithAreSealedAnew(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		both := withRoot(env, otherRoot, harness.RootSecret)
		n := harness.Start(t, db, harness.Env("AUTHLY_SECRET_KEY", otherRoot), harness.Env("AUTHLY_SECRET_KEYS_OLD", harness.RootSecret))
		old := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock))
		old.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "reports"}}, Clients: []admin.NewClient{signsWith("robot", signingSecret, nil), signsWith("idle", signingSecret, nil)},
		})
		old.Stop()
		signs := func(n *harness.Node) {
			t.Helper()
			if a := withAssertion(n, t, secretAssertion(t, n, "robot", signingSecret, "HS256", nil)); a.Status != http.StatusOK {
				t.Errorf("%d %s", a.Status, a.Text)
			}
		}
		signs(n)
		for _, want := range []string{`"clients": 2`, `"clients": 0`} {
			if out := command(t, both, "keys", "rotate-root", "--output", "json"); !strings.Contains(out, want) || !strings.Contains(out, `"unreadable": 0`) {
				t.Errorf("no %s in %s", want, out)
			}
		}
		signs(n)
		n.Stop()
		alone := harness.Start(t, db, harness.Env("AUTHLY_SECRET_KEY", otherRoot))
		signs(alone)
	})
}

// TestSecretsAreSealedAnewInPortions: the command that is stopped before the keys has done the portions before, and a job of the server
// the rest. Until then the former root key opens the database alone, and afterwards the new one.
func TestSecretsAreSealedAnewInPortions(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		both, alone := withRoot(env, otherRoot, harness.RootSecret), withRoot(env, otherRoot)
		a := administer(t, db, harness.Env("AUTHLY_SECRET_KEY", otherRoot), harness.Env("AUTHLY_SECRET_KEYS_OLD", harness.RootSecret))
		old := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", a.Issuer), harness.WithClock(a.Clock))
		robots := make([]admin.NewClient, 250)
		for i := range robots {
			robots[i] = signsWith(fmt.Sprintf("robot-%d", i), signingSecret, nil)
		}
		old.Apply(t, admin.Desired{Scopes: []identity.Scope{{Name: "reports"}}, Clients: robots})
		old.Stop()
		resume := stopResealing(t, db)
		if code, _, _ := harness.Command(t, both, "", "keys", "rotate-root"); code != 1 {
			t.Errorf("stopped, it ends with %d", code)
		}
		resume()
		command(t, env, "keys", "list")
		keys := db.Count(t, "SELECT count(*) FROM signing_keys") + db.Count(t, "SELECT count(*) FROM audit_keys")
		id := dig(a.run(t, "mutation{resealSecrets{job{id kind state} userErrors{code}}}"), "resealSecrets", "job", "id").(string)
		job := a.finished(t, id)
		if dig(job, "state") != "SUCCEEDED" || dig(job, "counts", "failed") != 0.0 || dig(job, "counts", "processed").(float64) < float64(keys+250) {
			t.Errorf("%v of %d keys", job, keys)
		}
		if updated := dig(job, "counts", "updated").(float64); updated < 1 || updated > float64(keys+2) {
			t.Errorf("%v sealed anew: those of before were to stay", updated)
		}
		if done := dig(a.run(t, `query($id:ID!){job(id:$id){kind progress downloadUrl}}`, "id", id), "job"); dig(done, "kind") != "RESEAL" ||
			dig(done, "progress") != 100.0 || dig(done, "downloadUrl") != nil {
			t.Errorf("%v", done)
		}
		if n := db.Count(t, "SELECT step FROM transfers"); n < 4 { // clients in two portions
			t.Errorf("%d steps", n)
		}
		command(t, alone, "keys", "list")
		if code, _, _ := harness.Command(t, env, "", "keys", "list"); code != 2 {
			t.Errorf("afterwards, the former root key is enough: %d", code)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'key.resealed' AND actor_kind = 'user'"); n == 0 {
			t.Error("the trail does not say who has asked")
		}
	})
}

// TestHeadersOfEventStreamsAreSealedAnew, and are sent on under the new root key alone.
func TestHeadersOfEventStreamsAreSealedAnew(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		both := withRoot(env, otherRoot, harness.RootSecret)
		r := newEventReceiver(t)
		r.answer(http.StatusServiceUnavailable, "")
		old := withSignals(t, db)
		token := streamToken(t, old, "gate", "ssf.manage")
		id := newStream(t, old, token, `,"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"`+r.URL+`","authorization_header":"Bearer of-gate"}`).
			String("stream_id")
		if a := sendJSON(t, old, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`"}`); a.Status != http.StatusNoContent {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		r.wait(t)
		old.Stop()
		for _, want := range []string{`"event_streams": 1`, `"event_streams": 0`} {
			if out := command(t, both, "keys", "rotate-root", "--output", "json"); !strings.Contains(out, want) || !strings.Contains(out, `"unreadable": 0`) {
				t.Errorf("no %s in %s", want, out)
			}
		}
		alone := harness.Start(t, db, harness.Env("AUTHLY_SECRET_KEY", otherRoot), harness.WithClock(old.Clock),
			harness.Env("AUTHLY_SHARED_SIGNALS", "true"), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		alone.Clock.Advance(2 * time.Minute)
		if got := r.wait(t); !strings.HasSuffix(got, " Bearer of-gate") {
			t.Error(got)
		}
	})
}

// stopResealing makes the last statement of it fail, until it is told not to.
func stopResealing(t *testing.T, db harness.Database) (resume func()) {
	t.Helper()
	if db.Name == "sqlite" {
		db.Execute(t, "CREATE TRIGGER stopped BEFORE UPDATE ON root_key_check BEGIN SELECT RAISE(ABORT, 'stopped'); END")
		return func() { db.Execute(t, "DROP TRIGGER stopped") }
	}
	db.Execute(t, "CREATE FUNCTION stopped() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'stopped'; END$$")
	db.Execute(t, "CREATE TRIGGER stopped BEFORE UPDATE ON root_key_check FOR EACH ROW EXECUTE FUNCTION stopped()")
	return func() { db.Execute(t, "DROP FUNCTION stopped() CASCADE") }
}

// TestNothingElseIsSealed walks the schema: whatever is bytes and not known here may hang on the root key.
func TestNothingElseIsSealed(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		harness.Start(t, db)
		columns := `(SELECT table_name AS held, column_name AS name FROM information_schema.columns
			WHERE table_schema = current_schema() AND data_type = 'bytea') AS columns`
		if db.Name == "sqlite" {
			columns = `(SELECT m.name AS held, p.name AS name FROM sqlite_schema m, pragma_table_info(m.name) p
				WHERE m.type = 'table' AND p.type = 'BLOB' AND m.name NOT LIKE 'users_search%')`
		}
		// Digests, of which the secret is not known, what is random, public keys and their names, files and pictures.
		const others = `'digest', 'code_digest', 'user_code_digest', 'browser_digest', 'registration_digest', 'args_hash', 'salt', 'personal', 'erased', 'mac', 'signature', 'data',
			'handle', 'credential_id', 'record', 'logo'`
		const resealed = `name = 'sealed' AND held IN ('signing_keys', 'audit_keys', 'totps', 'identity_providers', 'root_key_check', 'pairwise_key',
			'event_streams')`
		if n := db.Count(t, "SELECT count(*) FROM "+columns+" WHERE "+resealed); n != 7 {
			t.Errorf("%d of 7 columns that are sealed anew", n)
		}
		const brief = `name = 'sealed' AND held IN ('mail_messages', 'backchannel_requests')` // a day at most (docs/operations.md)
		if n := db.Count(t, "SELECT count(*) FROM "+columns+" WHERE NOT ("+resealed+") AND NOT ("+brief+") AND name NOT IN ("+others+")"); n != 0 {
			t.Errorf("%d columns of bytes that nobody has thought of", n)
		}
		if db.Name == "postgres" { // which tells JSON from text; the secrets of clients that sign with them are sealed anew
			const thought = `'secrets', 'actor', 'address', 'admin_groups', 'admin_scopes', 'amr', 'audiences', 'authorization_details', 'changes',
				'checkpoint', 'claims', 'config', 'counts', 'event', 'events_requested', 'factors', 'group_ids', 'input',
				'metadata', 'options', 'params', 'payload', 'progress',
				'resources', 'result', 'schema', 'scopes', 'stored'`
			if n := db.Count(t, `SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema()
				AND data_type = 'jsonb' AND column_name NOT IN (`+thought+`)`); n != 0 {
				t.Errorf("%d columns of JSON that nobody has thought of", n)
			}
		}
	})
}
