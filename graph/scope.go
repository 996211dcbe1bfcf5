package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// requirement is a root field that an operation selects, with the scopes of its directive @hasScope: all of one of the
// lists.
type requirement struct {
	field   string
	anyOf   [][]string
	limited bool // a scope counts also when it is limited to groups
	stepUp  bool // the directive @stepUp
}

// allowed reports whether the actor has the administrator flag and all scopes of one list, for everybody unless they may be
// limited.
func allowed(actor identity.Actor, anyOf [][]string, limited bool) bool {
	may := actor.MayAdminister
	if limited {
		may = actor.MayReach
	}
	return slices.ContainsFunc(anyOf, func(all []string) bool {
		return !slices.ContainsFunc(all, func(scope string) bool { return !may(scope) })
	})
}

// checkScopes refuses an operation with a root field that the actor may not use.
func checkScopes(actor identity.Actor, requirements []requirement) *failure {
	var f *failure
	for _, n := range requirements {
		if allowed(actor, n.anyOf, n.limited) {
			continue
		}
		if f == nil {
			f = &failure{status: http.StatusForbidden}
			if len(n.anyOf) > 0 {
				f.challenge = &bearer.Challenge{Error: "insufficient_scope", Scope: strings.Join(n.anyOf[0], " ")} // RFC 6750 §3.1
			}
		}
		e := newError(codeForbidden, "The token lacks a scope that %s needs.", n.field)
		e.Extensions["requiredScopes"] = n.anyOf
		f.errors = append(f.errors, e)
	}
	return f
}

// hasScope is the directive @hasScope at run time: the only gate of nested fields, and a second one of root fields.
func hasScope(ctx context.Context, _ any, next graphql.Resolver, anyOf [][]string, limited bool) (any, error) {
	if !allowed(identity.ActorFrom(ctx), anyOf, limited) {
		return nil, identity.Errorf(identity.Forbidden, identity.CodeInsufficientScope,
			"The token lacks a scope that this field needs.")
	}
	return next(ctx)
}

// introspectionScopes are what __schema and __type need. A refusal is an error at the field, because tools ask for the
// schema beside other things and the audits of GraphQL over HTTP want those to be returned.
var introspectionScopes = [][]string{{identity.ScopeSchemaRead}}

func (s *server) mayIntrospect(actor identity.Actor) bool {
	return s.allowIntrospection || allowed(actor, introspectionScopes, false)
}

// requirementsOf lists what the root fields of each operation need. It works on a document that is only parsed, so that
// a caller without rights learns nothing from validation; fields that do not exist need nothing.
func (s *server) requirementsOf(doc *ast.QueryDocument) map[*ast.OperationDefinition][]requirement {
	out := map[*ast.OperationDefinition][]requirement{}
	for _, op := range doc.Operations {
		root := s.rootOf(op)
		seen := map[string]bool{}
		var list []requirement
		var walk func(ast.SelectionSet)
		walk = func(set ast.SelectionSet) {
			for _, selection := range set {
				switch sel := selection.(type) {
				case *ast.Field:
					if n, ok := s.requirementOf(root, sel.Name); ok && !seen[sel.Name] {
						seen[sel.Name] = true
						list = append(list, n)
					}
				case *ast.InlineFragment:
					walk(sel.SelectionSet)
				case *ast.FragmentSpread:
					if fragment := doc.Fragments.ForName(sel.Name); fragment != nil && !seen["..."+sel.Name] {
						seen["..."+sel.Name] = true
						walk(fragment.SelectionSet)
					}
				}
			}
		}
		walk(op.SelectionSet)
		out[op] = list
	}
	return out
}

// rootOf returns the type whose fields an operation selects.
func (s *server) rootOf(op *ast.OperationDefinition) *ast.Definition {
	switch op.Operation {
	case ast.Mutation:
		return s.schema.Mutation
	case ast.Subscription:
		return s.schema.Subscription
	case ast.Query:
	}
	return s.schema.Query
}

func (s *server) requirementOf(root *ast.Definition, field string) (requirement, bool) {
	def := root.Fields.ForName(field)
	if def == nil {
		return requirement{}, false
	}
	directive := def.Directives.ForName("hasScope")
	if directive == nil {
		return requirement{}, false
	}
	n := requirement{
		field: field, anyOf: stringLists(directive.Arguments.ForName("anyOf").Value), stepUp: def.Directives.ForName("stepUp") != nil,
	}
	if limited := directive.Arguments.ForName("limited"); limited != nil {
		n.limited = limited.Value.Raw == "true"
	}
	return n, true
}

func stringLists(v *ast.Value) [][]string {
	lists := make([][]string, len(v.Children))
	for i, inner := range v.Children {
		lists[i] = stringList(inner.Value)
	}
	return lists
}

func stringList(v *ast.Value) []string {
	list := make([]string, len(v.Children))
	for i, item := range v.Children {
		list[i] = item.Value.Raw
	}
	return list
}
