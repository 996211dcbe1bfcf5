package graph

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/authly/authly/graph/playground"
)

// TestTheTabsOfThePlaygroundWork: each example runs, and every noun has one.
func TestTheTabsOfThePlaygroundWork(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	schema, token := a.Handler.(*server).schema, a.token(t, a.admin, everything()...)
	shown := map[string]bool{}
	for _, text := range playground.Examples() {
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		check(t, err)
		if errs := validator.ValidateWithRules(schema, doc, a.Handler.(*server).rules); len(errs) > 0 {
			t.Errorf("%s: %v", text, errs)
			continue
		}
		op := doc.Operations[0]
		if op.Name == "" {
			t.Errorf("a tab without a title: %s", text)
		}
		note(shown, op.SelectionSet)
		if op.Operation == ast.Subscription {
			continue
		}
		body, err := json.Marshal(map[string]string{"query": text})
		check(t, err)
		if got := a.send(t.Context(), token, string(body)).Body.String(); strings.Contains(got, `"errors"`) {
			t.Errorf("%s: %s", op.Name, got)
		}
	}
	for name, def := range schema.Types {
		if def.Kind == ast.Object && (len(def.Interfaces) > 0 && def.Interfaces[0] == "Node" || name == "Scope") && !shown[name] {
			t.Errorf("no tab shows a %s", name)
		}
	}
}

// note notes the types of the fields of a selection.
func note(shown map[string]bool, set ast.SelectionSet) {
	for _, selection := range set {
		if field, ok := selection.(*ast.Field); ok {
			shown[field.Definition.Type.Name()] = true
			note(shown, field.SelectionSet)
		}
	}
}
