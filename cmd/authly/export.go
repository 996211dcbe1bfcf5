package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) exportCommand() *cobra.Command {
	options := admin.ExportOptions{Limit: maxEntries}
	var with string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the state of the database as a file that authly apply brings another one to",
		Long: "Write users, clients, scopes, resources, attributes, groups, roles, identity providers, trusted issuers, types of authorization " +
			"details, stored settings and the branding as a file that authly apply brings another database to. The same state is always the " +
			"same text. Without --secrets it has none: users get generated passwords where they are created, and what is new has new secrets.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if options.Secrets && isTerminal(a.stdout) {
				return usageError{errors.New("an export with secrets is not written to a terminal: authly export --secrets > FILE")}
			}
			return a.export(cmd.Context(), options, with)
		},
	}
	cmd.Flags().BoolVar(&options.Secrets, "secrets", false, "with the hashes of passwords and the secrets at identity providers")
	cmd.Flags().BoolVar(&options.WithoutUsers, "without-users", false, "without users, and who is in which group and has which role")
	cmd.Flags().StringVar(&with, "diff", "",
		"only say what has changed since this file of the same flags, or - for standard input; the exit code is 1 if anything has")
	cmd.Flags().AddFlagSet(a.settings)
	return cmd
}

// export writes the export, or how it differs from the file of an earlier one.
func (a *app) export(ctx context.Context, options admin.ExportOptions, with string) error {
	var before []byte
	if with != "" {
		var err error
		if before, err = a.readFile(with); err != nil {
			return err
		}
	}
	return a.asOperator(ctx, "export", func(ctx context.Context, s *server.Server) error {
		desired, err := s.Admin.Declarations.Export(ctx, options)
		if err != nil {
			return err
		}
		now, err := exported(desired)
		if err != nil {
			return err
		}
		if with == "" {
			_, err = a.stdout.Write(now)
			return err
		}
		difference := udiff.Unified(with, "now", string(before), string(now))
		if difference == "" {
			return nil
		}
		if _, err := io.WriteString(a.stdout, difference); err != nil {
			return err
		}
		return errChanged
	})
}

// errChanged says that there is a difference, as the exit code does.
var errChanged = errors.New("the state is not that of the file")

// exported writes what parseDeclaration reads.
func exported(d admin.Desired) ([]byte, error) {
	file, err := declarationOf(d)
	if err != nil {
		return nil, err
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		return nil, fmt.Errorf("write the export: %w", err)
	}
	if len(text) > maxDeclaration {
		return nil, fmt.Errorf("an export of more than %d bytes is not read by apply: leave users out (--without-users)", maxDeclaration)
	}
	return text, nil
}
