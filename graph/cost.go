package graph

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/identity/admin"
)

// introspectionCost is the price of __schema and of __type, with everything below.
const introspectionCost = 50

// price is what the directives @cost and @listSize say about a field.
type price struct {
	weight     int
	list       bool
	connection bool // a list whose items are below its sized fields
	assumed    int
	slicing    []string // arguments that give the length
	sized      bool     // a field of a connection that is paid once for each item
}

// priceList reads the prices of a schema. Without @cost an object costs 1, a scalar or enum 0.
func priceList(schema *ast.Schema) map[*ast.FieldDefinition]price {
	prices := map[*ast.FieldDefinition]price{}
	sized := map[*ast.FieldDefinition]bool{}
	for _, def := range schema.Types {
		for _, field := range def.Fields {
			target := schema.Types[field.Type.Name()]
			var p price
			if target.IsCompositeType() {
				p.weight = 1
			}
			if cost := field.Directives.ForName("cost"); cost != nil {
				weight, err := strconv.Atoi(cost.Arguments.ForName("weight").Value.Raw)
				if err != nil {
					panic("graph: @cost of " + def.Name + "." + field.Name + ": " + err.Error()) // the schema is ours
				}
				p.weight = weight
			}
			if size := field.Directives.ForName("listSize"); size != nil {
				p.list, p.assumed = true, admin.DefaultPageSize
				if arg := size.Arguments.ForName("assumedSize"); arg != nil {
					p.assumed = toInt(literal(arg.Value))
				}
				if arg := size.Arguments.ForName("slicingArguments"); arg != nil {
					p.slicing = stringList(arg.Value)
				}
				if arg := size.Arguments.ForName("sizedFields"); arg != nil {
					p.connection = true
					for _, name := range stringList(arg.Value) {
						sized[target.Fields.ForName(name)] = true
					}
				}
			}
			prices[field] = p
		}
	}
	for field := range sized {
		p := prices[field]
		p.sized = true
		prices[field] = p
	}
	return prices
}

// points are the cost of a selection set: what is paid once, and what is paid for each item of the list that it belongs
// to.
type points struct{ once, each int }

func (p points) plus(q points) points {
	return points{once: min(p.once+q.once, maxCount), each: min(p.each+q.each, maxCount)}
}

// meter adds up the cost of an operation of a valid document. Each fragment is added up once, so the time grows with
// the document; the walker of gqlgen itself needs exponential time for nested fragments.
type meter struct {
	schema    *ast.Schema
	prices    map[*ast.FieldDefinition]price
	doc       *ast.QueryDocument
	variables map[string]any
	fragments map[string]points
}

// cost returns the points of an operation. Directives @skip and @include do not lower it.
func (s *server) cost(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) int {
	m := &meter{schema: s.schema, prices: s.prices, doc: doc, variables: variables}
	total := m.set(s.rootOf(op), op.SelectionSet)
	return min(total.once+total.each, maxCount)
}

// set adds up a selection set. Of the branches for different types of an interface the dearest counts, for an object is
// only one of them.
func (m *meter) set(parent *ast.Definition, set ast.SelectionSet) points {
	var total points
	var branches map[string]points
	add := func(condition string, p points) {
		target := m.schema.Types[condition]
		if condition == "" || condition == parent.Name || !parent.IsAbstractType() || target == nil || target.IsAbstractType() {
			total = total.plus(p)
			return
		}
		if branches == nil {
			branches = map[string]points{}
		}
		branches[condition] = branches[condition].plus(p)
	}
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			total = total.plus(m.field(sel))
		case *ast.InlineFragment:
			inner := parent
			if target := m.schema.Types[sel.TypeCondition]; target != nil {
				inner = target
			}
			add(sel.TypeCondition, m.set(inner, sel.SelectionSet))
		case *ast.FragmentSpread:
			fragment := m.doc.Fragments.ForName(sel.Name)
			add(fragment.TypeCondition, m.fragment(fragment))
		}
	}
	var dearest points
	for _, p := range branches {
		dearest.once, dearest.each = max(dearest.once, p.once), max(dearest.each, p.each)
	}
	return total.plus(dearest)
}

func (m *meter) fragment(fragment *ast.FragmentDefinition) points {
	if p, known := m.fragments[fragment.Name]; known {
		return p
	}
	p := m.set(m.schema.Types[fragment.TypeCondition], fragment.SelectionSet)
	if m.fragments == nil {
		m.fragments = map[string]points{}
	}
	m.fragments[fragment.Name] = p
	return p
}

func (m *meter) field(f *ast.Field) points {
	if f.Name == "__schema" || f.Name == "__type" {
		return points{once: introspectionCost}
	}
	p, known := m.prices[f.Definition]
	if !known {
		return points{} // __typename
	}
	var below points
	if len(f.SelectionSet) > 0 {
		below = m.set(m.schema.Types[f.Definition.Type.Name()], f.SelectionSet)
	}
	cost := min(p.weight+below.once+below.each, maxCount)
	switch {
	case p.connection:
		cost = min(p.weight+below.once+m.length(f, p)*max(1, below.each), maxCount)
	case p.list:
		cost = min(p.weight+m.length(f, p)*max(1, below.once), maxCount)
	}
	if p.sized {
		return points{each: cost}
	}
	return points{once: cost}
}

func (m *meter) length(f *ast.Field, p price) int {
	n := -1
	for _, name := range p.slicing {
		value := argument(f, name, m.variables)
		if list, ok := items(value); ok {
			n = max(n, len(list))
		} else if value != nil {
			n = max(n, toInt(value))
		}
	}
	if n < 0 {
		return p.assumed
	}
	return min(n, maxCount>>16) // times a cost of at most `maxCount` still fits an int
}

// argument returns the value of an argument, its default if it is absent, or nil.
func argument(f *ast.Field, name string, variables map[string]any) any {
	given := f.Arguments.ForName(name)
	if given == nil {
		return literal(f.Definition.Arguments.ForName(name).DefaultValue)
	}
	value, err := given.Value.Value(variables)
	if err != nil {
		return nil
	}
	return value
}

// literal evaluates a value of the schema, which has no variables.
func literal(v *ast.Value) any {
	value, err := v.Value(nil)
	if err != nil {
		return nil
	}
	return value
}

func toInt(value any) int {
	switch n := value.(type) {
	case int64:
		return int(n)
	case json.Number:
		if i, err := n.Int64(); err == nil {
			return int(i)
		}
	}
	return 0
}
