package admin_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that reads every column

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// TestAPseudonymLeavesTheNameNowhere looks for the names of a deleted user in every column of every table.
func TestAPseudonymLeavesTheNameNowhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open   func(testing.TB, ...store.Options) (*store.Store, string)
		driver string
		tables string
	}{
		"SQLite": {storetest.SQLite, "sqlite", "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"},
		"PostgreSQL": {
			storetest.Postgres, "pgx", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := c.open(t)
			f := newFixtureOn(t, s)
			db, err := sql.Open(c.driver, strings.TrimPrefix(address, "sqlite:"))
			noError(t, err)
			defer db.Close()

			f.user(t, "root", administrator)
			app := f.client(t, "app")
			wanda := f.user(t, "wandawas", administrator)
			acting := f.as(wanda, identity.ScopeUsersWrite)
			created, _, err := f.admin.Users.Create(acting, admin.NewUser{Username: "earlier", Email: "earlier@example.org", Password: passphrase})
			noError(t, err)
			for _, as := range []identity.User{wanda, {ID: wanda.ID, Username: "wandakowalska", Admin: true}} { // also by the name of later
				_, _, err = f.admin.InitialAccess.Create(f.as(as, identity.ScopeClientsWrite), admin.NewInitialAccessToken{Name: "ci", Uses: 1, TTL: time.Hour})
				noError(t, err)
			}
			wanda, err = f.admin.Users.Update(f.ctx, wanda.ID, admin.UserChange{
				Username: ptr("wandakowalska"), Email: ptr("wandakowalska@example.org"),
				Claims: &identity.Claims{GivenName: "Wandakowalska", FamilyName: "Wandakowalska"},
			}, nil)
			noError(t, err)
			once, err := admin.NewIdempotency("Mutation.createUser", "key", []byte("arguments"))
			noError(t, err)
			acting = admin.WithIdempotency(f.as(wanda, identity.ScopeUsersWrite), once)
			_, _, err = f.admin.Users.Create(acting, admin.NewUser{Username: "later", Email: "later@example.org", Password: passphrase})
			noError(t, err)
			b := f.signIn(t, wanda)
			f.redeem(t, app, b, "openid", "offline_access")
			_ = f.try("WandaKowalska", "wrong")
			_, err = db.ExecContext(t.Context(), `INSERT INTO authorization_requests
				(id, digest, client_id, params, created_at, expires_at, denied) VALUES ($1, $2, $3, $4, $5, $5, $6)`,
				uuid.NewString(), []byte("digest"), app.ID.String(), `{"login_hint": "WandaKowalska@Example.org"}`, "2026-03-01 12:00:00+00:00", false)
			noError(t, err)

			_, text := f.dataOf(f.ctx, t, wanda.ID)
			if readData(t, text).Username != "wandakowalska" {
				t.Fatal(text)
			}
			_, err = f.admin.Transfers.ExportUsers(f.as(wanda, identity.ScopeUsersRead, writes), admin.ExportUsers{
				Format: admin.ExportCSV, Filter: identity.UserFilter{Username: &identity.StringMatch{Equal: new("earlier")}},
			})
			noError(t, err)

			found := columnsWith(t, db, c.tables, "wandakowalska")
			for _, column := range []string{"transfers.actor", "transfer_chunks.data", "initial_access_tokens.created_by", "users.username", "audit_events.changes"} {
				if !slices.Contains(found, column) {
					t.Fatalf("only in %v", found)
				}
			}
			_, err = f.admin.Users.Delete(f.ctx, wanda.ID, admin.DeleteUserOptions{Pseudonymise: true})
			noError(t, err)
			for _, word := range []string{"wandakowalska", "wandawas"} {
				if found := columnsWith(t, db, c.tables, word); len(found) > 0 {
					t.Errorf("%s is still in %v", word, found)
				}
			}
			if _, err := f.admin.Transfers.ExportUserData(f.ctx, wanda.ID); !errors.Is(err, identity.ErrUserNotFound) {
				t.Errorf("who was erased is exported: %v", err)
			}
			if got := f.reread(t, created).CreatedBy; !strings.HasPrefix(got, "deleted-") {
				t.Errorf("created by %q", got)
			}
		})
	}
}

// columnsWith lists the columns of a database that have a text in them, without regard to case.
func columnsWith(t *testing.T, db *sql.DB, tables, text string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), tables)
	noError(t, err)
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		noError(t, rows.Scan(&name))
		names = append(names, name)
	}
	noError(t, rows.Err())
	for _, table := range names {
		found = append(found, columnsOfTableWith(t, db, table, text)...)
	}
	return found
}

func columnsOfTableWith(t *testing.T, db *sql.DB, table, text string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table)
	noError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	noError(t, err)
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		noError(t, rows.Scan(dest...))
		for i, value := range values {
			if raw, ok := value.([]byte); ok {
				value = string(raw)
			}
			if strings.Contains(strings.ToLower(fmt.Sprint(value)), text) {
				found = append(found, table+"."+columns[i])
			}
		}
	}
	noError(t, rows.Err())
	return found
}
