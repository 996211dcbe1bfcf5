package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

// providerFlags are what the command line says of a provider.
type providerFlags struct {
	kind, name, issuer, clientID, secret string
	enabled                              bool
	position                             int
	policy                               string
	levels                               []string
	config                               identity.ProviderConfig
}

// register adds the flags to a command.
func (f *providerFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "what people see")
	flags.StringVar(&f.issuer, "issuer", "", "identifier of the provider, an https URL; google and github have their own")
	flags.StringVar(&f.clientID, "client-id", "", "of this server, at the provider")
	flags.StringVar(&f.secret, "client-secret", "", "where the secret is: env:NAME or file:PATH; empty for none")
	flags.BoolVar(&f.enabled, "enabled", false, "people can sign in there")
	flags.IntVar(&f.position, "position", 0, "on the sign-in page; the lowest first")
	flags.StringArrayVar(&f.config.Scopes, "scope", nil, "a scope that is asked for; can be repeated; none: those of the kind")
	flags.StringVar(&f.policy, "link-policy", "", "confirm, or verified_email")
	flags.BoolVar(&f.config.TrustEmail, "trust-email", false, "it is believed when it says that an address is verified")
	flags.StringArrayVar(&f.config.EmailDomains, "email-domain", nil, "a domain for which it is believed; can be repeated")
	flags.BoolVar(&f.config.Register, "register", false, "whoever is not known gets an account, if the address is believed")
	flags.StringArrayVar(&f.levels, "level", nil, "VALUE=1 or VALUE=2: what a value of acr or amr is worth; can be repeated")
	flags.StringArrayVar(&f.config.Tenants, "tenant", nil, "of entra with an issuer for many: the id of one; can be repeated")
	flags.StringVar(&f.config.AuthorizationEndpoint, "authorization-endpoint", "", "of oauth2")
	flags.StringVar(&f.config.TokenEndpoint, "token-endpoint", "", "of oauth2")
	flags.StringVar(&f.config.UserInfoEndpoint, "userinfo-endpoint", "", "of oauth2")
	flags.StringVar(&f.config.SubjectClaim, "subject-claim", "", "of oauth2: what tells users apart in the document about them")
}

func (a *app) providersCreateCommand() *cobra.Command {
	var f providerFlags
	cmd := &cobra.Command{
		Use:   "create SLUG",
		Short: "Add an identity provider",
		Long: "Add an identity provider. SLUG is in the addresses of its pages and cannot be changed. It is switched off unless --enabled is " +
			"given.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			change, err := f.change(cmd, a.env)
			if err != nil {
				return err
			}
			return a.asOperator(cmd.Context(), providersActor, func(ctx context.Context, s *server.Server) error {
				p := identity.IdentityProvider{Slug: args[0], Kind: identity.ProviderKind(f.kind)}
				change.Apply(&p)
				secret := ""
				if change.Secret != nil {
					secret = *change.Secret
				}
				made, err := s.Admin.Providers.Create(ctx, p, secret)
				if err != nil {
					return err
				}
				return a.printProvider(s, made)
			})
		},
	}
	cmd.Flags().StringVar(&f.kind, "kind", "", "oidc, google, entra, github or oauth2; it cannot be changed")
	f.register(cmd)
	return cmd
}

func (a *app) providersUpdateCommand() *cobra.Command {
	var f providerFlags
	cmd := &cobra.Command{
		Use:   "update SLUG",
		Short: "Change an identity provider",
		Long:  "Change what the flags name of an identity provider. A flag that can be repeated replaces the list; one empty value clears it.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			change, err := f.change(cmd, a.env)
			if err != nil {
				return err
			}
			return a.changeProvider(cmd.Context(), args[0], func(
				ctx context.Context, providers *admin.Providers, p identity.IdentityProvider,
			) (identity.IdentityProvider, error) {
				return providers.Update(ctx, p.ID, change, nil)
			})
		},
	}
	f.register(cmd)
	return cmd
}

var errSecretOnLine = usageError{errors.New("--client-secret must be env:NAME or file:PATH: the command line is visible to every process")}

// change returns what the flags that were given change.
func (f *providerFlags) change(cmd *cobra.Command, env []string) (admin.ProviderChange, error) {
	given := cmd.Flags().Changed
	c := admin.ProviderChange{
		Name: ifGiven(given("name"), &f.name), Enabled: ifGiven(given("enabled"), &f.enabled), Position: ifGiven(given("position"), &f.position),
		Issuer: ifGiven(given("issuer"), &f.issuer), ClientID: ifGiven(given("client-id"), &f.clientID),
	}
	if given("client-secret") {
		secret, err := f.readSecret(env)
		if err != nil {
			return c, err
		}
		c.Secret = &secret
	}
	levels, err := f.readLevels()
	if err != nil {
		return c, err
	}
	c.Config = func(to *identity.ProviderConfig) {
		from := f.config
		for _, field := range []struct {
			flag string
			set  func()
		}{
			{"scope", func() { to.Scopes = withoutEmpty(from.Scopes) }},
			{"link-policy", func() { to.LinkPolicy = identity.LinkPolicy(f.policy) }},
			{"trust-email", func() { to.TrustEmail = from.TrustEmail }},
			{"email-domain", func() { to.EmailDomains = withoutEmpty(from.EmailDomains) }},
			{"register", func() { to.Register = from.Register }},
			{"level", func() { to.Levels = levels }},
			{"tenant", func() { to.Tenants = withoutEmpty(from.Tenants) }},
			{"authorization-endpoint", func() { to.AuthorizationEndpoint = from.AuthorizationEndpoint }},
			{"token-endpoint", func() { to.TokenEndpoint = from.TokenEndpoint }},
			{"userinfo-endpoint", func() { to.UserInfoEndpoint = from.UserInfoEndpoint }},
			{"subject-claim", func() { to.SubjectClaim = from.SubjectClaim }},
		} {
			if given(field.flag) {
				field.set()
			}
		}
	}
	return c, nil
}

func ifGiven[T any](given bool, value *T) *T {
	if given {
		return value
	}
	return nil
}

// withoutEmpty returns a list without its empty value, which clears it.
func withoutEmpty(list []string) []string {
	if len(list) == 1 && list[0] == "" {
		return nil
	}
	return list
}

// readSecret follows the reference to the secret.
func (f *providerFlags) readSecret(env []string) (string, error) {
	if f.secret != "" && !strings.HasPrefix(f.secret, "env:") && !strings.HasPrefix(f.secret, "file:") {
		return "", errSecretOnLine
	}
	secret, err := follow(f.secret, lookup(env))
	if err != nil {
		return "", usageError{fmt.Errorf("--client-secret: %w", err)}
	}
	return secret, nil
}

// readLevels reads what values are worth.
func (f *providerFlags) readLevels() (map[string]int, error) {
	levels := map[string]int{}
	for _, text := range withoutEmpty(f.levels) {
		at := strings.LastIndexByte(text, '=')
		if at < 0 {
			return nil, usageError{fmt.Errorf("--level must be VALUE=1 or VALUE=2, and not %q", text)}
		}
		level, err := strconv.Atoi(text[at+1:])
		if err != nil {
			return nil, usageError{fmt.Errorf("--level must be VALUE=1 or VALUE=2, and not %q", text)}
		}
		levels[text[:at]] = level
	}
	return levels, nil
}
