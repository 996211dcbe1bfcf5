package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys", Short: "Show, rotate, retire, import and export the server's signing keys", Args: noArgs,
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the published signing keys",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withKeys(cmd.Context(), func(context.Context, *admin.SigningKeys) error { return nil })
		},
	}
	for _, sub := range []*cobra.Command{
		list, a.keysRotateCommand(), a.keysRetireCommand(), a.keysImportCommand(), a.keysExportCommand(), a.keysRotateRootCommand(),
	} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

func (a *app) keysRotateCommand() *cobra.Command {
	var algorithm string
	var emergency bool
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Let the next key of every algorithm sign from now on",
		Long: "Let the next key of every algorithm sign from now on and publish its successor. The server rotates by itself. " +
			"A next key must have been published for some minutes first, so that no client is surprised, unless --emergency is given.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var algorithms []identity.Algorithm
			if algorithm != "" {
				named, err := namedAlgorithm(algorithm)
				if err != nil {
					return err
				}
				algorithms = append(algorithms, named)
			}
			return a.withKeys(cmd.Context(), func(ctx context.Context, keys *admin.SigningKeys) error {
				_, err := keys.Rotate(ctx, emergency, algorithms...)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&algorithm, "algorithm", "", "only this algorithm, such as PS256")
	cmd.Flags().BoolVar(&emergency, "emergency", false, "also to a key that clients may not know yet")
	return cmd
}

// namedAlgorithm reads the algorithm that a flag names.
func namedAlgorithm(flag string) (identity.Algorithm, error) {
	if alg := identity.Algorithm(flag); slices.Contains(identity.Algorithms(), alg) {
		return alg, nil
	}
	return "", usageError{fmt.Errorf("--algorithm must be one of %v", identity.Algorithms())}
}

func (a *app) keysRetireCommand() *cobra.Command {
	var how identity.Retirement
	cmd := &cobra.Command{
		Use:   "retire KID",
		Short: "Take a signing key out of use before its time",
		Long: "Take a signing key out of use before its time; its successor signs from now on. What it has signed is believed until " +
			"it leaves the key set. --remove takes it out of the key set at once, for a key that has leaked: all of its tokens fail. " +
			"Write -- before a KID that begins with a dash.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withKeys(cmd.Context(), func(ctx context.Context, keys *admin.SigningKeys) error {
				_, err := keys.Retire(ctx, args[0], how)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&how.Remove, "remove", false, "out of the key set at once: nothing that it has signed is believed any more")
	cmd.Flags().BoolVar(&how.Emergency, "emergency", false, "also if clients may not know its successor yet; --remove implies it")
	return cmd
}

func (a *app) keysImportCommand() *cobra.Command {
	var flag string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a private key, which becomes the next one of its algorithm",
		Long: "Import a private key, as PEM (PKCS #8, SEC 1 or PKCS #1, without a passphrase) or as a JSON Web Key, which becomes the next " +
			"one of its algorithm: RSA from 2048 to 4096 bits, EC on P-256 or P-384, or Ed25519. An RSA key is for RS256 if --algorithm says " +
			"nothing else. FILE - is standard input. It is published first; rotate makes it sign.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var algorithm identity.Algorithm
			var err error
			if flag != "" {
				if algorithm, err = namedAlgorithm(flag); err != nil {
					return err
				}
			}
			material, err := a.readInput(args[0])
			if err != nil {
				return err
			}
			return a.withKeys(cmd.Context(), func(ctx context.Context, keys *admin.SigningKeys) error {
				_, _, err := keys.Import(ctx, material, algorithm)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&flag, "algorithm", "", "what the key is for, such as PS256")
	return cmd
}

// maxKeyFile is more than a private key that is imported may have, in bytes.
const maxKeyFile = 64 << 10

// readInput reads a file that has a private key, or standard input.
func (a *app) readInput(path string) (string, error) {
	in := a.stdin
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the operator says which file
		if err != nil {
			return "", fmt.Errorf("read key: %w", err)
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxKeyFile))
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	return string(text), nil
}

func (a *app) keysExportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export KID",
		Short: "Print the public half of a signing key: PEM, or with --output json a JSON Web Key",
		Long: "Print the public half of a signing key: PEM, or with --output json a JSON Web Key. " +
			"Write -- before a KID that begins with a dash.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.asOperator(cmd.Context(), "keys", func(ctx context.Context, s *server.Server) error {
				keys, err := s.Admin.SigningKeys.List(ctx)
				if err != nil {
					return err
				}
				at := slices.IndexFunc(keys, func(k identity.SigningKey) bool { return k.KID == args[0] })
				if at < 0 {
					return identity.ErrKeyNotFound
				}
				public, err := s.Domain.SigningKeys.Public(keys[at])
				if err != nil {
					return err
				}
				return a.print(json.RawMessage(public.JWK), func(w io.Writer) { fmt.Fprint(w, public.PEM) })
			})
		},
	}
}

// withKeys does something with the keys and lists them afterwards.
func (a *app) withKeys(ctx context.Context, do func(context.Context, *admin.SigningKeys) error) error {
	return a.asOperator(ctx, "keys", func(ctx context.Context, s *server.Server) error {
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
	CreatedAt time.Time          `json:"created_at"` // and published since

	ActivatedAt *time.Time `json:"activated_at,omitempty"`
	RetiredAt   *time.Time `json:"retired_at,omitempty"`
	ExpiresAt   *time.Time `json:"expires_at,omitempty"` // when it leaves the key set
}

func (a *app) printKeys(keys []identity.SigningKey) error {
	lines := make([]keyLine, len(keys))
	for i, k := range keys {
		lines[i] = keyLine{
			KID: k.KID, Algorithm: k.Algorithm, State: k.State, CreatedAt: k.CreatedAt,
			ActivatedAt: k.ActivatedAt, RetiredAt: k.RetiredAt, ExpiresAt: k.ExpiresAt,
		}
	}
	return a.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "There are no keys yet; the server makes them at its first start.")
			return
		}
		t := newTable(w, "kid", "algorithm", "state", "created", "activated", "retired", "leaves the key set")
		for _, k := range lines {
			t.AppendRow(table.Row{
				k.KID, k.Algorithm, k.State, k.CreatedAt.Format(time.RFC3339), timeText(k.ActivatedAt), timeText(k.RetiredAt), timeText(k.ExpiresAt),
			})
		}
		t.Render()
	})
}

func timeText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}
