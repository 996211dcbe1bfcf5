package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type grantRow struct {
	bun.BaseModel `bun:"table:grants,alias:g"`

	ID                   uuid.UUID  `bun:"id,pk"`
	UserID               *uuid.UUID `bun:"user_id"`
	ClientID             uuid.UUID  `bun:"client_id"`
	SessionID            *uuid.UUID `bun:"session_id"`
	Scopes               []string   `bun:"scopes,type:jsonb"`
	Resources            []string   `bun:"resources,type:jsonb"`
	Details              *string    `bun:"authorization_details"` // JSON, spelled as it was granted
	Claims               *string    `bun:"claims"`                // JSON; as json.RawMessage bun would write null for none
	AuthTime             time.Time  `bun:"auth_time"`
	AMR                  []string   `bun:"amr,type:jsonb"`
	ACR                  string     `bun:"acr"`
	Offline              bool       `bun:"offline"`
	FrontChannel         bool       `bun:"front_channel"`
	CreatedAt            time.Time  `bun:"created_at"`
	EndedAt              *time.Time `bun:"ended_at"`
	EndReason            string     `bun:"end_reason"`
	CodeDigest           []byte     `bun:"code_digest"`
	CodeExpiresAt        *time.Time `bun:"code_expires_at"`
	CodeSpentAt          *time.Time `bun:"code_spent_at"`
	CodeRedirectURI      string     `bun:"code_redirect_uri"`
	CodeChallenge        string     `bun:"code_challenge"`
	CodeNonce            string     `bun:"code_nonce"`
	BoundKey             string     `bun:"jkt"`
	BoundCertificate     string     `bun:"x5t_s256"`
	RefreshGeneration    int        `bun:"refresh_generation"`
	RefreshRotatedAt     *time.Time `bun:"refresh_rotated_at"`
	RefreshGraceUses     int        `bun:"refresh_grace_uses"`
	RefreshOverlaps      int        `bun:"refresh_overlaps"`
	RefreshExpiresAt     *time.Time `bun:"refresh_expires_at"`
	RefreshIdleExpiresAt *time.Time `bun:"refresh_idle_expires_at"`
}

func fromGrant(g identity.Grant) grantRow {
	row := grantRow{
		ID: g.ID, UserID: nilIfZero(g.UserID), ClientID: g.ClientID, SessionID: g.SessionID, Scopes: emptyIfNil(g.Scopes),
		Resources: emptyIfNil(g.Resources), AuthTime: g.AuthTime, AMR: emptyIfNil(g.AMR), ACR: g.ACR,
		Offline: g.Offline, FrontChannel: g.FrontChannel, CreatedAt: g.CreatedAt, EndedAt: g.EndedAt, EndReason: string(g.EndReason),
		BoundKey: g.Sender.Key, BoundCertificate: g.Sender.Certificate,
		RefreshGeneration: g.Refresh.Generation, RefreshRotatedAt: g.Refresh.RotatedAt,
		RefreshGraceUses: g.Refresh.GraceUses, RefreshOverlaps: g.Refresh.Overlaps,
		RefreshExpiresAt: g.Refresh.ExpiresAt, RefreshIdleExpiresAt: g.Refresh.IdleExpiresAt,
	}
	if len(g.Details) > 0 {
		row.Details = new(joinJSON(g.Details))
	}
	if g.Claims != nil {
		claims := string(g.Claims)
		row.Claims = &claims
	}
	if c := g.Code; c != nil {
		row.CodeDigest, row.CodeExpiresAt, row.CodeSpentAt = c.Digest, &c.ExpiresAt, c.SpentAt
		row.CodeRedirectURI, row.CodeChallenge, row.CodeNonce = c.RedirectURI, c.CodeChallenge, c.Nonce
	}
	return row
}

func toGrant(r grantRow) identity.Grant {
	g := identity.Grant{
		ID: r.ID, ClientID: r.ClientID, SessionID: r.SessionID, Scopes: nilIfEmpty(r.Scopes), Resources: nilIfEmpty(r.Resources),
		AuthTime: r.AuthTime.UTC(), AMR: nilIfEmpty(r.AMR), ACR: r.ACR, Offline: r.Offline, FrontChannel: r.FrontChannel,
		CreatedAt: r.CreatedAt.UTC(), EndedAt: utc(r.EndedAt), EndReason: identity.EndReason(r.EndReason),
		Sender: identity.SenderConstraint{Key: r.BoundKey, Certificate: r.BoundCertificate},
		Refresh: identity.RefreshState{
			Generation: r.RefreshGeneration, RotatedAt: utc(r.RefreshRotatedAt), GraceUses: r.RefreshGraceUses,
			Overlaps: r.RefreshOverlaps, ExpiresAt: utc(r.RefreshExpiresAt), IdleExpiresAt: utc(r.RefreshIdleExpiresAt),
		},
	}
	if r.Details != nil {
		g.Details = splitJSON(*r.Details)
	}
	if r.Claims != nil {
		g.Claims = json.RawMessage(*r.Claims)
	}
	if r.UserID != nil {
		g.UserID = *r.UserID
	}
	if r.CodeDigest != nil && r.CodeExpiresAt != nil {
		g.Code = &identity.CodeState{
			Digest: r.CodeDigest, ExpiresAt: r.CodeExpiresAt.UTC(), SpentAt: utc(r.CodeSpentAt),
			RedirectURI: r.CodeRedirectURI, CodeChallenge: r.CodeChallenge, Nonce: r.CodeNonce,
		}
	}
	return g
}

var (
	insertGrant   = insertion[grantRow]("")
	insertGrantOn = guard(func(lock string) statement {
		return selected[grantRow](basisHolds(len(arguments(&grantRow{}))+1, lock), "")
	})
	insertCode = guard(func(lock string) writeAndInsert {
		n, basis := len(arguments(&interactionRow{})), len(basisArguments(identity.Grant{}, identity.GrantBasis{}))
		return insertIfChanged[grantRow](selected[interactionRow](basisHolds(n+1, lock), upsertInteraction), n+basis)
	})
	// A holding is grant, user, and end and expiry of the session.
	holdings = statement{"select grants", "SELECT " + columns[grantRow]() + ", " + columns[userRow]() + `, s.ended_at, s.expires_at
		FROM grants AS g LEFT JOIN users AS u ON u.id = g.user_id LEFT JOIN sessions AS s ON s.id = g.session_id AND s.level >= 1 `}
	holdingByID   = statement{holdings.name, holdings.text + "WHERE g.id = $1"}
	holdingByCode = byDigest(holdings, "g.code_digest")
)

// InsertGrant implements identity.GrantStore.
func (s *Store) InsertGrant(ctx context.Context, g identity.Grant) error {
	row := fromGrant(g)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertGrant, arguments(&row)...)
	return s.fault("insert grant", err)
}

// InsertGrantOn implements identity.GrantStore.
func (s *Store) InsertGrantOn(ctx context.Context, g identity.Grant, b identity.GrantBasis) (bool, error) {
	row := fromGrant(g)
	if err := checkText(&row); err != nil {
		return false, err
	}
	res, err := s.exec(ctx, insertGrantOn.of(s.dialect), append(arguments(&row), basisArguments(g, b)...)...)
	n, err := s.affected("insert grant", res, err)
	return n == 1, err
}

// InsertCode implements identity.GrantStore.
func (s *Store) InsertCode(ctx context.Context, i identity.Interaction, g identity.Grant, b identity.GrantBasis) (bool, error) {
	interaction, row := fromInteraction(i), fromGrant(g)
	if err := errors.Join(checkText(&interaction), checkText(&row)); err != nil {
		return false, err
	}
	first, err := s.execWriteAndInsert(ctx, insertCode.of(s.dialect), append(arguments(&interaction), basisArguments(g, b)...), &row)
	return first, s.fault("insert grant of interaction", err)
}

// GrantStatusByID implements identity.GrantStore.
func (s *Store) GrantStatusByID(ctx context.Context, id uuid.UUID, now time.Time) (identity.GrantStatus, error) {
	return s.holding(ctx, holdingByID, now, id)
}

// GrantStatusByCode implements identity.GrantStore.
func (s *Store) GrantStatusByCode(ctx context.Context, digests [][]byte, now time.Time) (identity.GrantStatus, error) {
	if len(digests) == 0 {
		return identity.GrantStatus{}, identity.ErrGrantNotFound
	}
	return s.holding(ctx, holdingByCode(len(digests)), now, toAnys(digests)...)
}

func (s *Store) holding(ctx context.Context, st statement, now time.Time, keys ...any) (identity.GrantStatus, error) {
	var (
		grant          grantRow
		user           userRow
		ended, expires *time.Time // of the session
	)
	dest := append(scanDestinations(&grant, &user), scanDestination(&ended), scanDestination(&expires))
	if err := s.get(ctx, st, dest, keys...); err != nil {
		return identity.GrantStatus{}, s.orMissing("read grant and user", err, identity.ErrGrantNotFound)
	}
	h := identity.GrantStatus{Grant: toGrant(grant)}
	h.SessionActive = grant.SessionID == nil || grant.Offline || expires != nil && expires.After(now) && ended == nil
	if expires != nil && !grant.Offline {
		h.ActiveUntil = expires.UTC()
	}
	if grant.UserID != nil {
		h.User = toUser(user)
	}
	return h, nil
}

var spendCode = statement{"update grants", `UPDATE grants SET code_spent_at = $2, refresh_generation = $3,
	refresh_rotated_at = $4, refresh_grace_uses = $5, refresh_expires_at = $6, refresh_idle_expires_at = $7,
	jkt = $8, x5t_s256 = $9
	WHERE id = $1 AND code_digest IS NOT NULL AND code_spent_at IS NULL AND ended_at IS NULL`}

// SpendCode implements identity.GrantStore.
func (s *Store) SpendCode(
	ctx context.Context, id uuid.UUID, at time.Time, first identity.RefreshState, sender identity.SenderConstraint,
) (bool, error) {
	res, err := s.exec(ctx, spendCode, id, at, first.Generation, first.RotatedAt, first.GraceUses, first.ExpiresAt,
		first.IdleExpiresAt, sender.Key, sender.Certificate)
	n, err := s.affected("spend code", res, err)
	return n == 1, err
}

var rotateRefresh = statement{"update grants", `UPDATE grants SET refresh_generation = refresh_generation + 1,
	refresh_rotated_at = $3, refresh_grace_uses = 0, refresh_idle_expires_at = $4
	WHERE id = $1 AND refresh_generation = $2 AND refresh_generation > 0 AND ended_at IS NULL`}

// RotateRefresh implements identity.GrantStore.
func (s *Store) RotateRefresh(ctx context.Context, id uuid.UUID, from int, at, idleExpires time.Time) (bool, error) {
	res, err := s.exec(ctx, rotateRefresh, id, from, at, idleExpires)
	n, err := s.affected("rotate refresh token", res, err)
	return n == 1, err
}

var extendRefresh = statement{"update grants", `UPDATE grants SET refresh_idle_expires_at = $3
	WHERE id = $1 AND refresh_generation = $2 AND refresh_generation > 0 AND ended_at IS NULL`}

// ExtendRefresh implements identity.GrantStore.
func (s *Store) ExtendRefresh(ctx context.Context, id uuid.UUID, generation int, idleExpires time.Time) (bool, error) {
	res, err := s.exec(ctx, extendRefresh, id, generation, idleExpires)
	n, err := s.affected("extend refresh token", res, err)
	return n == 1, err
}

var repeatRefresh = statement{"update grants", `UPDATE grants SET refresh_grace_uses = refresh_grace_uses + 1,
	refresh_overlaps = refresh_overlaps + CASE refresh_grace_uses WHEN 0 THEN 1 ELSE 0 END
	WHERE id = $1 AND refresh_generation - 1 = $2 AND refresh_rotated_at > $3 AND refresh_grace_uses < $4
	AND (refresh_grace_uses > 0 OR refresh_overlaps < $5) AND ended_at IS NULL`}

// RepeatRefresh implements identity.GrantStore.
func (s *Store) RepeatRefresh(
	ctx context.Context, id uuid.UUID, from int, graceStart time.Time, limits identity.RepeatLimits,
) (bool, error) {
	res, err := s.exec(ctx, repeatRefresh, id, from, graceStart, limits.Uses, limits.Overlaps)
	n, err := s.affected("repeat refresh token", res, err)
	return n == 1, err
}

var endGrant = insertIfChanged[auditRow](statement{"update grants", `UPDATE grants SET ended_at = $3, end_reason = $4
	WHERE id = $1 AND client_id = $2 AND ended_at IS NULL`}, 4)

// EndGrant implements identity.GrantStore.
func (s *Store) EndGrant(
	ctx context.Context, id, clientID uuid.UUID, at time.Time, reason identity.EndReason, event identity.AuditEvent,
) (bool, error) {
	row := s.eventRow(event)
	ended, err := s.execWriteAndInsert(ctx, endGrant, []any{id, clientID, at, string(reason)}, &row)
	return ended, s.fault("end grant", err)
}

// EndGrants implements identity.GrantStore. A selection that names no grant, user, client or session ends nothing.
func (s *Store) EndGrants(
	ctx context.Context, sel identity.GrantSelection, at time.Time, reason identity.EndReason,
) ([]uuid.UUID, error) {
	chosen, some := liveGrants(sel)
	if !some {
		return nil, nil
	}
	q := s.write().NewUpdate().Model((*grantRow)(nil)).Set("ended_at = ?", at).Set("end_reason = ?", string(reason)).
		Where(chosen.text, chosen.args...)
	var ended []uuid.UUID
	_, err := q.Returning("id").Exec(ctx, &ended)
	return ended, s.fault("end grants", err)
}

// liveGrants is the condition of a selection; false when it names nothing.
func liveGrants(sel identity.GrantSelection) (condition, bool) {
	some := sel.UserID != uuid.Nil || sel.ClientID != uuid.Nil
	for _, ids := range [][]uuid.UUID{sel.IDs, sel.UserIDs, sel.SessionIDs} {
		if ids != nil && len(ids) == 0 {
			return condition{}, false
		}
		some = some || len(ids) > 0
	}
	if !some {
		return condition{}, false
	}
	list := []condition{where("g.ended_at IS NULL")}
	for _, c := range []struct {
		given     bool
		condition condition
	}{
		{sel.IDs != nil, where("g.id IN (?)", idList(sel.IDs))},
		{sel.UserIDs != nil, where("g.user_id IN (?)", idList(sel.UserIDs))},
		{sel.SessionIDs != nil, where("g.session_id IN (?)", idList(sel.SessionIDs))},
		{sel.UserID != uuid.Nil, where("g.user_id = ?", sel.UserID)},
		{sel.ClientID != uuid.Nil, where("g.client_id = ?", sel.ClientID)},
		{sel.OnlyUnspent, where("g.code_spent_at IS NULL")},
		{sel.OnlySessionBound, where("NOT g.offline")},
	} {
		if c.given {
			list = append(list, c.condition)
		}
	}
	return and(list), true
}

// grantStatus reads the columns of three row structs, whether the session is active, until when, and whether a token
// was revoked.
var grantStatus = statement{"select grants", "SELECT " + columns[grantRow]() + ", " + columns[userRow]() + ", " + columns[clientRow]() + `,
	(g.session_id IS NULL OR g.offline OR (s.id IS NOT NULL AND s.ended_at IS NULL AND s.expires_at > $3)),
	s.expires_at, (r.jti IS NOT NULL)
	FROM grants g
	JOIN clients c ON c.id = g.client_id
	LEFT JOIN users u ON u.id = g.user_id
	LEFT JOIN sessions s ON s.id = g.session_id AND s.level >= 1
	LEFT JOIN revoked_tokens r ON r.jti = $2
	WHERE g.id = $1`}

// GrantStatus implements identity.AccessTokenStore. A grant without a user has the zero User.
func (s *Store) GrantStatus(ctx context.Context, grantID uuid.UUID, jti string, now time.Time) (identity.GrantStatus, error) {
	var (
		grant  grantRow
		user   userRow
		client clientRow
		until  *time.Time // of the session, if the grant depends on it or not
		out    identity.GrantStatus
	)
	dest := append(scanDestinations(&grant, &user, &client),
		scanDestination(&out.SessionActive), scanDestination(&until), scanDestination(&out.TokenRevoked))
	if err := s.get(ctx, grantStatus, dest, grantID, jti, now); err != nil {
		return identity.GrantStatus{}, s.orMissing("read status of grant", err, identity.ErrGrantNotFound)
	}
	out.Grant, out.Client = toGrant(grant), toClient(client)
	if until != nil && !grant.Offline {
		out.ActiveUntil = until.UTC()
	}
	if grant.UserID != nil {
		out.User = toUser(user)
	}
	return out, nil
}

var revokeToken = insertAlso[auditRow](statement{
	"insert revoked_tokens", `INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT (jti) DO NOTHING`,
}, 2)

// RevokeToken implements identity.AccessTokenStore.
func (s *Store) RevokeToken(ctx context.Context, jti string, expires time.Time, event identity.AuditEvent) error {
	row := s.eventRow(event)
	_, err := s.execWriteAndInsert(ctx, revokeToken, []any{jti, expires}, &row)
	return s.fault("revoke token", err)
}

var tokenRevoked = statement{"select revoked_tokens", `SELECT jti FROM revoked_tokens WHERE jti = $1`}

// TokenRevoked implements identity.AccessTokenStore.
func (s *Store) TokenRevoked(ctx context.Context, jti string) (bool, error) {
	err := s.queryOne(ctx, s.reader, tokenRevoked, []any{jti}, func(*sql.Rows) error { return nil })
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.fault("look for revoked token", err)
}
