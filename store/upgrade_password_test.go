package store_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// beforePasswordsExpired is the schema of the server before temporary passwords had an end.
const beforePasswordsExpired = 20261129096300

// What that server writes when an administrator resets a password, or its user changes it. It names neither the column nor
// every other one, as bun does: those stay what they are.
const oldSetPassword = `UPDATE users SET password_hash = $2, password_changed_at = $3, requires_password_change = $4, updated_at = $3,
	version = version + 1 WHERE id = $1`

func TestTemporaryPasswordsOfBeforeHaveNoEnd(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, url), t.Context(), time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
		o, end := older{t, s}, now.Add(time.Hour)
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		stored := func(u identity.User) identity.User {
			t.Helper()
			u, err := s.UserByID(ctx, u.ID)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		u := user(1)
		u.RequiresPasswordChange, u.Password.ExpiresAt = true, &end
		if err := s.InsertUser(ctx, u); err != nil { // before the way down, so that it has the columns of today
			t.Fatal(err)
		}
		equal(t, stored(u).Password.ExpiresAt, &end)
		if err := s.MigrateTo(ctx, beforePasswordsExpired); err != nil {
			t.Fatal(err)
		}
		o.exec(oldSetPassword, u.ID, "reset before", now, true)
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		u = stored(u)
		if !u.RequiresPasswordChange || u.Password.ExpiresAt != nil {
			t.Errorf("a temporary password of before expires at %v", u.Password.ExpiresAt)
		}

		// During a rolling upgrade the user changes at a server of before what one of today has given.
		u.Password.ExpiresAt = &end
		if err := s.UpdateUser(ctx, u); err != nil {
			t.Fatal(err)
		}
		o.exec(oldSetPassword, u.ID, "chosen", now, false)
		u = stored(u)
		u.RequiresPasswordChange = true // an administrator wants another one: this one was chosen by the user
		if err := s.UpdateUser(ctx, u); err != nil {
			t.Fatal(err)
		}
		equal(t, stored(u).Password.ExpiresAt, (*time.Time)(nil))
	})
}
