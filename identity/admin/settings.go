package admin

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/authly/authly/identity"
)

// Settings is administration of how the server is configured.
type Settings struct {
	changes
	store         identity.SettingStore
	configuration identity.Configuration
}

// ConfiguredSettings are all settings of a node.
type ConfiguredSettings struct {
	All       []identity.Setting // in the order of the documentation
	Version   int                // of what is stored; 0: nothing ever was
	UpdatedAt time.Time          // when it was; zero: never
}

// List returns every setting of this node with what is stored. Of secrets it says only whether they are there.
func (s *Settings) List(ctx context.Context) (ConfiguredSettings, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return ConfiguredSettings{}, err
	}
	stored, err := s.store.StoredSettings(ctx)
	if err != nil {
		return ConfiguredSettings{}, err
	}
	return ConfiguredSettings{All: s.configuration.Settings(stored.Values), Version: stored.Version, UpdatedAt: stored.UpdatedAt}, nil
}

// SettingChange stores the value of a setting; nil takes back what is stored, so that what the start of the server says is
// in force again.
type SettingChange struct {
	Name  string
	Value *string
}

// Update stores settings, or takes them back: all of the changes or none. Every node obeys them within two seconds, except
// where its environment or a flag says something else. Since lifetimes and limits of attempts protect administrators too, it
// takes admin:admins:write beside admin:settings:write. expectedVersion, unless nil, must be the current one, else
// *VersionConflictError. A change of nothing writes nothing. It returns the version of what is stored then.
func (s *Settings) Update(ctx context.Context, changes []SettingChange, expectedVersion *int) (int, error) {
	if err := requireScope(ctx, identity.ScopeSettingsWrite); err != nil {
		return 0, err
	}
	if len(changes) > 0 {
		if err := requireScope(ctx, identity.ScopeAdminsWrite); err != nil {
			return 0, err
		}
	}
	version, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (int, error) {
		before, err := tx.LockSettings(ctx)
		if err != nil {
			return 0, err
		}
		if err := atVersion(expectedVersion, before.Version); err != nil {
			return 0, err
		}
		if err := s.check(changes, before); err != nil {
			return 0, err
		}
		after := identity.StoredSettings{Values: changed(before.Values, changes), Version: before.Version, UpdatedAt: s.source.Now()}
		differences := settingChanges(before.Values, after.Values)
		if len(differences) == 0 {
			return before.Version, nil
		}
		if err := tx.SaveSettings(ctx, after); err != nil {
			return 0, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionSettingsUpdated, identity.TargetSettings, "", "")
		event.Changes = differences
		return after.Version + 1, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return 0, fmt.Errorf("update settings: %w", err)
	}
	return version, nil
}

// check returns everything that is wrong with changes. Whatever is stored may be taken back, also what this program does not
// know.
func (s *Settings) check(changes []SettingChange, before identity.StoredSettings) error {
	var faults identity.Faults
	seen := map[string]bool{}
	for i, change := range changes {
		at := entry("values", i)
		_, stored := before.Values[change.Name]
		switch {
		case seen[change.Name]:
			faults.AddUnder(at, identity.InvalidField("name", "Is given twice."))
		case change.Value != nil:
			faults.AddUnder(at, s.configuration.CheckSetting(change.Name, *change.Value))
		case !stored && !s.known(change.Name):
			faults.AddUnder(at, identity.InvalidField("name", "Is not the name of a setting."))
		}
		seen[change.Name] = true
	}
	return faults.Err()
}

func (s *Settings) known(name string) bool {
	for _, setting := range s.configuration.Settings(nil) {
		if setting.Name == name {
			return true
		}
	}
	return false
}

func changed(before map[string]string, changes []SettingChange) map[string]string {
	after := maps.Clone(before)
	if after == nil {
		after = map[string]string{}
	}
	for _, change := range changes {
		if change.Value == nil {
			delete(after, change.Name)
		} else {
			after[change.Name] = *change.Value
		}
	}
	return after
}

// settingChanges lists what differs between two states of what is stored; what is not stored has no value.
func settingChanges(before, after map[string]string) map[string]identity.Change {
	differences := map[string]identity.Change{}
	for _, names := range []map[string]string{before, after} {
		for name := range names {
			var change identity.Change
			old, was := before[name]
			if was {
				change.Before = old
			}
			if value, is := after[name]; is {
				change.After = value
			}
			if change.Before != change.After {
				differences[name] = change
			}
		}
	}
	return differences
}
