package admin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestTheBoundsOfAdministration: each is taken at its value and refused above it, by name.
func TestTheBoundsOfAdministration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, ask := range map[string]struct {
		most int
		do   func(n int) error
	}{
		"a key of idempotency": {128, func(n int) error {
			_, err := admin.NewIdempotency("Mutation.x", strings.Repeat("k", n), nil)
			return err
		}},
		"actions of a filter": {50, func(n int) error {
			filter := identity.AuditFilter{Actions: slices.Repeat([]identity.Action{identity.ActionSignedIn}, n)}
			_, err := f.admin.Audit.List(f.ctx, admin.AuditList{Filter: filter}, admin.PageArgs{})
			return err
		}},
		"days": {90, func(n int) error {
			_, err := f.admin.Statistics.Dashboard(f.ctx, n)
			return err
		}},
		"a search": {100, func(n int) error {
			_, err := f.admin.Users.List(f.ctx, admin.UserList{Search: strings.Repeat("ø", n)}, admin.PageArgs{})
			return err
		}},
	} {
		if err := ask.do(ask.most); err != nil {
			t.Errorf("%s at %d: %v", name, ask.most, err)
		}
		if err := ask.do(ask.most + 1); err == nil || identity.AsError(err).Kind != identity.Invalid {
			t.Errorf("%s at %d: %v", name, ask.most+1, err)
		}
	}
	for n, text := range map[int]string{4096: "a cursor of this list", 4097: "at most 4096 characters"} {
		_, err := f.admin.Users.List(f.ctx, admin.UserList{}, admin.PageArgs{After: strings.Repeat("A", n)})
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("a cursor of %d bytes: %v", n, err)
		}
	}
}
