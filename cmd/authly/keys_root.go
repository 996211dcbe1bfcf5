package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/server"
)

func (a *app) keysRotateRootCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rotate-root",
		Short: "Seal under the current root key what is sealed under a former one",
		Long: "Seal under AUTHLY_SECRET_KEY what is sealed under one of AUTHLY_SECRET_KEYS_OLD: signing keys and the keys of the audit " +
			"chain, authenticator apps, secrets at identity providers and those that clients sign with. " +
			"Every node must know the new root key first. It is done in portions, the keys last; whoever stopped it runs it again. " +
			"Servers may serve meanwhile. The admin API has it as a job (resealSecrets).",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asOperator(cmd.Context(), "keys", func(ctx context.Context, s *server.Server) error {
				var progress func(seen int)
				done, err := s.Admin.SigningKeys.Reseal(ctx, func(at identity.ResealPlace) {
					if progress == nil {
						progress = a.progress("looked at", at.Total)
					}
					progress(at.Seen)
				})
				if err != nil {
					return err
				}
				return a.print(done, func(w io.Writer) {
					fmt.Fprintf(w, "sealed anew: %d signing keys, %d keys of the audit chain, %d authenticator apps, "+
						"%d secrets at identity providers, %d clients that sign with their secrets, %d keys of pairwise subjects, "+
						"%d headers of event streams; unreadable: %d\n",
						done.SigningKeys, done.AuditKeys, done.TOTPs, done.Providers, done.Clients, done.Pairwise, done.Streams, done.Unreadable)
				})
			})
		},
	}
}
