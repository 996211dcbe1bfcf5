package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// filled gives every exported field a value of its own, so that one that is written or read as another is seen.
func filled(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"key":%d}`, *n))))
		return
	case uuid.UUID, time.Time, func(string) string:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		filled(v.Index(0), n)
		filled(v.Index(1), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		filled(key, n)
		filled(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				filled(v.Field(i), n)
			}
		}
	}
}

// notExported are the fields of a declaration that say how to begin or how to apply it, and those that each database has of its own.
var notExported = []cmp.Option{
	cmpopts.IgnoreFields(admin.Desired{}, "Prune", "Place"),
	cmpopts.IgnoreFields(admin.DesiredUser{}, "ResetPassword"),
	cmpopts.IgnoreFields(admin.NewUser{}, "Password"),
	cmpopts.IgnoreFields(admin.NewClient{}, "Secret", "BuiltIn"),
	cmpopts.IgnoreFields(identity.IdentityProvider{}, "ID", "Sealed", "CreatedAt", "UpdatedAt", "Version"),
	cmpopts.IgnoreFields(identity.TrustedIssuer{}, "ID", "CreatedAt", "UpdatedAt", "Version"),
	cmpopts.IgnoreFields(identity.AttributeDefinition{}, "ID", "CreatedAt", "UpdatedAt", "Version"),
	cmpopts.IgnoreFields(identity.Scope{}, "BuiltIn", "CreatedAt", "UpdatedAt"),
	cmpopts.IgnoreFields(identity.Resource{}, "CreatedAt", "UpdatedAt"),
	cmpopts.IgnoreFields(identity.DetailType{}, "CreatedAt", "UpdatedAt"),
	cmpopts.IgnoreUnexported(admin.NewUser{}, admin.DesiredUser{}),
	cmpopts.EquateEmpty(),
}

// TestEveryDeclaredFieldIsExported: what is written is what is read, field by field.
func TestEveryDeclaredFieldIsExported(t *testing.T) {
	t.Parallel()
	var want admin.Desired
	n := 0
	filled(reflect.ValueOf(&want).Elem(), &n)
	text, err := exported(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, parsed(t, string(text)), notExported...); diff != "" {
		t.Errorf("what was exported (-) is read as (+):\n%s\n%s", diff, text)
	}
}

// TestEveryClientFieldIsExported does the same with each value that a field of a client can have.
func TestEveryClientFieldIsExported(t *testing.T) {
	t.Parallel()
	for _, f := range clientFields {
		for _, value := range append([]string{`""`}, f.good...) {
			file := fmt.Sprintf("clients:\n- client_id: shop\n  %s: %s\n", f.name, value)
			if f.name == "client_id" {
				file = fmt.Sprintf("clients:\n- client_id: %s\n", value)
			}
			want, read := parseDeclaration([]byte(file), lookup(nil))
			if len(read.faults) > 0 {
				continue // of the wrong type
			}
			text, err := exported(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, parsed(t, string(text)), notExported...); diff != "" {
				t.Errorf("%s: %s is read as (+):\n%s\n%s", f.name, value, diff, text)
			}
		}
	}
}

// TestWhatIsEmptyIsToldFromWhatIsLeftOut: with prune, an empty list takes all away.
func TestWhatIsEmptyIsToldFromWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	empty := admin.Desired{
		Groups: []admin.DesiredGroup{{Path: "/a", Members: []string{}}, {Path: "/b"}}, Settings: map[string]string{},
		Roles: []admin.DesiredRole{{Name: "r", Users: []string{}, Groups: []string{}, AdminScopes: []string{}}},
	}
	text, err := exported(empty)
	if err != nil {
		t.Fatal(err)
	}
	got := parsed(t, string(text))
	if diff := cmp.Diff(empty.Groups, got.Groups) + cmp.Diff(empty.Roles, got.Roles) + cmp.Diff(empty.Settings, got.Settings); diff != "" {
		t.Error(diff)
	}
	if got.Providers == nil || got.Trusted == nil || got.Attributes == nil || got.DetailTypes == nil {
		t.Errorf("%s", text)
	}
	if file, err := declarationOf(admin.Desired{}); err != nil || file.Settings != nil || file.Branding != nil {
		t.Errorf("%+v %v", file, err)
	}
}

// TestALargeExportIsRefused: apply would not read it.
func TestALargeExportIsRefused(t *testing.T) {
	t.Parallel()
	_, err := exported(admin.Desired{Scopes: []identity.Scope{{Name: "large", Description: strings.Repeat("x", maxDeclaration)}}})
	if err == nil || !strings.Contains(err.Error(), "--without-users") {
		t.Error(err)
	}
}

// TestSecretsAreNotWrittenToATerminal: nor is anything read or made before that is said.
func TestSecretsAreNotWrittenToATerminal(t *testing.T) {
	t.Parallel()
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		if terminal, err = os.OpenFile(os.DevNull, os.O_RDWR, 0); err != nil { // a device of characters as well
			t.Fatal(err)
		}
	}
	defer terminal.Close()
	file := filepath.Join(t.TempDir(), "authly.db")
	var errs strings.Builder
	code := run(t.Context(), program{
		args: []string{"export", "--secrets"}, env: []string{"AUTHLY_DATABASE_URL=sqlite:" + file}, stdin: strings.NewReader(""),
		stdout: terminal, stderr: &errs,
	})
	if _, err := os.Stat(file); code != exitUsage || !strings.Contains(errs.String(), "terminal") || err == nil {
		t.Errorf("%d %s %v", code, errs.String(), err)
	}
}
