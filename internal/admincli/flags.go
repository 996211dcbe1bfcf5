package admincli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/pflag"
	"github.com/vektah/gqlparser/v2/ast"
	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/internal/adminclient"
)

// input is one value of the variables of an operation, which is a flag or an argument.
type input struct {
	path     []string // in the variables
	typ      *ast.Type
	usage    string
	refers   *noun // what the value may be a name of
	required bool
}

// plainer are flags of better names than the schema gives them: what is said once is enough, and --profile is about a server.
var plainer = map[string]string{
	"password-password": "password", "password-generate-temporary": "generate-password", "profile": "profile-uri",
}

// flag is the name of an input on the command line. What a filter or a selection is called says nothing there.
func (i input) flag() string {
	var words []string
	for n, name := range i.path {
		if n > 0 || name != "filter" && name != "by" {
			words = append(words, kebab(name))
		}
	}
	name := strings.Join(words, "-")
	if better, ok := plainer[name]; ok {
		return better
	}
	return name
}

// kebab writes a name of the schema as flags are written.
func kebab(name string) string {
	var out strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			out.WriteByte('-')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// secret reports whether the value is one that must not be on a command line, which is visible to every process.
func (i input) secret() bool {
	return slices.Contains([]string{"password", "clientSecret", "key"}, i.path[len(i.path)-1])
}

// structured reports whether the value is written as YAML, because it has parts.
func (i input) structured() bool {
	d := loaded().Types[i.typ.Name()]
	return d.Kind == ast.InputObject || d.Name == "JSON"
}

// inputs are the values that an input of a type has, those of the objects inside it too. An object that holds itself, such as a
// filter with not, is one value.
func inputs(path []string, t *ast.Type, usage string, own *noun, within []string) []input {
	d := loaded().Types[t.Name()]
	here := input{path: path, typ: t, usage: usage, refers: referred(path[len(path)-1], own), required: t.NonNull}
	if d.Kind != ast.InputObject || t.Elem != nil {
		return []input{here}
	}
	if slices.Contains(within, d.Name) {
		return nil
	}
	var list []input
	for _, f := range d.Fields {
		if inner := loaded().Types[f.Type.Name()]; f.Type.Elem != nil && inner.Name == d.Name {
			continue // and, or: in a file or --filter
		}
		list = append(list, inputs(append(slices.Clone(path), f.Name), f.Type, f.Description, own, append(slices.Clone(within), d.Name))...)
	}
	return list
}

// enumValues are the values of an enumeration; nil: the type is none.
func enumValues(t *ast.Type) []string {
	d := loaded().Types[t.Name()]
	if d.Kind != ast.Enum {
		return nil
	}
	var values []string
	for _, v := range d.EnumValues {
		values = append(values, v.Name)
	}
	return values
}

// define makes the flag of an input.
func (i input) define(flags *pflag.FlagSet) {
	usage := strings.TrimSuffix(sentence(i.usage), ".")
	if values := enumValues(i.typ); values != nil && len(values) <= 12 {
		usage = join(usage, strings.Join(values, ", "))
	}
	switch {
	case i.secret():
		usage = join(usage, "env:NAME, file:PATH or -")
	case i.structured():
		usage = join(usage, "as YAML")
	}
	switch {
	case i.structured():
		flags.String(i.flag(), "", usage)
	case i.typ.Elem != nil:
		flags.StringSlice(i.flag(), nil, usage)
	case i.typ.Name() == "Boolean":
		flags.Bool(i.flag(), false, usage)
	case i.typ.Name() == "Int":
		flags.Int(i.flag(), 0, usage)
	default:
		flags.String(i.flag(), "", usage)
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ": " + b
}

// value reads a text as the type of the input.
func (i input) value(ctx context.Context, s *session, text string) (any, error) {
	switch {
	case i.secret():
		if text == "-" {
			content, err := s.standardInput()
			return strings.TrimRight(string(content), "\r\n"), err
		}
		return adminclient.Follow(text, s.lookup)
	case i.structured():
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return nil, usagef("--%s is not YAML: %v.", i.flag(), err)
		}
		return v, nil
	case i.refers != nil:
		return i.refers.idOf(ctx, s, text)
	}
	switch i.typ.Name() {
	case "Boolean":
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, usagef("%s is true or false, and not %q.", i.flag(), text)
		}
		return b, nil
	case "Int":
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, usagef("%s is a number, and not %q.", i.flag(), text)
		}
		return n, nil
	}
	if values := enumValues(i.typ); values != nil {
		name := strings.ToUpper(strings.ReplaceAll(text, "-", "_"))
		if !slices.Contains(values, name) {
			return nil, usagef("%s is one of %s, and not %q.", i.flag(), strings.Join(values, ", "), text)
		}
		return name, nil
	}
	return text, nil
}

// idOf finds the id of what a person calls by a name.
func (n *noun) idOf(ctx context.Context, s *session, text string) (string, error) {
	by := n.refer(text)
	if id, ok := by["id"].(string); ok {
		return id, nil
	}
	f, _ := rootField(n.get)
	document := fmt.Sprintf("query ($by: %s) { %s(by: $by) { id } }", f.Arguments.ForName("by").Type, n.get)
	result, err := s.client.Do(ctx, adminclient.Operation{Document: document, Variables: map[string]any{"by": by}})
	if err != nil {
		return "", err
	}
	found, ok := result.Data[n.get].(map[string]any)
	if !ok {
		return "", n.notFound(text)
	}
	id, _ := found["id"].(string)
	return id, nil
}

func (n *noun) notFound(text string) error {
	remedy := "authly admin " + n.name + " list shows what there is."
	return adminclient.Faultf(adminclient.NotFound, remedy, "%q is not the name of %s.", text, n.singular)
}

// put stores a value below a path.
func put(into map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := into[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			into[name] = inner
		}
		into = inner
	}
	into[path[len(path)-1]] = value
}

// fromFlags stores what the flags say that were given.
func fromFlags(ctx context.Context, s *session, flags *pflag.FlagSet, list []input, into map[string]any) error {
	for _, i := range list {
		f := flags.Lookup(i.flag())
		if f == nil || !f.Changed {
			continue
		}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			values, err := i.values(ctx, s, many.GetSlice())
			if err != nil {
				return err
			}
			put(into, i.path, values)
			continue
		}
		value, err := i.value(ctx, s, f.Value.String())
		if err != nil {
			return err
		}
		put(into, i.path, value)
	}
	return nil
}

func (i input) values(ctx context.Context, s *session, texts []string) ([]any, error) {
	values := make([]any, 0, len(texts))
	for _, text := range texts {
		value, err := i.value(ctx, s, text)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

// maximumInput is the size of a file with an input, in bytes: that of the largest document that the API takes is less.
const maximumInput = 4 << 20

// readFile reads a file of YAML or JSON with the fields of an input; - is standard input.
func (s *session) readFile(name string) (map[string]any, error) {
	var content []byte
	var err error
	if name == "-" {
		content, err = s.standardInput()
	} else {
		content, err = readRegular(name)
	}
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content)) // JSON is YAML
	fields := map[string]any{}
	switch err := decoder.Decode(&fields); {
	case errors.Is(err, io.EOF):
		return nil, usagef("%s is empty.", name)
	case err != nil:
		return nil, usagef("%s is no object in YAML or JSON: %v.", name, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, usagef("%s has more than one document.", name)
	}
	return fields, nil
}

func readRegular(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, usagef("The file cannot be read: %v.", err)
	}
	defer func() { _ = file.Close() }()
	return readAll(file, name)
}

func readAll(r io.Reader, name string) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, maximumInput+1))
	switch {
	case err != nil:
		return nil, usagef("%s cannot be read: %v.", name, err)
	case len(content) > maximumInput:
		return nil, usagef("%s has more than %d bytes.", name, maximumInput)
	}
	return content, nil
}

// standardInput reads all of it. It is there once.
func (s *session) standardInput() ([]byte, error) {
	if s.read {
		return nil, usagef("Standard input can be used once only.")
	}
	s.read = true
	return readAll(s.Stdin, "Standard input")
}

// usagef is a fault of the command line.
func usagef(format string, args ...any) error {
	return adminclient.Faultf(adminclient.Usage, "", format, args...)
}
