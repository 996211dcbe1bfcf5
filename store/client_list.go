package store

import (
	"context"
	"time"

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
	key := clientKey
	switch { // the list is walked in the table that is narrower
	case q.Filter.Scope != "":
		key.column = "cs.client_id"
	case q.Filter.Resource != "":
		key.column = "cr.client_id"
	}
	return key.paginate(s.selectClients(s.read().NewSelect().Model((*clientRow)(nil)), q.Filter), q.Descending, q.Range)
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
	for _, use := range []struct{ alias, kind, name string }{{"cs", useOfScope, f.Scope}, {"cr", useOfResource, f.Resource}} {
		if use.name == "" {
			continue
		}
		if !validText(use.name) {
			list, use.name = list.Where(alwaysFalse.text), ""
		}
		list = list.Join("JOIN client_uses AS ?0 ON ?0.client_id = c.client_id AND ?0.kind = ?1 AND ?0.name = ?2",
			bun.Ident(use.alias), use.kind, use.name)
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

// CountClientUse implements identity.AdminClientStore.
func (s *Store) CountClientUse(ctx context.Context, id uuid.UUID, now time.Time, limit int) (use identity.ClientUse, err error) {
	const operation = "count use of client"
	grants := s.read().NewSelect().TableExpr("grants AS g").Where("g.client_id = ?", id).Where("g.ended_at IS NULL")
	if use.Grants, err = s.count(ctx, operation, grants, limit); err != nil {
		return use, err
	}
	consents := s.read().NewSelect().TableExpr("consents AS c").Where("c.client_id = ?", id)
	if use.Consents, err = s.count(ctx, operation, consents, limit); err != nil {
		return use, err
	}
	sessions := s.read().NewSelect().Distinct().TableExpr("grants AS g").ColumnExpr("g.session_id").
		Join("JOIN sessions AS s ON s.id = g.session_id").Where("g.client_id = ?", id).Where("g.ended_at IS NULL").
		Where("s.ended_at IS NULL").Where("s.expires_at > ?", now).Where("s.level >= 1").Limit(int64(limit) + 1)
	use.Sessions, err = s.count(ctx, operation, s.read().NewSelect().TableExpr("(?) AS used", sessions), limit)
	return use, err
}
