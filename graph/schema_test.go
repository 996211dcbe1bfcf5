package graph

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

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
			n, ok := s.requirementOf(root, field.Name)
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
	for _, kind := range []identity.ActorKind{
		identity.ActorAnonymous, identity.ActorUser, identity.ActorClient, identity.ActorSystem,
	} {
		if !model.ActorKind(strings.ToUpper(string(kind))).IsValid() {
			t.Errorf("%s is not in the schema", kind)
		}
	}
	for _, kind := range []identity.TargetKind{
		identity.TargetUser, identity.TargetSession, identity.TargetClient, identity.TargetScope, identity.TargetResource,
		identity.TargetGrant, identity.TargetKey, identity.TargetGroup, identity.TargetRole,
		identity.TargetAttribute,
	} {
		if !model.AuditTargetKind(strings.ToUpper(string(kind))).IsValid() {
			t.Errorf("%s is not in the schema", kind)
		}
	}
	for _, outcome := range []identity.Outcome{identity.OutcomeSuccess, identity.OutcomeFailure} {
		if !model.AuditOutcome(strings.ToUpper(string(outcome))).IsValid() {
			t.Errorf("%s is not in the schema", outcome)
		}
	}
}

// domainCode finds the codes that the domain declares.
var domainCode = regexp.MustCompile(`(?m)^\s+Code\w+\s+Code = "(\w+)"`)

func TestEveryCodeOfTheDomainIsTranslated(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "identity", "error.go"))
	check(t, err)
	found := domainCode.FindAllSubmatch(text, -1)
	if len(found) < 25 {
		t.Fatalf("only %d codes were found", len(found))
	}
	for _, match := range found {
		code := identity.Code(match[1])
		if code == identity.CodeUnavailable {
			continue // a code of the transport
		}
		if !codes[code].IsValid() {
			t.Errorf("%s has no code in the schema", code)
		}
	}
}

// TestTheCodesOfThePredecessor: its 29 codes, without the prefix ADMIN_, but for those that nothing here could be told by.
func TestTheCodesOfThePredecessor(t *testing.T) {
	t.Parallel()
	list := strings.Fields(`UNAUTHORIZED INSUFFICIENT_PRIVILEGES TOKEN_EXPIRED TOKEN_INVALID USER_NOT_FOUND USER_ALREADY_EXISTS
		LAST_ADMIN_PROTECTION SELF_ADMIN_REVOKE_DENIED CLIENT_NOT_FOUND CLIENT_ALREADY_EXISTS CLIENT_INVALID_CONFIG
		VALIDATION_FAILED INVALID_INPUT MISSING_REQUIRED_FIELD INTERNAL_ERROR
		RATE_LIMIT_EXCEEDED SCOPE_NOT_FOUND SCOPE_ALREADY_EXISTS SCOPE_IN_USE SCOPE_REQUIRED`)
	if len(list) != 20 {
		t.Fatalf("%d codes", len(list))
	}
	for _, code := range list {
		if !model.UserErrorCode(code).IsValid() {
			t.Errorf("%s is not in the schema", code)
		}
	}
}

// constant finds the actions that the domain declares.
var constant = regexp.MustCompile(`(?m)^\s+Action\w+\s+Action = "([\w.]+)"`)

// TestTheActionsAreDocumented keeps the table of docs/admin-api.md; rewrite it with
// go test ./graph -run TheActionsAreDocumented -update.
func TestTheActionsAreDocumented(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("..", "identity", "audit.go"))
	check(t, err)
	for _, match := range constant.FindAllSubmatch(source, -1) {
		if !identity.Action(match[1]).Known() {
			t.Errorf("%s is not one of identity.Actions", match[1])
		}
	}
	var table strings.Builder
	table.WriteString("| Action | When |\n|---|---|\n")
	for _, a := range identity.Actions {
		table.WriteString("| `" + string(a.Action) + "` | " + a.Meaning + " |\n")
	}
	file := filepath.Join("..", "docs", "admin-api.md")
	text, err := os.ReadFile(file)
	check(t, err)
	before, rest, found := strings.Cut(string(text), "<!-- actions -->\n")
	_, after, ended := strings.Cut(rest, "<!-- /actions -->\n")
	if !found || !ended {
		t.Fatal("docs/admin-api.md has no place for the table")
	}
	want := before + "<!-- actions -->\n" + table.String() + "<!-- /actions -->\n" + after
	if *update {
		check(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	if diff := cmp.Diff(string(text), want); diff != "" {
		t.Errorf("docs/admin-api.md is stale: %s", diff)
	}
}

var update = flag.Bool("update", false, "write docs/schema.graphqls")

// TestTheSchemaIsDocumented keeps docs/schema.graphqls, the reference and what releases are compared with; rewrite it
// with go test ./graph -run TheSchemaIsDocumented -update.
func TestTheSchemaIsDocumented(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString("# The schema of the admin API. Written by: go test ./graph -run TheSchemaIsDocumented -update\n\n")
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(newAPI(t, nil).Handler.(*server).schema)
	path := filepath.Join("..", "docs", "schema.graphqls")
	if *update {
		check(t, os.WriteFile(path, text.Bytes(), 0o600))
	}
	kept, err := os.ReadFile(path)
	check(t, err)
	if diff := cmp.Diff(string(kept), text.String()); diff != "" {
		t.Errorf("docs/schema.graphqls is stale: %s", diff)
	}
}
