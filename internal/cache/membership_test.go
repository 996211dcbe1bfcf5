package cache_test

import (
	"context"
	"os"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/store/storetest"
)

// TestAMembershipThatIsOverIsOverOnEveryNode: what tokens say of groups and roles is cached, and every write that changes it
// ends that: soon with Redis, and after two seconds without it.
func TestAMembershipThatIsOverIsOverOnEveryNode(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("AUTHLY_TEST_REDIS_URL is not set: run the tests with make test")
	}
	ended := func(_ any, err error) error { return err }
	for name, address := range map[string]string{"with Redis": redis, "without Redis": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newClock()
			inner, _ := storetest.Postgres(t)
			a, b := newNode(t, inner, at, address), newNode(t, inner, at, address)
			if address != "" {
				a.subscribe(t)
				b.subscribe(t)
			}
			newWorld(t, a, at.Now()) // the administrator who stays
			for cause, write := range map[string]func(ctx context.Context, s identity.Store, w world, g identity.Group, r identity.Role) error{
				"removal": func(ctx context.Context, s identity.Store, w world, g identity.Group, _ identity.Role) error {
					return ended(s.RemoveGroupMembers(ctx, g.ID, []uuid.UUID{w.user.ID}))
				},
				"deletion of the group": func(ctx context.Context, s identity.Store, _ world, g identity.Group, _ identity.Role) error {
					return s.DeleteGroups(ctx, []uuid.UUID{g.ID})
				},
				"a new name": func(ctx context.Context, s identity.Store, _ world, g identity.Group, _ identity.Role) error {
					g.Name = "other " + g.Name
					return ended(s.UpdateGroup(ctx, g))
				},
				"another group": func(ctx context.Context, s identity.Store, w world, g identity.Group, _ identity.Role) error {
					return ended(s.InsertGroup(ctx, identity.Group{
						ID: uuid.New(), Name: "second " + g.Name, CreatedAt: at.Now(), UpdatedAt: at.Now(), Version: 1,
					}))
				},
				"a role taken away": func(ctx context.Context, s identity.Store, w world, _ identity.Group, r identity.Role) error {
					return ended(s.UnassignRole(ctx, r.ID, []uuid.UUID{w.user.ID}, nil))
				},
				"deletion of the role": func(ctx context.Context, s identity.Store, _ world, _ identity.Group, r identity.Role) error {
					return s.DeleteRole(ctx, r.ID)
				},
				"deletion of the user": func(ctx context.Context, s identity.Store, w world, _ identity.Group, _ identity.Role) error {
					return s.DeleteUser(ctx, w.user.ID)
				},
			} {
				w := newWorld(t, a, at.Now())
				g, r := member(t, a, w, at)
				told := func(n *node) string {
					found, err := n.Memberships(t.Context(), []uuid.UUID{w.user.ID})
					if err != nil {
						t.Fatal(err)
					}
					text := ""
					for _, path := range found[w.user.ID].Paths() {
						text += path
					}
					for _, role := range found[w.user.ID].Roles {
						text += " " + role.Name
					}
					return text
				}
				before := told(b)
				if before != "/"+g.Name+" "+r.Name {
					t.Errorf("%s: %q before", cause, before)
				}
				if err := write(t.Context(), a, w, g, r); err != nil {
					t.Fatal(err)
				}
				fresh, err := inner.Memberships(t.Context(), []uuid.UUID{w.user.ID})
				if err != nil {
					t.Fatal(err)
				}
				same := len(fresh[w.user.ID].Groups) == 1 && fresh[w.user.ID].Groups[0].Name == g.Name && len(fresh[w.user.ID].Roles) == 1
				if same != (cause == "another group") {
					t.Fatalf("%s changes nothing", cause)
				}
				if address == "" {
					at.advance(cache.DegradedTTL)
				} else {
					eventually(t, cause+" has arrived", func() bool { return same || told(b) != before })
				}
				if !same && (told(b) == before || told(a) == before) {
					t.Errorf("%s: still told", cause)
				}
			}
		})
	}
}

// member puts the user of a world into a group, and gives them a role.
func member(t *testing.T, s identity.Store, w world, at *clock) (identity.Group, identity.Role) {
	t.Helper()
	g := identity.Group{ID: uuid.New(), Name: "g " + w.user.Username, CreatedAt: at.Now(), UpdatedAt: at.Now(), Version: 1}
	r := identity.Role{ID: uuid.New(), Name: "r " + w.user.Username, CreatedAt: at.Now(), UpdatedAt: at.Now(), Version: 1}
	g, err := s.InsertGroup(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.InsertRole(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddGroupMembers(t.Context(), []identity.GroupMember{
		{ID: uuid.New(), GroupID: g.ID, UserID: w.user.ID, JoinedAt: at.Now()},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AssignRole(t.Context(), []identity.RoleAssignment{
		{ID: uuid.New(), RoleID: r.ID, UserID: &w.user.ID, AssignedAt: at.Now()},
	}); err != nil {
		t.Fatal(err)
	}
	return g, r
}
