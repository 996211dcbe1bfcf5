package graph

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/authly/authly/graph/model"
)

// coerce returns the variables of an operation (GraphQL §6.1.2) or says which members of which are wrong and why, all at
// once and always in the same order, without repeating a value.
func (s *server) coerce(op *ast.OperationDefinition, variables map[string]any) (map[string]any, *failure) {
	c := &inputChecker{schema: s.schema}
	for _, v := range op.VariableDefinitions {
		c.at = v.Position
		value, given := variables[v.Variable]
		switch {
		case given:
			c.value("$"+v.Variable, v.Type, nil, value)
		case v.Type.NonNull && v.DefaultValue == nil:
			c.fault("$%s must be given", v.Variable)
		}
	}
	if len(c.errors) > 0 {
		return nil, &failure{status: documentFault, errors: c.errors}
	}
	coerced, err := validator.VariableValues(s.schema, op, variables)
	if err != nil { // nothing that was not found before
		return nil, refuse(documentFault, codeBadInput, "A variable does not have the type that the operation declares.")
	}
	return coerced, nil
}

// inputChecker checks every argument of an operation, from literals and from variables alike: the exact types of
// values, that a oneOf input has exactly one member, and the bounds of @constraint. The executor's coercion is laxer:
// it takes numeric text for Int, any case for enums, and does not look at oneOf in variables.
type inputChecker struct {
	schema    *ast.Schema
	doc       *ast.QueryDocument
	variables map[string]any
	fragments map[string]bool
	at        *ast.Position // of what is being checked
	errors    gqlerror.List
}

func (s *server) checkInputs(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) *failure {
	c := &inputChecker{schema: s.schema, doc: doc, variables: variables}
	c.set(op.SelectionSet)
	if len(c.errors) == 0 {
		return nil
	}
	return &failure{status: documentFault, errors: c.errors}
}

func (c *inputChecker) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			c.field(sel)
			c.set(sel.SelectionSet)
		case *ast.InlineFragment:
			c.set(sel.SelectionSet)
		case *ast.FragmentSpread:
			if c.fragments[sel.Name] {
				continue
			}
			if c.fragments == nil {
				c.fragments = map[string]bool{}
			}
			c.fragments[sel.Name] = true
			c.set(c.doc.Fragments.ForName(sel.Name).SelectionSet)
		}
	}
}

func (c *inputChecker) field(f *ast.Field) {
	for _, arg := range f.Arguments {
		if arg.Value.Kind == ast.Variable {
			if _, given := c.variables[arg.Value.Raw]; !given {
				continue // absent: the argument has its default
			}
		}
		def := f.Definition.Arguments.ForName(arg.Name)
		value, err := arg.Value.Value(c.variables)
		c.at = arg.Position
		if err != nil {
			c.fault("%s cannot be read", arg.Name)
			continue
		}
		c.value(arg.Name, def.Type, def.Directives, value)
	}
}

// mostFaults is how many faults of an input are collected; a response shows fewer.
const mostFaults = 20

// fault notes what is wrong, in a sentence that begins with the path of the value.
func (c *inputChecker) fault(format string, args ...any) {
	if len(c.errors) >= mostFaults {
		return
	}
	e := newError(codeBadInput, format+".", args...)
	if c.at != nil {
		e.Locations = []gqlerror.Location{{Line: c.at.Line, Column: c.at.Column}}
	}
	c.errors = append(c.errors, e)
}

// value checks one value; path names it in the error.
func (c *inputChecker) value(path string, typ *ast.Type, directives ast.DirectiveList, value any) {
	if value == nil {
		if typ.NonNull {
			c.fault("%s must not be null", path)
		}
		return
	}
	constraint := directives.ForName("constraint")
	if typ.Elem != nil {
		c.list(path, typ, constraint, value)
		return
	}
	switch def := c.schema.Types[typ.NamedType]; def.Kind {
	case ast.InputObject:
		c.object(path, def, value)
	case ast.Enum:
		if name, ok := value.(string); !ok || def.EnumValues.ForName(name) == nil {
			c.fault("%s must be a value of %s", path, def.Name)
		}
	default:
		if !scalarFits(typ.NamedType, value) {
			c.fault("%s must be of type %s, not %s", path, typ.NamedType, kindOf(value))
		} else if problem := within(constraint, value); problem != "" {
			c.fault("%s must %s", path, problem)
		}
	}
}

func (c *inputChecker) list(path string, typ *ast.Type, constraint *ast.Directive, value any) {
	list, ok := items(value)
	if !ok {
		list = []any{value} // GraphQL §3.11: a single value stands for a list of one
	}
	if most, ok := bound(constraint, "maxItems"); ok && len(list) > most {
		c.fault("%s must have at most %d items", path, most)
		return
	}
	for i, item := range list {
		c.value(path+"."+strconv.Itoa(i), typ.Elem, nil, item)
	}
}

// kindOf names what stands in place of a value of the right type.
func kindOf(value any) string {
	switch value.(type) {
	case string:
		return "this text"
	case bool:
		return "a Boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return "this number"
}

// items returns the elements of a list. Coercion makes a typed slice of a variable that stands for a list of one.
func items(value any) ([]any, bool) {
	if list, ok := value.([]any); ok {
		return list, true
	}
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice {
		return nil, false
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return list, true
}

func (c *inputChecker) object(path string, def *ast.Definition, value any) {
	members, ok := value.(map[string]any)
	if !ok {
		c.fault("%s must be an object of type %s, not %s", path, def.Name, kindOf(value))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if def.Fields.ForName(name) == nil {
			c.fault("%s is not known in %s", path+"."+printableName(name), def.Name)
		}
	}
	if def.Directives.ForName("oneOf") != nil && !c.one(path, members) {
		return
	}
	for _, field := range def.Fields {
		member, given := members[field.Name]
		switch {
		case given:
			c.value(path+"."+field.Name, field.Type, field.Directives, member)
		case field.Type.NonNull && field.DefaultValue == nil:
			c.fault("%s.%s must be given", path, field.Name)
		}
	}
}

// one checks that an object of a oneOf type has one member that is not null.
func (c *inputChecker) one(path string, members map[string]any) bool {
	if len(members) != 1 {
		c.fault("%s must have exactly one member", path)
		return false
	}
	for name, member := range members {
		if member == nil {
			c.fault("%s.%s must not be null", path, printableName(name))
			return false
		}
	}
	return true
}

// printableName keeps the name of a member fit for a message.
func printableName(name string) string {
	const longest = 64
	name = strings.Map(func(r rune) rune {
		if r < 0x21 || r > 0x7e || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, name)
	return name[:min(len(name), longest)]
}

// scalarFits reports whether a value is of a scalar type exactly (GraphQL §3.5).
func scalarFits(scalar string, value any) bool {
	var err error
	switch scalar {
	case "Int":
		_, err = model.UnmarshalInt(value)
		return err == nil
	case "Float":
		switch value.(type) {
		case int64, float64, json.Number:
			return true
		}
		return false
	case "Boolean":
		_, ok := value.(bool)
		return ok
	case "JSON":
		return true
	case "ID":
		switch value.(type) {
		case string, int64, json.Number:
			return true
		}
		return false
	case "DateTime":
		_, err = model.UnmarshalDateTime(value)
		return err == nil
	case "UUID":
		_, err = model.UnmarshalUUID(value)
		return err == nil
	}
	_, ok := value.(string)
	return ok
}

// within says which bound of a scalar is broken, or nothing.
func within(constraint *ast.Directive, value any) string {
	if constraint == nil {
		return ""
	}
	if text, ok := value.(string); ok {
		length := utf8.RuneCountInString(text)
		if least, ok := bound(constraint, "minLength"); ok && length < least {
			return fmt.Sprintf("have at least %d characters", least)
		}
		if most, ok := bound(constraint, "maxLength"); ok && length > most {
			return fmt.Sprintf("have at most %d characters", most)
		}
		return ""
	}
	n := toInt(value)
	if least, ok := bound(constraint, "min"); ok && n < least {
		return fmt.Sprintf("be at least %d", least)
	}
	if most, ok := bound(constraint, "max"); ok && n > most {
		return fmt.Sprintf("be at most %d", most)
	}
	return ""
}

func bound(constraint *ast.Directive, name string) (int, bool) {
	if constraint == nil {
		return 0, false
	}
	arg := constraint.Arguments.ForName(name)
	if arg == nil {
		return 0, false
	}
	return toInt(literal(arg.Value)), true
}
