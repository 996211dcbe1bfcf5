package graph

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const updateUser = `mutation($input:UpdateUserInput!){updateUser(input:$input){
	user{username email active version name givenName nickname birthdate phoneNumberVerified address{locality country}}
	userErrors{__typename code message path ...on VersionConflict{currentVersion} ...on NotFound{id}}}}`

// problem is a userError without its message.
func problem(typename, code string, more map[string]any, path ...any) map[string]any {
	out := map[string]any{"__typename": typename, "code": code, "path": path}
	for name, value := range more {
		out[name] = value
	}
	return out
}

// problems returns the userErrors of a payload without their messages, which must not be empty.
func (r reply) problems(tb testing.TB, field string) []any {
	tb.Helper()
	list, ok := r.at(field, "userErrors").([]any)
	if !ok || len(r.Errors) > 0 {
		tb.Fatalf("no payload: %d %s", r.status, r.body)
	}
	for _, item := range list {
		object := item.(map[string]any)
		if text, _ := object["message"].(string); text == "" {
			tb.Errorf("no message: %s", r.body)
		}
		delete(object, "message")
	}
	return list
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeUsersWrite)
	both := a.token(t, a.admin, identity.ScopeUsersWrite, identity.ScopeUsersRead)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Claims: identity.Claims{
		GivenName: "Bob", Nickname: "Bobby", Address: &identity.Address{Locality: "Oslo", Country: "NO"},
	}})
	id := model.KindUser.ID(bob.ID)
	update := func(token, members string) reply {
		return a.query(t, token, updateUser, map[string]any{"input": json.RawMessage(`{"id":"` + id + `",` + members + `}`)})
	}
	shown := map[string]any{
		"username": "bob", "email": "bob@id.example", "active": true, "version": 2.0, "name": "Bob", "givenName": "Bob",
		"nickname": nil, "birthdate": "0000-02-29", "phoneNumberVerified": true,
		"address": map[string]any{"locality": "Bergen", "country": "NO"},
	}
	got := update(token, `"nickname":null,"birthdate":"0000-02-29","phoneNumberVerified":true,"address":{"locality":"Bergen"}`)
	if diff := cmp.Diff(shown, got.at("updateUser", "user")); diff != "" || len(got.problems(t, "updateUser")) > 0 {
		t.Error("absent keeps, null clears, a value sets", diff, got.body)
	}
	shown["version"], shown["address"] = 3.0, map[string]any{"locality": "Bergen", "country": nil}
	if diff := cmp.Diff(shown, update(token, `"address":{"country":null}`).at("updateUser", "user")); diff != "" {
		t.Error("null clears in the address too", diff)
	}
	shown["version"], shown["address"] = 4.0, nil
	if diff := cmp.Diff(shown, update(token, `"address":null`).at("updateUser", "user")); diff != "" {
		t.Error("null clears the address", diff)
	}
	if diff := cmp.Diff(shown, update(token, `"nickname":null,"address":{}`).at("updateUser", "user")); diff != "" {
		t.Error("a change of nothing keeps the version", diff)
	}
	for name, c := range map[string]struct {
		members string
		want    []any
	}{
		"null for what cannot be cleared": {
			`"username":null,"email":null,"active":null,"admin":null,"verified":null,"requiresPasswordChange":null,"password":null,"phoneNumberVerified":null`,
			[]any{
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "username"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "email"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "password"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "verified"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "active"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "admin"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "requiresPasswordChange"),
				problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "phoneNumberVerified"),
			},
		},
		"nothing to change":  {`"expectedVersion":4`, []any{problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input")}},
		"an invalid claim":   {`"birthdate":"0000-13-01"`, []any{problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "birthdate")}},
		"a name that exists": {`"username":"ROOT"`, []any{problem("InvalidInput", "USER_ALREADY_EXISTS", nil, "input", "username")}},
		"an address that exists": {
			`"email":"Root@ID.example"`, []any{problem("InvalidInput", "USER_ALREADY_EXISTS", nil, "input", "email")},
		},
		"a weak password": {`"password":"password"`, []any{problem("InvalidInput", "PASSWORD_POLICY_VIOLATION", nil, "input", "password")}},
		"an old version": {
			`"expectedVersion":1,"nickname":"x"`,
			[]any{problem("VersionConflict", "VERSION_CONFLICT", map[string]any{"currentVersion": 4.0}, "input", "expectedVersion")},
		},
	} {
		got := update(token, c.members)
		if diff := cmp.Diff(c.want, got.problems(t, "updateUser")); diff != "" || got.at("updateUser", "user") != nil {
			t.Error(name, diff, got.body)
		}
	}
	got = update(both, `"expectedVersion":3,"nickname":"x"`)
	if diff := cmp.Diff(shown, got.at("updateUser", "user")); diff != "" {
		t.Error("a conflict comes with the current user for whoever may read", diff, got.body)
	}
}

func TestAdministratorsKeepTheirOwnAccess(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	second := a.user(t, admin.NewUser{Username: "second", Email: "second@id.example", Admin: true})
	self, other := model.KindUser.ID(a.admin.ID), model.KindUser.ID(second.ID)
	self1 := []any{problem("InvalidInput", "SELF_ADMIN_REVOKE_DENIED", nil, "input")}
	for _, members := range []string{`"admin":false`, `"active":false`} {
		got := a.query(t, token, updateUser, map[string]any{"input": json.RawMessage(`{"id":"` + self + `",` + members + `}`)})
		if diff := cmp.Diff(self1, got.problems(t, "updateUser")); diff != "" {
			t.Error(members, diff)
		}
	}
	const remove = `mutation($id:ID!){deleteUser(input:{id:$id}){deletedUserId removed{sessions} userErrors{__typename code message path}}}`
	if diff := cmp.Diff(self1, a.query(t, token, remove, map[string]any{"id": self}).problems(t, "deleteUser")); diff != "" {
		t.Error(diff)
	}
	// A service administrator is nobody's self: the last one is protected by the other rule.
	var metadata identity.ClientMetadata
	metadata.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
	metadata.Scope = identity.JoinScope(everything())
	robot, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
		admin.NewClient{ClientID: "robot", Metadata: metadata, Policy: &identity.ClientPolicy{ServiceAdmin: true}})
	check(t, err)
	issued, err := a.domain.Tokens.Issue(t.Context(), identity.Issuance{Client: robot, Scopes: everything()}, nil)
	check(t, err)
	if got := a.query(t, issued.Value, remove, map[string]any{"id": other}); got.at("deleteUser", "deletedUserId") != other {
		t.Fatalf("the second administrator can be deleted: %s", got.body)
	}
	last := []any{problem("InvalidInput", "LAST_ADMIN_PROTECTION", nil, "input")}
	if diff := cmp.Diff(last, a.query(t, issued.Value, remove, map[string]any{"id": self}).problems(t, "deleteUser")); diff != "" {
		t.Error(diff)
	}
	for _, members := range []string{`"admin":false`, `"active":false`} {
		got := a.query(t, issued.Value, updateUser, map[string]any{"input": json.RawMessage(`{"id":"` + self + `",` + members + `}`)})
		if diff := cmp.Diff(last, got.problems(t, "updateUser")); diff != "" {
			t.Error(members, diff)
		}
	}
}

// TestWhatDoesNotExist: every mutation returns the same for an id of nobody and for an id of another kind.
func TestWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	unknown := uuid.MustParse("019d3751-c1ab-7000-8000-000000000001")
	const errors = "userErrors{__typename code message path ...on NotFound{id}}"
	user, session := model.KindUser.ID(unknown), model.KindSession.ID(unknown)
	client, grant := model.KindClient.ID(unknown), model.KindGrant.ID(unknown)
	root := model.KindUser.ID(a.admin.ID)
	for _, c := range []struct {
		field, input, code string
		path               []any
		ids                []string
	}{
		{"updateUser", `{id:%,nickname:"x"}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session, "x", ""}},
		{"deleteUser", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session, unknown.String()}},
		{"resetUserPassword", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"unlockUser", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"removeTotp", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"removePasskey", `{id:%,passkeyId:"` + model.KindPasskey.ID(unknown) + `"}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"removeSecurityKey", `{id:%,securityKeyId:"` + model.KindKey.ID(unknown) + `"}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"unlinkIdentity", `{id:%,linkedIdentityId:"` + model.KindLinked.ID(unknown) + `"}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{
			"updateIdentityProvider", `{id:%,enabled:false}`, "IDENTITY_PROVIDER_NOT_FOUND",
			[]any{"input", "id"},
			[]string{model.KindProvider.ID(unknown), user},
		},
		{"deleteIdentityProvider", `{id:%}`, "IDENTITY_PROVIDER_NOT_FOUND", []any{"input", "id"}, []string{model.KindProvider.ID(unknown), user}},
		{
			"updateTrustedIssuer", `{id:%,enabled:false}`, "TRUSTED_ISSUER_NOT_FOUND",
			[]any{"input", "id"},
			[]string{model.KindTrusted.ID(unknown), user},
		},
		{"deleteTrustedIssuer", `{id:%}`, "TRUSTED_ISSUER_NOT_FOUND", []any{"input", "id"}, []string{model.KindTrusted.ID(unknown), user}},
		{"removeRecoveryCodes", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"createRecoveryLink", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"sendTestEmail", `{userId:%}`, "USER_NOT_FOUND", []any{"input", "userId"}, []string{user, session}},
		{"retryMail", `{id:%}`, "MAIL_NOT_FOUND", []any{"input", "id"}, []string{model.KindMail.ID(unknown), user}},
		{"setUserVerified", `{id:%,verified:true}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session}},
		{"revokeUserSessions", `{id:%}`, "USER_NOT_FOUND", []any{"input", "id"}, []string{user, session, "usr_00000000-0000-0000-0000-000000000000"}},
		{"revokeSession", `{id:%}`, "SESSION_NOT_FOUND", []any{"input", "id"}, []string{session, user}},
		{"revokeSessions", `{by:{ids:[%]}}`, "SESSION_NOT_FOUND", []any{"input", "by", "ids", "0"}, []string{session, user}},
		{"revokeSessions", `{by:{userId:%}}`, "USER_NOT_FOUND", []any{"input", "by", "userId"}, []string{user, session}},
		{"revokeSessions", `{by:{client:%}}`, "CLIENT_NOT_FOUND", []any{"input", "by", "client"}, []string{user}},
		{"revokeUserGrant", `{userId:%,by:{id:"` + grant + `"}}`, "USER_NOT_FOUND", []any{"input", "userId"}, []string{user, session}},
		{"revokeUserGrant", `{userId:"` + root + `",by:{id:%}}`, "GRANT_NOT_FOUND", []any{"input", "by"}, []string{grant}},
		{"revokeUserGrant", `{userId:"` + root + `",by:{id:%}}`, "GRANT_NOT_FOUND", []any{"input", "by", "id"}, []string{client, "gra_00000000-0000-0000-0000-000000000000"}},
		{"revokeUserGrant", `{userId:"` + root + `",by:{client:%}}`, "GRANT_NOT_FOUND", []any{"input", "by"}, []string{client}},
		{"updateClient", `{id:%,name:"x"}`, "CLIENT_NOT_FOUND", []any{"input", "id"}, []string{client, "app", user}},
		{"deleteClient", `{id:%}`, "CLIENT_NOT_FOUND", []any{"input", "id"}, []string{client, "app", user}},
		{"rotateClientSecret", `{id:%}`, "CLIENT_NOT_FOUND", []any{"input", "id"}, []string{client, "app", user}},
	} {
		for _, id := range c.ids {
			document := "mutation{" + c.field + "(input:" + strings.ReplaceAll(c.input, "%", `"`+id+`"`) + "){" + errors + "}}"
			got := a.query(t, token, document, nil)
			want := []any{problem("NotFound", c.code, map[string]any{"id": id}, c.path...)}
			if diff := cmp.Diff(want, got.problems(t, c.field)); diff != "" {
				t.Error(document, diff)
			}
		}
	}
	if got := a.query(t, token, "{me{id}}", nil); got.status != 200 {
		t.Errorf("one of them ended the caller's access: %s", got.body)
	}
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	a.grant(t, bob, a.session(t, bob, false), true, "openid")
	a.session(t, bob, true)
	id := model.KindUser.ID(bob.ID)
	const document = `mutation($input:DeleteUserInput!){deleteUser(input:$input){deletedUserId removed{sessions grants consents}
		userErrors{__typename code message path ...on VersionConflict{currentVersion}}}}`
	got := a.query(t, token, document, map[string]any{"input": map[string]any{"id": id, "expectedVersion": 7}})
	want := []any{problem("VersionConflict", "VERSION_CONFLICT", map[string]any{"currentVersion": 1.0}, "input", "expectedVersion")}
	if diff := cmp.Diff(want, got.problems(t, "deleteUser")); diff != "" {
		t.Error(diff)
	}
	got = a.query(t, token, document, map[string]any{"input": map[string]any{"id": id, "expectedVersion": 1, "pseudonymise": true}})
	if diff := cmp.Diff(map[string]any{"sessions": 2.0, "grants": 1.0, "consents": 0.0}, got.at("deleteUser", "removed")); diff != "" ||
		got.at("deleteUser", "deletedUserId") != id {
		t.Error(diff, got.body)
	}
	got = a.query(t, token, `query($id:ID!){node(id:$id){id} auditEvents(filter:{targetId:$id}){nodes{targetId targetName action}}}`,
		map[string]any{"id": id})
	if got.at("node") != nil || strings.Contains(got.body, "bob") || strings.Count(got.body, id) != strings.Count(got.body, "action") ||
		!strings.Contains(got.body, "user.deleted") {
		t.Errorf("the events stay, under a pseudonym: %s", got.body)
	}
}

func TestResetUserPassword(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeUsersWrite)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	a.grant(t, bob, a.session(t, bob, false), true, "openid")
	a.session(t, bob, false)
	id := model.KindUser.ID(bob.ID)
	const document = `mutation($id:ID!){resetUserPassword(input:{id:$id}){user{requiresPasswordChange version} temporaryPassword
		temporaryPasswordExpiresAt endedSessions endedGrants userErrors{code}}}`
	got := a.query(t, token, document, map[string]any{"id": id})
	first, _ := got.at("resetUserPassword", "temporaryPassword").(string)
	if len(first) != 12 || got.at("resetUserPassword", "endedSessions") != 2.0 || got.at("resetUserPassword", "endedGrants") != 1.0 ||
		got.at("resetUserPassword", "user", "requiresPasswordChange") != true || got.at("resetUserPassword", "user", "version") != 2.0 {
		t.Error(got.body)
	}
	if at := got.at("resetUserPassword", "temporaryPasswordExpiresAt"); at != "2026-11-08T12:00:00.000Z" {
		t.Errorf("expires at %v", at)
	}
	got = a.query(t, token, document, map[string]any{"id": id})
	if second := got.at("resetUserPassword", "temporaryPassword"); second == first || got.at("resetUserPassword", "endedSessions") != 0.0 {
		t.Error(got.body)
	}
	got = a.query(t, token, `mutation($id:ID!){a:resetUserPassword(input:{id:$id}){userErrors{code}} b:resetUserPassword(input:{id:$id}){userErrors{code}}}`,
		map[string]any{"id": id})
	if got.status != 400 || got.codes()[0] != codeCostLimit {
		t.Errorf("two in one operation: %s", got.body)
	}
	if strings.Contains(a.log.String(), first) {
		t.Error("the password is in the log")
	}
}

func TestUnlockAndVerify(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeUsersWrite)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	until := a.now.Add(time.Hour)
	for range 3 {
		_, err := a.store.RecordFailedSignIn(t.Context(), bob.ID, &until)
		check(t, err)
	}
	id := map[string]any{"id": model.KindUser.ID(bob.ID)}
	const fields = "{user{locked failedAttempts lockedUntil verified version} userErrors{code}}"
	got := a.query(t, token, "mutation($id:ID!){setUserVerified(input:{id:$id,verified:true})"+fields+"}", id)
	want := map[string]any{"locked": true, "failedAttempts": 3.0, "lockedUntil": "2026-11-01T13:00:00.000Z", "verified": true, "version": 2.0}
	if diff := cmp.Diff(want, got.at("setUserVerified", "user")); diff != "" {
		t.Error(diff, got.body)
	}
	got = a.query(t, token, "mutation($id:ID!){unlockUser(input:{id:$id})"+fields+"}", id)
	want["locked"], want["failedAttempts"], want["lockedUntil"] = false, 0.0, nil
	if diff := cmp.Diff(want, got.at("unlockUser", "user")); diff != "" {
		t.Error(diff, got.body)
	}
	got = a.query(t, token, "mutation($id:ID!){setUserVerified(input:{id:$id,verified:false})"+fields+"}", id)
	if got.at("setUserVerified", "user", "verified") != false {
		t.Error(got.body)
	}
}
