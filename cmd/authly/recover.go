package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/server"
)

func (a *app) recoverCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recover USER",
		Short: "Let a user in who has lost every way to sign in",
		Long: "Let a user in who has lost every way to sign in, such as the only administrator: print a temporary password, which must " +
			"be changed at the next sign-in, or with AUTHLY_PASSKEYS=only a link by which a passkey is added, and remove the " +
			"authenticator app, the recovery codes, passkeys and security keys. Sessions and grants end. USER is a username or an " +
			"e-mail address. Servers may serve meanwhile.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asOperator(cmd.Context(), "recover", func(ctx context.Context, s *server.Server) error {
				reset, err := s.Admin.Users.Recover(ctx, args[0])
				if errors.Is(err, identity.ErrUserNotFound) {
					return fmt.Errorf("there is no user %q", args[0])
				}
				if err != nil {
					return err
				}
				out := struct {
					Username  string `json:"username"`
					Temporary string `json:"temporary_password,omitempty"`
					Link      string `json:"recovery_link,omitempty"`
					Sessions  int    `json:"ended_sessions"`
					Grants    int    `json:"ended_grants"`
				}{reset.User.Username, reset.Temporary, reset.Link, reset.Sessions, reset.Grants}
				return a.print(out, func(w io.Writer) {
					if out.Link != "" {
						fmt.Fprintf(w, "The link by which %s adds a passkey, once, within a day: %s\n", out.Username, out.Link)
						return
					}
					fmt.Fprintf(w, "The temporary password of %s is: %s\n", out.Username, out.Temporary)
				})
			})
		},
	}
}
