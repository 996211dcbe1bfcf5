package admin_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestTypesOfAuthorizationDetailsAreDeclared: each change is told to the trail once, what is wrong is named, and a declaration that
// says which types there are removes the others.
func TestTypesOfAuthorizationDetailsAreDeclared(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	payment := identity.DetailType{Name: "payment", Description: "Pay", Schema: json.RawMessage(`{"type":"object"}`)}
	created, err := f.admin.Scopes.CreateDetailType(f.ctx, payment)
	noError(t, err)
	if created.CreatedAt.IsZero() || created.Name != "payment" {
		t.Errorf("created %+v", created)
	}
	_, err = f.admin.Scopes.CreateDetailType(f.ctx, payment)
	wantError(t, err, coded(identity.CodeDuplicateDetailType))
	for name, wrong := range map[string]identity.DetailType{
		"type": {Name: "a b", Schema: payment.Schema}, "description": {Name: "x", Description: "a\nb", Schema: payment.Schema},
		"schema":  {Name: "x"},
		"schema ": {Name: "x", Schema: json.RawMessage(`{"$ref":"https://attacker.example/"}`)}, "schema  ": {Name: "x", Schema: json.RawMessage(`{"pattern":"("}`)},
		"schema   ": {Name: "x", Schema: json.RawMessage(`{"description":"` + strings.Repeat("x", 16_384) + `"}`)},
	} {
		_, err := f.admin.Scopes.CreateDetailType(f.ctx, wrong)
		wantRefusedFields(t, err, strings.TrimSpace(name)+" VALIDATION_ERROR")
	}
	words := "Pay from your account"
	for range 2 { // the second time nothing changes
		changed, err := f.admin.Scopes.UpdateDetailType(f.ctx, "payment", admin.DetailTypeChange{Description: &words})
		noError(t, err)
		if changed.Description != words || string(changed.Schema) != string(payment.Schema) {
			t.Errorf("changed %+v", changed)
		}
	}
	_, err = f.admin.Scopes.UpdateDetailType(f.ctx, "other", admin.DetailTypeChange{Description: &words})
	wantError(t, err, coded(identity.CodeDetailTypeNotFound))
	if n := len(f.audit(t, identity.ActionDetailTypeSaved)); n != 2 {
		t.Errorf("%d events", n)
	}
	account := identity.DetailType{Name: "account", Schema: json.RawMessage(`{}`)}
	desired := admin.Desired{DetailTypes: []identity.DetailType{account}}
	_, err = f.admin.Declarations.Apply(f.ctx, desired, false)
	noError(t, err)
	desired.Prune = true
	_, err = f.admin.Declarations.Apply(f.ctx, admin.Desired{Prune: true}, false) // says nothing of types
	noError(t, err)
	if types, err := f.admin.Scopes.DetailTypes(f.ctx); err != nil || len(types) != 2 {
		t.Errorf("types %v %v", types, err)
	}
	_, err = f.admin.Declarations.Apply(f.ctx, desired, false)
	noError(t, err)
	if types, err := f.admin.Scopes.DetailTypes(f.ctx); err != nil || len(types) != 1 || types[0].Name != "account" {
		t.Errorf("types %v %v", types, err)
	}
	noError(t, f.admin.Scopes.DeleteDetailType(f.ctx, "account"))
	wantError(t, f.admin.Scopes.DeleteDetailType(f.ctx, "account"), coded(identity.CodeDetailTypeNotFound))
	if n := len(f.audit(t, identity.ActionDetailTypeDeleted)); n != 2 {
		t.Errorf("%d deletions", n)
	}
}
