package identity_test

import (
	"slices"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const temporaryTTL = 7 * 24 * time.Hour

// temporary is for a user whose password, the passphrase, an administrator has made.
func temporary(n *admin.NewUser) {
	n.Password, n.PasswordHash, n.RequiresPasswordChange = passphrase, "", true
}

// refusals are why sign-ins were refused, in any order.
func (f *fixture) refusals(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, e := range f.audit(t, identity.ActionSignInFailed) {
		all = append(all, e.Reason)
	}
	slices.Sort(all)
	return all
}

func TestOnlyWhoKnowsAnExpiredPasswordIsTold(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		u := f.user(t, "alice", temporary)
		f.advance(temporaryTTL)
		wantError(t, f.try("alice", passphrase), identity.ErrPasswordExpired)
		wantError(t, f.try("alice", "wrong"), identity.ErrInvalidCredentials)
		wantSame(t, f.refusals(t), []string{"expired", "wrong_password"})
		wantSame(t, f.reread(t, u).FailedAttempts, 1) // who knows the password does not guess
	})
}

func TestWhoMayNotSignInHearsNothingOfAnExpiredPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.RequireVerified = true })
	f.user(t, "inactive", temporary, func(n *admin.NewUser) { n.Inactive = true })
	f.user(t, "unverified", temporary, func(n *admin.NewUser) { n.Verified = false })
	noError(t, f.try("unverified", passphrase))
	f.advance(temporaryTTL)
	wantError(t, f.try("inactive", passphrase), identity.ErrInvalidCredentials)
	wantError(t, f.try("unverified", passphrase), identity.ErrPasswordExpired) // it may sign in, and verify the address then
	wantSame(t, f.refusals(t), []string{"expired", "inactive"})
}

func TestThePasswordGrantRefusesAnExpiredPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.PasswordGrant = true })
	f.user(t, "alice", temporary)
	old := f.client(t, "old", func(c *clientFields) { c.GrantTypes = []identity.GrantType{identity.GrantPassword} })
	_, err := f.Grants.ForPassword(f.ctx, old, "alice", passphrase, nil)
	wantError(t, err, coded(identity.CodePasswordChangeNeeded))
	f.advance(temporaryTTL)
	_, err = f.Grants.ForPassword(f.ctx, old, "alice", passphrase, nil)
	wantError(t, err, identity.ErrPasswordExpired)
	_, err = f.Grants.ForPassword(f.ctx, old, "alice", "wrong", nil)
	wantError(t, err, identity.ErrInvalidCredentials)
	wantSame(t, f.refusals(t), []string{"expired", "wrong_password"})
}
