package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

const bulkPayload = `{changed unchanged refused userErrors{code path}
	results{id changed temporaryPassword temporaryPasswordExpiresAt userErrors{code path}}}}`

// bulk sends a bulk mutation with the members of its input.
func (a *api) bulk(tb testing.TB, token, field, kind string, ids []string, more string) reply {
	tb.Helper()
	list, err := json.Marshal(ids)
	check(tb, err)
	return a.query(tb, token, "mutation($input:"+kind+"!){"+field+"(input:$input)"+bulkPayload,
		map[string]any{"input": json.RawMessage(`{"ids":` + string(list) + more + `}`)})
}

// summary returns changed, unchanged and refused.
func (r reply) summary(field string) []any {
	return []any{r.at(field, "changed"), r.at(field, "unchanged"), r.at(field, "refused")}
}

func TestBulkUpdateUsers(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := model.KindUser.ID(a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"}).ID)
		carol := model.KindUser.ID(a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example", Inactive: true}).ID)
		root, nobody := model.KindUser.ID(a.admin.ID), model.KindUser.ID(a.client.ID)
		ids := []string{"x", bob, root, nobody, carol}
		refused := func(code string) []any {
			return []any{map[string]any{"code": code, "path": []any{"input", "ids"}}}
		}
		result := func(id string, changed bool, problems []any) map[string]any {
			return map[string]any{"id": id, "changed": changed, "temporaryPassword": nil, "temporaryPasswordExpiresAt": nil, "userErrors": problems}
		}
		want := []any{
			result("x", false, refused("USER_NOT_FOUND")), result(bob, true, []any{}),
			result(root, false, []any{map[string]any{"code": "SELF_ADMIN_REVOKE_DENIED", "path": []any{"input"}}}),
			result(nobody, false, refused("USER_NOT_FOUND")), result(carol, false, []any{}),
		}
		for _, dry := range []bool{true, false} {
			got := a.bulk(t, token, "bulkUpdateUsers", "BulkUpdateUsersInput", ids, fmt.Sprintf(`,"active":false,"dryRun":%v`, dry))
			if diff := cmp.Diff(want, got.at("bulkUpdateUsers", "results")); diff != "" {
				t.Errorf("dry run %v: %s %s", dry, diff, got.body)
			}
			if diff := cmp.Diff([]any{1.0, 1.0, 3.0}, got.summary("bulkUpdateUsers")); diff != "" {
				t.Error(diff)
			}
			now := a.query(t, token, `{user(by:{username:"bob"}){active}}`, nil)
			if now.at("user", "active") != dry {
				t.Errorf("dry run %v: %s", dry, now.body)
			}
		}
		for more, want := range map[string][]any{
			``: {map[string]any{"code": "MISSING_REQUIRED_FIELD", "path": []any{"input"}}},
			`,"active":null,"admin":true`: {
				map[string]any{"code": "MISSING_REQUIRED_FIELD", "path": []any{"input", "active"}},
			},
		} {
			got := a.bulk(t, token, "bulkUpdateUsers", "BulkUpdateUsersInput", ids, more)
			if diff := cmp.Diff(want, got.at("bulkUpdateUsers", "userErrors")); diff != "" {
				t.Error(more, diff, got.body)
			}
		}
		for name, ids := range map[string][]string{"no ids": {}, "an id twice": {bob, bob}} {
			got := a.bulk(t, token, "bulkUpdateUsers", "BulkUpdateUsersInput", ids, `,"verified":true`)
			want := []any{map[string]any{"code": "VALIDATION_FAILED", "path": []any{"input", "ids"}}}
			if diff := cmp.Diff(want, got.at("bulkUpdateUsers", "userErrors")); diff != "" {
				t.Error(name, diff, got.body)
			}
		}
	})
}

// TestAThousandIdsFit: body, variables and bounds let exactly 1000 users pass.
func TestAThousandIdsFit(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	ids := make([]string, 1001)
	for i := range ids {
		ids[i] = model.KindUser.ID(uuid.Must(uuid.NewV7()))
	}
	ids[0] = model.KindUser.ID(a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"}).ID)
	for field, kind := range map[string]string{
		"bulkUpdateUsers": "BulkUpdateUsersInput", "bulkRevokeSessions": "BulkRevokeSessionsInput", "bulkDeleteUsers": "BulkDeleteUsersInput",
	} {
		more := `,"dryRun":true`
		if field == "bulkUpdateUsers" {
			more += `,"verified":true`
		}
		got := a.bulk(t, token, field, kind, ids[:1000], more)
		if got.at(field, "refused") != 999.0 || len(got.at(field, "results").([]any)) != 1000 {
			t.Errorf("%s: %d %.300s", field, got.status, got.body)
		}
		if got := a.bulk(t, token, field, kind, ids, more); got.status != 400 || got.codes()[0] != codeBadRequest {
			t.Errorf("%s: 1001: %d %.300s", field, got.status, got.body)
		}
	}
	literal := `mutation{bulkDeleteUsers(input:{ids:["` + strings.Join(ids[:3], `","`) + `"],dryRun:true})` + bulkPayload
	if got := a.query(t, token, literal, nil); got.at("bulkDeleteUsers", "changed") != 1.0 {
		t.Error(got.body)
	}
}

func TestOtherBulkOperations(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		a.session(t, bob, false)
		ids := []string{model.KindUser.ID(bob.ID), model.KindUser.ID(carol.ID)}
		summary := func(name string, got reply, field string, want ...any) {
			t.Helper()
			if diff := cmp.Diff(want, got.summary(field)); diff != "" || len(got.Errors) > 0 {
				t.Error(name, diff, got.body)
			}
		}
		for _, more := range []string{`,"dryRun":true`, ``} {
			summary("revoke"+more, a.bulk(t, token, "bulkRevokeSessions", "BulkRevokeSessionsInput", ids, more), "bulkRevokeSessions", 1.0, 1.0, 0.0)
		}
		summary("revoke again", a.bulk(t, token, "bulkRevokeSessions", "BulkRevokeSessionsInput", ids, ``), "bulkRevokeSessions", 0.0, 2.0, 0.0)
		got := a.bulk(t, token, "bulkResetPasswords", "BulkResetPasswordsInput", ids, `,"dryRun":true`)
		summary("reset", got, "bulkResetPasswords", 2.0, 0.0, 0.0)
		if strings.Contains(got.body, `"temporaryPassword":"`) && got.at("bulkResetPasswords", "results").([]any)[0].(map[string]any)["temporaryPassword"] != nil {
			t.Errorf("a dry run makes no password: %s", got.body)
		}
		got = a.bulk(t, token, "bulkResetPasswords", "BulkResetPasswordsInput", ids, ``)
		summary("reset", got, "bulkResetPasswords", 2.0, 0.0, 0.0)
		seen := map[any]bool{}
		for _, r := range got.at("bulkResetPasswords", "results").([]any) {
			password, _ := r.(map[string]any)["temporaryPassword"].(string)
			if len(password) != 12 || seen[password] || r.(map[string]any)["temporaryPasswordExpiresAt"] != "2026-11-08T12:00:00.000Z" {
				t.Error(got.body)
			}
			seen[password] = true
		}
		for _, more := range []string{`,"dryRun":true`, ``} {
			got := a.bulk(t, token, "bulkDeleteUsers", "BulkDeleteUsersInput", append([]string{model.KindUser.ID(a.admin.ID)}, ids...), more)
			summary("delete"+more, got, "bulkDeleteUsers", 2.0, 0.0, 1.0)
			left := a.query(t, token, `{users{totalCount{value}}}`, nil)
			if want := map[string]float64{`,"dryRun":true`: 3, ``: 1}[more]; left.at("users", "totalCount", "value") != want {
				t.Errorf("delete%s: %s", more, left.body)
			}
		}
	})
}
