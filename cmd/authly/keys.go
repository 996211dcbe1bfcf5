package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) keysCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keys", Short: "Show and rotate the server's signing keys", Args: noArgs}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the published signing keys",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withKeys(cmd.Context(), func(context.Context, *admin.SigningKeys) error { return nil })
		},
	}
	rotate := &cobra.Command{
		Use:   "rotate",
		Short: "Let the next key of every algorithm sign from now on",
		Long: "Let the next key of every algorithm sign from now on and publish its successor. The server rotates by itself; " +
			"this is for the case " +
			"that a key may have leaked. A next key must have been published for some minutes first, so that no client is surprised.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withKeys(cmd.Context(), func(ctx context.Context, keys *admin.SigningKeys) error { return keys.Rotate(ctx) })
		},
	}
	for _, sub := range []*cobra.Command{list, rotate} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

// withKeys does something with the keys and lists them afterwards.
func (a *app) withKeys(ctx context.Context, do func(context.Context, *admin.SigningKeys) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.withServer(ctx, c, "keys", func(ctx context.Context, s *server.Server) error {
		if err := do(ctx, s.Admin.SigningKeys); err != nil {
			return err
		}
		keys, err := s.Admin.SigningKeys.List(ctx)
		if err != nil {
			return err
		}
		return a.printKeys(keys)
	})
}

// keyLine is a signing key as the command line shows it: never with its private part.
type keyLine struct {
	KID       string             `json:"kid"`
	Algorithm identity.Algorithm `json:"alg"`
	State     identity.KeyState  `json:"state"`
	CreatedAt time.Time          `json:"created_at"`
	ExpiresAt *time.Time         `json:"expires_at,omitempty"`
}

func (a *app) printKeys(keys []identity.SigningKey) error {
	lines := make([]keyLine, len(keys))
	for i, k := range keys {
		lines[i] = keyLine{KID: k.KID, Algorithm: k.Algorithm, State: k.State, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt}
	}
	return a.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "There are no keys yet; the server makes them at its first start.")
			return
		}
		t := table.NewWriter()
		t.SetOutputMirror(w)
		t.SetStyle(table.StyleLight)
		t.AppendHeader(table.Row{"kid", "algorithm", "state", "created"})
		for _, k := range lines {
			t.AppendRow(table.Row{k.KID, k.Algorithm, k.State, k.CreatedAt.Format(time.RFC3339)})
		}
		t.Render()
	})
}
