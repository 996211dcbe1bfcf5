package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// settingsRow is the one row of the table: settings are read and written together.
type settingsRow struct {
	bun.BaseModel `bun:"table:settings,alias:st"`

	ID        int               `bun:"id,pk"`
	Stored    map[string]string `bun:"stored,type:jsonb"`
	Version   int               `bun:"version"`
	UpdatedAt time.Time         `bun:"updated_at"`
}

// StoredSettings implements identity.SettingStore.
func (s *Store) StoredSettings(ctx context.Context) (identity.StoredSettings, error) {
	rows, err := list[settingsRow](ctx, s, s.read().NewSelect().Model((*settingsRow)(nil)))
	if err != nil || len(rows) == 0 {
		return identity.StoredSettings{}, s.fault("read settings", err)
	}
	row := rows[0]
	return identity.StoredSettings{Values: row.Stored, Version: row.Version, UpdatedAt: row.UpdatedAt.UTC()}, nil
}

// LockSettings implements identity.SettingStore. Whoever reads them does not wait.
func (s *Store) LockSettings(ctx context.Context) (identity.StoredSettings, error) {
	if err := s.lockTable(ctx, "settings"); err != nil {
		return identity.StoredSettings{}, s.fault("lock settings", err)
	}
	return s.StoredSettings(ctx)
}

// SaveSettings implements identity.SettingStore.
func (s *Store) SaveSettings(ctx context.Context, settings identity.StoredSettings) error {
	row := settingsRow{ID: 1, Stored: settings.Values, Version: settings.Version + 1, UpdatedAt: settings.UpdatedAt}
	if row.Stored == nil {
		row.Stored = map[string]string{}
	}
	res, err := s.write().NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").Set("stored = EXCLUDED.stored").
		Set("version = EXCLUDED.version").Set("updated_at = EXCLUDED.updated_at").Where("st.version = EXCLUDED.version - 1").Exec(ctx)
	n, err := s.affected("save settings", res, err)
	if err != nil || n == 1 {
		return err
	}
	current, err := s.StoredSettings(ctx)
	if err != nil {
		return err
	}
	return &identity.VersionConflictError{CurrentVersion: current.Version}
}
