package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// timedList orders and cuts a list by a time and the id, newest first unless ascending. A slice from the end comes in reverse.
func timedList(q *bun.SelectQuery, alias, column string, ascending bool, slice identity.Slice) (*bun.SelectQuery, error) {
	key := sortKey{column: alias + "." + column, time: true}
	later, earlier := "<", ">"
	if ascending {
		later, earlier = earlier, later
	}
	for _, bound := range []struct {
		position  *identity.Position
		op, field string
	}{{slice.After, later, "after"}, {slice.Before, earlier, "before"}} {
		if bound.position == nil {
			continue
		}
		c, err := key.beyondOf(alias, bound.op, *bound.position, bound.field)
		if err != nil {
			return nil, err
		}
		q = q.Where(c.text, c.args...)
	}
	direction := " DESC"
	if ascending != slice.Backward {
		direction = " ASC"
	}
	return q.OrderExpr(key.column + direction + ", " + alias + ".id" + direction).Limit(int64(slice.Limit)), nil
}

// listed gives an item the position of its time and id.
func listed[T any](item T, at time.Time, id uuid.UUID) identity.Listed[T] {
	return identity.Listed[T]{Item: item, Position: identity.Position{Key: keyTime(&at), ID: id}}
}
