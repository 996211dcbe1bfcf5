package admincli

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/authly/authly/graph/schema"
	"github.com/authly/authly/internal/adminclient"
)

// loaded is the schema of the admin API that this program was made with.
var loaded = sync.OnceValue(func() *ast.Schema {
	files := schema.Files()
	sources := make([]*ast.Source, 0, len(files))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sources = append(sources, &ast.Source{Name: name, Input: files[name]})
	}
	return gqlparser.MustLoadSchema(sources...)
})

// rootField returns a field of Query or Mutation.
func rootField(name string) (*ast.FieldDefinition, ast.Operation) {
	if f := loaded().Query.Fields.ForName(name); f != nil {
		return f, ast.Query
	}
	if f := loaded().Mutation.Fields.ForName(name); f != nil {
		return f, ast.Mutation
	}
	panic("admincli: there is no field " + name + " in the schema") // a test looks at each
}

// leaf reports whether a type has no fields of its own.
func leaf(t *ast.Type) bool {
	d := loaded().Types[t.Name()]
	return d != nil && d.IsLeafType()
}

// hidden reports whether a field needs more than the object that it belongs to: a scope, points, or an argument.
func hidden(f *ast.FieldDefinition) bool {
	if f.Directives.ForName("hasScope") != nil || strings.HasPrefix(f.Name, "__") {
		return true
	}
	if c := f.Directives.ForName("cost"); c != nil && c.Arguments.ForName("weight").Value.Raw != "0" {
		return true
	}
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

// plain are the paths of the fields of a type that come without more rights, and of the objects inside it down to a depth.
// Objects that are nodes of their own are not part of another.
func plain(typeName string, depth int) []string {
	var paths []string
	definition := loaded().Types[typeName]
	for _, f := range definition.Fields {
		inner := loaded().Types[f.Type.Name()]
		switch {
		case hidden(f):
		case inner.IsLeafType():
			paths = append(paths, f.Name)
		case depth > 0 && inner.Kind == ast.Object && !slices.Contains(inner.Interfaces, "Node") && inner.Fields.ForName("pageInfo") == nil:
			for _, p := range plain(inner.Name, depth-1) {
				paths = append(paths, f.Name+"."+p)
			}
		}
	}
	return paths
}

// known returns the paths without those that are below another one, and refuses one that the type does not have. A path that
// ends at an object means all that is plain in it.
func known(typeName string, paths []string) ([]string, error) {
	var list []string
	for _, path := range paths {
		definition := loaded().Types[typeName]
		names := strings.Split(path, ".")
		for i, name := range names {
			f := definition.Fields.ForName(name)
			if f == nil || strings.HasPrefix(name, "__") {
				return nil, adminclient.Faultf(adminclient.Usage, "There are: "+strings.Join(fieldNames(definition), ", ")+".",
					"%s has no field %q.", definition.Name, name)
			}
			definition = loaded().Types[f.Type.Name()]
			if definition.IsLeafType() && i < len(names)-1 {
				return nil, adminclient.Faultf(adminclient.Usage, "", "%s of %q has no fields.", name, path)
			}
		}
		if definition.IsLeafType() {
			list = append(list, path)
			continue
		}
		below := plain(definition.Name, 1)
		if len(below) == 0 {
			return nil, adminclient.Faultf(adminclient.Usage, "", "Name a field of %q.", path)
		}
		for _, p := range below {
			list = append(list, path+"."+p)
		}
	}
	return list, nil
}

func fieldNames(d *ast.Definition) []string {
	var names []string
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			names = append(names, f.Name)
		}
	}
	return names
}

// selection writes a selection set of paths.
func selection(paths []string) string {
	if len(paths) == 0 {
		return ""
	}
	var order []string
	below := map[string][]string{}
	for _, p := range paths {
		name, rest, _ := strings.Cut(p, ".")
		if _, seen := below[name]; !seen {
			order, below[name] = append(order, name), nil
		}
		if rest != "" {
			below[name] = append(below[name], rest)
		}
	}
	var text strings.Builder
	text.WriteString("{")
	for _, name := range order {
		text.WriteString(" " + name)
		if below[name] != nil {
			text.WriteString(" " + selection(below[name]))
		}
	}
	text.WriteString(" }")
	return text.String()
}

// parse checks a document against the schema. What is wrong comes from the command line.
func parse(document string) (*ast.QueryDocument, error) {
	q, err := gqlparser.LoadQueryWithRules(loaded(), document, rules.NewDefaultRules())
	if err != nil {
		return nil, adminclient.Faultf(adminclient.Usage, "", "This cannot be asked: %s", err[0].Message)
	}
	return q, nil
}

// check looks whether the variables of a document have their types, and returns what is to be sent.
func check(document string, variables map[string]any) error {
	q, err := parse(document)
	if err != nil {
		return err
	}
	if _, err := validator.VariableValues(loaded(), q.Operations[0], variables); err != nil {
		at, message, _ := strings.Cut(strings.TrimPrefix(err.Error(), "input: "), " ")
		at = strings.TrimPrefix(strings.TrimPrefix(at, "variable."), "input.")
		return adminclient.Faultf(adminclient.Usage, "--help shows what there is.", "%s %s.", at, strings.TrimSuffix(message, "."))
	}
	return nil
}

// sentence is the first sentence of a description, on one line.
func sentence(description string) string {
	text := strings.Join(strings.Fields(description), " ")
	if end := strings.Index(text, ". "); end > 0 {
		text = text[:end+1]
	}
	return text
}
