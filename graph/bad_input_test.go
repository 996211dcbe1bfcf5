package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// exact is what a response says, without what differs between runs.
type exact struct {
	Status  int
	Code    string
	Message string
	Field   any
	Data    bool
}

func exactly(r reply) exact {
	e := exact{Status: r.status, Data: r.hasData}
	if len(r.Errors) > 0 {
		e.Code, e.Message, e.Field = r.codes()[0], r.Errors[0].Message, r.Errors[0].Extensions["field"]
	}
	return e
}

// TestBadInput has the exact response to each sort of bad input.
func TestBadInput(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	for i := range 3 {
		a.session(t, a.admin, false)
		a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
	}
	cursor := func(field, args string) string {
		got := a.query(t, token, "{"+field+"("+args+"){pageInfo{endCursor}}}", nil)
		text, _ := got.at(field, "pageInfo", "endCursor").(string)
		if text == "" {
			t.Fatal(got.body)
		}
		return text
	}
	users, sessions, audit := cursor("users", "first:1"), cursor("sessions", "first:1"), cursor("auditEvents", "first:1")
	clients := cursor("clients", "first:1")
	long := strings.Repeat("x", 10_000)
	other := model.KindClient.ID(a.client.ID)
	badInput := func(message string) exact { return exact{Status: 400, Code: "INVALID_INPUT", Message: message} }
	invalid := func(field, message string) exact {
		about := (&identity.Error{Code: identity.CodeValidation, Detail: message}).MessageAbout(field)
		return exact{Status: 200, Code: "VALIDATION_FAILED", Message: about, Field: field, Data: true}
	}
	noGrantType := invalid("filter.grantType",
		"Must be authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:device_code, "+
			"urn:ietf:params:oauth:grant-type:token-exchange, urn:ietf:params:oauth:grant-type:jwt-bearer, "+
			"urn:openid:params:grant-type:ciba, implicit or password.")
	noMethod := invalid("filter.tokenEndpointAuthMethod", "Must be one of client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, "+
		"tls_client_auth, self_signed_tls_client_auth, none.")
	const notOurs = "Must be a cursor of this list."
	for _, c := range []struct {
		name, declared, variable, use string
		want                          exact
	}{
		{"first 0", "Int", `0`, "users(first:$v){nodes{id}}", badInput("first must be at least 1.")},
		{"first 101", "Int", `101`, "sessions(first:$v){nodes{id}}", badInput("first must be at most 100.")},
		{"first -1", "Int", `-1`, "auditEvents(first:$v){nodes{id}}", badInput("first must be at least 1.")},
		{"last 101", "Int", `101`, "users(last:$v){nodes{id}}", badInput("last must be at most 100.")},
		{"nested first 51", "Int", `51`, "me{sessions(first:$v){nodes{id}}}", badInput("first must be at most 50.")},
		{"two page directions", "Int", `1`, "users(first:$v,last:$v){nodes{id}}", invalid("first", "Give first or last, not both.")},
		{"two nested directions", "Int", `1`, "me{auditEvents(first:$v,last:$v){nodes{id}}}", invalid("first", "Give first or last, not both.")},
		{"a cursor of another order", "String", users, "users(after:$v,orderBy:{field:EMAIL}){nodes{id}}", invalid("after", notOurs)},
		{"a cursor of another filter", "String", users, "users(after:$v,filter:{active:true}){nodes{id}}", invalid("after", notOurs)},
		{"a cursor of another search", "String", users, `users(after:$v,search:"user"){nodes{id}}`, invalid("after", notOurs)},
		{"a cursor of another list", "String", sessions, "users(after:$v){nodes{id}}", invalid("after", notOurs)},
		{"users in sessions", "String", users, "sessions(after:$v){nodes{id}}", invalid("after", notOurs)},
		{"another direction", "String", sessions, "sessions(after:$v,orderBy:{field:CREATED_AT,direction:ASC}){nodes{id}}", invalid("after", notOurs)},
		{"sessions of all in one user's", "String", sessions, "me{sessions(after:$v){nodes{id}}}", invalid("after", notOurs)},
		{"audit of all in one user's", "String", audit, "me{auditEvents(before:$v){nodes{id}}}", invalid("before", notOurs)},
		{"no cursor", "String", "AAAA", "auditEvents(after:$v){nodes{id}}", invalid("after", notOurs)},
		{"a changed cursor", "String", users[:len(users)-2] + "AA", "users(after:$v){nodes{id}}", invalid("after", notOurs)},
		{"a long cursor", "String", long, "users(after:$v){nodes{id}}", invalid("after", "Must be at most 4096 characters.")},
		{"NUL in a search", "String", "a\x00b", "users(search:$v){nodes{id}}", invalid("search", "Must not have control characters.")},
		{"NUL in a filter", "String", "a\x00b", "users(filter:{email:{contains:$v}}){nodes{id}}", invalid("filter.email", "Must not have control characters.")},
		{"NUL in the audit", "String", "a\x00", "auditEvents(filter:{actorName:$v}){nodes{id}}", invalid("filter.actorName", "Must not have control characters.")},
		{"a long search", "String", long, "users(search:$v){nodes{id}}", badInput("search must have at most 100 characters.")},
		{"a long filter", "String", long, "users(filter:{username:{eq:$v}}){nodes{id}}", invalid("filter.username", "Must be at most 255 bytes.")},
		{"a long text in the audit", "String", long, "auditEvents(filter:{requestId:$v}){nodes{id}}", invalid("filter.requestId", "Must be at most 255 bytes.")},
		{"NUL in a scope", "String", "a\x00", "clients(filter:{scope:$v}){nodes{id}}", invalid("filter.scope", "Must not have control characters.")},
		{"a long resource", "String", long, "clients(filter:{resource:$v}){nodes{id}}", badInput("filter.resource must have at most 2048 characters.")},
		{"no grant type", "String", "token", "clients(filter:{grantType:$v}){nodes{id}}", noGrantType},
		{"no method", "String", "tls", "clients(filter:{tokenEndpointAuthMethod:$v}){nodes{id}}", noMethod},
		{"another order of clients", "String", clients, "clients(after:$v,orderBy:{field:NAME}){nodes{id}}", invalid("after", notOurs)},
		{"another filter of clients", "String", clients, "clients(after:$v,filter:{serviceAdmin:false}){nodes{id}}", invalid("after", notOurs)},
		{"another kind of user", "ID", other, "sessions(filter:{userId:$v}){nodes{id}}", invalid("filter.userId", "Must be an id that begins with usr_.")},
		{"another kind of client", "ID", "app", "sessions(filter:{client:$v}){nodes{id}}", invalid("filter.client", "Must be an id that begins with cli_.")},
		{"another kind of actor", "ID", "root", "auditEvents(filter:{actorId:$v}){nodes{id}}", invalid("filter.actorId", "Must be the id of a user or client, such as usr_...")},
		{"two kinds of target", "ID", other, "auditEvents(filter:{targetId:$v,targetKind:USER}){nodes{id}}", invalid("filter.targetId", "Must be of the kind that targetKind says.")},
		{"an id of another kind", "ID!", other, "user(by:{id:$v}){id}", exact{Status: 200, Data: true}},
		{"an id of nothing", "ID!", "' or 1=1 --", "node(id:$v){id}", exact{Status: 200, Data: true}},
		{"a long id", "ID!", long, "client(by:{id:$v}){id}", exact{Status: 200, Data: true}},
		{"a name with NUL", "String!", "a\x00", "user(by:{username:$v}){id}", exact{Status: 200, Data: true}},
		{"a long name", "String!", long, "user(by:{email:$v}){id}", exact{Status: 200, Data: true}},
	} {
		variable := json.RawMessage(c.variable)
		if c.declared != "Int" {
			text, err := json.Marshal(c.variable)
			check(t, err)
			variable = text
		}
		declared := strings.Replace(c.declared, "ID!", "ID!", 1)
		if strings.Contains(c.use, "{email:$v}") {
			declared = "EmailAddress!"
		}
		got := a.query(t, token, "query($v:"+declared+"){"+c.use+"}", map[string]any{"v": variable})
		if diff := cmp.Diff(c.want, exactly(got)); diff != "" {
			t.Error(c.name, diff, got.body)
		}
	}
}

// TestPastTheEnd: a page after the last item is empty, and keeps its count.
func TestPastTheEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	a.session(t, a.admin, false)
	for _, field := range []string{"users", "sessions", "auditEvents"} {
		const page = "{nodes{id} pageInfo{hasNextPage hasPreviousPage startCursor endCursor} totalCount{value}}"
		all := a.query(t, token, "{"+field+page+"}", nil)
		got := a.query(t, token, "query($c:String){"+field+"(after:$c)"+page+"}",
			map[string]any{"c": all.at(field, "pageInfo", "endCursor")})
		want := map[string]any{
			"nodes": []any{}, "totalCount": all.at(field, "totalCount"),
			"pageInfo": map[string]any{"hasNextPage": false, "hasPreviousPage": true, "startCursor": nil, "endCursor": nil},
		}
		if diff := cmp.Diff(want, got.at(field)); diff != "" {
			t.Error(field, diff, got.body)
		}
		if all.at(field, "totalCount", "value") == 0.0 {
			t.Error(all.body)
		}
	}
}

// TestBadValuesInMutations has the exact userErrors.
func TestBadValuesInMutations(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	long := strings.Repeat("x", 10_000)
	for _, c := range []struct{ field, value, message string }{
		{"birthdate", "0000-02-30", "Must be YYYY-MM-DD, 0000-MM-DD or YYYY."},
		{"birthdate", "0000", "Must be YYYY-MM-DD, 0000-MM-DD or YYYY."},
		{"birthdate", long, "Must be YYYY-MM-DD, 0000-MM-DD or YYYY."},
		{"name", "a\x00b", "Must not have control characters."},
		{"name", long, "Must be at most 255 bytes."},
		{"username", "a\x00b", "Must be 3 to 64 letters, digits, underscores, dots or hyphens."},
		{"username", long, "Must be 3 to 64 letters, digits, underscores, dots or hyphens."},
		{"username", "line\n", "Must be 3 to 64 letters, digits, underscores, dots or hyphens."},
		{"email", long + "@id.example", "Must be a valid e-mail address of at most 254 characters."},
		{"email", "a\x00@id.example", "Must be a valid e-mail address of at most 254 characters."},
		{"locale", long, "Must be a BCP 47 language tag of at most 64 characters, such as nb-NO."},
		{"zoneinfo", "../../etc/passwd", "Must be a name of the tz database, such as Europe/Oslo."},
		{"website", "javascript:alert(1)", "Must be an absolute http or https URL of at most 2048 characters."},
		{"picture", "https://" + long, "Must be an absolute http or https URL of at most 2048 characters."},
		{"phoneNumber", long, "Must be in E.164 form, such as +4722334455."},
	} {
		got := a.query(t, token, `mutation($input:UpdateUserInput!){updateUser(input:$input){user{id} userErrors{code message path}}}`,
			map[string]any{"input": map[string]any{"id": model.KindUser.ID(bob.ID), c.field: c.value}})
		want := map[string]any{"user": nil, "userErrors": []any{
			map[string]any{"code": "VALIDATION_FAILED", "message": c.field + " m" + c.message[1:], "path": []any{"input", c.field}},
		}}
		if diff := cmp.Diff(want, got.at("updateUser")); diff != "" {
			t.Error(c.field, diff, got.body)
		}
	}
	got := a.query(t, token, `mutation($input:UpdateUserInput!){updateUser(input:$input){user{birthdate} userErrors{code}}}`,
		map[string]any{"input": map[string]any{"id": model.KindUser.ID(bob.ID), "birthdate": "0000-02-29"}})
	if got.at("updateUser", "user", "birthdate") != "0000-02-29" {
		t.Errorf("a birthday without its year: %s", got.body)
	}
}

// TestTheOrderOfRefusal: 401, then 403, then the limits of the document, then the input. What comes later is wrong too.
func TestTheOrderOfRefusal(t *testing.T) {
	t.Parallel()
	a := newAPI(t, small)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	wide := "{users(first:101){nodes{" + strings.Repeat("id ", 20) + "nothing}}}"
	valid := "{users(first:101){nodes{id}}}"
	send := func(token, document string) reply { return a.query(t, token, document, nil) }
	for _, c := range []struct {
		name string
		got  reply
		want exact
	}{
		{"no token", send("", wide), exact{Status: 401, Code: "UNAUTHORIZED", Message: "Send an access token in the header Authorization."}},
		{"a bad token", send("x.y.z", wide), exact{Status: 401, Code: "TOKEN_INVALID", Message: identity.ErrInvalidToken.Detail}},
		{
			"not an administrator", send(a.token(t, bob, everything()...), wide),
			exact{Status: 403, Code: "INSUFFICIENT_PRIVILEGES", Message: "Only administrators may use this API."},
		},
		{
			"without the scope", send(a.token(t, a.admin, identity.ScopeAuditRead), wide),
			exact{Status: 403, Code: "INSUFFICIENT_PRIVILEGES", Message: "The token lacks a scope that users needs."},
		},
		{
			"a large document", send(a.token(t, a.admin, identity.ScopeUsersRead), wide),
			exact{Status: 400, Code: "DOCUMENT_LIMIT_EXCEEDED", Message: "The document exceeds the limit of 12 for selections."},
		},
		{
			"bad input", send(a.token(t, a.admin, identity.ScopeUsersRead), valid),
			exact{Status: 400, Code: "INVALID_INPUT", Message: "first must be at most 100."},
		},
	} {
		if diff := cmp.Diff(c.want, exactly(c.got)); diff != "" {
			t.Error(c.name, diff, c.got.body)
		}
	}
}

// TestADeletedActor: the token of an administrator who was deleted, deactivated or demoted is refused at once.
func TestADeletedActor(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]string{
		"deleted":     `mutation($id:ID!){deleteUser(input:{id:$id}){userErrors{code}}}`,
		"deactivated": `mutation($id:ID!){updateUser(input:{id:$id,active:false}){userErrors{code}}}`,
		"demoted":     `mutation($id:ID!){updateUser(input:{id:$id,admin:false}){userErrors{code}}}`,
		"reset":       `mutation($id:ID!){resetUserPassword(input:{id:$id}){userErrors{code}}}`,
	} {
		a := newAPI(t, nil)
		token := a.token(t, a.admin, everything()...)
		second := a.user(t, admin.NewUser{Username: "second", Email: "second@id.example", Admin: true})
		theirs := a.token(t, second, everything()...)
		if got := a.query(t, theirs, "{me{username}}", nil); got.at("me", "username") != "second" {
			t.Fatal(got.body)
		}
		if got := a.query(t, token, end, map[string]any{"id": model.KindUser.ID(second.ID)}); strings.Contains(got.body, "code") {
			t.Fatal(got.body)
		}
		want := exact{Status: 401, Code: "TOKEN_INVALID", Message: identity.ErrInvalidToken.Detail}
		if diff := cmp.Diff(want, exactly(a.query(t, theirs, "{me{username}}", nil))); diff != "" {
			t.Error(name, diff)
		}
	}
}
