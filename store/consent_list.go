package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

var consentUpdated = sortKey{column: "co.updated_at", id: "co.user_id", pair: "co.client_id", time: true}

// Consents implements identity.ConsentLister.
func (s *Store) Consents(ctx context.Context, q identity.ConsentQuery) ([]identity.ListRow[identity.Consent], error) {
	build := func() (*bun.SelectQuery, error) { return s.listConsents(q) }
	return listPage(ctx, s, "list consents", q.Range, build, consentListRow)
}

func (s *Store) listConsents(q identity.ConsentQuery) (*bun.SelectQuery, error) {
	return consentUpdated.paginate(selectConsents(s.read().NewSelect().Model((*consentRow)(nil)), q.Filter), !q.Ascending, q.Range)
}

func consentListRow(r consentRow) identity.ListRow[identity.Consent] {
	c := toConsent(r)
	key := cursorTime(&c.UpdatedAt) + " " + c.ClientID.String()
	return identity.ListRow[identity.Consent]{Item: c, CursorKey: identity.CursorKey{Key: key, ID: c.UserID}}
}

func selectConsents(list *bun.SelectQuery, f identity.ConsentFilter) *bun.SelectQuery {
	if f.UserID != uuid.Nil {
		list = list.Where("co.user_id = ?", f.UserID)
	}
	if f.ClientID != uuid.Nil {
		list = list.Where("co.client_id = ?", f.ClientID)
	}
	if f.UpdatedAt != nil {
		for _, c := range timeConditions("co.updated_at", *f.UpdatedAt) {
			list = list.Where(c.text, c.args...)
		}
	}
	return list
}

// CountConsents implements identity.ConsentLister.
func (s *Store) CountConsents(ctx context.Context, f identity.ConsentFilter, limit int) (int, error) {
	return s.count(ctx, "count consents", selectConsents(s.read().NewSelect().Model((*consentRow)(nil)), f), limit)
}

// ConsentsByKey implements identity.ConsentLister.
func (s *Store) ConsentsByKey(ctx context.Context, keys []identity.ConsentKey) ([]identity.Consent, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	named := consentsNamed(keys)
	rows, err := list[consentRow](ctx, s, s.read().NewSelect().Model((*consentRow)(nil)).Where(named.text, named.args...))
	return mapped(rows, toConsent), s.fault("read consents", err)
}

// DeleteConsents implements identity.ConsentLister.
func (s *Store) DeleteConsents(ctx context.Context, keys []identity.ConsentKey) ([]identity.Consent, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	named := consentsNamed(keys)
	var rows []consentRow
	_, err := s.write().NewDelete().Model((*consentRow)(nil)).Where(named.text, named.args...).Returning("*").Exec(ctx, &rows)
	return mapped(rows, toConsent), s.fault("delete consents", err)
}

// consentsNamed is a condition for each client, of which most callers name one.
func consentsNamed(keys []identity.ConsentKey) condition {
	users := map[uuid.UUID][]uuid.UUID{}
	for _, k := range keys {
		users[k.ClientID] = append(users[k.ClientID], k.UserID)
	}
	var list []condition
	for client, ids := range users {
		list = append(list, where("co.client_id = ? AND co.user_id IN (?)", client, idList(ids)))
	}
	return or(list)
}
