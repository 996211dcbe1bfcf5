package graph

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// textClaims are the standard claims that inputs have as a text. The others are read by hand: a boolean cannot be
// cleared, and an address has parts.
var textClaims = func() []identity.StandardClaim {
	var list []identity.StandardClaim
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			list = append(list, claim)
		}
	}
	return list
}()

// claimFields says which fields of an input are textClaims, in their order.
type claimFields[Input any] [][]int

var (
	createClaims = newClaimFields[model.CreateUserInput]()
	updateClaims = newClaimFields[model.UpdateUserInput]()
)

// newClaimFields finds the fields by their names in the schema; a claim that the schema lacks is a fault of the program.
func newClaimFields[Input any]() claimFields[Input] {
	input := reflect.TypeFor[Input]()
	named := inputFields(input)
	var fields claimFields[Input]
	for _, claim := range textClaims {
		index := named[schemaName(claim.Name)]
		if index == nil {
			panic(fmt.Sprintf("graph: %s has no field for the claim %s", input.Name(), claim.Name))
		}
		fields = append(fields, index)
	}
	return fields
}

// at returns the field of the i-th of textClaims.
func (f claimFields[Input]) at(in Input, i int) graphql.Omittable[*string] {
	return reflect.ValueOf(in).FieldByIndex(f[i]).Interface().(graphql.Omittable[*string])
}

// inputFields returns the indexes of the fields of an input type by their names in the schema.
func inputFields(input reflect.Type) map[string][]int {
	named := map[string][]int{}
	for _, field := range reflect.VisibleFields(input) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		named[name] = field.Index
	}
	return named
}

// schemaName returns the name of a claim in the schema: given_name is givenName.
func schemaName(claim string) string {
	words := strings.Split(claim, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}
