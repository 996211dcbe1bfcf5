package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	ID           uuid.UUID         `bun:"id,pk"`
	Digest       []byte            `bun:"digest"`
	UserID       uuid.UUID         `bun:"user_id"`
	CreatedAt    time.Time         `bun:"created_at"`
	LastActiveAt time.Time         `bun:"last_active_at"`
	AuthTime     time.Time         `bun:"auth_time"`
	ExpiresAt    time.Time         `bun:"expires_at"`
	MaxExpiresAt time.Time         `bun:"max_expires_at"`
	IP           string            `bun:"ip"`
	UserAgent    string            `bun:"user_agent"`
	AMR          []string          `bun:"amr,type:jsonb"`
	ACR          string            `bun:"acr"`
	EndedAt      *time.Time        `bun:"ended_at"`
	EndReason    string            `bun:"end_reason"`
	Factors      []identity.Factor `bun:"factors,type:jsonb" store:"write-only"` // see SessionFactors
	Level        int               `bun:"level"`
	ProviderID   *uuid.UUID        `bun:"provider_id"`
}

func fromSession(v identity.Session) sessionRow {
	return sessionRow{
		ID: v.ID, Digest: v.Digest, UserID: v.UserID, CreatedAt: v.CreatedAt, LastActiveAt: v.LastActiveAt,
		AuthTime: v.AuthTime, ExpiresAt: v.ExpiresAt, MaxExpiresAt: v.MaxExpiresAt, IP: sanitize(v.IP),
		UserAgent: sanitize(v.UserAgent), AMR: emptyIfNil(v.AMR), ACR: v.ACR, EndedAt: v.EndedAt, EndReason: string(v.EndReason),
		Factors: emptyIfNil(v.Factors), Level: int(v.Level),
		ProviderID: v.ProviderID,
	}
}

func toSession(r sessionRow) identity.Session {
	return identity.Session{
		ID: r.ID, Digest: r.Digest, UserID: r.UserID, CreatedAt: r.CreatedAt.UTC(), LastActiveAt: r.LastActiveAt.UTC(),
		AuthTime: r.AuthTime.UTC(), ExpiresAt: r.ExpiresAt.UTC(), MaxExpiresAt: r.MaxExpiresAt.UTC(), IP: r.IP,
		UserAgent: r.UserAgent, AMR: nilIfEmpty(r.AMR), ACR: r.ACR, EndedAt: utc(r.EndedAt),
		EndReason: identity.EndReason(r.EndReason), Level: identity.Level(r.Level), ProviderID: r.ProviderID,
	}
}

var (
	sessionByID     = selection[sessionRow]("WHERE s.id = $1")
	sessionByDigest = byDigest(selection[sessionRow](""), "s.digest")
	insertSession   = insertion[sessionRow]("")
	browserByDigest = byDigest(statement{"select sessions", "SELECT " + columns[sessionRow]() + ", " + columns[userRow]() +
		" FROM sessions AS s JOIN users AS u ON u.id = s.user_id "}, "s.digest")
)

// InsertSession implements identity.SessionStore.
func (s *Store) InsertSession(ctx context.Context, v identity.Session) error {
	row := fromSession(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertSession, arguments(&row)...)
	return s.fault("insert session", err)
}

// SessionByID implements identity.SessionStore.
func (s *Store) SessionByID(ctx context.Context, id uuid.UUID) (identity.Session, error) {
	return s.session(ctx, sessionByID, id)
}

// SessionByDigest implements identity.SessionStore.
func (s *Store) SessionByDigest(ctx context.Context, digests [][]byte) (identity.Session, error) {
	if len(digests) == 0 {
		return identity.Session{}, identity.ErrSessionNotFound
	}
	return s.session(ctx, sessionByDigest(len(digests)), toAnys(digests)...)
}

func (s *Store) session(ctx context.Context, st statement, keys ...any) (identity.Session, error) {
	var row sessionRow
	if err := s.get(ctx, st, scanDestinations(&row), keys...); err != nil {
		return identity.Session{}, s.orMissing("read session", err, identity.ErrSessionNotFound)
	}
	return toSession(row), nil
}

// BrowserSessionByDigest implements identity.SessionStore.
func (s *Store) BrowserSessionByDigest(ctx context.Context, digests [][]byte) (identity.BrowserSession, error) {
	if len(digests) == 0 {
		return identity.BrowserSession{}, identity.ErrSessionNotFound
	}
	var (
		session sessionRow
		user    userRow
	)
	if err := s.get(ctx, browserByDigest(len(digests)), scanDestinations(&session, &user), toAnys(digests)...); err != nil {
		return identity.BrowserSession{}, s.orMissing("read session and user", err, identity.ErrSessionNotFound)
	}
	return identity.BrowserSession{Session: toSession(session), User: toUser(user)}, nil
}

var sessionFactors = statement{"select sessions", `SELECT factors FROM sessions WHERE id = $1`}

// SessionFactors implements identity.SessionStore.
func (s *Store) SessionFactors(ctx context.Context, id uuid.UUID) ([]identity.Factor, error) {
	var factors []identity.Factor
	if err := s.get(ctx, sessionFactors, []any{scanDestination(&factors)}, id); err != nil {
		return nil, s.orMissing("read factors of session", err, identity.ErrSessionNotFound)
	}
	return nilIfEmpty(factors), nil
}

// RenewSession implements identity.SessionStore.
func (s *Store) RenewSession(ctx context.Context, v identity.Session) error {
	row := fromSession(v)
	if err := checkText(&row); err != nil {
		return err
	}
	res, err := s.write().NewUpdate().Model(&row).
		Column("digest", "last_active_at", "auth_time", "expires_at", "max_expires_at", "amr", "acr", "factors", "level", "provider_id").
		Where("s.id = ?", v.ID).Where("s.ended_at IS NULL").Exec(ctx)
	return s.changed("renew session", res, err, identity.ErrSessionNotFound)
}

var touchSession = statement{
	"update sessions", `UPDATE sessions SET last_active_at = $2, expires_at = $3 WHERE id = $1 AND ended_at IS NULL`,
}

// TouchSession implements identity.SessionStore.
func (s *Store) TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error {
	res, err := s.exec(ctx, touchSession, id, at, expires)
	return s.changed("touch session", res, err, identity.ErrSessionNotFound)
}

// sessionsBeyond takes so many at once that a transaction stays short also where there was no bound before.
var sessionsBeyond = statement{"select sessions", `SELECT id FROM sessions
	WHERE user_id = $1 AND ended_at IS NULL AND expires_at > $3 ORDER BY last_active_at DESC, id DESC LIMIT 1000 OFFSET $2`}

// SessionsBeyond implements identity.SessionStore.
func (s *Store) SessionsBeyond(ctx context.Context, userID uuid.UUID, newest int, now time.Time) ([]uuid.UUID, error) {
	var (
		id  uuid.UUID
		ids []uuid.UUID
	)
	err := s.all(ctx, sessionsBeyond, []any{userID, newest, now}, []any{scanDestination(&id)}, func() { ids = append(ids, id) })
	return ids, s.fault("read oldest sessions", err)
}

// EndSessions implements identity.SessionStore. An empty selection ends nothing.
func (s *Store) EndSessions(
	ctx context.Context, sel identity.SessionSelection, at time.Time, reason identity.EndReason,
) ([]uuid.UUID, error) {
	if len(sel.IDs) == 0 && (sel.IDs != nil || sel.UserID == uuid.Nil) {
		return nil, nil
	}
	q := s.write().NewUpdate().Model((*sessionRow)(nil)).Set("ended_at = ?", at).Set("end_reason = ?", string(reason)).
		Where("s.ended_at IS NULL")
	if sel.IDs != nil {
		q = q.Where("s.id IN (?)", idList(sel.IDs))
	}
	if sel.UserID != uuid.Nil {
		q = q.Where("s.user_id = ?", sel.UserID)
	}
	if sel.Except != uuid.Nil {
		q = q.Where("s.id <> ?", sel.Except)
	}
	var ended []uuid.UUID
	_, err := q.Returning("id").Exec(ctx, &ended)
	return ended, s.fault("end sessions", err)
}

// ActiveSessionCounts implements identity.SessionStore.
func (s *Store) ActiveSessionCounts(ctx context.Context, userIDs []uuid.UUID, now time.Time) (map[uuid.UUID]int, error) {
	counts := make(map[uuid.UUID]int, len(userIDs))
	if len(userIDs) == 0 {
		return counts, nil
	}
	var (
		userID uuid.UUID
		count  int
	)
	st, ids := activeSessionsOfOne, any(userIDs[0])
	if len(userIDs) > 1 {
		st, ids = s.activeSessions(), s.dialect.set(userIDs)
	}
	err := s.all(ctx, st, []any{ids, now}, []any{scanDestination(&userID), scanDestination(&count)}, func() { counts[userID] = count })
	if err != nil {
		return nil, s.fault("count sessions", err)
	}
	return counts, nil
}

// activeSessionsOfOne is for one user: a set of one would cost twice as much (BenchmarkHot).
var activeSessionsOfOne = countSessions("= $1")

// activeSessions has the ids as one argument, so that its text is the same for any number of users.
func (s *Store) activeSessions() statement { return countSessions(s.dialect.inSet("$1")) }

func countSessions(which string) statement {
	return statement{"select sessions", "SELECT user_id, count(*) FROM sessions WHERE user_id " + which +
		" AND ended_at IS NULL AND expires_at > $2 AND level >= 1 GROUP BY user_id"}
}
