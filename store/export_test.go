package store

import (
	"context"
	"database/sql"

	"github.com/authly/authly/identity"
)

// Writer gives the writing connections to tests.
func (s *Store) Writer() *sql.DB { return s.writer.sql }

// Reader gives the reading connections to tests.
func (s *Store) Reader() *sql.DB { return s.reader.sql }

// ListUsersSQL gives the statement of Users.
func (s *Store) ListUsersSQL(q identity.UserQuery) (string, error) {
	query, err := s.listUsers(q, &[]userRow{})
	if err != nil {
		return "", err
	}
	return query.String(), nil
}

// StandingSQL gives the statement of Standing.
func (s *Store) StandingSQL() string { return s.texts.standing.text }

// MigrateDown undoes every migration.
func (s *Store) MigrateDown(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, 0)
	return err
}
