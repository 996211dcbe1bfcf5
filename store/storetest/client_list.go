package storetest

import (
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

func clientLists(r *runner) {
	r.run("pages by client_id meet every client once in both directions", func(f *fixture) {
		const n = 20
		var want []string
		for i := range n {
			id := fmt.Sprintf("%s%02d", []string{"App", "app", "_", "%"}[i%4], (i*7)%n)
			f.client(func(c *identity.Client) { c.ClientID = id })
			want = append(want, id)
		}
		slices.Sort(want) // by bytes, on every database
		for _, descending := range []bool{false, true} {
			for _, backward := range []bool{false, true} {
				got := f.walkClients(identity.ClientQuery{Descending: descending, Range: identity.KeysetRange{Limit: 6, Backward: backward}})
				if descending {
					slices.Reverse(got)
				}
				f.equal(got, want)
			}
		}
	})
	r.run("clients are found by a part of client_id or name", func(f *fixture) {
		named := func(id, name string, active bool) {
			f.client(func(c *identity.Client) { c.ClientID, c.Metadata.Name, c.Active = id, name, active })
		}
		named("billing", "Invoices 100%", true)
		named("crm", "Customers", true)
		named("old_CRM", "", false)
		yes, no := true, false
		for name, c := range map[string]struct {
			filter identity.ClientFilter
			want   []string
		}{
			"all":          {identity.ClientFilter{}, []string{"billing", "crm", "old_CRM"}},
			"by client_id": {identity.ClientFilter{Search: "CRM"}, []string{"crm", "old_CRM"}},
			"by name":      {identity.ClientFilter{Search: "INVOI"}, []string{"billing"}},
			"literal":      {identity.ClientFilter{Search: "0%"}, []string{"billing"}},
			"no wildcard":  {identity.ClientFilter{Search: "c_m"}, nil},
			"active":       {identity.ClientFilter{Search: "crm", Active: &yes}, []string{"crm"}},
			"not active":   {identity.ClientFilter{Active: &no}, []string{"old_CRM"}},
			"invalid text": {identity.ClientFilter{Search: "a\x00"}, nil},
		} {
			got := f.walkClients(identity.ClientQuery{Filter: c.filter, Range: identity.KeysetRange{Limit: 10}})
			if !slices.Equal(got, c.want) {
				f.Errorf("%s: got %q, want %q", name, got, c.want)
			}
			f.equal(must(f.store.CountClients(f.ctx, c.filter, 10))(f), len(c.want))
		}
		f.equal(must(f.store.CountClients(f.ctx, identity.ClientFilter{}, 1))(f), 2)
	})
}

// walkClients goes through all pages and returns the client_ids in list order.
func (f *fixture) walkClients(q identity.ClientQuery) []string {
	f.Helper()
	var all []string
	for {
		var page []string
		rows := must(f.store.ClientsPage(f.ctx, q))(f)
		for _, row := range rows {
			page = append(page, row.Item.ClientID)
		}
		if q.Range.Backward {
			all = append(page, all...)
		} else {
			all = append(all, page...)
		}
		if len(rows) < q.Range.Limit {
			return all
		}
		if q.Range.After = &rows[len(rows)-1].CursorKey; q.Range.Backward {
			q.Range.After, q.Range.Before = nil, &rows[0].CursorKey
		}
	}
}
