package storetest

import (
	"database/sql"
	"strings"
	"testing"

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
}
