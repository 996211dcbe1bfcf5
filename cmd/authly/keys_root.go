package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/server"
)

func (a *app) keysRotateRootCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rotate-root",
		Short: "Seal under the current root key what is sealed under a former one",
		Long: "Seal under AUTHLY_SECRET_KEY what is sealed under one of AUTHLY_SECRET_KEYS_OLD: signing keys and the keys of the audit " +
			"chain, authenticator apps, secrets at identity providers and those that clients sign with. " +
			"Every node must know the new root key first. All is done or nothing; it may be run again " +
			"at any time, while servers serve.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asOperator(cmd.Context(), "keys", func(ctx context.Context, s *server.Server) error {
				done, err := s.Admin.SigningKeys.Reseal(ctx)
				if err != nil {
					return err
				}
				counts := struct {
					SigningKeys int `json:"signing_keys"`
					AuditKeys   int `json:"audit_keys"`
					TOTPs       int `json:"totps"`
					Providers   int `json:"identity_providers"`
					Clients     int `json:"clients"`
					Pairwise    int `json:"pairwise_key"`
					Streams     int `json:"event_streams"`
					Unreadable  int `json:"unreadable"`
				}{done.SigningKeys, done.AuditKeys, done.TOTPs, done.Providers, done.Clients, done.Pairwise, done.Streams, done.Unreadable}
				return a.print(counts, func(w io.Writer) {
					fmt.Fprintf(w, "sealed anew: %d signing keys, %d keys of the audit chain, %d authenticator apps, "+
						"%d secrets at identity providers, %d clients that sign with their secrets, %d keys of pairwise subjects, "+
						"%d headers of event streams; unreadable: %d\n",
						done.SigningKeys, done.AuditKeys, done.TOTPs, done.Providers, done.Clients, done.Pairwise, done.Streams, done.Unreadable)
				})
			})
		},
	}
}
