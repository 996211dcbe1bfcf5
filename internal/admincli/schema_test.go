package admincli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vektah/gqlparser/v2/ast"
)

// tree makes the whole command line.
func tree() *cobra.Command {
	return New(Program{Args: []string{"admin"}, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
}

// TestEveryRootFieldIsReachedOrNamed: what the API gets is reached by a verb, or is said not to be, here and in docs/cli.md.
func TestEveryRootFieldIsReachedOrNamed(t *testing.T) {
	t.Parallel()
	reached := map[string]string{}
	for _, n := range nouns {
		reached[n.list], reached[n.get] = n.name+" list", n.name+" get"
		for _, v := range n.verbs {
			if other := reached[v.field]; other != "" && v.only == "" {
				t.Errorf("%s and %s %s call the same field", other, n.name, v.name)
			}
			reached[v.field] = n.name + " " + v.name
		}
	}
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	_, missing, found := strings.Cut(string(page), "\n## Not there\n")
	if !found {
		t.Fatal("docs/cli.md does not say what is not there")
	}
	schema, there := loaded(), map[string]bool{}
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, f := range root.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			there[f.Name] = true
			_, named := absent[f.Name]
			if named == (reached[f.Name] != "") {
				t.Errorf("%s: reached by %q, named as absent: %t", f.Name, reached[f.Name], named)
			}
			if named && !strings.Contains(missing, "`"+f.Name+"`") {
				t.Errorf("docs/cli.md does not say that %s is not there", f.Name)
			}
		}
	}
	for name := range absent {
		if !there[name] {
			t.Errorf("%s is named as absent, and is not in the schema", name)
		}
	}
}

// TestEveryDocumentIsValid: what the commands send without --columns, in each format, is what the API takes.
func TestEveryDocumentIsValid(t *testing.T) {
	t.Parallel()
	valid := func(what, document string) {
		if _, err := parse(document); err != nil {
			t.Errorf("%s: %v\n%s", what, err, document)
		}
	}
	for _, n := range nouns {
		for _, format := range formats {
			s := &session{format: format}
			if n.list != "" {
				_, paths, err := s.choose(n.typeName, n.columns, 0)
				if err != nil {
					t.Errorf("%s list: %v", n.name, err)
				}
				q := queryOf(n.list, &n)
				set := selection(paths)
				if q.connection() {
					set = "{ nodes" + set + "}"
				}
				valid(n.name+" list", q.document(nil, set))
			}
			_, paths, err := s.choose(n.typeName, "", 1)
			if err != nil {
				t.Errorf("%s get: %v", n.name, err)
			}
			if n.get != "" {
				q := queryOf(n.get, &n)
				valid(n.name+" get", q.document(map[string]any{q.field.Arguments[0].Name: ""}, selection(paths)))
			}
			for _, v := range n.verbs {
				c := callOf(&n, v)
				set, columns, err := s.result(c)
				if err != nil || len(columns) == 0 {
					t.Errorf("%s %s: %v", n.name, v.name, err)
				}
				if c.operation == ast.Mutation {
					valid(n.name+" "+v.name, mutation(c.field, set))
					continue
				}
				variables := map[string]any{}
				for _, a := range c.arguments {
					variables[a] = ""
				}
				valid(n.name+" "+v.name, query{field: c.field}.document(variables, set))
			}
		}
	}
}

// TestNoFlagHidesAnother: an input of the API has not the name of a flag of all commands.
func TestNoFlagHidesAnother(t *testing.T) {
	t.Parallel()
	root := tree()
	common := []string{"config"} // of authly
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { common = append(common, f.Name) })
	commands := 0
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		commands++
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if slices.Contains(common, f.Name) && cmd != root {
				t.Errorf("%s has a flag --%s of its own", cmd.CommandPath(), f.Name)
			}
		})
		if cmd.Short == "" {
			t.Errorf("%s does not say what it does", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	if commands < 120 {
		t.Errorf("%d commands", commands)
	}
}

// TestWhatDestroysAsks: a verb that takes something away asks first.
func TestWhatDestroysAsks(t *testing.T) {
	t.Parallel()
	for _, n := range nouns {
		for _, v := range n.verbs {
			for _, begin := range []string{
				"delete", "revoke", "remove", "end", "retire", "rotate", "unassign", "forget", "unlink", "cancel", "reset",
				"bulkDelete", "bulkRevoke", "bulkReset",
			} {
				if strings.HasPrefix(v.field, begin) && v.asks == "" {
					t.Errorf("%s %s does not ask", n.name, v.name)
				}
			}
			if strings.Contains(v.asks, "%s") && v.args == "" {
				t.Errorf("%s %s asks about an argument that it has not", n.name, v.name)
			}
		}
	}
}

func TestColumnsArePathsOfTheSchema(t *testing.T) {
	t.Parallel()
	for columns, want := range map[string]string{
		"id":                        "{ id }",
		"id,address.locality,email": "{ id address { locality } email }",
		"address":                   "{ address { formatted streetAddress locality region postalCode country } }",
		"roles.nodes.name":          "{ roles { nodes { name } } }",
		"nothing":                   `User has no field "nothing"`,
		"id.more":                   "has no fields",
		"address.planet":            `Address has no field "planet"`,
		"__typename":                "has no field",
		"":                          `has no field ""`,
	} {
		got, err := known("User", strings.Split(columns, ","))
		if text := fmt.Sprint(selection(got), err); !strings.Contains(text, want) {
			t.Errorf("%s: %s", columns, text)
		}
	}
}
