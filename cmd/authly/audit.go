package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/server"
)

// errTrailNotIntact is how authly audit verify ends when it has found something.
var errTrailNotIntact = errors.New("the audit trail is not what the server has written")

func (a *app) auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Verify the audit trail", Args: noArgs}
	var since, upgradedAt string
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Find audit events that were removed, changed or inserted behind the server's back",
		Long: "Find audit events that were removed, changed or inserted behind the server's back. Everything that is retained is read; " +
			"the exit code is 1 when something is found. Only a checkpoint that was stored outside the database shows that its end " +
			"was not cut off together with an older checkpoint: see authly audit checkpoint.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := verifyOptions(since, upgradedAt)
			if err != nil {
				return usageError{err}
			}
			return a.verifyTrail(cmd.Context(), o)
		},
	}
	verify.Flags().StringVar(&since, "since", "", "begin at this checkpoint of before, and prove that the chain still has it")
	verify.Flags().StringVar(&upgradedAt, "upgraded-at", "",
		"time (RFC 3339) at which the last server of a version that does not sign events was stopped: until then they are no fault")
	checkpoint := &cobra.Command{
		Use:   "checkpoint",
		Short: "Print the checkpoint of the end of the trail, to be stored outside the database",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.printCheckpoint(cmd.Context()) },
	}
	for _, sub := range []*cobra.Command{verify, checkpoint} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

func verifyOptions(since, upgradedAt string) (identity.VerifyOptions, error) {
	o := identity.VerifyOptions{Since: since}
	if since != "" {
		if _, err := identity.ParseCheckpoint(since); err != nil {
			return o, errors.New("--since must be a checkpoint that authly audit checkpoint has printed")
		}
	}
	if upgradedAt != "" {
		at, err := time.Parse(time.RFC3339, upgradedAt)
		if err != nil {
			return o, fmt.Errorf("--upgraded-at must be a time such as 2026-11-29T08:00:00Z: %w", err)
		}
		o.UpgradedAt = &at
	}
	return o, nil
}

func (a *app) verifyTrail(ctx context.Context, o identity.VerifyOptions) error {
	return a.asOperator(ctx, "audit", func(ctx context.Context, s *server.Server) error {
		report, err := s.Admin.Audit.Verify(ctx, o)
		if err != nil {
			return err
		}
		if err := a.print(report, func(w io.Writer) { printReport(w, report) }); err != nil {
			return err
		}
		if !report.Intact {
			return errTrailNotIntact
		}
		return nil
	})
}

func printReport(w io.Writer, r identity.ChainReport) {
	fmt.Fprintf(w, "%d chained events after position %d were verified, up to position %d.\n", r.Events, r.From, r.To)
	if r.Erased > 0 {
		fmt.Fprintf(w, "Of %d of them the names and addresses were erased with their user.\n", r.Erased)
	}
	if r.Unsigned > 0 {
		fmt.Fprintf(w, "%d of them are not signed: a server of a version before has written them, or no server.\n", r.Unsigned)
	}
	if r.Waiting > 0 {
		waiting := ""
		if r.OldestWaiting != nil {
			waiting = ", the oldest since " + r.OldestWaiting.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%d events wait for their place in the chain%s: nothing proves them yet.\n", r.Waiting, waiting)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(w, note)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(w, "%-10s", f.Fault)
		if f.Seq > 0 {
			fmt.Fprintf(w, " position %d", f.Seq)
		}
		if f.Until > f.Seq {
			fmt.Fprintf(w, " to %d", f.Until)
		}
		if f.EventID != nil {
			fmt.Fprintf(w, " event aud_%s", f.EventID)
		}
		fmt.Fprintf(w, ": %s\n", f.Detail)
	}
	if more := r.Faults - len(r.Findings); more > 0 {
		fmt.Fprintf(w, "And %d more.\n", more)
	}
	if r.Intact {
		fmt.Fprintln(w, "Nothing is missing, changed or inserted.")
	}
	if r.Checkpoint != "" {
		fmt.Fprintf(w, "Checkpoint, to be stored outside the database:\n%s\n", r.Checkpoint)
	}
}

func (a *app) printCheckpoint(ctx context.Context) error {
	return a.asOperator(ctx, "audit", func(ctx context.Context, s *server.Server) error {
		checkpoint, err := s.Admin.Audit.Checkpoint(ctx)
		if err != nil {
			return err
		}
		return a.print(map[string]string{"checkpoint": checkpoint}, func(w io.Writer) { fmt.Fprintln(w, checkpoint) })
	})
}
