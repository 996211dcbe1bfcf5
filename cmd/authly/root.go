package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/admincli"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/server"
)

// app is what the commands share.
type app struct {
	program
	configFile string
	output     string
	settings   *pflag.FlagSet // one flag for each setting
}

func rootCommand(p program) *cobra.Command {
	a := &app{program: p, settings: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	root := &cobra.Command{
		Use:   "authly",
		Short: "OAuth 2.1 authorization server and OpenID Connect provider",
		Long: "Authly is an OAuth 2.1 authorization server and OpenID Connect provider with an admin API in GraphQL.\n" +
			"Settings come from flags, AUTHLY_* variables and a YAML file, in this order of precedence.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, v := range config.Reference() {
		if !v.Secret { // a secret on the command line is visible to every process
			// Of code in Markdown the library of flags would make the type of a value.
			a.settings.String(v.Flag(), "", v.PlainMeaning()+defaultText(v))
		}
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configFile, "config", "", "YAML file with settings")
	flags.StringVarP(&a.output, "output", "o", "text", "format of the output: text or json")
	root.AddCommand(
		a.serveCommand(), a.tryCommand(), a.migrateCommand(), a.applyCommand(), a.exportCommand(), a.keysCommand(), a.settingsCommand(),
		a.brandingCommand(), a.auditCommand(), a.recoverCommand(), a.invitationsCommand(), a.initialAccessTokensCommand(), a.providersCommand(),
		a.mailCommand(), a.seedCommand(), a.versionCommand(),
		admincli.New(admincli.Program{
			Args: p.args, Env: p.env, Now: time.Now, //nolint:forbidigo // the clock of the operator
			Stdin: p.stdin, Stdout: p.stdout, Stderr: p.stderr,
		}),
	)
	return root
}

func defaultText(v config.Variable) string {
	if v.Default == "" {
		return ""
	}
	return fmt.Sprintf(" (default %s)", v.Default)
}

// load reads the configuration, with the flags that were given.
func (a *app) load() (config.Config, error) {
	given := map[string]string{}
	a.settings.VisitAll(func(f *pflag.Flag) {
		if f.Changed { // the command that owns the flag parsed it, so Visit does not know
			given[f.Name] = f.Value.String()
		}
	})
	return config.Load(config.Sources{File: a.configFile, Env: a.env, Flags: given})
}

// asOperator is withServer with the configuration that the command was given.
func (a *app) asOperator(ctx context.Context, actor string, do func(context.Context, *server.Server) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.withServer(ctx, c, actor, do)
}

// withServer does something with the parts of a server that does not listen, as the system, and closes them.
func (a *app) withServer(ctx context.Context, c config.Config, actor string, do func(context.Context, *server.Server) error) error {
	file := c.DatabaseFile()
	if _, err := os.Stat(file); file != "" && errors.Is(err, fs.ErrNotExist) {
		// Its name depends on the working folder, so that it may not be the one that a server has.
		fmt.Fprintf(a.stderr, "authly: there is no database %s; a new one is made\n", file)
	}
	s, err := server.Build(ctx, c, server.Options{Logger: a.logger(c), Command: true})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return do(identity.WithActor(ctx, identity.SystemActor(actor)), s)
}

// logger writes to standard error, so that standard output is for results.
func (a *app) logger(c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	format := c.LogFormat
	if format == "auto" {
		format = "json"
		if isTerminal(a.stderr) {
			format = "text"
		}
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(a.stderr, options))
	}
	return slog.New(slog.NewJSONHandler(a.stderr, options))
}
