package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// More statements of the server before interactions had kinds, word for word as it sends them: about grants, about the
// logout tokens that it delivers, and what it reads together.
const (
	oldReadRequest = `SELECT a.id, a.digest, a.client_id, a.params, a.created_at, a.expires_at, a.done_at, a.session_id, a.authenticated_at,
		a.consented_at, a.denied FROM authorization_requests AS a WHERE a.digest IN ($1)`
	oldGrantColumns = `id, user_id, client_id, session_id, scopes, resources, claims, auth_time, amr, acr, offline, created_at, ended_at,
		end_reason, code_digest, code_expires_at, code_spent_at, code_redirect_uri, code_challenge, code_nonce, refresh_generation,
		refresh_rotated_at, refresh_grace_uses, refresh_expires_at, refresh_idle_expires_at`
	oldGrantValues = `$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
		$26, $27`
	// PostgreSQL finishes a request and inserts its grant in one statement.
	oldInsertCode = `WITH first AS (UPDATE authorization_requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL RETURNING 1)
		INSERT INTO grants (` + oldGrantColumns + `) SELECT ` + oldGrantValues + ` FROM first`
	oldInsertGrant = `INSERT INTO grants (` + oldGrantColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
		$16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`
	oldSpendCode = `UPDATE grants SET code_spent_at = $2, refresh_generation = $3, refresh_rotated_at = $4, refresh_grace_uses = $5,
		refresh_expires_at = $6, refresh_idle_expires_at = $7
		WHERE id = $1 AND code_digest IS NOT NULL AND code_spent_at IS NULL AND ended_at IS NULL`
	oldRotate = `UPDATE grants SET refresh_generation = refresh_generation + 1, refresh_rotated_at = $3, refresh_grace_uses = 0,
		refresh_idle_expires_at = $4 WHERE id = $1 AND refresh_generation = $2 AND refresh_generation > 0 AND ended_at IS NULL`
	oldStanding = `SELECT (g.session_id IS NULL OR g.offline OR (s.id IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > $3)),
		(r.jti IS NOT NULL) FROM grants g JOIN clients c ON c.id = g.client_id LEFT JOIN users u ON u.id = g.user_id
		LEFT JOIN sessions s ON s.id = g.session_id LEFT JOIN revoked_tokens r ON r.jti = $2 WHERE g.id = $1`
	oldBrowser = `SELECT s.id, s.digest, s.user_id, s.created_at, s.last_active_at, s.auth_time, s.expires_at, s.max_expires_at, s.ip,
		s.user_agent, s.amr, s.acr, s.ended_at, s.end_reason FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.digest IN ($1)`
	oldTouchSession = `UPDATE sessions SET last_active_at = $2, expires_at = $3 WHERE id = $1 AND ended_at IS NULL`
	oldEndSession   = `UPDATE sessions SET ended_at = $2, end_reason = $3 WHERE ended_at IS NULL AND id = $1`
	oldEndGrants    = `UPDATE grants SET ended_at = $2, end_reason = $3 WHERE ended_at IS NULL AND session_id = $1`
	oldRevoke       = `INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING`
)

// Those about logout tokens.
const (
	oldEnqueue = `INSERT INTO logout_deliveries (id, client_id, session_id, uri, claims, attempts, next_attempt_at, delivered_at, failed_at,
		created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	oldLook = `SELECT id FROM logout_deliveries AS ld WHERE (next_attempt_at <= $1) AND (delivered_at IS NULL) AND (failed_at IS NULL)
		ORDER BY next_attempt_at LIMIT 50`
	oldClaim = `UPDATE logout_deliveries SET attempts = attempts + 1, next_attempt_at = $3
		WHERE (id IN ($1)) AND (next_attempt_at <= $2) AND (delivered_at IS NULL) AND (failed_at IS NULL)`
	oldReschedule = `UPDATE logout_deliveries SET next_attempt_at = $2 WHERE id = $1`
	oldDelivered  = `UPDATE logout_deliveries SET delivered_at = $2 WHERE id = $1`
	oldSweep      = `DELETE FROM logout_deliveries WHERE id IN (SELECT id FROM logout_deliveries
		WHERE id < $1 AND (delivered_at IS NOT NULL OR failed_at IS NOT NULL) LIMIT $2)`
	oldSweepRequests = `DELETE FROM authorization_requests WHERE id IN
		(SELECT id FROM authorization_requests WHERE expires_at <= $1 LIMIT $2)`
)

// upgraded is a migrated database with a user, a session of the new server and a client.
type upgraded struct {
	older
	user    identity.User
	client  identity.Client
	session identity.Session
}

func upgrade(t *testing.T, s *store.Store) upgraded {
	t.Helper()
	ctx := t.Context()
	u := upgraded{older: older{t, s}, user: user(1)}
	u.client = identity.Client{ID: uuid.New(), ClientID: "app", Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
	u.session = identity.Session{
		ID: uuid.New(), Digest: []byte("of the new server"), UserID: u.user.ID, CreatedAt: now, LastActiveAt: now, AuthTime: now,
		ExpiresAt: now.Add(time.Hour), MaxExpiresAt: now.Add(time.Hour), AMR: []string{"pwd"}, Level: identity.LevelOne,
	}
	if err := s.InsertUser(ctx, u.user); err != nil {
		t.Fatal(err)
	}
	if err := s.InsertClient(ctx, u.client); err != nil {
		t.Fatal(err)
	}
	if err := s.InsertSession(ctx, u.session); err != nil {
		t.Fatal(err)
	}
	return u
}

// count runs a statement that reads or writes and returns the number of rows.
func (u upgraded) count(statement string, args ...any) (n int) {
	u.Helper()
	rows, err := u.store.Writer().QueryContext(u.Context(), statement, args...)
	if err != nil {
		u.Fatalf("%v: %s", err, statement)
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		u.Fatal(err)
	}
	return n
}

// grantValues are the values of oldInsertGrant.
func (u upgraded) grantValues(id uuid.UUID, code []byte) []any {
	return []any{
		id, u.user.ID, u.client.ID, u.session.ID, `["openid"]`, `[]`, nil, now, `["pwd"]`, "", false, now, nil, "",
		code, now.Add(time.Minute), nil, "https://app.example/cb", "challenge", "nonce", 0, nil, 0, nil, nil,
	}
}

// TestAnOlderServerGoesOnWithGrantsAndSessions: what either server writes the other reads, spends, renews and ends.
func TestAnOlderServerGoesOnWithGrantsAndSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		u, ctx := upgrade(t, s), t.Context()
		request := identity.Interaction{
			ID: uuid.New(), Kind: identity.InteractionAuthorize, Digest: []byte("request of the new server"), ClientID: u.client.ID, CreatedAt: now,
			ExpiresAt: now.Add(time.Hour),
		}
		if err := s.SaveInteraction(ctx, request); err != nil {
			t.Fatal(err)
		}
		if n := u.count(oldReadRequest, request.Digest); n != 1 {
			t.Errorf("%d requests", n)
		}
		u.exec(oldProgressRequest, request.ID, u.session.ID, now, now, false)
		id, code := uuid.New(), []byte("code of the older server")
		if s.WritesInWith() {
			u.exec(oldInsertCode, append([]any{request.ID, now}, u.grantValues(id, code)...)...)
		} else {
			u.exec(oldFinishRequest, request.ID, now)
			u.exec(oldInsertGrant, u.grantValues(id, code)...)
		}
		request.DoneAt = &now
		if err := s.SaveInteraction(ctx, request); !errors.Is(err, identity.ErrInteractionNotFound) {
			t.Errorf("finished twice: %v", err)
		}

		first := identity.RefreshState{Generation: 1, RotatedAt: &now, ExpiresAt: later(time.Hour), IdleExpiresAt: later(time.Hour)}
		if spent, err := s.SpendCode(ctx, id, now, first, identity.SenderConstraint{}); !spent || err != nil {
			t.Fatalf("the code of the older server: %v, %v", spent, err)
		}
		u.exec(oldRotate, id, 1, now, now.Add(time.Hour))
		if rotated, err := s.RotateRefresh(ctx, id, 1, now, now.Add(time.Hour)); rotated || err != nil {
			t.Errorf("rotated twice: %v, %v", rotated, err)
		}
		if rotated, err := s.RotateRefresh(ctx, id, 2, now, now.Add(time.Hour)); !rotated || err != nil {
			t.Errorf("not rotated: %v, %v", rotated, err)
		}

		grantOfNew := identity.Grant{
			ID: uuid.New(), UserID: u.user.ID, ClientID: u.client.ID, SessionID: &u.session.ID, Scopes: []string{"openid"}, AuthTime: now,
			AMR: []string{"pwd"}, CreatedAt: now,
			Code: &identity.CodeState{Digest: []byte("code of the new server"), ExpiresAt: now.Add(time.Minute)},
		}
		if err := s.InsertGrant(ctx, grantOfNew); err != nil {
			t.Fatal(err)
		}
		u.exec(oldSpendCode, grantOfNew.ID, now, 1, now, 0, now.Add(time.Hour), now.Add(time.Hour))

		status := func() (active, revoked bool) {
			t.Helper()
			if err := s.Writer().QueryRowContext(ctx, oldStanding, grantOfNew.ID, "jti", now).Scan(&active, &revoked); err != nil {
				t.Fatal(err)
			}
			return active, revoked
		}
		if active, revoked := status(); !active || revoked {
			t.Errorf("the grant of the new server: active %v, revoked %v", active, revoked)
		}
		u.exec(oldRevoke, "jti", now.Add(time.Hour))
		if revoked, err := s.TokenRevoked(ctx, "jti"); !revoked || err != nil {
			t.Errorf("revoked by the older server: %v, %v", revoked, err)
		}
		if n := u.count(oldBrowser, u.session.Digest); n != 1 {
			t.Errorf("%d sessions", n)
		}
		u.exec(oldTouchSession, u.session.ID, now, now.Add(2*time.Hour))
		u.exec(oldEndSession, u.session.ID, now, "logout")
		if got, err := s.GrantStatus(ctx, grantOfNew.ID, "other", now); err != nil || got.SessionActive {
			t.Errorf("after the end of the session: %+v, %v", got, err)
		}
		if active, _ := status(); active {
			t.Error("the grant outlives its session")
		}
		if result, err := s.Writer().ExecContext(ctx, oldEndGrants, u.session.ID, now, "logout"); err != nil {
			t.Error(err)
		} else if n, err := result.RowsAffected(); n != 2 || err != nil {
			t.Errorf("%d grants ended, %v", n, err)
		}
		u.exec(oldSweepRequests, now.Add(time.Hour), 100)
	})
}

// TestAnOlderServerDeliversItsLogouts: while it does, the new server does not take the delivery, and what it has
// delivered is never taken.
func TestAnOlderServerDeliversItsLogouts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		u := upgrade(t, s)
		enqueue := func() uuid.UUID {
			id := uuid.Must(uuid.NewV7())
			u.exec(oldEnqueue, id, u.client.ID, u.session.ID, "https://app.example/out", `{"sub":"`+u.user.ID.String()+`"}`, 0, now, nil, nil, now)
			return id
		}
		taken := func(before time.Time) int {
			t.Helper()
			var list []identity.LogoutDelivery
			err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) (err error) {
				list, err = tx.TakeLogoutDeliveries(ctx, before, 10)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		delivered := enqueue()
		if n := u.count(oldLook, now); n != 1 {
			t.Fatalf("%d are due", n)
		}
		u.exec(oldClaim, delivered, now, now.Add(time.Minute))
		if n := taken(now); n != 0 {
			t.Errorf("%d taken while an older server delivers", n)
		}
		u.exec(oldReschedule, delivered, now.Add(5*time.Second))
		if n := taken(now); n != 0 {
			t.Errorf("%d taken that are tried again later", n)
		}
		u.exec(oldDelivered, delivered, now)
		if n := taken(now.Add(time.Hour)); n != 0 {
			t.Errorf("%d taken that are delivered", n)
		}
		u.exec(oldSweep, uuid.Max, 100)

		left := enqueue()
		if n := taken(now); n != 1 {
			t.Errorf("%d taken of one that is pending", n)
		}
		// What was taken is gone for the older server, also when it had seen it before.
		result, err := s.Writer().ExecContext(t.Context(), oldClaim, left, now, now.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := result.RowsAffected(); n != 0 || err != nil {
			t.Errorf("an older server claims what was taken: %d, %v", n, err)
		}
	})
}

func later(d time.Duration) *time.Time {
	at := now.Add(d)
	return &at
}

// TestMigrationsGoDownAndUpWithWhatIsThere: the version of before finds its own rows again, and the logout tokens that
// are pending; interactions that it does not know are gone. Then the same goes up once more.
func TestMigrationsGoDownAndUpWithWhatIsThere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		u, ctx := upgrade(t, s), t.Context()
		id, digest := u.request(u.client, now)
		account := identity.Interaction{
			ID: uuid.New(), Kind: identity.InteractionAccount, ReturnPath: identity.ReturnToPassword, Digest: []byte("account"), CreatedAt: now,
			ExpiresAt: now.Add(time.Hour),
		}
		if err := s.SaveInteraction(ctx, account); err != nil {
			t.Fatal(err)
		}
		pending := identity.Job{
			ID: uuid.New(), Kind: "logout.deliver", Attempts: 2, RunAt: now, CreatedAt: now,
			Payload: json.RawMessage(`{"client_id":"` + u.client.ID.String() + `","session_id":"` + u.session.ID.String() +
				`","user_id":"` + u.user.ID.String() + `","uri":"https://app.example/out"}`),
		}
		if err := s.InsertJobs(ctx, pending); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.MigrateTo(ctx, beforeInteractions); err != nil {
				t.Fatalf("down: %v", err)
			}
			for what, n := range map[string]int{
				"requests": u.count(oldReadRequest, digest), "sessions": u.count(oldBrowser, u.session.Digest), "logouts": u.count(oldLook, now),
			} {
				if n != 1 {
					t.Errorf("down: %d %s", n, what)
				}
			}
			if _, err := s.Migrate(ctx); err != nil {
				t.Fatalf("up: %v", err)
			}
			if i := interaction(t, s, digest); i.ID != id || i.Kind != identity.InteractionAuthorize {
				t.Errorf("up: %+v", i)
			}
			if _, err := s.InteractionByDigest(ctx, [][]byte{account.Digest}); !errors.Is(err, identity.ErrInteractionNotFound) {
				t.Errorf("up: %v", err)
			}
		}
		err := s.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
			list, err := tx.TakeLogoutDeliveries(ctx, now, 10)
			if err != nil {
				return err
			}
			equal(t, list, []identity.LogoutDelivery{{
				ID: pending.ID, ClientID: u.client.ID, SessionID: u.session.ID, UserID: u.user.ID, URI: "https://app.example/out", Attempts: 2,
				NextAttemptAt: now, CreatedAt: now,
			}})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
