package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxCount is where counts with expanded fragments stop growing: doubling fragments would overflow an int.
const maxCount = 1 << 30

// documentStats is how large a selection set is with fragments expanded.
type documentStats struct {
	depth, aliases, fields, introspections int
	top                                    int // fields of the set itself
}

// measurer measures a parsed document. It must come before validation, whose time grows with the square of the
// document; each fragment is measured once, so its own time grows with the document.
type measurer struct {
	limits     Limits
	doc        *ast.QueryDocument
	fragments  map[string]documentStats // zero while being measured, which ends cycles; validation refuses them
	directives int
	selections int // of the largest set
}

// measure returns one error for each structural limit that the document exceeds.
func measure(limits Limits, doc *ast.QueryDocument) gqlerror.List {
	m := &measurer{limits: limits, doc: doc, fragments: map[string]documentStats{}}
	var all documentStats
	var queryFields, mutationFields int
	for _, op := range doc.Operations {
		m.directives += len(op.Directives)
		for _, variable := range op.VariableDefinitions {
			m.directives += len(variable.Directives)
		}
		e := m.set(op.SelectionSet)
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
		m.directives += len(fragment.Directives)
		m.fragment(fragment.Name) // also those that nothing spreads
	}
	var errs gqlerror.List
	for _, limit := range []struct {
		name       string
		value, max int
	}{
		{"operations", len(doc.Operations), limits.Operations},
		{"fragments", len(doc.Fragments), limits.Fragments},
		{"depth", all.depth, limits.Depth},
		{"aliases", all.aliases, limits.Aliases},
		{"rootFields", queryFields, limits.QueryFields},
		{"mutationFields", mutationFields, limits.MutationFields},
		{"selections", m.selections, limits.Selections},
		{"fields", all.fields, limits.Fields},
		{"introspections", all.introspections, limits.Introspections},
		{"directives", m.directives, limits.Directives},
	} {
		if limit.value > limit.max {
			errs = append(errs, limitError(limit.name, limit.max))
		}
	}
	return errs
}

func limitError(name string, limit int) *gqlerror.Error {
	e := newError(codeDocumentLimit, "The document exceeds the limit of %d for %s.", limit, name)
	e.Extensions["limit"], e.Extensions["max"] = name, limit
	return e
}

func (m *measurer) set(set ast.SelectionSet) documentStats {
	m.selections = max(m.selections, len(set))
	var total documentStats
	for _, selection := range set {
		var e documentStats
		switch sel := selection.(type) {
		case *ast.Field:
			m.directives += len(sel.Directives)
			e = m.set(sel.SelectionSet)
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
			m.directives += len(sel.Directives)
			e = m.set(sel.SelectionSet)
		case *ast.FragmentSpread:
			m.directives += len(sel.Directives)
			e = m.fragment(sel.Name)
		}
		total.depth = max(total.depth, e.depth)
		total.aliases = min(total.aliases+e.aliases, maxCount)
		total.fields = min(total.fields+e.fields, maxCount)
		total.introspections = min(total.introspections+e.introspections, maxCount)
		total.top = min(total.top+e.top, maxCount)
	}
	return total
}

func (m *measurer) fragment(name string) documentStats {
	if e, known := m.fragments[name]; known {
		return e
	}
	m.fragments[name] = documentStats{}
	fragment := m.doc.Fragments.ForName(name)
	if fragment == nil {
		return documentStats{} // validation says so
	}
	e := m.set(fragment.SelectionSet)
	m.fragments[name] = e
	return e
}
