package admincli

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/internal/adminclient"
)

// call is a verb with what the schema says of its field.
type call struct {
	noun *noun
	verb
	field     *ast.FieldDefinition
	operation ast.Operation
	inputs    []input
	arguments []string // names of inputs
	many      bool     // the last argument may be given more than once
	confirmed bool
	file      string
	unset     []string
	key       string
}

func callOf(n *noun, v verb) *call {
	c := &call{noun: n, verb: v, arguments: strings.Fields(v.args)}
	c.field, c.operation = rootField(v.field)
	if last := len(c.arguments) - 1; last >= 0 {
		c.arguments[last], c.many = strings.CutSuffix(c.arguments[last], "...")
	}
	if c.operation == ast.Query {
		c.inputs = queryOf(v.field, nil).inputs
		return c
	}
	argument := c.field.Arguments.ForName("input")
	if argument == nil {
		return c
	}
	t := argument.Type
	for _, f := range loaded().Types[t.Name()].Fields {
		c.inputs = append(c.inputs, inputs([]string{f.Name}, f.Type, f.Description, n, []string{t.Name()})...)
	}
	return c
}

// flags are the inputs that are no arguments.
func (c *call) flags() []input {
	return slices.DeleteFunc(slices.Clone(c.inputs), func(i input) bool {
		return len(i.path) == 1 && slices.Contains(c.arguments, i.path[0])
	})
}

// argument returns the input of an argument.
func (c *call) argument(name string) input {
	for _, i := range c.inputs {
		if len(i.path) == 1 && i.path[0] == name {
			return i
		}
	}
	panic("admincli: " + c.verb.field + " has no input " + name) // a test makes every command
}

func (s *session) verbCommand(n *noun, v verb) *cobra.Command {
	c := callOf(n, v)
	use := v.name
	for _, name := range c.arguments {
		use += " " + c.argument(name).word()
	}
	if c.many {
		use += "..."
	}
	if v.upload {
		use += " FILE"
	}
	cmd := &cobra.Command{
		Use: use, Short: sentence(c.field.Description), Long: strings.Join(strings.Fields(c.field.Description), " "),
		Args: c.count, RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd, c, args) },
	}
	if len(c.arguments) > 0 && slices.Contains([]string{"id", "ids", "userId", "groupId", "roleId", "name", "uri", "type"}, c.arguments[0]) &&
		v.name != "create" {
		subject := n
		if other := referred(c.arguments[0], n); other != nil {
			subject = other
		}
		cmd.ValidArgsFunction = s.complete(subject)
	}
	flags := cmd.Flags()
	for _, i := range c.flags() {
		i.define(flags)
	}
	if c.operation == ast.Query {
		return cmd
	}
	if len(c.inputs) > 0 {
		flags.StringVarP(&c.file, "file", "f", "", "YAML or JSON with the fields of the input, which flags go before; - is standard input")
	}
	flags.StringVar(&c.key, "idempotency-key", "", "what happens with this key happens once within a day; without it one is made up")
	if clears(c.inputs) {
		flags.StringSliceVar(&c.unset, "unset", nil, "fields to clear, by the names of their flags")
	}
	if v.asks != "" {
		flags.BoolVarP(&c.confirmed, "yes", "y", false, "do not ask")
	}
	return cmd
}

// clears reports whether an input may be null to take away what is there: those of an update.
func clears(list []input) bool {
	return slices.ContainsFunc(list, func(i input) bool {
		return i.path[0] == "expectedVersion" || i.path[0] == "description" && !i.typ.NonNull
	})
}

// word is what an argument is called in the usage.
func (i input) word() string {
	name := strings.ToUpper(kebab(i.path[0]))
	if i.refers != nil {
		name = strings.TrimSuffix(strings.TrimSuffix(name, "-IDS"), "-ID")
		if name == "ID" || name == "IDS" {
			name = strings.ToUpper(i.refers.name[:len(i.refers.name)-1])
		}
	}
	return name
}

// count wants the arguments of the usage line.
func (c *call) count(cmd *cobra.Command, args []string) error {
	want := len(c.arguments)
	if c.upload {
		want++
	}
	if len(args) == want || c.many && len(args) > len(c.arguments) {
		return nil
	}
	return usagef("Write %s.", strings.TrimSuffix(cmd.UseLine(), " [flags]"))
}

// variables reads the input: the file, what the flags say over it, and the arguments.
func (s *session) variables(ctx context.Context, c *call, flags *pflag.FlagSet, args []string) (map[string]any, error) {
	into := map[string]any{}
	if c.file != "" {
		fields, err := s.readFile(c.file)
		if err != nil {
			return nil, err
		}
		into = fields
	}
	if err := fromFlags(ctx, s, flags, c.flags(), into); err != nil {
		return nil, err
	}
	for _, name := range c.unset {
		i := slices.IndexFunc(c.inputs, func(i input) bool { return i.flag() == kebab(name) })
		if i < 0 {
			return nil, usagef("--unset: there is no --%s.", name)
		}
		put(into, c.inputs[i].path, nil)
	}
	for n, name := range c.arguments {
		i := c.argument(name)
		if c.many && n == len(c.arguments)-1 {
			values, err := i.values(ctx, s, args[n:])
			if err != nil {
				return nil, err
			}
			into[name] = values
			continue
		}
		value, err := i.value(ctx, s, args[n])
		if err != nil {
			return nil, err
		}
		into[name] = value
	}
	return into, nil
}

func (s *session) run(cmd *cobra.Command, c *call, args []string) error {
	ctx := cmd.Context()
	set, columns, err := s.result(c)
	if err != nil {
		return err
	}
	if err := s.confirm(ctx, cmd, c, args); err != nil {
		return err
	}
	var data *os.File
	if c.upload {
		name := args[len(args)-1]
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
			return usagef("%s is no file that can be sent.", name)
		}
		if data, err = os.Open(name); err != nil { //nolint:gosec // the operator names the file
			return usagef("The file cannot be read: %v.", err)
		}
		defer func() { _ = data.Close() }()
		args = args[:len(args)-1]
	}
	if err := s.connect(); err != nil {
		return err
	}
	into, err := s.variables(ctx, c, cmd.Flags(), args)
	if err != nil {
		return err
	}
	if c.operation == ast.Query {
		data, err := s.ask(ctx, query{field: c.field}, into, set)
		if err != nil {
			return err
		}
		if c.rows != "" {
			data = at(data, []string{c.rows})
		}
		return s.found(data, columns)
	}
	return s.mutate(ctx, c, into, set, columns, data)
}

// mutation writes a document.
func mutation(f *ast.FieldDefinition, set string) string {
	if len(f.Arguments) == 0 {
		return fmt.Sprintf("mutation { %s%s }", f.Name, set)
	}
	return fmt.Sprintf("mutation ($input: %s) { %s(input: $input)%s }", f.Arguments.ForName("input").Type, f.Name, set)
}

// mutate runs a mutation once: whoever does not hear what came of it sends it again with the same key. The data, unless nil, are sent
// where its payload says.
func (s *session) mutate(ctx context.Context, c *call, into map[string]any, set string, columns []string, data *os.File) error {
	document := mutation(c.field, set)
	variables := map[string]any{"input": into}
	if len(c.field.Arguments) == 0 {
		variables = nil
	}
	if err := check(document, variables); err != nil {
		return err
	}
	key := c.key
	if key == "" {
		key = rand.Text()
	}
	result, err := s.client.Do(ctx, adminclient.Operation{Document: document, Variables: variables, IdempotencyKey: key})
	payload, _ := result.Data[c.field.Name].(map[string]any)
	if err != nil {
		var fault *adminclient.Error
		if ctx.Err() != nil || errors.As(err, &fault) && fault.Kind == adminclient.Unreachable {
			s.notef("It may have happened. To make sure, run the same command with --idempotency-key %s: it happens once.", key)
		}
		return err
	}
	if err := adminclient.UserErrors(payload); err != nil {
		return err
	}
	if result.Replay {
		s.notef("This has happened before, with the same key; a secret is not shown again.")
	}
	if data != nil {
		link, _ := payload["uploadUrl"].(string)
		if err := s.client.Upload(ctx, link, data); err != nil {
			return err
		}
		delete(payload, "uploadUrl")
		delete(payload, "uploadUrlExpiresAt")
	}
	delete(payload, "userErrors")
	if err := s.show(payload, columns); err != nil {
		return err
	}
	return refused(payload)
}

// refused is the error of a mutation of many that was done to some only.
func refused(payload map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(payload)) {
		if n := fmt.Sprint(payload[name]); strings.HasPrefix(name, "refused") && n != "0" && n != "<nil>" {
			return adminclient.Faultf(adminclient.Refused, "--output json shows the reasons, where the API tells them.", "%s were refused.", n)
		}
	}
	return nil
}

// result returns the selection set of what a verb brings, and its columns.
func (s *session) result(c *call) (set string, columns []string, err error) {
	typeName := c.field.Type.Name()
	if c.rows != "" {
		typeName = loaded().Types[typeName].Fields.ForName(c.rows).Type.Name()
	}
	switch {
	case len(s.columns) > 0:
		columns = s.columns
	case c.only != "":
		columns = strings.Fields(c.only)
	case c.operation == ast.Query:
		columns = plain(typeName, 2)
	default:
		columns = payloadPaths(typeName)
	}
	if columns, err = known(typeName, columns); err != nil {
		return "", nil, err
	}
	set = selection(columns)
	if c.rows != "" {
		set = "{ " + c.rows + " " + set + " }"
	}
	if c.upload {
		set = strings.TrimSuffix(set, " }") + " uploadUrl }"
	}
	if c.operation == ast.Mutation {
		faults := " userErrors { code message path ... on VersionConflict { currentVersion } } }"
		set = strings.TrimSuffix(set, " }") + faults
	}
	return set, columns, nil
}

// payloadPaths are the fields of a payload: of an object its columns, of all else what is plain.
func payloadPaths(typeName string) []string {
	var paths []string
	for _, f := range loaded().Types[typeName].Fields {
		switch n := nounOf(f.Type.Name()); {
		case f.Name == "userErrors" || hidden(f) && leaf(f.Type):
		case leaf(f.Type):
			paths = append(paths, f.Name)
		case n == nil:
			for _, p := range plain(f.Type.Name(), 1) {
				paths = append(paths, f.Name+"."+p)
			}
		case f.Directives.ForName("hasScope") == nil:
			for _, p := range own(n) {
				paths = append(paths, f.Name+"."+p)
			}
		}
	}
	return paths
}

// own are the columns of a noun that come without more rights.
func own(n *noun) []string {
	there := plain(n.typeName, 0)
	columns := slices.DeleteFunc(strings.Fields(n.columns), func(c string) bool { return !slices.Contains(there, c) })
	if slices.Contains(there, "version") && !slices.Contains(columns, "version") {
		columns = append(columns, "version")
	}
	return columns
}

// confirm asks before what cannot be undone. Without a terminal nobody can be asked.
func (s *session) confirm(ctx context.Context, cmd *cobra.Command, c *call, args []string) error {
	if c.asks == "" || c.confirmed {
		return nil
	}
	if dry, err := cmd.Flags().GetBool("dry-run"); err == nil && dry {
		return nil
	}
	question := c.asks
	if strings.Contains(question, "%s") {
		question = fmt.Sprintf(question, printable(args[0]))
	}
	if !isTerminal(s.Stdin) || c.file == "-" {
		return adminclient.Faultf(adminclient.Usage, "Give --yes, or run it on a terminal.", "%s That must be confirmed.", question)
	}
	fmt.Fprintf(s.Stderr, "%s [y/N] ", question)
	answers := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(s.Stdin).ReadString('\n')
		answers <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.Stderr)
		return adminclient.Faultf(adminclient.Refused, "", "Interrupted. Nothing was changed.")
	case answer := <-answers:
		if answer == "y" || answer == "yes" {
			return nil
		}
	}
	return adminclient.Faultf(adminclient.Refused, "", "Not confirmed. Nothing was changed.")
}
