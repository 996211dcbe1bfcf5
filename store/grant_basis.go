package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// guarded is a statement that depends on rows which must not change before it has ended. Where there are several writers, it
// locks them: whoever ends a session, a user, a client or a consent waits for the statement and then sees what it did, or
// the statement waits and then sees the end (docs/decisions/0032).
type guarded[T any] struct{ locking, alone T }

// guard makes both forms of a statement; lock is the end of the selection of the rows.
func guard[T any](form func(lock string) T) guarded[T] {
	return guarded[T]{locking: form(" FOR SHARE"), alone: form("")}
}

func (g guarded[T]) of(d dialect) T {
	if d.oneWriter() {
		return g.alone
	}
	return g.locking
}

// sessionHolds is a condition for users u and sessions s, with the parameters user, last change of the password, session,
// digest and the present time from $n.
func sessionHolds(n int) string {
	return fmt.Sprintf(`u.id = $%d AND u.active AND u.password_changed_at IS NOT DISTINCT FROM $%d
		AND s.user_id = u.id AND s.id = $%d AND s.digest = $%d AND s.ended_at IS NULL AND s.expires_at > $%d AND s.level >= 1`,
		n, n+1, n+2, n+3, n+4)
}

// basisHolds is the condition of an insertion whose grant was decided on an identity.GrantBasis, with the parameters of
// basisArguments from $n. The order of the rows is that in which those who end them take them.
func basisHolds(n int, lock string) string {
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM users AS u, sessions AS s, clients AS c WHERE %s AND c.id = $%d AND c.active%s)
		AND (NOT $%d OR EXISTS (SELECT 1 FROM consents AS co WHERE co.user_id = $%d AND co.client_id = $%d%s))`,
		sessionHolds(n), n+5, lock, n+6, n, n+5, lock)
}

func basisArguments(g identity.Grant, b identity.GrantBasis) []any {
	return []any{g.UserID, b.PasswordChangedAt, g.SessionID, b.SessionDigest, g.CreatedAt, g.ClientID, b.Consent}
}

// selected is insertion with a condition instead of plain values.
func selected[Row any](condition, tail string) statement {
	m := mappingOf(reflect.TypeFor[Row]())
	text := "INSERT INTO " + m.table + " (" + m.columnNames() + ") SELECT " + parameters(len(m.all)) + " WHERE " + condition + tail
	return statement{"insert " + m.table, text}
}

var holdSession = guard(func(lock string) statement {
	return statement{"select sessions", "SELECT 1 FROM users AS u, sessions AS s WHERE " + sessionHolds(1) + lock}
})

// HoldSession implements identity.SessionStore.
func (s *Store) HoldSession(ctx context.Context, b identity.BrowserSession, at time.Time) error {
	var found int
	err := s.value(ctx, holdSession.of(s.dialect), &found,
		b.User.ID, b.User.Password.ChangedAt, b.Session.ID, b.Session.Digest, at)
	if errors.Is(err, sql.ErrNoRows) {
		return identity.ErrSessionNotFound
	}
	return s.fault("hold session", err)
}

var holdClient = guard(func(lock string) statement {
	return statement{"select clients", "SELECT 1 FROM clients AS c WHERE c.id = $1 AND c.active" + lock}
})

var holdAdministrator = guard(func(lock string) statement {
	return statement{"select users", "SELECT 1 FROM users AS u WHERE u.id = $1 AND u.admin AND u.active" + lock}
})

// HoldAdministrator implements identity.AdministrationStore.
func (s *Store) HoldAdministrator(ctx context.Context, id uuid.UUID) error {
	var found int
	err := s.value(ctx, holdAdministrator.of(s.dialect), &found, id)
	if errors.Is(err, sql.ErrNoRows) {
		return identity.ErrUserNotFound
	}
	return s.fault("hold administrator", err)
}

// HoldClient implements identity.ClientReader.
func (s *Store) HoldClient(ctx context.Context, id uuid.UUID) error {
	var found int
	err := s.value(ctx, holdClient.of(s.dialect), &found, id)
	if errors.Is(err, sql.ErrNoRows) {
		return identity.ErrClientNotFound
	}
	return s.fault("hold client", err)
}
