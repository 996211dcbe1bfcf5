package admin

import (
	"context"
	"maps"
	"slices"

	"github.com/authly/authly/identity"
)

// settings adds what is wrong with the settings of a declaration, each under its name.
func (c *check) settings() {
	for _, name := range slices.Sorted(maps.Keys(c.desired.Settings)) {
		err := c.deps.Configuration.CheckSetting(name, c.desired.Settings[name])
		c.add("settings", renamedField(renamedField(err, "name", name), "value", name))
	}
}

// settings stores the declared settings, and takes back the others where the file is all there is.
func (a *applier) settings(ctx context.Context, d Desired) error {
	if d.Settings == nil {
		return nil
	}
	stored, err := a.store.StoredSettings(ctx)
	if err != nil {
		return err
	}
	var changes []SettingChange
	for _, name := range slices.Sorted(maps.Keys(d.Settings)) {
		value := d.Settings[name]
		verb := Created
		if before, was := stored.Values[name]; was {
			verb = verbOf(before != value)
		}
		changes = append(changes, SettingChange{Name: name, Value: &value})
		a.note(identity.TargetSettings, name, verb, "")
	}
	for _, name := range slices.Sorted(maps.Keys(stored.Values)) {
		if _, declared := d.Settings[name]; d.Prune && !declared {
			changes = append(changes, SettingChange{Name: name})
			a.note(identity.TargetSettings, name, Deleted, "")
		}
	}
	_, err = a.Settings.Update(ctx, changes, nil)
	return under("settings", err)
}
