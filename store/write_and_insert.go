package store

import (
	"context"
	"fmt"
	"reflect"
	"strings"
)

// writeAndInsert is a statement that writes and the insertion of a row that goes with it: both or neither. A database
// whose WITH may write runs them as one statement, which saves the round trips of a transaction.
type writeAndInsert struct {
	write, insert, combined statement

	always bool // the row is inserted also when write has changed nothing
}

// insertIfChanged joins a statement that has n parameters with the insertion of a row struct, which happens only if it
// has changed a row.
func insertIfChanged[Row any](write statement, n int) writeAndInsert {
	return newWriteAndInsert[Row](write, n, false, " FROM written")
}

// insertAlso joins a statement that has n parameters with the insertion of a row struct.
func insertAlso[Row any](write statement, n int) writeAndInsert {
	return newWriteAndInsert[Row](write, n, true, "")
}

func newWriteAndInsert[Row any](write statement, n int, always bool, from string) writeAndInsert {
	m := mappingOf(reflect.TypeFor[Row]())
	values := make([]string, len(m.all))
	for i := range values {
		values[i] = fmt.Sprintf("$%d", n+i+1)
	}
	combined := "WITH written AS (" + write.text + " RETURNING 1) INSERT INTO " + m.table + " (" + m.columnNames() + ") SELECT " +
		strings.Join(values, ", ") + from
	return writeAndInsert{write: write, insert: insertion[Row](""), combined: statement{write.name, combined}, always: always}
}

// execWriteAndInsert runs both and reports whether the row was inserted.
func (s *Store) execWriteAndInsert(ctx context.Context, w writeAndInsert, args []any, row any) (bool, error) {
	inserted := arguments(row)
	if s.dialect.writesInWith() {
		res, err := s.exec(ctx, w.combined, append(args, inserted...)...)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		return n == 1, err
	}
	done := false
	err := s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		res, err := tx.exec(ctx, w.write, args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if done = n > 0 || w.always; err != nil || !done {
			return err
		}
		_, err = tx.exec(ctx, w.insert, inserted...)
		return err
	})
	return done && err == nil, err
}
