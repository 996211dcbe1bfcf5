package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// most is where counts with expanded fragments stop growing: doubling fragments would overflow an int.
const most = 1 << 30

// extent is how large a selection set is with fragments expanded.
type extent struct {
	depth, aliases, fields, introspections int
	top                                    int // fields of the set itself
}

// surveyor measures a parsed document. It must come before validation, whose time grows with the square of the
// document; each fragment is measured once, so its own time grows with the document.
type surveyor struct {
	limits     Limits
	doc        *ast.QueryDocument
	fragments  map[string]extent // zero while being measured, which ends cycles; validation refuses them
	directives int
	selections int // of the largest set
}

// survey returns one error for each structural limit that the document exceeds.
func survey(limits Limits, doc *ast.QueryDocument) gqlerror.List {
	s := &surveyor{limits: limits, doc: doc, fragments: map[string]extent{}}
	var all extent
	var queryFields, mutationFields int
	for _, op := range doc.Operations {
		s.directives += len(op.Directives)
		for _, variable := range op.VariableDefinitions {
			s.directives += len(variable.Directives)
		}
		e := s.set(op.SelectionSet)
		all.depth = max(all.depth, e.depth)
		all.aliases = max(all.aliases, e.aliases)
		all.fields = max(all.fields, e.fields)
		all.introspections = max(all.introspections, e.introspections)
		if op.Operation == ast.Mutation {
			mutationFields = max(mutationFields, e.top)
		} else {
			queryFields = max(queryFields, e.top)
		}
	}
	for _, fragment := range doc.Fragments {
		s.directives += len(fragment.Directives)
		s.fragment(fragment.Name) // also those that nothing spreads
	}
	var errs gqlerror.List
	for _, m := range []struct {
		name        string
		value, most int
	}{
		{"operations", len(doc.Operations), limits.Operations},
		{"fragments", len(doc.Fragments), limits.Fragments},
		{"depth", all.depth, limits.Depth},
		{"aliases", all.aliases, limits.Aliases},
		{"rootFields", queryFields, limits.QueryFields},
		{"mutationFields", mutationFields, limits.MutationFields},
		{"selections", s.selections, limits.Selections},
		{"fields", all.fields, limits.Fields},
		{"introspections", all.introspections, limits.Introspections},
		{"directives", s.directives, limits.Directives},
	} {
		if m.value > m.most {
			errs = append(errs, limitError(m.name, m.most))
		}
	}
	return errs
}

func limitError(name string, most int) *gqlerror.Error {
	e := newError(codeDocumentLimit, "The document exceeds the limit of %d for %s.", most, name)
	e.Extensions["limit"], e.Extensions["max"] = name, most
	return e
}

func (s *surveyor) set(set ast.SelectionSet) extent {
	s.selections = max(s.selections, len(set))
	var total extent
	for _, selection := range set {
		var e extent
		switch sel := selection.(type) {
		case *ast.Field:
			s.directives += len(sel.Directives)
			e = s.set(sel.SelectionSet)
			if sel.Name == "__schema" || sel.Name == "__type" {
				e.introspections++
				e.depth = 0 // tools need 12 levels and more; validation bounds the lists in it
			}
			e.depth++
			e.fields++
			if sel.Alias != sel.Name {
				e.aliases++
			}
			e.top = 1
		case *ast.InlineFragment:
			s.directives += len(sel.Directives)
			e = s.set(sel.SelectionSet)
		case *ast.FragmentSpread:
			s.directives += len(sel.Directives)
			e = s.fragment(sel.Name)
		}
		total.depth = max(total.depth, e.depth)
		total.aliases = min(total.aliases+e.aliases, most)
		total.fields = min(total.fields+e.fields, most)
		total.introspections = min(total.introspections+e.introspections, most)
		total.top = min(total.top+e.top, most)
	}
	return total
}

func (s *surveyor) fragment(name string) extent {
	if e, known := s.fragments[name]; known {
		return e
	}
	s.fragments[name] = extent{}
	fragment := s.doc.Fragments.ForName(name)
	if fragment == nil {
		return extent{} // validation says so
	}
	e := s.set(fragment.SelectionSet)
	s.fragments[name] = e
	return e
}
