package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// LockUsers implements identity.AdminUserStore. Everybody locks in the order of the ids, so that no two wait for each
// other.
func (s *Store) LockUsers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.User, error) {
	if len(ids) == 0 {
		return map[uuid.UUID]identity.User{}, nil
	}
	q := s.write().NewSelect().Model((*userRow)(nil)).Where("u.id IN (?)", idList(ids)).OrderExpr("u.id")
	rows, err := list[userRow](ctx, s, s.forUpdate(q))
	if err != nil {
		return nil, s.fault("lock users", err)
	}
	return usersFrom(rows), nil
}

// UnlockUser implements identity.AdminUserStore.
func (s *Store) UnlockUser(ctx context.Context, id uuid.UUID, at time.Time) error {
	res, err := s.write().NewUpdate().Model((*userRow)(nil)).Set("failed_attempts = 0").Set("locked_until = NULL").
		Set("unlocked_at = ?", at).Where("u.id = ?", id).Exec(ctx)
	return s.changed("unlock user", res, err, identity.ErrUserNotFound)
}

// CountUserRows implements identity.AdminUserStore.
func (s *Store) CountUserRows(ctx context.Context, id uuid.UUID) (identity.DeletedCounts, error) {
	var row struct {
		Sessions int `bun:"sessions"`
		Grants   int `bun:"grants"`
		Consents int `bun:"consents"`
	}
	err := s.read().NewSelect().
		ColumnExpr("(SELECT count(*) FROM sessions WHERE user_id = ?) AS sessions", id).
		ColumnExpr("(SELECT count(*) FROM grants WHERE user_id = ?) AS grants", id).
		ColumnExpr("(SELECT count(*) FROM consents WHERE user_id = ?) AS consents", id).Scan(ctx, &row)
	return identity.DeletedCounts(row), s.fault("count rows of user", err)
}

// PseudonymiseAudit implements identity.AdminUserStore.
func (s *Store) PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error {
	// Who fails to sign in as the user is anonymous, and mostly is the user.
	stranger := string(identity.ActorAnonymous)
	_, err := s.write().NewUpdate().Model((*auditRow)(nil)).Set("target_name = ?", pseudonym).Set("changes = '{}'").
		Set("ip = CASE WHEN actor_kind = ? THEN '' ELSE ip END", stranger).
		Set("user_agent = CASE WHEN actor_kind = ? THEN '' ELSE user_agent END", stranger).
		Where("e.target_kind = ?", string(identity.TargetUser)).Where("e.target_id = ?", id.String()).Exec(ctx)
	if err != nil {
		return s.fault("pseudonymise audit events", err)
	}
	// What users do to their sessions and grants has their own name as that of the target.
	_, err = s.write().NewUpdate().Model((*auditRow)(nil)).Set("actor_name = ?", pseudonym).Set("ip = ''").Set("user_agent = ''").
		Set("target_name = CASE WHEN target_name = actor_name THEN ? ELSE target_name END", pseudonym).
		Where("e.actor_id = ?", id.String()).Exec(ctx)
	return s.fault("pseudonymise audit events", err)
}

// createdChunk is how many users are named in one statement.
const createdChunk = 1000

// PseudonymiseCreator implements identity.AdminUserStore. The trail knows what the user has created under another name.
func (s *Store) PseudonymiseCreator(ctx context.Context, u identity.User, pseudonym string) error {
	for _, c := range []struct {
		action identity.Action
		id     string // of what was created, in the event
		row    any
	}{
		{identity.ActionUserCreated, "e.target_id", (*userRow)(nil)},
		{identity.ActionInitialAccessCreated, "e.changes -> 'initial_access_token' ->> 'after'", (*initialAccessTokenRow)(nil)},
	} {
		if err := s.pseudonymiseCreated(ctx, u, pseudonym, c.action, c.id, c.row); err != nil {
			return err
		}
	}
	_, err := s.write().NewDelete().TableExpr("authorization_requests").
		Where("lower(params ->> 'login_hint') IN (?, ?)", fold(u.Username), fold(u.Email)).Exec(ctx)
	return s.fault("remove requests with a name", err)
}

func (s *Store) pseudonymiseCreated(
	ctx context.Context, u identity.User, pseudonym string, action identity.Action, id string, row any,
) error {
	var created []string
	err := s.write().NewSelect().TableExpr("audit_events AS e").ColumnExpr(id).
		Where("e.actor_id = ?", u.ID.String()).Where("e.action = ?", string(action)).Scan(ctx, &created)
	if err != nil {
		return s.fault("find what a user has created", err)
	}
	whose := []condition{where("?TableAlias.created_by = ?", u.Username)}
	for some := range slices.Chunk(created, createdChunk) {
		whose = append(whose, where("?TableAlias.id IN (?)", bun.List(some)))
	}
	for _, c := range whose {
		if _, err := s.write().NewUpdate().Model(row).Set("created_by = ?", pseudonym).Where(c.text, c.args...).Exec(ctx); err != nil {
			return s.fault("pseudonymise creators", err)
		}
	}
	return nil
}

// SetUserFlags implements identity.AdminUserStore.
func (s *Store) SetUserFlags(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, at time.Time) ([]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := s.write().NewUpdate().Model((*userRow)(nil)).Set("version = version + 1").Set("updated_at = ?", at).
		Where("u.id IN (?)", idList(ids))
	var differs []condition
	for _, flag := range []struct {
		column string
		value  *bool
	}{
		{"active", flags.Active},
		{"verified", flags.Verified},
		{"admin", flags.Admin},
		{"requires_password_change", flags.RequiresPasswordChange},
	} {
		if flag.value != nil {
			q = q.Set(flag.column+" = ?", *flag.value)
			differs = append(differs, where("u."+flag.column+" <> ?", *flag.value))
		}
	}
	if len(differs) == 0 {
		return nil, nil
	}
	if change := flags.RequiresPasswordChange; change != nil { // what need not be changed has no end, nor what the user has chosen
		q = q.Set("password_expires_at = CASE WHEN ? AND requires_password_change THEN password_expires_at END", *change)
	}
	differ := or(differs)
	var changed []uuid.UUID
	_, err := q.Where(differ.text, differ.args...).Returning("id").Exec(ctx, &changed)
	return changed, s.fault("set flags of users", err)
}

type userNumbersRow struct {
	Total                  int `bun:"total"`
	Active                 int `bun:"active"`
	Inactive               int `bun:"inactive"`
	Admins                 int `bun:"admins"`
	Unverified             int `bun:"unverified"`
	RequiresPasswordChange int `bun:"requires_password_change"`
	NewLastDay             int `bun:"new_last_day"`
	NewLastWeek            int `bun:"new_last_week"`
}

// UserNumbers implements identity.AdminUserStore.
func (s *Store) UserNumbers(ctx context.Context, now time.Time) (identity.UserNumbers, error) {
	const day = 24 * time.Hour
	q := s.read().NewSelect().TableExpr("users AS u").ColumnExpr("count(*) AS total")
	for _, n := range []struct {
		name string
		condition
	}{
		{"active", where("u.active")},
		{"inactive", where("NOT u.active")},
		{"admins", where("u.admin")},
		{"unverified", where("NOT u.verified")},
		{"requires_password_change", where("u.requires_password_change")},
		{"new_last_day", where("u.created_at >= ?", now.Add(-day))},
		{"new_last_week", where("u.created_at >= ?", now.Add(-7*day))},
	} {
		q = q.ColumnExpr("count(CASE WHEN "+n.text+" THEN 1 END) AS "+n.name, n.args...)
	}
	var row userNumbersRow
	err := q.Scan(ctx, &row)
	return identity.UserNumbers(row), s.fault("count users", err)
}
