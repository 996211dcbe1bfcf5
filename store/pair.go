package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
)

// pair is a statement that writes and the insertion of a row that goes with it: both or neither. A database whose WITH
// may hold writes runs them as one statement, which saves the round trips of a transaction.
type pair struct {
	first, second, both statement
	always              bool // the row is inserted also when the first statement has changed nothing
}

// following pairs a statement that has n parameters with the insertion of a row struct, which happens only if it has
// changed a row.
func following[Row any](first statement, n int) pair {
	return paired[Row](first, n, false, " FROM first")
}

// beside pairs a statement that has n parameters with the insertion of a row struct.
func beside[Row any](first statement, n int) pair { return paired[Row](first, n, true, "") }

func paired[Row any](first statement, n int, always bool, from string) pair {
	l := layoutOf(reflect.TypeFor[Row]())
	values := make([]string, len(l.all))
	for i := range values {
		values[i] = fmt.Sprintf("$%d", n+i+1)
	}
	both := "WITH first AS (" + first.text + " RETURNING 1) INSERT INTO " + l.table + " (" + l.names() + ") SELECT " +
		strings.Join(values, ", ") + from
	return pair{first, insertion[Row](""), statement{first.name, both}, always}
}

// execBoth runs a pair and reports whether the row was inserted.
func (s *Store) execBoth(ctx context.Context, p pair, first []any, row any) (bool, error) {
	second := arguments(row)
	if s.dialect.writesInWith() {
		res, err := s.exec(ctx, p.both, append(first, second...)...)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		return n == 1, err
	}
	done := false
	err := s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		res, err := tx.exec(ctx, p.first, first...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if done = n > 0 || p.always; err != nil || !done {
			return err
		}
		_, err = tx.exec(ctx, p.second, second...)
		return err
	})
	return done && err == nil, err
}
