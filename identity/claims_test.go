package identity_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestEveryStoredClaimIsInTheTableOnce sets one field of Claims after the other and looks which claims of the table
// have changed.
func TestEveryStoredClaimIsInTheTableOnce(t *testing.T) {
	t.Parallel()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[identity.Claims]()) {
		var before, after identity.User
		set(reflect.ValueOf(&after.Claims).Elem().FieldByIndex(field.Index), "x")
		changes := identity.UserChanges(before, after)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if _, ok := changes[name]; !ok || len(changes) != 1 {
			t.Errorf("a change of %s is a change of %v, want only %q", field.Name, changes, name)
		}
		if claim := identity.ClaimNamed(name); claim == nil || claim.Name != name {
			t.Errorf("%s is not found by its name %q", field.Name, name)
		}
	}
	var names []string
	for _, claim := range identity.StandardClaims {
		if slices.Contains(names, claim.Name) {
			t.Errorf("%s is in the table twice", claim.Name)
		}
		names = append(names, claim.Name)
		if !slices.Contains([]string{"profile", "email", "address", "phone"}, claim.Scope) {
			t.Errorf("%s is of no scope of OIDC Core §5.4 but %q", claim.Name, claim.Scope)
		}
	}
}

// set gives a value to a field of Claims.
func set(field reflect.Value, text string) {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		field.SetBool(true)
	default:
		field.Set(reflect.ValueOf(&identity.Address{Country: text}))
	}
}

// TestWhatUsersMayChangeOfTheTable: the claims of the table that users may change are those that are stored and that
// nobody else vouches for.
func TestWhatUsersMayChangeOfTheTable(t *testing.T) {
	t.Parallel()
	vouchedFor := []string{"updated_at", "email", "email_verified", "phone_number_verified"}
	for _, claim := range identity.StandardClaims {
		if claim.SelfService == slices.Contains(vouchedFor, claim.Name) {
			t.Errorf("users may change %s themselves: %v", claim.Name, claim.SelfService)
		}
	}
}

// TestTheClaimsOfAUser: each claim of the table has a value of a user who has everything, and it is what is stored.
func TestTheClaimsOfAUser(t *testing.T) {
	t.Parallel()
	user := identity.User{Username: "alice", Email: "alice@example.org", Verified: true}
	stored := reflect.ValueOf(&user.Claims).Elem()
	for i := range stored.NumField() {
		set(stored.Field(i), "x of "+stored.Type().Field(i).Name)
	}
	for _, claim := range identity.StandardClaims {
		value := claim.Value(&user)
		if value == nil {
			t.Errorf("%s has no value", claim.Name)
		}
		if claim.Text != nil && value != *claim.Text(&user.Claims) {
			t.Errorf("%s is %v, want %q", claim.Name, value, *claim.Text(&user.Claims))
		}
		if _, err := json.Marshal(value); err != nil {
			t.Errorf("%s: %v", claim.Name, err)
		}
	}
}

// TestTheFirstWrongClaimIsNamed: of several wrong claims the same is named each time, the earliest of the table.
func TestTheFirstWrongClaimIsNamed(t *testing.T) {
	t.Parallel()
	var wrong identity.Claims
	var want []string
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			*claim.Text(&wrong) = "\x00"
			want = append(want, claim.Name)
		}
	}
	wrong.Address = &identity.Address{Region: "\x00", Country: "\x00"}
	var named []string
	for range want {
		claim := identity.ClaimNamed(wrongField(wrong))
		if claim == nil {
			t.Fatalf("after %q is named %q", named, wrongField(wrong))
		}
		named = append(named, claim.Name)
		*claim.Text(&wrong) = ""
	}
	if !slices.Equal(named, want) {
		t.Errorf("named are %q, want %q", named, want)
	}
	if got := wrongField(wrong); got != "address.region" {
		t.Errorf("of an address is named %q", got)
	}
}

// wrongField returns the field that the check of claims names, or nothing when it accepts them.
func wrongField(claims identity.Claims) string {
	var e *identity.Error
	if errors.As(claims.Check(), &e) {
		return e.Field
	}
	return ""
}
