package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authly/authly/docs/examples"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/server"
)

func (a *app) tryCommand() *cobra.Command {
	port := 0
	cmd := &cobra.Command{
		Use:   "try",
		Short: "Start a server to play with, which is deleted when it is interrupted",
		Long: "Start a server with an empty database in a temporary folder and what docs/examples/quickstart.yaml declares, and print " +
			"what to do next. It listens on this machine alone, sees nothing of the configuration, and is deleted when it is interrupted.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.try(cmd.Context(), port) },
	}
	cmd.Flags().IntVar(&port, "port", 0, "where to listen; without it 8080, or another one if that is taken")
	return cmd
}

// usualPort is the port of every example.
const usualPort = 8080

// try runs a server until it is interrupted, and removes everything of it.
func (a *app) try(ctx context.Context, port int) (err error) {
	if port < 0 || port > 65535 {
		return usageError{errors.New("--port must be a port: 1 to 65535")}
	}
	if port, err = freePort(ctx, port); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "authly-try-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	password := rand.Text()
	c, err := config.Load(config.Sources{Env: []string{
		"AUTHLY_DATABASE_URL=sqlite:" + filepath.Join(folder, "authly.db"), "AUTHLY_LISTEN=" + address, "AUTHLY_METRICS_ADDR=off",
		"AUTHLY_ISSUER=http://localhost:" + strconv.Itoa(port), "AUTHLY_ADMIN_PASSWORD=" + password, "AUTHLY_MFA=optional",
		"AUTHLY_LOG_LEVEL=warn",
	}})
	if err != nil {
		return err
	}
	s, err := server.Build(ctx, c, server.Options{Logger: a.logger(c)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	listeners, err := s.Listen(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = listeners.Close() }()
	if err := quickstart(ctx, s, c.Issuer); err != nil {
		return err
	}
	a.whatNext(c.Issuer, password)
	return s.Run(ctx, listeners)
}

// freePort returns the port that is wanted, or for 0 one that nobody has.
func freePort(ctx context.Context, wanted int) (int, error) {
	var listen net.ListenConfig
	for _, port := range []int{usualPort, 0} {
		if wanted != 0 {
			port = wanted
		}
		listener, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			found := listener.Addr().(*net.TCPAddr).Port
			return found, listener.Close()
		}
		if wanted != 0 {
			return 0, fmt.Errorf("port %d cannot be had: %w", wanted, err)
		}
	}
	return 0, errors.New("no port can be had on 127.0.0.1")
}

// quickstart makes the first administrator and what the quickstart declares.
func quickstart(ctx context.Context, s *server.Server, issuer string) error {
	if _, err := s.Bootstrap(ctx); err != nil {
		return err
	}
	desired, read := parseDeclaration([]byte(strings.ReplaceAll(examples.Quickstart, examples.QuickstartIssuer, issuer)), lookup(nil))
	if err := read.judged("quickstart.yaml", nil); err != nil {
		return err
	}
	_, err := s.Admin.Declarations.Apply(identity.WithActor(ctx, identity.SystemActor("try")), desired, false)
	return err
}

// whatNext prints three commands that work as they stand, and where a browser may go.
func (a *app) whatNext(issuer, password string) {
	self := "authly"
	if path, err := os.Executable(); err == nil {
		self = path
	}
	fmt.Fprintf(a.stdout, `Authly is running at %[1]s until it is interrupted (Ctrl-C). Then everything of it is deleted.

A token for a service:

  curl -u demo-service:quickstart-secret-of-demo-service-012345 -d grant_type=client_credentials %[1]s/api/v1/oauth/token

Administer from a shell, as a service account that may:

  SECRET=quickstart-secret-of-demo-admin-01234567 %[2]s admin login %[1]s --as try --client-id demo-admin --client-secret env:SECRET
  %[2]s admin users list --as try

In a browser:

  %[1]s/playground/flows   sign in as alice with the password "walks through wonderland", and see each step
  %[1]s/console            administer: sign in as admin with the password %[3]s
  %[1]s/playground         the admin API, by the same sign-in
`, issuer, self, password)
}
