package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/server"
)

func (a *app) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server until it is interrupted; requests in flight may finish. With the embedded database everything that is " +
			"missing is made at the first start, the first administrator included.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) },
	}
	cmd.Flags().AddFlagSet(a.settings)
	return cmd
}

func (a *app) serve(ctx context.Context) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	log := a.logger(c)
	if err := boundMemory(); err != nil {
		log.WarnContext(ctx, "the memory that there is cannot be told, so nothing bounds the heap: set GOMEMLIMIT", slog.Any("error", err))
	}
	s, err := server.Build(ctx, c, server.Options{Logger: log})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	// First what can fail: the password of an administrator who has been made is shown once, and that is below.
	listeners, err := s.Listen(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = listeners.Close() }()
	made, err := s.Bootstrap(ctx)
	if err != nil {
		return err
	}
	a.welcome(c, listeners.Public.Addr().String(), made)
	return s.Run(ctx, listeners)
}

// welcome tells a newcomer where to go. It is the only time that the generated password is shown.
func (a *app) welcome(c config.Config, address string, made server.Bootstrapped) {
	fmt.Fprintf(a.stdout, "Authly is listening on %s\n", address)
	fmt.Fprintf(a.stdout, "  Issuer      %s\n", c.Issuer)
	fmt.Fprintf(a.stdout, "  Discovery   %s/.well-known/openid-configuration\n", c.Issuer)
	fmt.Fprintf(a.stdout, "  Playground  %s/playground\n", c.Issuer)
	fmt.Fprintf(a.stdout, "  Debugger    %s/playground/flows\n", c.Issuer)
	if made.AdminPassword != "" {
		fmt.Fprintf(a.stdout, "  Administrator\n    username  %s\n    password  %s   (shown once; to be changed at the first sign-in)\n",
			made.AdminUsername, made.AdminPassword)
	}
}
