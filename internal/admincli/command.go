package admincli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/authly/authly/internal/adminclient"
)

// Program is the process that the commands run in.
type Program struct {
	Args   []string // behind the name of the program
	Env    []string // NAME=value
	Now    func() time.Time
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// session is what the commands of one process share.
type session struct {
	Program
	profile string
	format  string
	columns []string
	read    bool // standard input has been read
	client  *adminclient.Client
}

// New makes the command admin with all below it.
func New(p Program) *cobra.Command {
	s := &session{Program: p}
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "Administer a server through its admin API",
		Long: "Administer a server through its admin API, as a person or as a service account. Nothing is read but what the API gives.\n\n" +
			"The exit code is 0; 1 when the server refused, 2 for a fault of the command line, 3 when something was not found, 4 when it is not " +
			"allowed or nobody is signed in, 5 when the server does not respond.",
		Example: "  authly admin login http://localhost:8080\n  authly admin users list --limit 10",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&s.profile, "as", "", "name of the profile; without it the current one")
	flags.StringVarP(&s.format, "output", "o", formatTable, "format of the output: "+strings.Join(formats, ", "))
	flags.StringSliceVar(&s.columns, "columns", nil, "the fields to show, such as id,address.locality")
	cmd.AddCommand(s.loginCommand(), s.logoutCommand(), s.whoamiCommand(), s.profilesCommand())
	if slices.Contains(p.Args, cmd.Name()) { // reading the schema takes a tenth of a second, which other commands are spared
		for i := range nouns {
			cmd.AddCommand(s.nounCommand(&nouns[i]))
		}
	}
	return cmd
}

func (s *session) nounCommand(n *noun) *cobra.Command {
	cmd := &cobra.Command{
		Use: n.name, Short: sentence(loaded().Types[n.typeName].Description), Args: noArguments, Example: "  " + n.example,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	if cmd.Short == "" {
		cmd.Short = strings.ToUpper(n.singular[:1]) + n.singular[1:]
	}
	if n.list != "" {
		cmd.AddCommand(s.listCommand(n))
	}
	if n.get != "" || len(n.match) > 0 {
		cmd.AddCommand(s.getCommand(n))
	}
	for _, v := range n.verbs {
		cmd.AddCommand(s.verbCommand(n, v))
	}
	return cmd
}

// lookup finds a variable of the environment.
func (s *session) lookup(name string) (string, bool) {
	for _, entry := range s.Env {
		if key, value, ok := strings.Cut(entry, "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

func (s *session) folder() (adminclient.Folder, error) { return adminclient.FolderOf(s.lookup) }

// connect makes the client of the profile.
func (s *session) connect() error {
	folder, err := s.folder()
	if err != nil {
		return err
	}
	if s.client, err = adminclient.NewClient(folder, s.profile, s.lookup, s.Now); err != nil {
		return err
	}
	if isTerminal(s.Stderr) {
		s.client.Waiting = func(d time.Duration) { s.notef("The server wants this client to wait for %s.", d) }
	}
	return nil
}

// notef tells a person something that is no result.
func (s *session) notef(format string, args ...any) {
	fmt.Fprintf(s.Stderr, "authly: "+format+"\n", args...)
}

// noArguments is cobra.NoArgs with a fault of the command line.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%q is no command of %s: --help lists them.", args[0], cmd.CommandPath())
	}
	return nil
}

// exactly wants the arguments of the usage line.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("Write %s.", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
		}
		return nil
	}
}
