package store

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// listedClientRow is a client with when it was last used.
type listedClientRow struct {
	Client      clientRow `bun:"embed:"`
	LastUsedKey time.Time `bun:"last_used_key"`
}

// clientKey is how clients are ordered by one field.
type clientKey struct {
	sortKey
	cursor func(listedClientRow) string // the text form in a CursorKey
}

var (
	clientByName = clientKey{sortKey{column: "c.client_id"}, func(r listedClientRow) string { return r.Client.ClientID }}
	clientKeys   = map[identity.ClientOrderField]clientKey{
		"": clientByName, identity.ClientOrderClientID: clientByName,
		identity.ClientOrderName: {
			sortKey{column: "c.sort_name", id: "c.id"}, func(r listedClientRow) string { return r.Client.sortName() },
		},
		identity.ClientOrderCreatedAt: {
			sortKey{column: "c.created_at", id: "c.id", time: true}, func(r listedClientRow) string { return cursorTime(&r.Client.CreatedAt) },
		},
		identity.ClientOrderLastUsedAt: {
			sortKey{column: "c.last_used_key", id: "c.used_id", time: true}, func(r listedClientRow) string { return cursorTime(&r.LastUsedKey) },
		},
	}
)

// sortName is the column sort_name.
func (r clientRow) sortName() string {
	return strings.Map(func(c rune) rune {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, cmp.Or(r.Metadata.Name, r.ClientID))
}

func (k clientKey) listRow(r listedClientRow) identity.ListRow[identity.Client] {
	return identity.ListRow[identity.Client]{Item: toClient(r.Client), CursorKey: identity.CursorKey{Key: k.cursor(r), ID: r.Client.ID}}
}

// LockClient implements identity.AdminClientStore.
func (s *Store) LockClient(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	q := s.write().NewSelect().Model((*clientRow)(nil)).Where("c.id = ?", id)
	rows, err := list[clientRow](ctx, s, s.forUpdate(q))
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
	const operation = "list clients"
	build := func() (*bun.SelectQuery, error) { return s.listClients(q) }
	key := clientKeys[q.Order]
	if q.Order == identity.ClientOrderLastUsedAt {
		return listPage(ctx, s, operation, q.Range, build, key.listRow)
	}
	return listPage(ctx, s, operation, q.Range, build, func(r clientRow) identity.ListRow[identity.Client] {
		return key.listRow(listedClientRow{Client: r})
	})
}

func (s *Store) listClients(q identity.ClientQuery) (*bun.SelectQuery, error) {
	key, ok := clientKeys[q.Order]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	uses := clientUses(q.Filter)
	if key.column == clientByName.column && len(uses) > 0 { // the list is walked in the table that is narrower
		key.column = uses[0].alias + ".client_id"
	}
	list := s.selectClients(s.clientsWith(q.Filter, q.Order == identity.ClientOrderLastUsedAt), q.Filter)
	return key.paginate(list, q.Descending, q.Range)
}

// clientsWith selects from all clients, with when they were last used if the filter or the order asks for it.
func (s *Store) clientsWith(f identity.ClientFilter, lastUsed bool) *bun.SelectQuery {
	if !lastUsed && f.LastUsedAt == nil {
		return s.read().NewSelect().Model((*clientRow)(nil))
	}
	return s.read().NewSelect().TableExpr(`(SELECT c.*, cl.last_used_key, cl.client_id AS used_id
		FROM clients AS c JOIN client_last_uses AS cl ON cl.client_id = c.id) AS c`)
}

// namedUse is a row of client_uses that a client must have.
type namedUse struct{ alias, kind, name string }

// clientUses returns what the clients of a filter have in client_uses, that which fewest have first.
func clientUses(f identity.ClientFilter) (uses []namedUse) {
	for _, use := range []namedUse{
		{"cr", useOfResource, f.Resource}, {"cs", useOfScope, f.Scope}, {"cg", useOfGrantType, string(f.GrantType)},
	} {
		if use.name != "" {
			uses = append(uses, use)
		}
	}
	return uses
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
	for _, use := range clientUses(f) {
		if !validText(use.name) {
			list, use.name = list.Where(alwaysFalse.text), ""
		}
		list = list.Join("JOIN client_uses AS ?0 ON ?0.client_id = c.client_id AND ?0.kind = ?1 AND ?0.name = ?2",
			bun.Ident(use.alias), use.kind, use.name)
	}
	for _, c := range clientConditions(f) {
		list = list.Where(c.text, c.args...)
	}
	return list
}

func clientConditions(f identity.ClientFilter) (list []condition) {
	// Partial indexes are found only by their own condition.
	for _, m := range []struct {
		match  *bool
		column string
	}{{f.Active, "c.active"}, {f.ServiceAdmin, "c.service_admin"}} {
		if m.match != nil && *m.match {
			list = append(list, where(m.column))
		} else if m.match != nil {
			list = append(list, where("NOT "+m.column))
		}
	}
	if f.AuthMethod != "" {
		list = append(list, where("c.auth_method = ?", string(f.AuthMethod)))
	}
	if f.Origin != nil {
		list = append(list, where("c.origin = ?", string(*f.Origin)))
	}
	if f.CreatedAt != nil {
		list = append(list, timeConditions("c.created_at", *f.CreatedAt)...)
	}
	if f.LastUsedAt != nil {
		list = append(list, everConditions("c.last_used_key", *f.LastUsedAt)...)
	}
	return list
}

// CountClients implements identity.AdminClientStore.
func (s *Store) CountClients(ctx context.Context, f identity.ClientFilter, limit int) (int, error) {
	return s.count(ctx, "count clients", s.selectClients(s.clientsWith(f, false), f), limit)
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
