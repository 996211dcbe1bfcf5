package storetest

import (
	"bytes"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InsertLogoutDeliveries writes what a server of the version before has enqueued, to the database of an address that
// SQLite or Postgres returned.
func InsertLogoutDeliveries(t testing.TB, address string, list ...identity.LogoutDelivery) {
	t.Helper()
	driver := "pgx"
	if path, embedded := strings.CutPrefix(address, "sqlite:"); embedded {
		driver, address = "sqlite", "file:"+path+"?_time_format=sqlite&_timezone=UTC"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, d := range list {
		if _, err := db.ExecContext(t.Context(), `INSERT INTO logout_deliveries
			(id, client_id, session_id, uri, claims, attempts, next_attempt_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			d.ID, d.ClientID, d.SessionID, d.URI, `{"sub": "`+d.UserID.String()+`"}`, d.Attempts, d.NextAttemptAt, d.CreatedAt); err != nil {
			t.Fatal(err)
		}
	}
}

func logouts(r *runner) {
	r.run("the clients of sessions are those with live grants, each once", func(f *fixture) {
		u, c, d := f.user(), f.client(), f.client()
		one, two := f.id(), f.id()
		in := func(id uuid.UUID) func(*identity.Grant) { return func(g *identity.Grant) { g.SessionID = &id } }
		f.grant(u.ID, c.ID, in(one))
		f.grant(u.ID, c.ID, in(one))
		ended := f.grant(u.ID, d.ID, in(one))
		f.grant(u.ID, d.ID, in(two))
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{ended.ID}}, f.now, identity.EndRevoked))(f)
		f.equal(
			must(f.store.SessionClients(f.ctx, []uuid.UUID{one}))(f),
			[]identity.SessionClient{{SessionID: one, UserID: u.ID, ClientID: c.ID}},
		)
		f.equal(len(must(f.store.SessionClients(f.ctx, []uuid.UUID{one, two}))(f)), 2)
		f.equal(len(must(f.store.SessionClients(f.ctx, nil))(f)), 0)
	})
	r.run("the clients of a session are those that were given something in it, also what has ended", func(f *fixture) {
		u, c, d, e := f.user(), f.client(), f.client(), f.client()
		id := f.id()
		in := func(g *identity.Grant) { g.SessionID = &id }
		f.grant(u.ID, c.ID, in, spent(f.now, 1))
		f.grant(u.ID, c.ID, in, spent(f.now, 1))
		f.grant(u.ID, d.ID, in, spent(f.now, 0), func(g *identity.Grant) { g.EndedAt = &f.now })
		front := f.client()
		f.grant(u.ID, e.ID, in) // a code that nobody redeems
		f.grant(u.ID, e.ID, spent(f.now, 1))
		f.grant(u.ID, front.ID, in, func(g *identity.Grant) { g.FrontChannel = true }) // nor this, but there were tokens with it
		want := []uuid.UUID{c.ID, d.ID, front.ID}
		slices.SortFunc(want, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
		f.equal(must(f.store.ClientsOfSession(f.ctx, id, 9))(f), want)
		f.equal(len(must(f.store.ClientsOfSession(f.ctx, id, 1))(f)), 1)
	})
	r.run("jobs are found by when they were made", func(f *fixture) {
		at := f.now
		f.now = at.Add(-time.Second)
		f.job()
		f.now = at
		made := f.job()
		f.now = at.Add(time.Second)
		f.job()
		f.equal(must(f.store.JobsMade(f.ctx, made.Kind, at, at.Add(time.Second), 9))(f), []identity.Job{made})
		f.equal(len(must(f.store.JobsMade(f.ctx, made.Kind, at, at.Add(time.Minute), 9))(f)), 2)
		f.equal(len(must(f.store.JobsMade(f.ctx, made.Kind, at, at.Add(time.Minute), 1))(f)), 1)
		f.equal(len(must(f.store.JobsMade(f.ctx, "another", at, at.Add(time.Minute), 9))(f)), 0)
	})
}
