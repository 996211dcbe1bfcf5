package graph

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// clientField is a field of the metadata or of the policy of a client.
type clientField struct {
	domain string // its name in RFC 7591, or in the policy
	name   string // in the schema
	index  int
	policy bool
}

// clientFields are all that is stored of a client's registration.
var clientFields = slices.Concat(fieldsOf[identity.ClientMetadata](false), fieldsOf[identity.ClientPolicy](true))

func fieldsOf[Document any](policy bool) []clientField {
	document := reflect.TypeFor[Document]()
	fields := make([]clientField, document.NumField())
	for i := range fields {
		name, _, _ := strings.Cut(document.Field(i).Tag.Get("json"), ",")
		fields[i] = clientField{domain: name, name: model.ClientFieldName(name), index: i, policy: policy}
	}
	return fields
}

// of returns the field of one client.
func (f clientField) of(m *identity.ClientMetadata, p *identity.ClientPolicy) reflect.Value {
	if f.policy {
		return reflect.ValueOf(p).Elem().Field(f.index)
	}
	return reflect.ValueOf(m).Elem().Field(f.index)
}

// set puts a value of an input into the field; nil is the default.
func (f clientField) set(m *identity.ClientMetadata, p *identity.ClientPolicy, value any) {
	field := f.of(m, p)
	if value == nil {
		policy := identity.DefaultPolicy()
		field.Set(f.of(&identity.ClientMetadata{}, &policy))
		return
	}
	if field.Type() == reflect.TypeFor[json.RawMessage]() {
		field.SetBytes(rawJSON(value))
		return
	}
	if field.Kind() == reflect.Map {
		field.Set(reflect.ValueOf(textsOf(value)))
		return
	}
	switch value := value.(type) {
	case string:
		field.SetString(value)
	case bool:
		field.SetBool(value)
	case int:
		if field.Kind() == reflect.Pointer {
			field.Set(reflect.ValueOf(&value))
			return
		}
		field.SetInt(int64(value))
	case []string:
		setTexts(field, value)
	}
}

// textsOf reads an object of texts. What is none is refused with everything else that is wrong: no field has the name "".
func textsOf(value any) map[string]string {
	members, ok := value.(map[string]any)
	if !ok {
		return map[string]string{"": ""}
	}
	texts := map[string]string{}
	for name, member := range members {
		if texts[name], ok = member.(string); !ok {
			return map[string]string{"": ""}
		}
	}
	return texts
}

// rawJSON is the text of a value of the scalar JSON.
func rawJSON(value any) json.RawMessage {
	text, err := json.Marshal(value)
	if err != nil {
		panic("graph: marshal JSON: " + err.Error()) // what came from JSON always marshals
	}
	return text
}

// setTexts sets a list of texts, or the one text of scope values.
func setTexts(field reflect.Value, texts []string) {
	if field.Kind() == reflect.String {
		field.SetString(scopeOf(texts))
		return
	}
	list := reflect.MakeSlice(field.Type(), len(texts), len(texts))
	for i, text := range texts {
		list.Index(i).SetString(text)
	}
	if len(texts) == 0 { // as it is read from the store
		list = reflect.Zero(field.Type())
	}
	field.Set(list)
}

// scopeOf is the wire form of a list of scope values. One that is no value, but empty or several, is quoted, and so
// refused with everything else that is wrong (RFC 6749 §3.3 has no quotes).
func scopeOf(values []string) string {
	quoted := slices.Clone(values)
	for i, value := range values {
		if value == "" || strings.Contains(value, " ") {
			quoted[i] = `"` + value + `"`
		}
	}
	return identity.JoinScope(quoted)
}

// clientInput says which fields of an input are clientFields, in their order.
type clientInput[Input any] [][]int

var (
	createClientInput = newClientInput[model.CreateClientInput]()
	updateClientInput = newClientInput[model.UpdateClientInput]()
)

// newClientInput finds the fields by their names in the schema; one that the schema lacks is a fault of the program.
func newClientInput[Input any]() clientInput[Input] {
	input := reflect.TypeFor[Input]()
	named := inputFields(input)
	var fields clientInput[Input]
	for _, f := range clientFields {
		index := named[f.name]
		if index == nil {
			panic(fmt.Sprintf("graph: %s has no field %s", input.Name(), f.name))
		}
		fields = append(fields, index)
	}
	return fields
}

// patch reads what an input says of the registration: absent keeps, null is the default. Nil when it says nothing. A profile that is
// given sets the fields of which the input says nothing.
func (c clientInput[Input]) patch(in Input) func(*identity.ClientMetadata, *identity.ClientPolicy) {
	given := map[int]any{}
	for i, index := range c {
		if value, ok := givenValue(reflect.ValueOf(in).FieldByIndex(index).Interface()); ok {
			given[i] = value
		}
	}
	if len(given) == 0 {
		return nil
	}
	said := func(domain string) bool {
		i := slices.IndexFunc(clientFields, func(f clientField) bool { return f.domain == domain })
		return given[i] != nil
	}
	return func(m *identity.ClientMetadata, p *identity.ClientPolicy) {
		for i, value := range given {
			clientFields[i].set(m, p, value)
		}
		if said("profile") {
			p.Profile.Set(m, p, said)
		}
	}
}

// givenValue returns the value of a field of an input, nil for null, and whether it is given.
func givenValue(field any) (any, bool) {
	switch field := field.(type) {
	case graphql.Omittable[*string]:
		return pointedTo(field)
	case graphql.Omittable[*bool]:
		return pointedTo(field)
	case graphql.Omittable[*int]:
		return pointedTo(field)
	case graphql.Omittable[[]string]:
		if field.Value() == nil {
			return nil, field.IsSet()
		}
		return field.Value(), true
	case graphql.Omittable[any]:
		return field.Value(), field.IsSet()
	}
	panic(fmt.Sprintf("graph: no field of a client is a %T", field))
}

func pointedTo[T any](field graphql.Omittable[*T]) (any, bool) {
	if field.Value() == nil {
		return nil, field.IsSet()
	}
	return *field.Value(), true
}
