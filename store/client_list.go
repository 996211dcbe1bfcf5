package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

var clientKey = sortKey{column: "c.client_id"}

// ClientsPage implements identity.ClientStoreAdmin.
func (s *Store) ClientsPage(ctx context.Context, q identity.ClientQuery) ([]identity.Listed[identity.Client], error) {
	build := func() (*bun.SelectQuery, error) { return s.listClients(q) }
	return slice(ctx, s, "list clients", q.Slice, build, func(r clientRow) identity.Listed[identity.Client] {
		return identity.Listed[identity.Client]{Item: toClient(r), Position: identity.Position{Key: r.ClientID, ID: r.ID}}
	})
}

func (s *Store) listClients(q identity.ClientQuery) (*bun.SelectQuery, error) {
	return clientKey.cut(s.selectClients(s.read().NewSelect().Model((*clientRow)(nil)), q.Filter), q.Descending, q.Slice)
}

// selectClients looks at every client for a text: there are thousands of them, not millions.
func (s *Store) selectClients(list *bun.SelectQuery, f identity.ClientFilter) *bun.SelectQuery {
	if text := fold(f.Search); !storable(text) {
		list = list.Where(nobody.text)
	} else if text != "" {
		found := or([]condition{
			s.dialect.contains("lower(c.client_id)", text),
			s.dialect.contains("lower(coalesce(c.metadata->>'client_name', ''))", text),
		})
		list = list.Where(found.text, found.args...)
	}
	if f.Active != nil {
		list = list.Where("c.active = ?", *f.Active)
	}
	return list
}

// CountClients implements identity.ClientStoreAdmin.
func (s *Store) CountClients(ctx context.Context, f identity.ClientFilter, limit int) (int, error) {
	return s.count(ctx, "count clients", s.selectClients(s.read().NewSelect().Model((*clientRow)(nil)), f), limit)
}
