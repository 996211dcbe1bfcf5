package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/authly/authly/migrations"
)

// migrationRaces is how often the migrations are begun again that have met another process doing the same, besides once
// for each migration.
const migrationRaces = 10

// ErrSchemaBehind is what CheckSchema returns when migrations are missing.
var ErrSchemaBehind = errors.New("the database schema is behind this program; run: authly migrate up")

// Migration is one step of the schema.
type Migration struct {
	Version   int64      // YYYYMMDDHHMMSS
	Name      string     // noun_verb
	AppliedAt *time.Time // nil: pending
}

// Migrate applies what is pending and lists it. Processes that call it at the same time wait for each other; one that
// is killed leaves neither a lock nor half a migration behind.
func (s *Store) Migrate(ctx context.Context) ([]Migration, error) {
	provider, err := s.provider()
	if err != nil {
		return nil, err
	}
	applied := []Migration{}
	for attempt := 1; ; attempt++ {
		results, err := provider.Up(ctx)
		var partial *goose.PartialError
		if errors.As(err, &partial) {
			results = partial.Applied
		}
		for _, r := range results {
			applied = append(applied, migration(r.Source))
		}
		if err == nil {
			return applied, nil
		}
		if attempt == migrationRaces+len(provider.ListSources()) || ctx.Err() != nil || !s.dialect.raced() {
			return nil, fmt.Errorf("migrate: %w", s.fault("apply", err))
		}
	}
}

// Migrations lists every migration that the program knows, oldest first.
func (s *Store) Migrations(ctx context.Context) ([]Migration, error) {
	provider, err := s.provider()
	if err != nil {
		return nil, err
	}
	status, err := provider.Status(ctx)
	if err != nil {
		return nil, s.fault("read migrations", err)
	}
	list := make([]Migration, 0, len(status))
	for _, st := range status {
		m := migration(st.Source)
		if st.State == goose.StateApplied {
			at := st.AppliedAt.UTC()
			m.AppliedAt = &at
		}
		list = append(list, m)
	}
	return list, nil
}

// CheckSchema returns ErrSchemaBehind when a migration is pending. A schema that is ahead is well: one release runs
// against the next schema.
func (s *Store) CheckSchema(ctx context.Context) error {
	provider, err := s.provider()
	if err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return s.fault("check schema", err)
	}
	if pending {
		return ErrSchemaBehind
	}
	return nil
}

func (s *Store) provider() (*goose.Provider, error) {
	files, err := migrations.For(s.dialect.name())
	if err != nil {
		return nil, err
	}
	dialect, opts, err := s.dialect.migrator()
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(dialect, s.writer.sql, files, append(opts, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

func migration(source *goose.Source) Migration {
	_, name, _ := strings.Cut(strings.TrimSuffix(path.Base(source.Path), ".sql"), "_")
	return Migration{Version: source.Version, Name: name}
}
