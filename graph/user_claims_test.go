package graph

import (
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// TestTheSchemaHasEveryClaim: User shows every standard claim, and what is stored of them can be given and changed.
func TestTheSchemaHasEveryClaim(t *testing.T) {
	t.Parallel()
	schema := newAPI(t, nil).Handler.(*server).schema
	for _, claim := range identity.StandardClaims {
		types := []string{"User"}
		if _, stored := inClaims()[claim.Name]; stored {
			types = append(types, "CreateUserInput", "UpdateUserInput")
		}
		for _, name := range types {
			if schema.Types[name].Fields.ForName(schemaName(claim.Name)) == nil {
				t.Errorf("%s has no field %s", name, schemaName(claim.Name))
			}
		}
	}
}

// inClaims lists the claims that identity.Claims has, by what the audit trail says when each is set.
func inClaims() map[string]identity.Change {
	full := identity.Claims{PhoneNumberVerified: true, Address: &identity.Address{Country: "NO"}}
	for _, claim := range textClaims {
		*claim.Text(&full) = "x"
	}
	return identity.UserChanges(identity.User{}, identity.User{Claims: full})
}

// TestInputsSetTheirOwnClaims: each claim of an input reaches its place, and no other.
func TestInputsSetTheirOwnClaims(t *testing.T) {
	t.Parallel()
	create := model.CreateUserInput{Password: &model.InitialPasswordInput{}}
	var update model.UpdateUserInput
	for i, claim := range textClaims {
		value := reflect.ValueOf(graphql.OmittableOf(&claim.Name))
		reflect.ValueOf(&create).Elem().FieldByIndex(createClaims[i]).Set(value)
		reflect.ValueOf(&update).Elem().FieldByIndex(updateClaims[i]).Set(value)
	}
	created := newUser(create).Claims
	change, problems := userChange(update)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var changed identity.Claims
	change.PatchClaims(&changed)
	for _, claim := range textClaims {
		for _, got := range []string{*claim.Text(&created), *claim.Text(&changed)} {
			if got != claim.Name {
				t.Errorf("%s is %q", claim.Name, got)
			}
		}
	}
}

// TestUsersShowTheirOwnClaims: the field of each text shows that text and no other.
func TestUsersShowTheirOwnClaims(t *testing.T) {
	t.Parallel()
	user := &model.User{}
	for _, claim := range textClaims {
		*claim.Text(&user.Claims) = claim.Name
	}
	stored := reflect.TypeFor[identity.Claims]()
	for i := range stored.NumField() {
		name, _, _ := strings.Cut(stored.Field(i).Tag.Get("yaml"), ",")
		claim := identity.ClaimNamed(name)
		if claim.Text == nil {
			continue
		}
		shown := reflect.ValueOf(user).MethodByName(stored.Field(i).Name).Call(nil)[0]
		if got := reflect.Indirect(shown).String(); got != claim.Name {
			t.Errorf("%s is shown as %q", claim.Name, got)
		}
	}
}
