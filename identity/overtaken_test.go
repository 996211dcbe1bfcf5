package identity_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/password"
)

// slowHasher lets something happen between the proof of a password and what follows from it.
type slowHasher struct {
	identity.PasswordHasher
	meanwhile func()
}

func (h *slowHasher) Verify(ctx context.Context, secret, encoded string) (identity.PasswordProof, error) {
	proof, err := h.PasswordHasher.Verify(ctx, secret, encoded)
	if happens := h.meanwhile; happens != nil {
		h.meanwhile = nil
		happens()
	}
	return proof, err
}

func TestASignInIsOvertaken(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		hasher := &slowHasher{PasswordHasher: f.deps.Hasher}
		deps := f.deps
		deps.Hasher = hasher
		slow := identity.New(deps)
		app := f.client(t, "app", func(m *clientFields) { m.GrantTypes = append(m.GrantTypes, identity.GrantPassword) })
		ways := map[string]func(u identity.User) error{
			"by a reset": func(u identity.User) error { _, err := f.admin.Users.ResetPassword(f.ctx, u.ID); return err },
			"by a new password": func(u identity.User) error {
				_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Password: ptr("another otter 23 gorge")}, nil)
				return err
			},
			"by a deactivation": func(u identity.User) error {
				_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Active: ptr(false)}, nil)
				return err
			},
			"by a deletion": func(u identity.User) error {
				_, err := f.admin.Users.Delete(f.ctx, u.ID, admin.DeleteUserOptions{})
				return err
			},
		}
		made := 0
		for way, do := range ways {
			for surface, try := range map[string]func(login string) error{
				"page": func(login string) error {
					_, err := slow.SignIn.Password(f.ctx, identity.SignInAttempt{Login: login, Password: passphrase})
					return err
				},
				"grant": func(login string) error {
					_, err := slow.Grants.ForPassword(f.ctx, app, login, passphrase, []string{"openid"})
					return err
				},
			} {
				made++
				name := fmt.Sprintf("user%d", made)
				u := f.user(t, name)
				f.advance(time.Millisecond)
				hasher.meanwhile = func() { noError(t, do(u)) }
				if err := try(name); !errors.Is(err, identity.ErrInvalidCredentials) {
					t.Errorf("%s, overtaken %s: got %v", surface, way, err)
				}
				counts, err := f.store.ActiveSessionCounts(f.ctx, idsOf([]identity.User{u}), f.Now())
				noError(t, err)
				grants, err := f.admin.Grants.OfUsers(f.ctx, idsOf([]identity.User{u}), 10)
				noError(t, err)
				if counts[u.ID] != 0 || len(grants[u.ID]) != 0 {
					t.Errorf("%s, overtaken %s: %d sessions, %d grants", surface, way, counts[u.ID], len(grants[u.ID]))
				}
			}
		}
	})
}

func TestARehashDoesNotUndoAChangedPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	weak, err := password.New(password.Params{Memory: 32, Time: 1, Threads: 1}, 1).Hash(t.Context(), passphrase)
	noError(t, err)
	alice := f.user(t, "alice", func(n *admin.NewUser) { n.PasswordHash = weak })
	f.advance(time.Second)
	const next = "another otter 23 gorge"
	hasher := &slowHasher{PasswordHasher: f.deps.Hasher, meanwhile: func() {
		_, err := f.admin.Users.Update(f.ctx, alice.ID, admin.UserChange{Password: ptr(next)}, nil)
		noError(t, err)
	}}
	deps := f.deps
	deps.Hasher = hasher
	_, err = identity.New(deps).SignIn.Password(f.ctx, identity.SignInAttempt{Login: "alice", Password: passphrase})
	wantError(t, err, identity.ErrInvalidCredentials)
	wantSame(t, f.audit(t, identity.ActionSignInFailed)[0].Reason, "overtaken")
	wantError(t, f.try("alice", passphrase), identity.ErrInvalidCredentials)
	noError(t, f.try("alice", next))
}
