package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// neverTime is what last_login_key holds for users who never signed in: before everybody.
const neverTime = "0001-01-01 00:00:00+00:00"

// sortKey is how a list is ordered. The column is never null and has an index, together with the id unless it is unique
// by itself.
type sortKey struct {
	column string
	id     string // column of the tie-breaker; empty when the column is unique
	time   bool
}

// keyTime is the text form of a time in a Position.
func keyTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// beyond is the condition that a row comes after (op ">") or before (op "<") the position. A row comparison walks the
// index; spelled with OR it would not.
func (k sortKey) beyond(op string, p identity.CursorKey, field string) (condition, error) {
	key := any(p.Key)
	switch {
	case k.time && p.Key == "":
		key = neverTime
	case k.time:
		t, err := time.Parse(time.RFC3339Nano, p.Key)
		if err != nil {
			return condition{}, identity.InvalidField(field, "Not a cursor of this list.")
		}
		key = t
	case !validText(p.Key):
		return condition{}, identity.InvalidField(field, "Not a cursor of this list.")
	}
	if k.id == "" {
		return where(k.column+" "+op+" ?", key), nil
	}
	return where("("+k.column+", "+k.id+") "+op+" (?, ?)", key, p.ID), nil
}

// cut orders a list and takes a slice of it. A slice from the end comes in reverse.
func (k sortKey) cut(q *bun.SelectQuery, descending bool, s identity.KeysetRange) (*bun.SelectQuery, error) {
	later, earlier := ">", "<"
	if descending {
		later, earlier = earlier, later
	}
	for _, bound := range []struct {
		position  *identity.CursorKey
		op, field string
	}{{s.After, later, "after"}, {s.Before, earlier, "before"}} {
		if bound.position == nil {
			continue
		}
		c, err := k.beyond(bound.op, *bound.position, bound.field)
		if err != nil {
			return nil, err
		}
		q = q.Where(c.text, c.args...)
	}
	direction := " ASC"
	if descending != s.Backward {
		direction = " DESC"
	}
	order := k.column + direction
	if k.id != "" {
		order += ", " + k.id + direction
	}
	return q.OrderExpr(order).Limit(int64(s.Limit)), nil
}

// slice builds the statement of a slice, runs it and returns the rows in list order.
func slice[Row, Entity any](
	ctx context.Context, s *Store, operation string, cut identity.KeysetRange,
	build func() (*bun.SelectQuery, error), to func(Row) identity.ListRow[Entity],
) ([]identity.ListRow[Entity], error) {
	if cut.Limit <= 0 {
		return nil, nil
	}
	query, err := build()
	if err != nil {
		return nil, err
	}
	rows, err := list[Row](ctx, s, query)
	if err != nil {
		return nil, s.fault(operation, err)
	}
	if cut.Backward {
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

// owned is a table of which some rows of each of many owners are taken, newest first.
type owned struct {
	table, alias string
	owner        string // column with the owner's id
	kind         string // type of that column
	at           string // column with the time
}

// newest builds the statement that takes up to limit rows of each owner, newest first: it reads no others, also when
// one owner has very many. narrow adds conditions.
func (s *Store) newest(o owned, ids []string, limit int, narrow func(*bun.SelectQuery) *bun.SelectQuery) *bun.SelectQuery {
	slices.Sort(ids)
	owners := s.dialect.owners(o.kind, slices.Compact(ids))
	pick, join := s.dialect.lateral(o.table, o.alias)
	order := o.alias + "." + o.at + " DESC, " + o.alias + ".id DESC"
	few := narrow(s.read().NewSelect().TableExpr(o.table + " AS " + o.alias).ColumnExpr(pick).
		Where(o.alias + "." + o.owner + " = owner.id")).OrderExpr(order).Limit(int64(limit))
	return s.read().NewSelect().TableExpr(owners.text, owners.args...).Join(join, few).OrderExpr(order)
}
