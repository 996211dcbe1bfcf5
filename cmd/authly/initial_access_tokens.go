package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) initialAccessTokensCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "initial-access-tokens", Short: "Make, list and end the tokens with which applications register themselves", Args: noArgs,
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the tokens that have not expired, used up or not",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asOperator(cmd.Context(), initialAccessActor, a.listInitialAccessTokens)
		},
	}
	for _, sub := range []*cobra.Command{a.initialAccessTokensCreateCommand(), list, a.initialAccessTokensDeleteCommand()} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

const initialAccessActor = "initial-access-tokens"

func (a *app) initialAccessTokensCreateCommand() *cobra.Command {
	uses, ttl := 1, 24*time.Hour
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token, which is printed once",
		Long: "Make a token with which applications register themselves as clients. It is printed on a line of its own and cannot be shown " +
			"again. NAME tells administrators who has got it, or what for.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asOperator(cmd.Context(), initialAccessActor, func(ctx context.Context, s *server.Server) error {
				made, token, err := s.Admin.InitialAccess.Create(ctx, admin.NewInitialAccessToken{Name: args[0], Uses: uses, TTL: ttl})
				if err != nil {
					return err
				}
				return a.print(initialAccessLine{newInitialAccessLine(made), token}, func(w io.Writer) { fmt.Fprintln(w, token) })
			})
		},
	}
	cmd.Flags().IntVar(&uses, "uses", uses, "how many clients can be registered with it: 1 to 10000")
	cmd.Flags().DurationVar(&ttl, "ttl", ttl, "how long it works: 1m to 8760h")
	return cmd
}

func (a *app) initialAccessTokensDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete ID",
		Short: "End a token; the clients that were registered with it stay",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := listedID(args[0], "an initial access token")
			if err != nil {
				return err
			}
			return a.asOperator(cmd.Context(), initialAccessActor, func(ctx context.Context, s *server.Server) error {
				if err := s.Admin.InitialAccess.Delete(ctx, id); err != nil {
					return err
				}
				return a.listInitialAccessTokens(ctx, s)
			})
		},
	}
}

// listInitialAccessTokens prints all of them.
func (a *app) listInitialAccessTokens(ctx context.Context, s *server.Server) error {
	lines, size := []listedInitialAccess{}, admin.MaxPageSize
	for args := (admin.PageArgs{First: &size}); ; {
		page, err := s.Admin.InitialAccess.List(ctx, true, args)
		if err != nil {
			return err
		}
		for _, t := range page.Items() {
			lines = append(lines, newInitialAccessLine(t))
		}
		if !page.HasNext {
			return a.print(lines, func(w io.Writer) { printInitialAccess(w, lines) })
		}
		args.After = page.Edges[len(page.Edges)-1].Cursor()
	}
}

// listedInitialAccess is a token as the command line lists it.
type listedInitialAccess struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Uses      int       `json:"uses"`
	UsesLeft  int       `json:"uses_left"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// initialAccessLine is one that was made now.
type initialAccessLine struct {
	listedInitialAccess
	Token string `json:"token"`
}

func newInitialAccessLine(t identity.InitialAccessToken) listedInitialAccess {
	return listedInitialAccess{t.ID, t.Name, t.Uses, t.UsesLeft, t.CreatedBy, t.CreatedAt, t.ExpiresAt}
}

func printInitialAccess(w io.Writer, lines []listedInitialAccess) {
	if len(lines) == 0 {
		fmt.Fprintln(w, "There are no initial access tokens.")
		return
	}
	t := newTable(w, "id", "name", "uses left", "by", "created", "expires")
	for _, l := range lines {
		t.AppendRow(table.Row{
			l.ID, l.Name, fmt.Sprintf("%d of %d", l.UsesLeft, l.Uses), l.CreatedBy, l.CreatedAt.Format(time.RFC3339),
			l.ExpiresAt.Format(time.RFC3339),
		})
	}
	t.Render()
}
