package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

var clientKey = sortKey{column: "c.client_id"}

// LockClient implements identity.AdminClientStore.
func (s *Store) LockClient(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	q := s.write().NewSelect().Model((*clientRow)(nil)).Where("c.id = ?", id)
	if !s.dialect.oneWriter() {
		q = q.For("UPDATE")
	}
	rows, err := list[clientRow](ctx, s, q)
	switch {
	case err != nil:
		return identity.Client{}, s.fault("lock client", err)
	case len(rows) == 0:
		return identity.Client{}, identity.ErrClientNotFound
	}
	return toClient(rows[0]), nil
}

// ClientsPage implements identity.AdminClientStore.
func (s *Store) ClientsPage(ctx context.Context, q identity.ClientQuery) ([]identity.ListRow[identity.Client], error) {
	build := func() (*bun.SelectQuery, error) { return s.listClients(q) }
	return listPage(ctx, s, "list clients", q.Range, build, func(r clientRow) identity.ListRow[identity.Client] {
		return identity.ListRow[identity.Client]{Item: toClient(r), CursorKey: identity.CursorKey{Key: r.ClientID, ID: r.ID}}
	})
}

func (s *Store) listClients(q identity.ClientQuery) (*bun.SelectQuery, error) {
	return clientKey.paginate(s.selectClients(s.read().NewSelect().Model((*clientRow)(nil)), q.Filter), q.Descending, q.Range)
}

// selectClients looks at every client for a text: there are thousands of them, not millions.
func (s *Store) selectClients(list *bun.SelectQuery, f identity.ClientFilter) *bun.SelectQuery {
	if text := fold(f.Search); !validText(text) {
		list = list.Where(alwaysFalse.text)
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

// CountClients implements identity.AdminClientStore.
func (s *Store) CountClients(ctx context.Context, f identity.ClientFilter, limit int) (int, error) {
	return s.count(ctx, "count clients", s.selectClients(s.read().NewSelect().Model((*clientRow)(nil)), f), limit)
}
