package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	_ "github.com/authly/authly/store" // which has the driver of SQLite
)

const (
	manyClients = 10_000
	manyJobs    = 10_000
	usedDays    = 30
	teams       = 49  // beside the group of everybody
	inTeams     = 400 // the newest users, among them all who sign in
	everybody   = "everybody"
	firstClient = "app-0" // it has every other grant and consent
)

// registrations makes what authly seed does not, from the users and sessions that it has made: clients that were used
// every day, a grant in each session, a consent and an event of each user, a group with all users, and jobs. Events and
// what hangs on them are not chained.
//
// The ids are those of rows that are there, so that they are as much in the order of time as real ones.
func (db *database) registrations() []string {
	metadata := `json_set(c.metadata, '$.client_name', 'App ' || n.number)`
	if db.server != "" {
		metadata = `c.metadata || jsonb_build_object('client_name', 'App ' || n.number)`
	}
	statements := []string{
		fmt.Sprintf(`CREATE TEMPORARY TABLE numbered AS
			SELECT id, created_at, row_number() OVER (ORDER BY id) - 1 AS number FROM users ORDER BY id LIMIT %d`, manyClients),
		`INSERT INTO clients (id, client_id, active, built_in, secrets, metadata, created_at, updated_at, version)
			SELECT n.id, 'app-' || n.number, n.number % 50 <> 49, FALSE, c.secrets, ` + metadata + `, n.created_at, n.created_at, 1
			FROM numbered AS n, clients AS c WHERE c.client_id = '` + webClient + `'`,
		`INSERT INTO grants (id, user_id, client_id, session_id, scopes, resources, auth_time, amr, acr, offline, created_at, ended_at,
				end_reason, code_redirect_uri, code_challenge, code_nonce, refresh_generation, refresh_rotated_at, refresh_grace_uses,
				refresh_expires_at, refresh_idle_expires_at)
			SELECT s.id, s.user_id, n.id, s.id, '["openid"]', '[]', s.auth_time, s.amr, s.acr, FALSE, s.created_at, s.ended_at, s.end_reason,
				'', '', '', 1, CASE WHEN s.place % 4 > 0 THEN s.last_active_at END, 0, s.max_expires_at, s.max_expires_at
			FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM sessions) AS s
			JOIN numbered AS n ON n.number = CASE WHEN s.place % 2 = 0 THEN 0 ELSE s.place % ` + strconv.Itoa(manyClients) + ` END`,
		fmt.Sprintf(`INSERT INTO consents (user_id, client_id, scopes, created_at, updated_at)
			SELECT u.id, n.id, '["openid"]', u.created_at, u.created_at
			FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM users) AS u
			JOIN numbered AS n ON n.number = CASE WHEN u.place %% 2 = 0 THEN 0 ELSE u.place %% %d END`, manyClients),
		`INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome,
				reason, ip, user_agent, request_id, changes)
			SELECT id, created_at, 'user', id, username, CASE WHEN requires_password_change THEN 'user.unlocked' ELSE 'session.started' END,
				'user', id, username, 'success', '', last_login_ip, '', '', '{}' FROM users`,
		`DELETE FROM audit_pending`,
		fmt.Sprintf(`INSERT INTO transfers (id, kind, state, actor, options, size, step, checkpoint, counts, error_code, error_detail, created_at,
				updated_at, finished_at)
			SELECT id, CASE WHEN number %% 3 = 0 THEN 'users.export' ELSE 'users.import' END,
				CASE WHEN number %% 100 = 99 THEN 'failed' ELSE 'succeeded' END,
				'{}', '{}', 0, 1, '{}', '{}', '', '', created_at, created_at, created_at FROM numbered WHERE number < %d`, manyJobs),
	}
	return append(append(statements, usage()...), groups()...)
}

// usage says that each client was used on each of the last days.
func usage() []string {
	days := make([]string, usedDays)
	for i := range days {
		day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -i)
		days[i] = fmt.Sprintf(`INSERT INTO client_days (client_id, day, tokens, refusals, last_used_at)
			SELECT id, '%s', number, 1, '%[1]s' FROM numbered`, day.Format("2006-01-02 15:04:05+00:00"))
	}
	return days
}

// groups puts all users into one group, and some into all groups.
func groups() []string {
	const group = `INSERT INTO groups (id, depth, name, name_key, description, created_at, updated_at, version)
		SELECT '%s', 1, '%s', '%[2]s', '', max(created_at), max(created_at), 1 FROM users`
	all := uuid.NewString()
	statements := []string{
		fmt.Sprintf(group, all, everybody),
		`INSERT INTO group_members (id, group_id, user_id, joined_at) SELECT id, '` + all + `', id, created_at FROM users`,
		fmt.Sprintf(`CREATE TEMPORARY TABLE newest AS
			SELECT id, created_at, row_number() OVER (ORDER BY created_at DESC, id DESC) AS number FROM users
			ORDER BY created_at DESC, id DESC LIMIT %d`, inTeams),
	}
	for i := range teams {
		id := uuid.NewString()
		statements = append(statements, fmt.Sprintf(group, id, fmt.Sprintf("team-%02d", i)),
			fmt.Sprintf(`INSERT INTO group_members (id, group_id, user_id, joined_at) SELECT s.id, '%s', n.id, n.created_at
				FROM newest AS n JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM sessions ORDER BY id LIMIT %d) AS s
				ON s.place = n.number + %d`, id, (i+1)*inTeams, i*inTeams))
	}
	return statements
}

// run executes statements on one connection.
func (db *database) run(ctx context.Context, statements []string) (err error) {
	if db.server != "" {
		_, err := psql(ctx, db.url, strings.Join(statements, ";\n"))
		return err
	}
	pool, err := sql.Open(sqlite, strings.TrimPrefix(db.url, "sqlite:"))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)                                   // the temporary tables are those of a connection
	for _, statement := range append(statements, "ANALYZE") { // each by itself: the log would become as large as the database
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
