package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) settingsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "settings", Short: "Show the settings, and store values that servers obey while they run", Args: noArgs,
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List every setting with its value and where that comes from",
		Long: "List every setting with its value and where that comes from: the default, the file, what is stored, the environment or a flag " +
			"of this command. Run it with those of a server to see what that server obeys. Secrets are never shown.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.withSettings(cmd.Context(), "", nil) },
	}
	expected := -1
	set := &cobra.Command{
		Use:   "set NAME VALUE",
		Short: "Store the value of a setting, which every server obeys within two seconds",
		Long: "Store the value of a setting, which every server obeys within two seconds, except where its environment or a flag says " +
			"something else. NAME and VALUE are as in the environment: AUTHLY_ACCESS_TOKEN_TTL 5m. Write -- before a VALUE that begins " +
			"with a dash.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.changeSetting(cmd, admin.SettingChange{Name: args[0], Value: &args[1]}, expected)
		},
	}
	unset := &cobra.Command{
		Use:   "unset NAME",
		Short: "Take back what is stored of a setting, so that what the start of the server says is in force again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.changeSetting(cmd, admin.SettingChange{Name: args[0]}, expected)
		},
	}
	for _, sub := range []*cobra.Command{set, unset} {
		sub.Flags().IntVar(&expected, expectedVersion, -1, "refuse unless this is the version of what is stored, as list shows it")
	}
	for _, sub := range []*cobra.Command{list, set, unset} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

const expectedVersion = "expected-version"

// changeSetting stores a value or takes it back, and shows the setting afterwards.
func (a *app) changeSetting(cmd *cobra.Command, change admin.SettingChange, expected int) error {
	version, err := expectedOf(cmd, expected)
	if err != nil {
		return err
	}
	return a.withSettings(cmd.Context(), change.Name, func(ctx context.Context, settings *admin.Settings) error {
		_, err := settings.Update(ctx, []admin.SettingChange{change}, version)
		return err
	})
}

// expectedOf returns the version that a change is made for; nil: the flag was not given.
func expectedOf(cmd *cobra.Command, expected int) (*int, error) {
	switch {
	case !cmd.Flags().Changed(expectedVersion):
		return nil, nil //nolint:nilnil // any version will do
	case expected < 0:
		return nil, usageError{errors.New("--" + expectedVersion + " must be a number from 0")}
	}
	return &expected, nil
}

// withSettings does something with the settings, and shows all of them afterwards, or the one of the name.
func (a *app) withSettings(ctx context.Context, name string, do func(context.Context, *admin.Settings) error) error {
	return a.asOperator(ctx, "settings", func(ctx context.Context, s *server.Server) error {
		if do != nil {
			if err := do(ctx, s.Admin.Settings); err != nil {
				return err
			}
		}
		configured, err := s.Admin.Settings.List(ctx)
		if err != nil {
			return err
		}
		if name != "" {
			configured.All = slices.DeleteFunc(configured.All, func(s identity.Setting) bool { return s.Name != name })
		}
		return a.printSettings(configured)
	})
}

// settingLine is a setting as the command line shows it.
type settingLine struct {
	Name          string                 `json:"name"`
	Type          identity.SettingType   `json:"type"`
	Value         string                 `json:"value,omitempty"` // of a secret none
	Default       string                 `json:"default,omitempty"`
	Source        identity.SettingSource `json:"source"`
	Secret        bool                   `json:"secret"`
	Set           bool                   `json:"set"`
	Runtime       bool                   `json:"runtime"` // may be stored, unless it is pinned
	Pinned        bool                   `json:"pinned"`  // by the environment or a flag
	Stored        string                 `json:"stored,omitempty"`
	StoredIgnored string                 `json:"stored_ignored,omitempty"` // why what is stored is not in force
}

// settingList is what is printed.
type settingList struct {
	Version   int           `json:"version"`              // of what is stored; 0: nothing ever was
	UpdatedAt *time.Time    `json:"updated_at,omitempty"` // when it was
	Settings  []settingLine `json:"settings"`
}

func (a *app) printSettings(c admin.ConfiguredSettings) error {
	out := settingList{Version: c.Version, Settings: make([]settingLine, len(c.All))}
	if !c.UpdatedAt.IsZero() {
		out.UpdatedAt = &c.UpdatedAt
	}
	for i, s := range c.All {
		out.Settings[i] = settingLine{
			Name: s.Name, Type: s.Type, Value: s.Value, Default: s.Default, Source: s.Source, Secret: s.Secret, Set: s.Set,
			Runtime: s.Runtime, Pinned: s.Source.Pins(), Stored: s.Stored,
		}
		if s.Ignored != nil {
			out.Settings[i].StoredIgnored = s.Ignored.Message()
		}
	}
	return a.print(out, func(w io.Writer) { writeSettings(w, out) })
}

func writeSettings(w io.Writer, list settingList) {
	t := newTable(w, "name", "value", "source", "default", "can be stored")
	for _, s := range list.Settings {
		value, runtime := s.Value, "yes"
		switch {
		case s.Secret && s.Set:
			value = "(secret)"
		case !s.Set:
			value = "(none)"
		}
		switch {
		case !s.Runtime:
			runtime = "no"
		case s.Pinned:
			runtime = "pinned"
		}
		t.AppendRow(table.Row{s.Name, value, s.Source, s.Default, runtime})
	}
	t.Render()
	for _, s := range list.Settings {
		if s.StoredIgnored != "" {
			fmt.Fprintf(w, "%s: %s is stored and not in force. %s\n", s.Name, s.Stored, s.StoredIgnored)
		}
	}
	if list.UpdatedAt != nil {
		fmt.Fprintf(w, "Version %d of what is stored, since %s.\n", list.Version, list.UpdatedAt.Format(time.RFC3339))
	}
}
