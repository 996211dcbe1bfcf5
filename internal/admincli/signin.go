package admincli

import (
	"fmt"
	"net/url"
	"os/exec"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/adminclient"
)

func (s *session) loginCommand() *cobra.Command {
	l := adminclient.Login{}
	var scopes []string
	var storage, clientID, secret, key string
	noBrowser := false
	cmd := &cobra.Command{
		Use:   "login [URL]",
		Short: "Sign in to a server, and let the other commands act there",
		Long: "Sign in to a server, and let the other commands act there. A browser is opened, on this machine or with --device on any other. " +
			"A service account signs in with a secret or key, which stays where it is: the profile names the place.\n\n" +
			"A sign-in ends with the session at the server: at the latest when that expires, or when you sign out there.",
		Example: "  authly admin login http://localhost:8080\n  authly admin login https://id.example.org --as production --device\n" +
			"  authly admin login https://id.example.org --as ci --client-id ci --client-secret env:CI_SECRET",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("Write authly admin login URL.")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if l.Folder, err = s.folder(); err != nil {
				return err
			}
			l.Lookup, l.Now = s.lookup, s.Now
			if l.Profile, err = s.profileOf(l.Folder, args); err != nil {
				return err
			}
			p := &l.Profile.Profile
			if clientID != "" {
				p.ClientID, p.Secret, p.PrivateKey = clientID, secret, key
			} else if secret != "" || key != "" {
				return usagef("--client-secret and --private-key go with --client-id.")
			}
			if secret != "" && key != "" {
				return usagef("Give --client-secret or --private-key, not both.")
			}
			if len(scopes) > 0 {
				p.Scopes = scopes
			}
			if storage != "" {
				if p.Tokens = adminclient.Storage(storage); storage != string(adminclient.InFile) && storage != string(adminclient.InKeyring) {
					return usagef("--token-store is keyring or file, and not %q.", storage)
				}
			}
			l.Browse = func(address string) bool { return !noBrowser && s.browse(address) }
			l.Prompt = s.prompt
			n, err := l.Run(cmd.Context())
			if err != nil {
				return err
			}
			s.notef("You are signed in to %s as profile %s; the tokens are in the %s.", n.Server, n.Name, n.Tokens)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&l.Device, "device", false, "sign in on another device, with a code")
	flags.BoolVar(&noBrowser, "no-browser", false, "show the address, and open nothing")
	flags.IntVar(&l.MaxAge, "max-age", -1, "seconds; sign in anew if the last time is longer ago")
	flags.StringSliceVar(&l.ACR, "acr", nil, "authentication context classes that will do")
	flags.StringSliceVar(&scopes, "scopes", nil, "what to ask for; without it all scopes of administration")
	flags.StringVar(&clientID, "client-id", "", "another client than the one of the command line, such as a service account")
	flags.StringVar(&secret, "client-secret", "", "where the secret of a service account is: env:NAME or file:PATH")
	flags.StringVar(&key, "private-key", "", "where the private key of a service account is, as PEM or JWK: env:NAME or file:PATH")
	flags.StringVar(&storage, "token-store", "", "keyring or file; without it the keyring where there is one")
	return cmd
}

// profileOf is the profile that a sign-in is for: the one that there is, or a new one, which has the name of its server.
func (s *session) profileOf(folder adminclient.Folder, args []string) (adminclient.Named, error) {
	if len(args) == 0 {
		return folder.Find(s.profile)
	}
	server, err := adminclient.ParseServer(args[0])
	if err != nil {
		return adminclient.Named{}, err
	}
	name := s.profile
	if name == "" {
		if u, err := url.Parse(server); err == nil {
			name = strings.Trim(u.Host, "[]")
		}
	}
	if err := adminclient.CheckName(name); err != nil {
		return adminclient.Named{}, err
	}
	if n, err := folder.Find(name); err == nil && n.Server == server {
		return n, nil
	}
	return adminclient.Named{Name: name, Profile: adminclient.Profile{Server: server, ClientID: adminclient.ClientID}}, nil
}

// prompt says where to sign in.
func (s *session) prompt(address, code string, open bool) {
	switch {
	case code != "":
		fmt.Fprintf(s.Stderr, "Open %s on any device, and enter the code %s.\n", address, code)
	case open:
		fmt.Fprintf(s.Stderr, "Sign in in the browser. If it shows nothing, open:\n%s\n", address)
	default:
		fmt.Fprintf(s.Stderr, "Sign in at:\n%s\n", address)
	}
}

// browse opens an address in the browser of the person: the one of the variable BROWSER, else that of the system.
func (s *session) browse(address string) bool {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	if chosen, _ := s.lookup("BROWSER"); chosen != "" {
		name, args = chosen, []string{address}
	}
	cmd := exec.Command(name, args...) //nolint:gosec,noctx // the person's own browser, which outlives the command
	if err := cmd.Start(); err != nil {
		return false
	}
	go func() { _ = cmd.Wait() }()
	return true
}

func (s *session) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: "Revoke the tokens of a profile and forget it", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.connect(); err != nil {
				return err
			}
			if err := s.client.Logout(cmd.Context()); err != nil {
				return err
			}
			s.notef("The profile %s is forgotten.", s.client.Name)
			return nil
		},
	}
}

func (s *session) whoamiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: "Show who is signed in, where, and until when", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.connect(); err != nil {
				return err
			}
			result, err := s.client.Do(cmd.Context(), adminclient.Operation{Document: "{ me { id username email admin } }"})
			if err != nil {
				return err
			}
			object := map[string]any{
				"profile": s.client.Name, "server": s.client.Server, "client": s.client.ClientID, "user": result.Data["me"],
				"tokenExpiresAt": s.client.Expiry().UTC().Format("2006-01-02T15:04:05Z"), "scopes": s.client.Granted,
			}
			columns := []string{"profile", "server", "client", "user.id", "user.username", "user.email", "user.admin", "scopes", "tokenExpiresAt"}
			if len(s.columns) > 0 {
				columns = s.columns
			}
			return s.show(generic(object), columns)
		},
	}
}

func (s *session) profilesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "profiles", Short: "The servers that you have signed in to", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the profiles", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			folder, err := s.folder()
			if err != nil {
				return err
			}
			all, err := folder.List()
			if err != nil {
				return err
			}
			rows := make([]any, len(all))
			for i, n := range all {
				rows[i] = map[string]any{
					"name": n.Name, "current": n.Current, "server": n.Server, "client": n.ClientID, "service": n.Service(), "tokens": string(n.Tokens),
				}
			}
			columns := []string{"name", "current", "server", "client", "service", "tokens"}
			if len(s.columns) > 0 {
				columns = s.columns
			}
			return s.found(rows, columns)
		},
	}
	use := &cobra.Command{
		Use: "use NAME", Short: "Make a profile the one of commands that name none", Args: exactly(1),
		RunE: func(_ *cobra.Command, args []string) error {
			folder, err := s.folder()
			if err != nil {
				return err
			}
			return folder.Use(args[0])
		},
	}
	cmd.AddCommand(list, use)
	return cmd
}
