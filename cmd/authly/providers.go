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

func (a *app) providersCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "providers", Short: "Show, test and change where people can sign in instead of here", Args: noArgs}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the identity providers in the order of the sign-in page",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.asOperator(cmd.Context(), providersActor, func(ctx context.Context, s *server.Server) error {
				all, err := s.Admin.Providers.List(ctx)
				if err != nil {
					return err
				}
				return a.printProviders(all)
			})
		},
	}
	for _, sub := range []*cobra.Command{
		list, a.providersCreateCommand(), a.providersUpdateCommand(),
		a.providerCommand("show", "Show an identity provider", "", keepProvider),
		a.providerCommand("enable", "Let people sign in at an identity provider", "", switchProvider(true)),
		a.providerCommand("disable", "Let nobody sign in at an identity provider any more",
			"Let nobody sign in at an identity provider any more. What was begun through it ends; who is connected with it stays so.",
			switchProvider(false)),
		a.providersDeleteCommand(), a.providersTestCommand(),
	} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

const providersActor = "providers"

// providerChanger changes a provider, and returns it as it is then.
type providerChanger func(ctx context.Context, providers *admin.Providers, p identity.IdentityProvider) (identity.IdentityProvider, error)

func keepProvider(_ context.Context, _ *admin.Providers, p identity.IdentityProvider) (identity.IdentityProvider, error) {
	return p, nil
}

func switchProvider(on bool) providerChanger {
	return func(ctx context.Context, providers *admin.Providers, p identity.IdentityProvider) (identity.IdentityProvider, error) {
		return providers.Update(ctx, p.ID, admin.ProviderChange{Enabled: &on}, nil)
	}
}

// providerCommand is a command about one provider, which it shows afterwards.
func (a *app) providerCommand(name, short, long string, change providerChanger) *cobra.Command {
	return &cobra.Command{
		Use: name + " SLUG", Short: short, Long: long, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.changeProvider(cmd.Context(), args[0], change) },
	}
}

func (a *app) changeProvider(ctx context.Context, slug string, change providerChanger) error {
	return a.withProvider(ctx, slug, func(ctx context.Context, s *server.Server, p identity.IdentityProvider) error {
		after, err := change(ctx, s.Admin.Providers, p)
		if err != nil {
			return err
		}
		return a.printProvider(s, after)
	})
}

// withProvider does something with the provider of a slug.
func (a *app) withProvider(
	ctx context.Context, slug string, do func(ctx context.Context, s *server.Server, p identity.IdentityProvider) error,
) error {
	return a.asOperator(ctx, providersActor, func(ctx context.Context, s *server.Server) error {
		all, err := s.Admin.Providers.List(ctx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if p.Slug == slug {
				return do(ctx, s, p)
			}
		}
		return fmt.Errorf("there is no identity provider %q", slug)
	})
}

func (a *app) providersDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete SLUG",
		Short: "Remove an identity provider with which nobody is connected",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withProvider(cmd.Context(), args[0], func(ctx context.Context, s *server.Server, p identity.IdentityProvider) error {
				if err := s.Admin.Providers.Delete(ctx, p.ID, nil); err != nil {
					return err
				}
				all, err := s.Admin.Providers.List(ctx)
				if err != nil {
					return err
				}
				return a.printProviders(all)
			})
		},
	}
}

func (a *app) providersTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test SLUG",
		Short: "Find out whether an identity provider is there, and which endpoints and keys it has",
		Long: "Find out whether an identity provider is there, from this machine: its document and its keys are read, and its endpoints " +
			"listed. Nobody signs in and nothing is stored. The exit code is 1 if something is wrong.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withProvider(cmd.Context(), args[0], func(ctx context.Context, s *server.Server, p identity.IdentityProvider) error {
				report, err := s.Admin.Providers.Test(ctx, p.ID)
				if err != nil {
					return err
				}
				if err := a.printReport(report); err != nil || report.Problem == "" {
					return err
				}
				return fmt.Errorf("identity provider %q: %s", p.Slug, strings.Map(printable, report.Problem))
			})
		},
	}
}

// reportLines is a report as the command line shows it.
type reportLines struct {
	RedirectURI           string `json:"redirect_uri"`
	Issuer                string `json:"issuer"`
	AuthorizationEndpoint string `json:"authorization_endpoint,omitempty"`
	TokenEndpoint         string `json:"token_endpoint,omitempty"`
	UserInfoEndpoint      string `json:"userinfo_endpoint,omitempty"`
	KeysEndpoint          string `json:"jwks_uri,omitempty"`
	SigningKeys           int    `json:"signing_keys"`
	Problem               string `json:"problem,omitempty"`
}

func (a *app) printReport(r identity.ProviderReport) error {
	out := reportLines(r)
	return a.print(out, func(w io.Writer) {
		for _, line := range [][2]string{
			{"redirect URI to register", out.RedirectURI},
			{"issuer", out.Issuer},
			{"authorization endpoint", out.AuthorizationEndpoint},
			{"token endpoint", out.TokenEndpoint},
			{"UserInfo endpoint", out.UserInfoEndpoint},
			{"keys", out.KeysEndpoint},
		} {
			if line[1] != "" {
				fmt.Fprintf(w, "%-25s %s\n", line[0], strings.Map(printable, line[1])) // the provider may say anything
			}
		}
		if out.KeysEndpoint != "" {
			fmt.Fprintf(w, "%-25s %d\n", "keys that sign", out.SigningKeys)
		}
	})
}

// providerLine is a provider as the command line shows it: never with its secret.
type providerLine struct {
	ID          uuid.UUID               `json:"id"`
	Slug        string                  `json:"slug"`
	Kind        identity.ProviderKind   `json:"kind"`
	Name        string                  `json:"name"`
	Enabled     bool                    `json:"enabled"`
	Position    int                     `json:"position"`
	Issuer      string                  `json:"issuer"`
	ClientID    string                  `json:"client_id"`
	RedirectURI string                  `json:"redirect_uri,omitempty"`
	Config      identity.ProviderConfig `json:"config"`
	UpdatedAt   time.Time               `json:"updated_at"`
	Version     int                     `json:"version"`
}

func lineOf(p identity.IdentityProvider) providerLine {
	return providerLine{
		ID: p.ID, Slug: p.Slug, Kind: p.Kind, Name: p.Name, Enabled: p.Enabled, Position: p.Position, Issuer: p.Issuer, ClientID: p.ClientID,
		Config: p.Config, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
}

func (a *app) printProviders(list []identity.IdentityProvider) error {
	lines := make([]providerLine, len(list))
	for i, p := range list {
		lines[i] = lineOf(p)
	}
	return a.print(lines, func(w io.Writer) {
		if len(lines) == 0 {
			fmt.Fprintln(w, "There are no identity providers.")
			return
		}
		t := newTable(w, "slug", "kind", "name", "enabled", "issuer", "client id")
		for _, l := range lines {
			t.AppendRow(table.Row{l.Slug, l.Kind, l.Name, l.Enabled, l.Issuer, l.ClientID})
		}
		t.Render()
	})
}

// printProvider shows all of a provider: as text in the form of the file of apply.
func (a *app) printProvider(s *server.Server, p identity.IdentityProvider) error {
	line := lineOf(p)
	line.RedirectURI = p.RedirectURI(s.Domain.Settings.Get().Issuer)
	text, err := asDeclared(p)
	if err != nil {
		return err
	}
	return a.print(line, func(w io.Writer) {
		fmt.Fprintf(w, "# Version %d. The redirect URI to register is %s\n%s", line.Version, line.RedirectURI, text)
	})
}
