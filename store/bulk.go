package store

import (
	"context"

	"github.com/authly/authly/identity"
)

// InsertSessions adds many sessions in one statement, for test data.
func (s *Store) InsertSessions(ctx context.Context, sessions []identity.Session) error {
	if len(sessions) == 0 {
		return nil
	}
	rows := make([]sessionRow, len(sessions))
	for i, v := range sessions {
		rows[i] = fromSession(v)
	}
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	return s.fault("insert sessions", err)
}

// Analyze lets the database look at its data again, so that it plans well after many rows were added.
func (s *Store) Analyze(ctx context.Context) error {
	return s.fault("analyze", s.dialect.analyze(ctx, s.writer.sql))
}
