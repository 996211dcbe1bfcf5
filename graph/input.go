package graph

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/authly/authly/graph/model"
)

// coerce returns the variables of an operation (GraphQL §6.1.2) or says which one is wrong, without repeating its
// value.
func (s *server) coerce(op *ast.OperationDefinition, variables map[string]any) (map[string]any, *failure) {
	coerced, err := validator.VariableValues(s.schema, op, variables)
	if err == nil {
		return coerced, nil
	}
	path := ""
	for i, step := range gqlerror.WrapIfUnwrapped(err).Path {
		if name, ok := step.(ast.PathName); ok && i > 0 {
			path += "." + string(name)
		} else if index, ok := step.(ast.PathIndex); ok {
			path += "." + strconv.Itoa(int(index))
		}
	}
	if path == "" {
		path = "."
	}
	return nil, refuse(documentFault, codeBadInput,
		"The variable $%s does not have the type that the operation declares.", path[1:])
}

// inputChecker checks every argument of an operation, from literals and from variables alike: the exact types of
// values, that a oneOf input has exactly one member, and the bounds of @constraint. The executor's coercion is laxer:
// it takes numeric text for Int, any case for enums, and does not look at oneOf in variables.
type inputChecker struct {
	schema    *ast.Schema
	doc       *ast.QueryDocument
	variables map[string]any
	fragments map[string]bool
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
		if err == nil {
			err = c.value(arg.Name, def.Type, def.Directives, value)
		}
		if err != nil {
			e := newError(codeBadInput, "%s.", err)
			e.Locations = []gqlerror.Location{{Line: arg.Position.Line, Column: arg.Position.Column}}
			c.errors = append(c.errors, e)
		}
	}
}

// value checks one value; path names it in the error.
func (c *inputChecker) value(path string, typ *ast.Type, directives ast.DirectiveList, value any) error {
	if value == nil {
		if typ.NonNull {
			return fmt.Errorf("%s must not be null", path)
		}
		return nil
	}
	constraint := directives.ForName("constraint")
	if typ.Elem != nil {
		list, ok := items(value)
		if !ok {
			list = []any{value} // GraphQL §3.11: a single value stands for a list of one
		}
		if most, ok := bound(constraint, "maxItems"); ok && len(list) > most {
			return fmt.Errorf("%s must have at most %d items", path, most)
		}
		for i, item := range list {
			if err := c.value(path+"."+strconv.Itoa(i), typ.Elem, nil, item); err != nil {
				return err
			}
		}
		return nil
	}
	switch def := c.schema.Types[typ.NamedType]; def.Kind {
	case ast.InputObject:
		return c.object(path, def, value)
	case ast.Enum:
		if name, ok := value.(string); !ok || def.EnumValues.ForName(name) == nil {
			return fmt.Errorf("%s must be a value of %s", path, def.Name)
		}
		return nil
	default:
		if !scalarFits(typ.NamedType, value) {
			return fmt.Errorf("%s must be of type %s", path, typ.NamedType)
		}
		return within(path, constraint, value)
	}
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

func (c *inputChecker) object(path string, def *ast.Definition, value any) error {
	members, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%s must be an object of type %s", path, def.Name)
	}
	if def.Directives.ForName("oneOf") != nil {
		if len(members) != 1 {
			return fmt.Errorf("%s must have exactly one member", path)
		}
		for name, member := range members {
			if member == nil {
				return fmt.Errorf("%s.%s must not be null", path, name)
			}
		}
	}
	for _, field := range def.Fields {
		member, given := members[field.Name]
		if !given {
			continue // required members are checked by validation and coercion
		}
		if err := c.value(path+"."+field.Name, field.Type, field.Directives, member); err != nil {
			return err
		}
	}
	return nil
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

// within checks the bounds of a scalar.
func within(path string, constraint *ast.Directive, value any) error {
	if constraint == nil {
		return nil
	}
	if text, ok := value.(string); ok {
		length := utf8.RuneCountInString(text)
		if least, ok := bound(constraint, "minLength"); ok && length < least {
			return fmt.Errorf("%s must have at least %d characters", path, least)
		}
		if most, ok := bound(constraint, "maxLength"); ok && length > most {
			return fmt.Errorf("%s must have at most %d characters", path, most)
		}
		return nil
	}
	n := toInt(value)
	if least, ok := bound(constraint, "min"); ok && n < least {
		return fmt.Errorf("%s must be at least %d", path, least)
	}
	if most, ok := bound(constraint, "max"); ok && n > most {
		return fmt.Errorf("%s must be at most %d", path, most)
	}
	return nil
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
