package cache_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/store/storetest"
)

// TestAnAttributeThatIsReleasedNoLongerIsSoOnEveryNode: which scopes release attributes and what a user has of them are cached, and
// every write that changes it ends that: soon with Redis, and after two seconds without it.
func TestAnAttributeThatIsReleasedNoLongerIsSoOnEveryNode(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("AUTHLY_TEST_REDIS_URL is not set: run the tests with make test")
	}
	type write func(ctx context.Context, s identity.Store, w world, d identity.AttributeDefinition) error
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
			for cause, change := range map[string]write{
				"another value": func(ctx context.Context, s identity.Store, w world, d identity.AttributeDefinition) error {
					return s.SaveUserAttributes(ctx, w.user.ID, []identity.AttributeDefinition{d}, identity.AttributeValues{d.Name: {"new"}})
				},
				"other scopes": func(ctx context.Context, s identity.Store, _ world, d identity.AttributeDefinition) error {
					d.Scopes = nil
					return s.UpdateAttributeDefinition(ctx, d)
				},
				"deletion of the scope": func(ctx context.Context, s identity.Store, _ world, d identity.AttributeDefinition) error {
					return s.DeleteScope(ctx, d.Scopes[0])
				},
				"deletion of the attribute": func(ctx context.Context, s identity.Store, _ world, d identity.AttributeDefinition) error {
					return s.DeleteAttributeDefinition(ctx, d.ID)
				},
				"deletion of the user": func(ctx context.Context, s identity.Store, w world, _ identity.AttributeDefinition) error {
					return s.DeleteUser(ctx, w.user.ID)
				},
			} {
				w := newWorld(t, a, at.Now())
				d := released(t, a, w, at)
				told := func(s identity.Store) string {
					values, err := s.UserAttributes(t.Context(), []uuid.UUID{w.user.ID})
					if err != nil {
						t.Fatal(err)
					}
					all, err := s.AttributeDefinitions(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					text := fmt.Sprint(values[w.user.ID])
					for _, x := range all {
						if x.ID == d.ID {
							text += fmt.Sprint(x.Scopes)
						}
					}
					return text
				}
				before := told(inner)
				if before != fmt.Sprintf("map[%s:[old]][%s]", d.Name, d.Scopes[0]) {
					t.Errorf("%s: %q before", cause, before)
				}
				arrive := func() {
					if address == "" {
						at.advance(cache.DegradedTTL)
					}
					eventually(t, cause+" has arrived", func() bool { return address == "" || told(b) == told(inner) })
					if told(a) != told(inner) || told(b) != told(inner) {
						t.Errorf("%s: told %q and %q", cause, told(a), told(b))
					}
				}
				arrive()
				if err := change(t.Context(), a, w, d); err != nil {
					t.Fatal(err)
				}
				if told(inner) == before {
					t.Fatalf("%s changes nothing", cause)
				}
				if told(a) != told(inner) {
					t.Errorf("%s: still told by the node that wrote it", cause)
				}
				arrive()
			}
		})
	}
}

// released declares an attribute that a scope releases, of which the user of a world has a value.
func released(t *testing.T, s identity.Store, w world, at *clock) identity.AttributeDefinition {
	t.Helper()
	id := uuid.New()
	d := identity.AttributeDefinition{
		ID: id, Name: "a" + id.String(), Type: identity.AttributeString, Scopes: []string{"s" + id.String()}, CreatedAt: at.Now(),
		UpdatedAt: at.Now(), Version: 1,
	}
	for _, err := range []error{
		s.InsertScope(t.Context(), identity.Scope{Name: d.Scopes[0], CreatedAt: at.Now(), UpdatedAt: at.Now()}),
		s.InsertAttributeDefinition(t.Context(), d),
		s.SaveUserAttributes(t.Context(), w.user.ID, []identity.AttributeDefinition{d}, identity.AttributeValues{d.Name: {"old"}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}
