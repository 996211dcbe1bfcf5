package admin_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestListClients(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		want := []string{}
		for i := range 7 {
			id := fmt.Sprintf("client-%d", (i*3)%7)
			f.client(t, id, func(m *clientFields) { m.Name = "Invoices 100%_" + strings.ToUpper(id) })
			want = append(want, id)
		}
		slices.Sort(want)
		sleeping, err := f.ClientAuth.Find(f.ctx, "client-4")
		noError(t, err)
		_, _, err = f.admin.Clients.Update(f.ctx, sleeping.ID, admin.ClientChange{Active: ptr(false)}, nil)
		noError(t, err)
		names := func(p admin.Page[identity.Client]) []string {
			out := []string{}
			for _, c := range p.Items() {
				out = append(out, c.ClientID)
			}
			return out
		}
		for name, c := range map[string]struct {
			filter identity.ClientFilter
			want   []string
		}{
			"all":                {identity.ClientFilter{}, want},
			"inactive":           {identity.ClientFilter{Active: ptr(false)}, []string{"client-4"}},
			"active by its name": {identity.ClientFilter{Active: ptr(true), Search: "INVOICES 100%_client-"}, slices.Concat(want[:4], want[5:])},
			"by client_id":       {identity.ClientFilter{Search: "T-3"}, []string{"client-3"}},
			"literal":            {identity.ClientFilter{Search: "client_3"}, []string{}},
		} {
			for _, descending := range []bool{false, true} {
				list := admin.ClientList{Filter: c.filter, Descending: descending}
				expected := slices.Clone(c.want)
				if descending {
					slices.Reverse(expected)
				}
				got := []string{}
				args := admin.PageArgs{First: ptr(3)}
				for {
					p, err := f.admin.Clients.List(f.ctx, list, args)
					noError(t, err)
					got = append(got, names(p)...)
					if !p.HasNext {
						break
					}
					args.After = p.Edges[len(p.Edges)-1].Cursor()
				}
				if !slices.Equal(got, expected) {
					t.Errorf("%s, descending %v: got %v, want %v", name, descending, got, expected)
				}
				last, err := f.admin.Clients.List(f.ctx, list, admin.PageArgs{Last: ptr(2)})
				noError(t, err)
				if tail := expected[max(0, len(expected)-2):]; !slices.Equal(names(last), tail) {
					t.Errorf("%s, descending %v: the last are %v, want %v", name, descending, names(last), tail)
				}
				n, err := f.admin.Clients.Count(f.ctx, list)
				noError(t, err)
				wantSame(t, n, admin.Count{Value: len(expected)})
			}
		}
		got, err := f.admin.Clients.Get(f.ctx, sleeping.ID)
		noError(t, err)
		wantSame(t, []any{got.ClientID, got.Active}, []any{"client-4", false})
		named, err := f.admin.Clients.Named(f.ctx, "client-4")
		noError(t, err)
		wantSame(t, named.ID, sleeping.ID)
		_, err = f.admin.Clients.Get(f.ctx, uuid.New())
		wantError(t, err, identity.ErrClientNotFound)
		for _, search := range []string{strings.Repeat("x", 101), "a\x00b", "\xff"} {
			list := admin.ClientList{Filter: identity.ClientFilter{Search: search}}
			_, err := f.admin.Clients.List(f.ctx, list, admin.PageArgs{})
			wantField(t, err, "search")
			_, err = f.admin.Clients.Count(f.ctx, list)
			wantField(t, err, "search")
		}
		for _, do := range []func(ctx context.Context) error{
			func(ctx context.Context) error {
				_, err := f.admin.Clients.List(ctx, admin.ClientList{}, admin.PageArgs{})
				return err
			},
			func(ctx context.Context) error {
				_, err := f.admin.Clients.Count(ctx, admin.ClientList{})
				return err
			},
			func(ctx context.Context) error { _, err := f.admin.Clients.Get(ctx, sleeping.ID); return err },
			func(ctx context.Context) error { _, err := f.admin.Clients.Named(ctx, "client-4"); return err },
		} {
			f.refusedWithout(t, identity.ScopeClientsRead, do)
		}
	})
}
