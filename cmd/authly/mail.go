package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) mailCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "mail", Short: "See what becomes of messages to people, and whether they arrive", Args: noArgs}
	for _, sub := range []*cobra.Command{a.mailListCommand(), a.mailRetryCommand(), a.mailTestCommand()} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

const mailActor = "mail"

var mailStates = []identity.MailState{identity.MailWaiting, identity.MailSent, identity.MailGivenUp}

func (a *app) mailListCommand() *cobra.Command {
	var state string
	last := admin.MaxPageSize
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List messages, the newest first",
		Long:  "List messages, the newest first: to whom, why, and what has become of them. What they say is told to nobody.",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter := identity.MailFilter{State: identity.MailState(state)}
			switch {
			case state != "" && !slices.Contains(mailStates, filter.State):
				return usageError{fmt.Errorf("--state must be one of %v", mailStates)}
			case last < 1 || last > admin.MaxPageSize:
				return usageError{fmt.Errorf("--last must be 1 to %d", admin.MaxPageSize)}
			}
			return a.asOperator(cmd.Context(), mailActor, func(ctx context.Context, s *server.Server) error {
				page, err := s.Admin.Mails.List(ctx, admin.MailList{Filter: filter}, admin.PageArgs{First: &last})
				if err != nil {
					return err
				}
				return a.printMails(page.Items())
			})
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "only those that are waiting, sent or given_up")
	cmd.Flags().IntVar(&last, "last", last, "how many at most")
	return cmd
}

func (a *app) mailRetryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "retry ID",
		Short: "Let a message that waits be sent at once, by a server",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := listedID(args[0], "a message")
			if err != nil {
				return err
			}
			return a.asOperator(cmd.Context(), mailActor, func(ctx context.Context, s *server.Server) error {
				m, err := s.Admin.Mails.Retry(ctx, id)
				if err != nil {
					return err
				}
				return a.printMails([]identity.MailMessage{m})
			})
		},
	}
}

func (a *app) mailTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test USER",
		Short: "Send a user a message that says that it is a test",
		Long: "Send a user a message that says that it is a test. It is sent by a server, as all messages are: list shows whether the mail " +
			"server has taken it. USER is a username or an e-mail address, which must be verified.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asOperator(cmd.Context(), mailActor, func(ctx context.Context, s *server.Server) error {
				by := identity.UserBy{Username: args[0]}
				if strings.Contains(args[0], "@") {
					by = identity.UserBy{Email: args[0]}
				}
				user, err := s.Admin.Users.Get(ctx, by)
				if errors.Is(err, identity.ErrUserNotFound) {
					return fmt.Errorf("there is no user %q", args[0])
				}
				if err != nil {
					return err
				}
				m, err := s.Admin.Mails.SendTest(ctx, user.ID)
				if err != nil {
					return err
				}
				return a.printMails([]identity.MailMessage{m})
			})
		},
	}
}

// mailLine is a message as the command line shows it: never with what it says.
type mailLine struct {
	ID        uuid.UUID          `json:"id"`
	Kind      identity.MailKind  `json:"kind"`
	State     identity.MailState `json:"state"`
	To        string             `json:"to"`
	Attempts  int                `json:"attempts"`
	Failure   string             `json:"failure,omitempty"`
	CreatedAt time.Time          `json:"created_at"`
	SentAt    *time.Time         `json:"sent_at,omitempty"`
	FailedAt  *time.Time         `json:"failed_at,omitempty"`
}

func (a *app) printMails(list []identity.MailMessage) error {
	lines := make([]mailLine, len(list))
	for i, m := range list {
		lines[i] = mailLine{m.ID, m.Kind, m.State(), m.To, m.Attempts, m.Failure, m.CreatedAt, m.SentAt, m.FailedAt}
	}
	return a.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "There are no messages.")
			return
		}
		t := newTable(w, "id", "kind", "to", "state", "attempts", "failure", "written")
		for _, l := range lines {
			t.AppendRow(table.Row{l.ID, l.Kind, l.To, l.State, l.Attempts, l.Failure, l.CreatedAt.Format(time.RFC3339)})
		}
		t.Render()
	})
}
