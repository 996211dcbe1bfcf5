package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) invitationsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "invitations", Short: "Invite people to make accounts, list invitations and withdraw them", Args: noArgs}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the invitations that nobody has used",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asOperator(cmd.Context(), invitationsActor, a.listInvitations)
		},
	}
	for _, sub := range []*cobra.Command{a.invitationsCreateCommand(), list, a.invitationsRevokeCommand()} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

const invitationsActor = "invitations"

func (a *app) invitationsCreateCommand() *cobra.Command {
	var groups []string
	ttl := 7 * 24 * time.Hour
	cmd := &cobra.Command{
		Use:   "create ADDRESS",
		Short: "Mail somebody a link by which they make an account",
		Long: "Mail somebody a link by which they make an account. The message is sent by a server. A new invitation takes the place of an " +
			"earlier one for the same address.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asOperator(cmd.Context(), invitationsActor, func(ctx context.Context, s *server.Server) error {
				invitation := admin.NewInvitation{Email: args[0], TTL: ttl}
				for _, path := range groups {
					group, err := s.Admin.Groups.At(ctx, path)
					if err != nil {
						return fmt.Errorf("group %q: %w", path, err)
					}
					invitation.GroupIDs = append(invitation.GroupIDs, group.ID)
				}
				made, err := s.Admin.Invitations.Create(ctx, invitation)
				if err != nil {
					return err
				}
				return a.printInvitations([]identity.Invitation{made})
			})
		},
	}
	cmd.Flags().StringArrayVar(&groups, "group", nil, "path of a group of the new user, such as /sales/emea; can be repeated")
	cmd.Flags().DurationVar(&ttl, "ttl", ttl, "how long the link works: 1h to 720h")
	return cmd
}

func (a *app) invitationsRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID",
		Short: "Withdraw an invitation",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := listedID(args[0], "an invitation")
			if err != nil {
				return err
			}
			return a.asOperator(cmd.Context(), invitationsActor, func(ctx context.Context, s *server.Server) error {
				if err := s.Admin.Invitations.Revoke(ctx, id); err != nil {
					return err
				}
				return a.listInvitations(ctx, s)
			})
		},
	}
}

// listInvitations prints all of them.
func (a *app) listInvitations(ctx context.Context, s *server.Server) error {
	var all []identity.Invitation
	size := admin.MaxPageSize
	for args := (admin.PageArgs{First: &size}); ; {
		page, err := s.Admin.Invitations.List(ctx, admin.InvitationList{Ascending: true}, args)
		if err != nil {
			return err
		}
		all = append(all, page.Items()...)
		if !page.HasNext {
			return a.printInvitations(all)
		}
		args.After = page.Edges[len(page.Edges)-1].Cursor()
	}
}

// invitationLine is an invitation as the command line shows it: never with its link.
type invitationLine struct {
	ID        uuid.UUID   `json:"id"`
	Email     string      `json:"email"`
	GroupIDs  []uuid.UUID `json:"group_ids,omitempty"`
	CreatedBy string      `json:"created_by"`
	CreatedAt time.Time   `json:"created_at"`
	ExpiresAt time.Time   `json:"expires_at"`
}

func (a *app) printInvitations(list []identity.Invitation) error {
	lines := make([]invitationLine, len(list))
	for i, v := range list {
		lines[i] = invitationLine{v.ID, v.Email, v.GroupIDs, v.Actor.Name, v.CreatedAt, v.ExpiresAt}
	}
	return a.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "There are no invitations.")
			return
		}
		t := newTable(w, "id", "address", "groups", "by", "created", "expires")
		for _, l := range lines {
			groups := make([]string, len(l.GroupIDs))
			for i, id := range l.GroupIDs {
				groups[i] = id.String()
			}
			t.AppendRow(table.Row{
				l.ID, l.Email, strings.Join(groups, "\n"), l.CreatedBy, l.CreatedAt.Format(time.RFC3339), l.ExpiresAt.Format(time.RFC3339),
			})
		}
		t.Render()
	})
}
