package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// UnlockUser implements identity.UserStoreAdmin.
func (s *Store) UnlockUser(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewUpdate().Model((*userRow)(nil)).Set("failed_attempts = 0").Set("locked_until = NULL").
		Where("u.id = ?", id).Exec(ctx)
	return s.changed("unlock user", res, err, identity.ErrUserNotFound)
}

// CountUserRows implements identity.UserStoreAdmin.
func (s *Store) CountUserRows(ctx context.Context, id uuid.UUID) (identity.Removed, error) {
	var row struct {
		Sessions int `bun:"sessions"`
		Grants   int `bun:"grants"`
		Consents int `bun:"consents"`
	}
	err := s.read().NewSelect().
		ColumnExpr("(SELECT count(*) FROM sessions WHERE user_id = ?) AS sessions", id).
		ColumnExpr("(SELECT count(*) FROM grants WHERE user_id = ?) AS grants", id).
		ColumnExpr("(SELECT count(*) FROM consents WHERE user_id = ?) AS consents", id).Scan(ctx, &row)
	return identity.Removed(row), s.fault("count rows of user", err)
}

// PseudonymiseAudit implements identity.UserStoreAdmin.
func (s *Store) PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error {
	_, err := s.write().NewUpdate().Model((*auditRow)(nil)).Set("target_name = ?", pseudonym).Set("changes = '{}'").
		Where("e.target_kind = ?", string(identity.TargetUser)).Where("e.target_id = ?", id.String()).Exec(ctx)
	if err != nil {
		return s.fault("pseudonymise audit events", err)
	}
	_, err = s.write().NewUpdate().Model((*auditRow)(nil)).Set("actor_name = ?", pseudonym).Set("ip = ''").Set("user_agent = ''").
		Where("e.actor_id = ?", id.String()).Exec(ctx)
	return s.fault("pseudonymise audit events", err)
}

// SetUserFlags implements identity.UserStoreAdmin.
func (s *Store) SetUserFlags(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, at time.Time) ([]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := s.write().NewUpdate().Model((*userRow)(nil)).Set("version = version + 1").Set("updated_at = ?", at).
		Where("u.id IN (?)", texted(ids))
	var differs []condition
	for column, value := range map[string]*bool{
		"active": flags.Active, "verified": flags.Verified, "admin": flags.Admin, "requires_password_change": flags.RequiresPasswordChange,
	} {
		if value != nil {
			q = q.Set(column+" = ?", *value)
			differs = append(differs, where("u."+column+" <> ?", *value))
		}
	}
	if len(differs) == 0 {
		return nil, nil
	}
	differ := or(differs)
	var changed []uuid.UUID
	_, err := q.Where(differ.text, differ.args...).Returning("id").Exec(ctx, &changed)
	return changed, s.fault("set flags of users", err)
}

// UserNumbers implements identity.UserStoreAdmin.
func (s *Store) UserNumbers(ctx context.Context, now time.Time) (identity.UserNumbers, error) {
	var row struct {
		Total                  int `bun:"total"`
		Active                 int `bun:"active"`
		Inactive               int `bun:"inactive"`
		Admins                 int `bun:"admins"`
		Unverified             int `bun:"unverified"`
		RequiresPasswordChange int `bun:"must_change"`
		NewLastDay             int `bun:"last_day"`
		NewLastWeek            int `bun:"last_week"`
	}
	err := s.read().NewSelect().TableExpr("users AS u").ColumnExpr("count(*) AS total").
		ColumnExpr("count(CASE WHEN u.active THEN 1 END) AS active").
		ColumnExpr("count(CASE WHEN NOT u.active THEN 1 END) AS inactive").
		ColumnExpr("count(CASE WHEN u.admin THEN 1 END) AS admins").
		ColumnExpr("count(CASE WHEN NOT u.verified THEN 1 END) AS unverified").
		ColumnExpr("count(CASE WHEN u.requires_password_change THEN 1 END) AS must_change").
		ColumnExpr("count(CASE WHEN u.created_at >= ? THEN 1 END) AS last_day", now.Add(-24*time.Hour)).
		ColumnExpr("count(CASE WHEN u.created_at >= ? THEN 1 END) AS last_week", now.Add(-7*24*time.Hour)).Scan(ctx, &row)
	return identity.UserNumbers(row), s.fault("count users", err)
}
