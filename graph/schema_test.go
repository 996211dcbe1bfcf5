package graph

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func TestEveryRootFieldHasAScope(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	known := map[string]bool{}
	for _, name := range everything() {
		known[name] = true
	}
	for _, root := range []*ast.Definition{s.schema.Query, s.schema.Mutation, s.schema.Subscription} {
		if root == nil {
			continue
		}
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			n, ok := s.needOf(root, field.Name)
			if !ok || len(n.anyOf) == 0 {
				t.Errorf("%s.%s has no @hasScope", root.Name, field.Name)
			}
			for _, all := range n.anyOf {
				if len(all) == 0 {
					t.Errorf("%s.%s: an empty list lets everybody in", root.Name, field.Name)
				}
				for _, scope := range all {
					if !known[scope] {
						t.Errorf("%s.%s: %s is no scope of administration", root.Name, field.Name, scope)
					}
				}
			}
			if !field.Type.NonNull && field.Description != "" {
				continue
			}
			t.Errorf("%s.%s must be nullable and have a description", root.Name, field.Name)
		}
	}
}

func TestEveryTypeHasADescription(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	for name, def := range s.schema.Types {
		if !def.BuiltIn && def.Description == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

func TestNoResolverIsLeftOut(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.resolvers.go")
	check(t, err)
	if len(files) == 0 {
		t.Fatal("no resolvers")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(t, err)
		if strings.Contains(string(text), "not implemented") || strings.Contains(string(text), "!!! WARNING !!!") {
			t.Errorf("%s has a stub", file)
		}
	}
}

func TestEnumsFollowTheDomain(t *testing.T) {
	t.Parallel()
	for _, field := range []identity.UserOrderField{
		identity.UserOrderCreatedAt, identity.UserOrderUpdatedAt, identity.UserOrderLastLoginAt, identity.UserOrderUsername,
		identity.UserOrderEmail, identity.UserOrderName,
	} {
		if !model.UserOrderField(field).IsValid() {
			t.Errorf("%s is not in the schema", field)
		}
	}
	for _, code := range []identity.Code{
		identity.CodeValidation, identity.CodeRequired, identity.CodeDuplicateUsername, identity.CodeDuplicateEmail,
		identity.CodePasswordPolicy, identity.CodeUserNotFound, identity.CodeLastAdmin, identity.CodeSelfAdminRevoke,
		identity.CodeVersionConflict,
	} {
		if !model.UserErrorCode(code).IsValid() {
			t.Errorf("%s is not in the schema", code)
		}
	}
}
