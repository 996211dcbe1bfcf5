package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) applyCommand() *cobra.Command {
	var file string
	var prune, dryRun bool
	cmd := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Bring users, clients, scopes, resources, groups, roles, identity providers and the branding to a declared state",
		Long: "Bring users, clients, scopes, resources, groups, roles, identity providers and the branding to the state that a YAML file " +
			"declares, in one transaction. " +
			"Applying the same file again changes nothing; one with faults is refused with all of them and their lines. " +
			"It writes straight to the configured database; a server may be running.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" {
				return usageError{errors.New("apply needs a file: -f FILE, or -f - for standard input")}
			}
			return a.apply(cmd.Context(), file, prune, dryRun)
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "YAML file, or - for standard input")
	cmd.Flags().BoolVar(&prune, "prune", false,
		"remove what the file does not name: clients, scopes, resources; of other lists what is in the database, if it has the list (users stay)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would change")
	cmd.Flags().AddFlagSet(a.settings)
	return cmd
}

func (a *app) apply(ctx context.Context, file string, prune, dryRun bool) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	text, err := a.readFile(file)
	if err != nil {
		return err
	}
	name := file
	if file == "-" {
		name = "standard input"
	}
	desired, read := parseDeclaration(text, lookup(a.env))
	if read.root == nil {
		return read.judged(name, nil)
	}
	desired.Prune = prune
	opened := false
	err = a.withServer(ctx, c, "apply", func(ctx context.Context, s *server.Server) error {
		opened = true
		if len(read.faults) > 0 {
			return read.judged(name, s.Admin.Declarations.Check(ctx, desired))
		}
		done, err := s.Admin.Declarations.Apply(ctx, desired, dryRun)
		if err != nil {
			return read.judged(name, err)
		}
		return a.print(done, func(w io.Writer) { printApplied(w, done, dryRun) })
	})
	if !opened {
		return errors.Join(read.judged(name, nil), err)
	}
	return err
}

func (a *app) readFile(file string) ([]byte, error) {
	in := a.stdin
	if file != "-" {
		opened, err := os.Open(file) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("read the file: %w", err)
		}
		defer opened.Close() //nolint:errcheck // it was only read
		in = opened
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDeclaration+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if len(text) > maxDeclaration {
		return nil, usageError{fmt.Errorf("%s: longer than %d bytes", file, maxDeclaration)}
	}
	return text, nil
}

func printApplied(w io.Writer, done []admin.Applied, dryRun bool) {
	changed := 0
	for _, one := range done {
		if one.Verb == admin.Unchanged {
			continue
		}
		changed++
		fmt.Fprintf(w, "%-9s %-8s %s\n", one.Verb, one.Kind, one.Name)
		if one.Secret != "" && !dryRun {
			fmt.Fprintf(w, "          secret   %s   (shown once)\n", one.Secret)
		}
	}
	switch {
	case changed == 0:
		fmt.Fprintf(w, "Nothing to change: %d declared, all as they should be.\n", len(done))
	case dryRun:
		fmt.Fprintf(w, "Dry run: %d of %d would change.\n", changed, len(done))
	default:
		fmt.Fprintf(w, "%d of %d changed.\n", changed, len(done))
	}
}
