package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestPagesOfRefusals, in both directions.
func TestPagesOfRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	deps := f.deps
	deps.Refusals = identity.NewRefusals(deps.Source, 100)
	services := admin.New(deps, f.SigningKeys)
	for i := range 5 {
		deps.Refusals.Note(f.ctx, identity.Refusal{Code: fmt.Sprint(i)})
	}
	list := func(args admin.PageArgs) (codes string, cursors []string) {
		t.Helper()
		page, err := services.Refusals.List(f.ctx, identity.RefusalFilter{}, args)
		noError(t, err)
		var out []string
		for _, edge := range page.Edges {
			out, cursors = append(out, edge.Item.Code), append(cursors, edge.Cursor())
		}
		return strings.Join(out, " "), cursors
	}
	got, at := list(admin.PageArgs{})
	if got != "4 3 2 1 0" {
		t.Fatal(got)
	}
	for want, args := range map[string]admin.PageArgs{
		"4 3":   {First: new(2)},
		"2 1":   {First: new(2), After: at[1]},
		"1 0":   {Last: new(2)},
		"3 2":   {Last: new(2), Before: at[3]},
		"3 2 1": {First: new(9), After: at[0], Before: at[4]},
		"":      {First: new(2), After: at[4]},
	} {
		if got, _ := list(args); got != want {
			t.Errorf("%q instead of %q", got, want)
		}
	}
}
