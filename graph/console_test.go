package graph_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// TestTheConsoleFitsTheSchema holds, without Node, that a change of the schema does not break the documents of the console, and that
// each of its mutations happens once.
func TestTheConsoleFitsTheSchema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	document, errs := gqlparser.LoadQueryWithRules(schema, consoleDocuments(t), rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	mutations := 0
	for _, operation := range document.Operations {
		if operation.Operation != ast.Mutation {
			continue
		}
		mutations++
		for _, selection := range operation.SelectionSet {
			if field, ok := selection.(*ast.Field); !ok || field.Directives.ForName("idempotent") == nil {
				t.Errorf("%s: a root field without @idempotent", operation.Name)
			}
		}
	}
	if mutations == 0 {
		t.Error("the console has no mutation")
	}
}

// consoleDocuments returns all documents of the console as one, as its types are generated from all of them together.
func consoleDocuments(t *testing.T) string {
	t.Helper()
	var all []byte
	err := filepath.WalkDir("../console/src", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".graphql" {
			return err
		}
		text, err := os.ReadFile(path)
		all = append(append(all, text...), '\n')
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}
