package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// neverTime is the last_login_key of users who never signed in: before all others.
const neverTime = "0001-01-01 00:00:00+00:00"

// sortKey is how a list is ordered. The column is never null and has an index, together with the id unless it is unique
// by itself.
type sortKey struct {
	column string
	id     string // column of the tie-breaker; empty when the column is unique
	pair   string // second column of the tie-breaker, if it has two; in a CursorKey it stands behind the time and a space
	time   bool
}

// cursorTime returns the text form of a time in a CursorKey.
func cursorTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// afterCursor is the condition that a row comes after (op ">") or before (op "<") a cursor. A row comparison walks the
// index; spelled with OR it would not.
func (k sortKey) afterCursor(op string, c identity.CursorKey, field string) (condition, error) {
	key := any(c.Key)
	second := ""
	if k.pair != "" {
		c.Key, second, _ = strings.Cut(c.Key, " ")
		if _, err := uuid.Parse(second); err != nil {
			return condition{}, identity.InvalidField(field, "Must be a cursor of this list.")
		}
	}
	switch {
	case k.time && c.Key == "":
		key = neverTime
	case k.time:
		t, err := time.Parse(time.RFC3339Nano, c.Key)
		if err != nil {
			return condition{}, identity.InvalidField(field, "Must be a cursor of this list.")
		}
		key = t
	case !validText(c.Key):
		return condition{}, identity.InvalidField(field, "Must be a cursor of this list.")
	}
	if k.id == "" {
		return where(k.column+" "+op+" ?", key), nil
	}
	if k.pair != "" {
		return where("("+k.column+", "+k.id+", "+k.pair+") "+op+" (?, ?, ?)", key, c.ID, second), nil
	}
	return where("("+k.column+", "+k.id+") "+op+" (?, ?)", key, c.ID), nil
}

// paginate orders a list and takes a page of it. A page from the end comes in reverse.
func (k sortKey) paginate(q *bun.SelectQuery, descending bool, page identity.KeysetRange) (*bun.SelectQuery, error) {
	later, earlier := ">", "<"
	if descending {
		later, earlier = earlier, later
	}
	for _, bound := range []struct {
		cursor    *identity.CursorKey
		op, field string
	}{{page.After, later, "after"}, {page.Before, earlier, "before"}} {
		if bound.cursor == nil {
			continue
		}
		c, err := k.afterCursor(bound.op, *bound.cursor, bound.field)
		if err != nil {
			return nil, err
		}
		q = q.Where(c.text, c.args...)
	}
	direction := " ASC"
	if descending != page.Backward {
		direction = " DESC"
	}
	order := k.column + direction
	if k.id != "" {
		order += ", " + k.id + direction
	}
	if k.pair != "" {
		order += ", " + k.pair + direction
	}
	return q.OrderExpr(order).Limit(int64(page.Limit)), nil
}

// listPage builds the statement of a page, runs it and returns the rows in list order.
func listPage[Row, Entity any](
	ctx context.Context, s *Store, operation string, page identity.KeysetRange,
	build func() (*bun.SelectQuery, error), to func(Row) identity.ListRow[Entity],
) ([]identity.ListRow[Entity], error) {
	if page.Limit <= 0 {
		return nil, nil
	}
	query, err := build()
	if err != nil {
		return nil, err
	}
	rows, err := listAbout[Row](ctx, s, page.Limit, query)
	if err != nil {
		return nil, s.fault(operation, err)
	}
	if page.Backward {
		slices.Reverse(rows)
	}
	return mapped(rows, to), nil
}

// count counts up to limit+1 rows of a statement.
func (s *Store) count(ctx context.Context, operation string, rows *bun.SelectQuery, limit int) (int, error) {
	capped := rows.ColumnExpr("1").Limit(int64(limit) + 1)
	var n int
	err := s.read().NewSelect().TableExpr("(?) AS counted", capped).ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.fault(operation, err)
}

// childTable is a table of which some rows of each of many owners are taken, newest first.
type childTable struct {
	table, alias string
	owner        string // column with the owner's id
	kind         string // type of that column
	at           string // column with the time, or with another key
	ascending    bool   // the least key first
}

// latestPerOwner builds the statement that takes up to limit rows of each owner, newest first: it reads no others, also
// when one owner has very many. narrow adds conditions.
func (s *Store) latestPerOwner(t childTable, ids []string, limit int, narrow func(*bun.SelectQuery) *bun.SelectQuery) *bun.SelectQuery {
	slices.Sort(ids)
	owners := s.dialect.owners(t.kind, slices.Compact(ids))
	pick, join := s.dialect.lateral(t.table, t.alias)
	direction := " DESC"
	if t.ascending {
		direction = " ASC"
	}
	order := t.alias + "." + t.at + direction + ", " + t.alias + ".id" + direction
	limited := narrow(s.read().NewSelect().TableExpr(t.table + " AS " + t.alias).ColumnExpr(pick).
		Where(t.alias + "." + t.owner + " = owner.id")).OrderExpr(order).Limit(int64(limit))
	return s.read().NewSelect().TableExpr(owners.text, owners.args...).Join(join, limited).OrderExpr(order)
}
