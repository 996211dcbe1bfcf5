package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/seed"
	"github.com/authly/authly/internal/server"
)

func (a *app) seedCommand() *cobra.Command {
	options := seed.Options{Password: "seed password of nobody 7"}
	cmd := &cobra.Command{
		Use:   "seed --users N",
		Short: "Fill the database with made-up users, for tests and measurements",
		Long: "Fill the database with made-up users and sessions, for tests and measurements. All of them have the same password, and " +
			"nothing is audited: never do it where real people are.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if options.Users < 1 {
				return usageError{errors.New("seed needs a number of users: --users N")}
			}
			return a.seed(cmd.Context(), options)
		},
	}
	cmd.Flags().IntVar(&options.Users, "users", 0, "how many users")
	cmd.Flags().IntVar(&options.Sessions, "sessions", 3, "how many sessions each has on average")
	cmd.Flags().Uint64Var(&options.Number, "seed", 1, "the same number makes the same people")
	cmd.Flags().AddFlagSet(a.settings)
	return cmd
}

func (a *app) seed(ctx context.Context, o seed.Options) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.withServer(ctx, c, "seed", func(ctx context.Context, s *server.Server) error {
		if err := s.Seed(ctx, o, a.progress("users", o.Users)); err != nil {
			return err
		}
		return a.print(map[string]int{"users": o.Users}, func(w io.Writer) { fmt.Fprintf(w, "%d users were made up.\n", o.Users) })
	})
}
