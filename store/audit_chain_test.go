package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// trail is a chain over the trail of a store, with a clock that the test moves, and the database below it.
type trail struct {
	*testing.T
	*identity.AuditChain
	store  *store.Store
	ring   *identity.Keyring
	source identity.Source
	now    time.Time
	people []uuid.UUID
}

func rootOf(letter string) []byte { return []byte(strings.Repeat(letter, 32)) }

func ringOf(t *testing.T, current string, old ...string) *identity.Keyring {
	t.Helper()
	var roots [][]byte
	for _, letter := range old {
		roots = append(roots, rootOf(letter))
	}
	ring, err := identity.NewKeyring(rootOf(current), roots...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func newTrail(t *testing.T, s *store.Store, ring *identity.Keyring) *trail {
	f := &trail{T: t, store: s, ring: ring, now: now, people: []uuid.UUID{uuid.New(), uuid.New()}}
	f.source = identity.Source{Clock: func() time.Time { return f.now }, Random: rand.Reader}
	f.AuditChain = identity.NewAuditChain(identity.Deps{Store: s, Source: f.source, Keys: ring})
	s.SignAudit(func(text []byte) []byte { return ring.MAC(identity.PurposeAuditEvent, text) })
	return f
}

// write adds n events by the first person about the second, with something in every column, and chains them.
func (f *trail) write(n int) {
	f.Helper()
	for i := range n {
		f.now = f.now.Add(time.Second)
		client := uuid.New()
		f.noError(f.store.InsertAudit(f.Context(), identity.AuditEvent{
			ID: f.source.NewID(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: f.people[0].String(), ActorName: "wanda",
			ClientID: &client, Action: identity.ActionUserUpdated, Target: identity.TargetUser, TargetID: f.people[1].String(),
			TargetName: "vision", Outcome: identity.OutcomeFailure, Reason: "why", IP: "192.0.2.1", UserAgent: "agent", RequestID: "req",
			Changes: map[string]identity.Change{"level": {Before: 1e21, After: 0.5}, "name": {Before: "a<b>", After: i}},
		}))
	}
	f.chained(n)
}

func (f *trail) chained(want int) {
	f.Helper()
	if got, err := f.Chain(f.Context()); err != nil || got != want {
		f.Fatalf("%d events were chained, want %d: %v", got, want, err)
	}
}

func (f *trail) noError(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *trail) exec(statement string, args ...any) {
	f.Helper()
	if _, err := f.store.Writer().ExecContext(f.Context(), statement, args...); err != nil {
		f.Fatalf("%s: %v", statement, err)
	}
}

// ids are the events in the order of the chain.
func (f *trail) ids() (all []string) {
	f.Helper()
	rows, err := f.store.Writer().QueryContext(f.Context(), "SELECT CAST(event_id AS text) FROM audit_chain ORDER BY seq")
	f.noError(err)
	defer rows.Close()
	for rows.Next() {
		var id string
		f.noError(rows.Scan(&id))
		all = append(all, id)
	}
	f.noError(rows.Err())
	return all
}

// verify returns the findings as "fault seq-until event".
func (f *trail) verify(options ...identity.VerifyOptions) []string {
	f.Helper()
	r := f.report(options...)
	var out []string
	for _, finding := range r.Findings {
		text := fmt.Sprintf("%s %d", finding.Fault, finding.Seq)
		if finding.Until != 0 {
			text += fmt.Sprintf("-%d", finding.Until)
		}
		out = append(out, text)
	}
	if r.Faults != len(out) || r.Intact != (len(out) == 0) {
		f.Errorf("the report is at odds with itself: %+v", r)
	}
	return out
}

func (f *trail) report(options ...identity.VerifyOptions) identity.ChainReport {
	f.Helper()
	var o identity.VerifyOptions
	if len(options) > 0 {
		o = options[0]
	}
	r, err := f.Verify(f.Context(), o)
	f.noError(err)
	return r
}

func (f *trail) finds(want ...string) {
	f.Helper()
	equal(f.T, f.verify(), want)
}

// tamper lets a test write behind the server's back, whatever guards the table.
func (f *trail) tamper() {
	f.Helper()
	if f.store.Dialect() == "postgres" {
		f.exec("ALTER TABLE audit_events DISABLE TRIGGER ALL")
		return
	}
	f.exec("DROP TRIGGER audit_events_stay")
	f.exec("DROP TRIGGER audit_events_wait")
}

func onTrails(t *testing.T, body func(f *trail)) {
	onBoth(t, func(t *testing.T, s *store.Store) { body(newTrail(t, s, ringOf(t, "a"))) })
}

func columnsOf(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" WHERE 1 = 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || rows.Err() != nil {
		t.Fatal(err, rows.Err())
	}
	return names
}

// TestAnEditOfAnyColumnIsFound goes through the columns that the tables really have: one that is added to them and not
// covered by the chain fails here.
func TestAnEditOfAnyColumnIsFound(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(5)
		f.finds()
		f.tamper()
		third := f.ids()[2]
		edits := map[string]string{
			"id": "'" + uuid.NewString() + "'", "client_id": "NULL", "actor_kind": "'system'", "outcome": "'success'",
			"occurred_at": "'2026-01-01 00:00:00+00:00'", "changes": `'{"level": {"before": 1e21, "after": 0.5}, "name": {"before": "a<b>", "after": 9}}'`,
			"event_id": "'" + uuid.NewString() + "'", "seq": "99", "key_number": "7", "chained_at": "'2026-01-01 00:00:00+00:00'",
			"signed": "NOT signed", "salt": "NULL", "digest": f.blob("other"), "personal": f.blob("other"), "erased": f.blob("other"),
		}
		if f.store.Dialect() == "sqlite" {
			edits["signed"] = "1 - signed"
		}
		for table, key := range map[string]string{"audit_events": "id", "audit_chain": "event_id"} {
			for _, column := range columnsOf(t, f.store.Writer(), table) {
				f.exec("CREATE TABLE kept AS SELECT * FROM " + table + " WHERE " + key + " = '" + third + "'")
				value, ok := edits[column]
				if !ok {
					value = "'edited'"
				}
				f.exec("UPDATE " + table + " SET " + column + " = " + value + " WHERE " + key + " = '" + third + "'")
				if found := f.verify(); len(found) == 0 {
					t.Errorf("an edit of %s.%s is not found", table, column)
				}
				f.exec("DELETE FROM " + table + " WHERE " + key + " = '" + third + "' OR " + column + " = " + value)
				f.exec("INSERT INTO " + table + " SELECT * FROM kept")
				f.exec("DROP TABLE kept")
				if found := f.verify(); len(found) > 0 {
					t.Fatalf("after %s.%s is restored: %v", table, column, found)
				}
			}
		}
	})
}

// blob is a literal of bytes.
func (f *trail) blob(text string) string {
	if f.store.Dialect() == "postgres" {
		return fmt.Sprintf(`'\x%x'`, text)
	}
	return fmt.Sprintf("x'%x'", text)
}

func TestWhatIsDoneBehindTheServersBackIsFound(t *testing.T) {
	t.Parallel()
	copied := func(f *trail, from string, to uuid.UUID) string {
		list := columnsOf(f.T, f.store.Writer(), "audit_events")
		names := strings.Join(list, ", ")
		list[slices.Index(list, "id")] = "'" + to.String() + "'"
		return "INSERT INTO audit_events (" + names + ") SELECT " + strings.Join(list, ", ") + " FROM audit_events WHERE id = '" + from + "'"
	}
	for name, c := range map[string]struct {
		do   func(f *trail, ids []string)
		want []string
	}{
		"an event is removed": {func(f *trail, ids []string) {
			f.exec("DELETE FROM audit_events WHERE id = $1", ids[2])
		}, []string{"removed 3"}},
		"an event is removed with its link": {func(f *trail, ids []string) {
			f.exec("DELETE FROM audit_chain WHERE seq = 3")
			f.exec("DELETE FROM audit_events WHERE id = $1", ids[2])
		}, []string{"gap 3-3"}},
		"a link is removed, and the others move up": {func(f *trail, ids []string) {
			f.exec("DELETE FROM audit_chain WHERE seq = 3")
			f.exec("DELETE FROM audit_events WHERE id = $1", ids[2])
			f.exec("UPDATE audit_chain SET seq = 3 WHERE seq = 4")
			f.exec("UPDATE audit_chain SET seq = 4 WHERE seq = 5")
		}, []string{"changed 3", "changed 4", "gap 5-5"}},
		"the head is removed": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_chain WHERE seq <= 2")
			f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
		}, []string{"gap 1-2"}},
		"the end is removed": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_chain WHERE seq >= 4")
			f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
		}, []string{"gap 4-5"}},
		"the end is removed with its checkpoint": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_chain WHERE seq >= 4")
			f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
			f.exec("DELETE FROM audit_checkpoints")
		}, []string{"checkpoint 3"}},
		"all but the keys is removed": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_chain")
			f.exec("DELETE FROM audit_events")
			f.exec("DELETE FROM audit_checkpoints")
		}, []string{"checkpoint 0"}},
		"the checkpoint is moved back": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_chain WHERE seq = 5")
			f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
			f.exec("UPDATE audit_checkpoints SET seq = 4, digest = (SELECT digest FROM audit_chain WHERE seq = 4)")
		}, []string{"checkpoint 4"}},
		"the checkpoint is made the anchor of retention": {func(f *trail, _ []string) {
			f.exec("INSERT INTO audit_checkpoints SELECT 'first', seq, digest, signed, key_number, made_at, mac FROM audit_checkpoints")
			f.exec("DELETE FROM audit_chain")
			f.exec("DELETE FROM audit_events")
		}, []string{"checkpoint 5", "gap 1-5"}},
		"two events change places": {func(f *trail, ids []string) {
			f.exec("UPDATE audit_chain SET event_id = $1 WHERE seq = 2", uuid.New())
			f.exec("UPDATE audit_chain SET event_id = $1 WHERE seq = 3", ids[1])
			f.exec("UPDATE audit_chain SET event_id = $1 WHERE seq = 2", ids[2])
		}, []string{"changed 2", "changed 3"}},
		"an event is added beside the chain": {func(f *trail, ids []string) {
			f.exec(copied(f, ids[0], uuid.New()))
		}, []string{"inserted 0"}},
		"an event is said to be erased": {func(f *trail, ids []string) {
			f.exec("UPDATE audit_chain SET salt = NULL, personal = digest, erased = digest WHERE seq = 2")
			f.exec("UPDATE audit_events SET actor_name = 'another' WHERE id = $1", ids[1])
		}, []string{"changed 2"}},
		"the keys are removed": {func(f *trail, _ []string) {
			f.exec("DELETE FROM audit_keys")
		}, []string{"changed 1", "changed 2", "changed 3", "changed 4", "changed 5", "checkpoint 5"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onTrails(t, func(f *trail) {
				f.write(5)
				f.tamper()
				c.do(f, f.ids())
				f.finds(c.want...)
			})
		})
	}
	t.Run("an event is inserted as servers do, and gets its link", func(t *testing.T) {
		t.Parallel()
		onTrails(t, func(f *trail) {
			f.write(5)
			f.exec(copied(f, f.ids()[0], uuid.New())) // with the signature of another
			f.exec(copied(f, f.ids()[0], uuid.New()))
			f.exec("UPDATE audit_events SET digest = NULL WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
			f.chained(2)
			f.finds("inserted 6", "inserted 7")
		})
	})
}

// TestTheChainGoesOnAfterItWasCutOff: who removes the end and its checkpoint gets no new checkpoint that hides it.
func TestTheChainGoesOnAfterItWasCutOff(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(5)
		f.tamper()
		f.exec("DELETE FROM audit_chain WHERE seq >= 4")
		f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
		f.exec("DELETE FROM audit_checkpoints")
		f.exec("INSERT INTO audit_pending (event_id) SELECT event_id FROM audit_chain") // nor does it stop what is chained
		f.noError(f.store.InsertAudit(t.Context(), identity.AuditEvent{
			ID: f.source.NewID(), OccurredAt: f.now, ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
		}))
		f.exec("INSERT INTO audit_pending (event_id) SELECT id FROM audit_events WHERE actor_kind = 'system'") // the trigger is off
		f.chained(4)
		f.finds("gap 4-4")
	})
}

func TestACheckpointOfBeforeShowsThatTheEndIsAnother(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		if c, err := f.Checkpoint(t.Context()); c != "" || err != nil {
			t.Errorf("of an empty chain: %q, %v", c, err)
		}
		f.write(3)
		early := f.report().Checkpoint
		f.exec("CREATE TABLE former AS SELECT * FROM audit_checkpoints")
		f.write(3)
		late, err := f.Checkpoint(t.Context())
		f.noError(err)
		for _, since := range []string{early, late} {
			if found := f.verify(identity.VerifyOptions{Since: since}); len(found) > 0 {
				t.Errorf("since %s: %v", since, found)
			}
		}
		if r := f.report(identity.VerifyOptions{Since: late}); r.Events != 1 || r.To != 6 {
			t.Errorf("since the end: %+v", r)
		}
		// An attacker who has a copy of a former state of the database.
		f.tamper()
		f.exec("DELETE FROM audit_chain WHERE seq > 3")
		f.exec("DELETE FROM audit_events WHERE NOT EXISTS (SELECT 1 FROM audit_chain WHERE event_id = id)")
		f.exec("DELETE FROM audit_checkpoints")
		f.exec("INSERT INTO audit_checkpoints SELECT * FROM former")
		f.finds()
		if found := f.verify(identity.VerifyOptions{Since: late}); len(found) == 0 {
			t.Error("a chain that was cut off is taken for whole")
		}
		if found := f.verify(identity.VerifyOptions{Since: strings.Replace(early, ".3.", ".2.", 1)}); !slices.Contains(found, "checkpoint 2") {
			t.Errorf("a forged checkpoint: %v", found)
		}
	})
}

// TestAReportNamesTheFirstFaults: the others are counted.
func TestAReportNamesTheFirstFaults(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(102)
		f.exec("UPDATE audit_events SET reason = 'another' WHERE id <> $1", f.ids()[0])
		if r := f.report(); r.Faults != 101 || len(r.Findings) != 100 || r.Intact {
			t.Errorf("%d faults, %d named", r.Faults, len(r.Findings))
		}
	})
}

func TestRetentionLeavesAnAnchor(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(5)
		f.now = f.now.Add(24 * time.Hour)
		f.write(2)
		retention := f.retention(12 * time.Hour)
		f.noError(retention.sweepAll(t.Context()))
		if r := f.report(); !r.Intact || r.From != 5 || r.To != 7 || r.Events != 2 {
			t.Errorf("after a sweep: %+v", r)
		}
		f.write(1)
		f.finds()
		// What is removed after it is found, and so is an anchor that is moved.
		f.tamper()
		f.exec("DELETE FROM audit_events WHERE occurred_at < $1", f.now)
		f.exec("DELETE FROM audit_chain WHERE seq <= 6")
		f.finds("gap 6-6", "removed 7")
		f.exec("UPDATE audit_checkpoints SET seq = 6 WHERE name = 'first'")
		if found := f.verify(); !slices.Contains(found, "checkpoint 6") {
			t.Errorf("a forged anchor: %v", found)
		}
	})
	onTrails(t, func(f *trail) { // all of it, and an event with a time in the future
		f.write(3)
		f.noError(f.store.InsertAudit(t.Context(), identity.AuditEvent{
			ID: f.source.NewID(), OccurredAt: f.now.Add(1000 * time.Hour), ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
		}))
		f.chained(1)
		f.now = f.now.Add(24 * time.Hour)
		f.noError(f.retention(12 * time.Hour).sweepAll(t.Context()))
		if r := f.report(); !r.Intact || r.From != 4 || r.To != 4 || r.Events != 0 {
			t.Errorf("after a sweep of all: %+v", r)
		}
		f.write(2)
		if r := f.report(); !r.Intact || r.Events != 2 {
			t.Errorf("after it goes on: %+v", r)
		}
	})
}

// sweeper is the retention of a trail.
type sweeper struct{ *identity.Retention }

func (s sweeper) sweepAll(ctx context.Context) error {
	_, err := s.Sweep(ctx)
	return err
}

func (f *trail) retention(keep time.Duration) sweeper {
	settings := identity.DefaultSettings("https://id.example.org")
	settings.AuditRetention = keep
	domain := identity.New(identity.Deps{Store: f.store, Source: f.source, Keys: f.ring, Settings: identity.NewLiveSettings(settings)})
	return sweeper{domain.Retention}
}

// TestErasureKeepsTheChain erases one person, then the other one of the same events, before and after they are chained.
func TestErasureKeepsTheChain(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(3)
		erase := func(who int, name string) {
			t.Helper()
			f.noError(f.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
				return identity.ErasePerson(ctx, tx, f.ring, f.people[who], name)
			}))
		}
		f.noError(f.store.InsertAudit(t.Context(), identity.AuditEvent{
			ID: f.source.NewID(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: f.people[0].String(), ActorName: "wanda",
			Outcome: identity.OutcomeSuccess, IP: "192.0.2.1",
		}))
		erase(0, "deleted-0")
		f.finds()
		f.chained(1)
		f.finds()
		erase(1, "deleted-1")
		if r := f.report(); !r.Intact || r.Erased != 3 || r.Unsigned != 0 {
			t.Errorf("after two: %+v", r)
		}
		var names int
		f.noError(f.store.Writer().QueryRowContext(t.Context(),
			"SELECT count(*) FROM audit_events WHERE actor_name = 'wanda' OR target_name = 'vision' OR ip <> ''").Scan(&names))
		if names != 0 {
			t.Errorf("%d events still have a name", names)
		}
		// What is left in the place of the names is authentic, too, and an erasure does not make good what was changed before.
		f.exec("UPDATE audit_events SET actor_name = 'another' WHERE id = $1", f.ids()[1])
		f.finds("changed 2")
		erase(1, "deleted-2")
		f.finds("changed 2")
		// Nor does it for an event whose names are all there.
		f.write(1)
		f.exec("UPDATE audit_events SET user_agent = 'another' WHERE id = $1", f.ids()[4])
		erase(0, "deleted-3")
		if found := f.verify(); len(found) != 2 || found[1] != "changed 5" {
			t.Errorf("an edited event that is erased: %v", found)
		}
	})
}

// TestTwoNodesChainEachEventOnce writes and chains from two nodes at once.
func TestTwoNodesChainEachEventOnce(t *testing.T) {
	t.Parallel()
	for name, openTwo := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, url := openTwo(t)
			second := open(t, url)
			nodes := []*trail{newTrail(t, first, ringOf(t, "a")), newTrail(t, second, ringOf(t, "a"))}
			const writers, each = 4, 25
			var writing, chaining sync.WaitGroup
			done := make(chan struct{})
			for i := range writers {
				writing.Go(func() {
					f := nodes[i%2]
					for range each {
						if err := f.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
							return tx.InsertAudit(ctx, identity.AuditEvent{
								ID: f.source.NewID(), OccurredAt: f.source.Now(), ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
							})
						}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			for _, f := range nodes {
				chaining.Go(func() {
					for {
						_, err := f.Chain(t.Context())
						if err != nil {
							t.Error(err)
						}
						select {
						case <-done:
							return
						default:
						}
					}
				})
			}
			writing.Wait()
			close(done)
			chaining.Wait()
			if _, err := nodes[0].Chain(t.Context()); err != nil {
				t.Error(err)
			}
			if r := nodes[1].report(); !r.Intact || r.Events != writers*each || r.Waiting != 0 || r.Unsigned != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// dying is a store whose process is killed before the commit.
type dying struct{ identity.Store }

var errKilled = errors.New("killed")

func (d dying) InTx(ctx context.Context, fn func(context.Context, identity.Store) error) error {
	return d.Store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return errKilled
	})
}

func TestAServerThatIsKilledWhileItChainsHasChainedNothing(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(2)
		for range 3 {
			f.noError(f.store.InsertAudit(t.Context(), identity.AuditEvent{
				ID: f.source.NewID(), OccurredAt: f.now, ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
			}))
		}
		killed := identity.NewAuditChain(identity.Deps{Store: dying{f.store}, Source: f.source, Keys: f.ring})
		if _, err := killed.Chain(t.Context()); !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		if r := f.report(); !r.Intact || r.To != 2 || r.Waiting != 3 || r.OldestWaiting == nil {
			t.Errorf("after the death: %+v", r)
		}
		f.chained(3)
		f.finds()
	})
}

// TestTheChainOutlivesItsRootKey: after the root key was replaced the old one is needed until something was chained.
func TestTheChainOutlivesItsRootKey(t *testing.T) {
	t.Parallel()
	onTrails(t, func(f *trail) {
		f.write(3)
		both := newTrail(t, f.store, ringOf(t, "b", "a"))
		both.now = f.now
		both.finds()
		both.write(2)
		both.finds()
		only := newTrail(t, f.store, ringOf(t, "b"))
		only.now = both.now
		only.write(2)
		only.finds()
		// A node that has the old root key alone makes no key of its own.
		former := newTrail(t, f.store, ringOf(t, "a"))
		f.noError(f.store.InsertAudit(t.Context(), identity.AuditEvent{
			ID: f.source.NewID(), OccurredAt: f.now, ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess,
		}))
		if _, err := former.Chain(t.Context()); err == nil {
			t.Error("a node without the root key has chained")
		}
		if found := newTrail(t, f.store, ringOf(t, "c")).verify(); len(found) == 0 {
			t.Error("another root key verifies the chain")
		}
	})
}

// beforeTheChain is the schema of the server before the trail was a chain.
const beforeTheChain = 20261129105000 - 1

// The statements of that server about the trail.
const (
	oldInsertEvent = `INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, actor_name, client_id, action, target_kind, target_id,
		target_name, outcome, reason, ip, user_agent, request_id, changes)
		VALUES ($1, $2, 'system', '', 'server', NULL, 'key.created', '', '', '', 'success', '', '', '', '', '{}')`
	oldSweepEvents = `DELETE FROM audit_events WHERE (id) IN (SELECT id FROM audit_events WHERE occurred_at < $1 LIMIT $2)`
)

// TestServersOfBeforeWriteToTheChain: what they wrote is chained first, what they write beside the new ones is chained and
// named, and what they sweep stays.
func TestServersOfBeforeWriteToTheChain(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s := open(t, url)
		if err := s.MigrateTo(t.Context(), beforeTheChain); err != nil {
			t.Fatal(err)
		}
		o := older{t, s}
		for i := range 3 {
			o.exec(oldInsertEvent, uuid.New(), now.Add(time.Duration(-i)*time.Hour))
		}
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		f := newTrail(t, s, ringOf(t, "a"))
		f.chained(3)
		if r := f.report(); !r.Intact || r.Unsigned != 3 {
			t.Errorf("of before: %+v", r)
		}
		f.write(1)
		o.exec(oldInsertEvent, uuid.New(), now)
		f.chained(1)
		f.finds("inserted 5")
		if found := f.verify(identity.VerifyOptions{UpgradedAt: &f.now}); len(found) > 0 {
			t.Errorf("until the upgrade: %v", found)
		}
		if result, err := s.Writer().ExecContext(t.Context(), oldSweepEvents, now.Add(time.Hour), 100); err != nil {
			t.Error(err)
		} else if n, err := result.RowsAffected(); n != 0 || err != nil {
			t.Errorf("an old server has swept %d, %v", n, err)
		}
		if err := s.MigrateTo(t.Context(), beforeTheChain); err != nil {
			t.Fatalf("down: %v", err)
		}
		o.exec(oldInsertEvent, uuid.New(), now)
	})
}
