package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/server"
)

func (a *app) migrateCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "migrate", Short: "Bring the database's schema up to date", Args: noArgs}
	up := &cobra.Command{
		Use:   "up",
		Short: "Apply the migrations that are missing",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.migrations(cmd.Context(), server.Migrate, "applied", "The schema was up to date.")
		},
	}
	status := &cobra.Command{
		Use:   "status",
		Short: "List the migrations and whether they are applied",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.migrations(cmd.Context(), server.Migrations, "pending", "There are no migrations.")
		},
	}
	for _, sub := range []*cobra.Command{up, status} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

func (a *app) migrations(
	ctx context.Context, do func(context.Context, config.Config) ([]server.Migration, error), undated, none string,
) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	list, err := do(ctx, c)
	if err != nil {
		return err
	}
	return a.printMigrations(list, undated, none)
}

// printMigrations calls a migration without a time of application undated: pending in a list, applied when it has just
// been.
func (a *app) printMigrations(list []server.Migration, undated, none string) error {
	return a.print(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, none)
		}
		for _, m := range list {
			state := undated
			if m.AppliedAt != nil {
				state = "applied"
			}
			fmt.Fprintf(w, "%-8s  %d  %s\n", state, m.Version, m.Name)
		}
	})
}
