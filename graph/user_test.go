package graph

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestUserFields(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	a.session(t, a.admin, false)
	a.session(t, a.admin, true)
	got := a.query(t, token, `{ user(by: {username: "ROOT"}) {
		__typename id sub version username email verified emailVerified active admin requiresPasswordChange secondFactor locked failedAttempts
		lockedUntil lastLoginAt lastLoginIp passwordChangedAt temporaryPasswordExpiresAt createdBy createdAt updatedAt name givenName familyName
		middleName nickname preferredUsername profile picture website gender birthdate zoneinfo locale phoneNumber
		phoneNumberVerified address { formatted streetAddress locality region postalCode country } activeSessionCount } }`, nil)
	id := a.admin.ID.String()
	want := map[string]any{
		"__typename": "User", "id": "usr_" + id, "sub": id, "version": 1.0, "username": "root", "email": "root@id.example",
		"verified": false, "emailVerified": false, "active": true, "admin": true, "requiresPasswordChange": false, "secondFactor": false, "locked": false,
		"failedAttempts": 0.0, "lockedUntil": nil, "lastLoginAt": nil, "lastLoginIp": nil,
		"passwordChangedAt": "2026-11-01T12:00:00.000Z", "temporaryPasswordExpiresAt": nil, "createdBy": "test", "createdAt": "2026-11-01T12:00:00.000Z",
		"updatedAt": "2026-11-01T12:00:00.000Z", "name": "Ruth", "givenName": "Ruth", "familyName": nil, "middleName": nil,
		"nickname": nil, "preferredUsername": nil, "profile": nil, "picture": nil, "website": nil, "gender": nil, "birthdate": nil,
		"zoneinfo": nil, "locale": nil, "phoneNumber": nil, "phoneNumberVerified": false,
		"address": map[string]any{
			"formatted": nil, "streetAddress": nil, "locality": "Oslo", "region": nil, "postalCode": nil, "country": nil,
		},
		"activeSessionCount": 1.0,
	}
	if diff := cmp.Diff(want, got.at("user")); diff != "" {
		t.Error(diff, got.body)
	}
}

func TestUserBy(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	id := a.admin.ID.String()
	for by, found := range map[string]bool{
		`{id:"usr_` + id + `"}`:                   true,
		`{email:"Root@ID.example"}`:               true,
		`{id:"` + id + `"}`:                       false,
		`{id:"cli_` + id + `"}`:                   false,
		`{id:"usr_{` + id + `}"}`:                 false,
		`{id:"usr_' or 1=1"}`:                     false,
		`{id:"usr_` + a.client.ID.String() + `"}`: false,
		`{username:"nobody"}`:                     false,
		`{username:""}`:                           false,
	} {
		got := a.query(t, token, "{user(by:"+by+"){username}}", nil)
		if got.status != 200 || len(got.Errors) > 0 || (got.at("user", "username") == "root") != found {
			t.Errorf("%s: %s", by, got.body)
		}
	}
}

func TestNodes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	a.session(t, bob, false)
	root, other := model.KindUser.ID(a.admin.ID), model.KindUser.ID(bob.ID)
	got := a.query(t, token, `query($ids:[ID!]!,$id:ID!){
		nodes(ids:$ids){__typename id ...on User{username activeSessionCount}} node(id:$id){...on User{username activeSessionCount}}
		none: node(id:"x"){id}}`, map[string]any{"ids": []string{other, "job_1", root, other}, "id": other})
	bobs := map[string]any{"__typename": "User", "id": other, "username": "bob", "activeSessionCount": 1.0}
	want := []any{bobs, nil, map[string]any{"__typename": "User", "id": root, "username": "root", "activeSessionCount": 0.0}, bobs}
	if diff := cmp.Diff(want, got.at("nodes")); diff != "" {
		t.Error(diff, got.body)
	}
	if got.at("node", "username") != "bob" || got.at("node", "activeSessionCount") != 1.0 || got.at("none") != nil {
		t.Error(got.body)
	}
}

func TestMe(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	if got := a.query(t, a.token(t, a.admin, identity.ScopeAuditRead), "{me{username}}", nil); got.at("me", "username") != "root" {
		t.Error(got.body)
	}
	if got := a.query(t, a.token(t, a.admin, identity.ScopeOpenID), "{me{username}}", nil); got.status != 403 {
		t.Errorf("without a scope of administration: %d %s", got.status, got.body)
	}
	got := a.query(t, a.token(t, a.admin, identity.ScopeAuditRead), "{me{username activeSessionCount}}", nil)
	if got.status != 200 || got.at("me", "username") != "root" || got.codes()[0] != codeForbidden || len(got.Errors) != 1 {
		t.Errorf("a nested field without its scope: %s", got.body)
	}
}

func TestServiceAdministrator(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	var metadata identity.ClientMetadata
	metadata.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
	metadata.Scope = identity.JoinScope(everything())
	client, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
		admin.NewClient{ClientID: "robot", Metadata: metadata, Policy: &identity.ClientPolicy{ServiceAdmin: true}})
	check(t, err)
	issued, err := a.domain.Tokens.Issue(t.Context(), identity.Issuance{Client: client, Scopes: everything()}, nil)
	check(t, err)
	got := a.query(t, issued.Value, "{me{id} users{nodes{username}}}", nil)
	if got.at("me") != nil || len(got.Errors) > 0 || got.at("users") == nil {
		t.Error(got.body)
	}
}

func TestUsersPages(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	names := []string{"root"}
	for i := range 6 {
		name := fmt.Sprintf("user%d", i)
		names = append(names, name)
		a.user(t, admin.NewUser{Username: name, Email: name + "@id.example", Inactive: i%2 == 1})
	}
	slices.Sort(names)
	var walked []string
	after := any(nil)
	for range 10 {
		got := a.query(t, token, `query($after:String){users(first:3,after:$after,orderBy:{field:USERNAME}){
			edges{cursor node{username}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor} totalCount{value precision}}}`,
			map[string]any{"after": after})
		edges, _ := got.at("users", "edges").([]any)
		for _, edge := range edges {
			walked = append(walked, edge.(map[string]any)["node"].(map[string]any)["username"].(string))
		}
		if got.at("users", "totalCount", "value") != 7.0 || got.at("users", "totalCount", "precision") != "EXACT" {
			t.Fatal(got.body)
		}
		after = got.at("users", "pageInfo", "endCursor")
		if got.at("users", "pageInfo", "hasNextPage") != true {
			break
		}
	}
	if diff := cmp.Diff(names, walked); diff != "" {
		t.Error(diff)
	}
	got := a.query(t, token, `query($before:String){users(last:2,before:$before,orderBy:{field:USERNAME}){nodes{username} pageInfo{hasPreviousPage}}}`,
		map[string]any{"before": after})
	if diff := cmp.Diff([]any{map[string]any{"username": "user3"}, map[string]any{"username": "user4"}}, got.at("users", "nodes")); diff != "" {
		t.Error(diff, got.body)
	}
	got = a.query(t, token, `query($after:String){users(first:3,after:$after,orderBy:{field:EMAIL}){nodes{id}}}`, map[string]any{"after": after})
	if got.status != 200 || got.codes()[0] != string(model.UserErrorCodeValidationFailed) || got.Errors[0].Extensions["field"] != "after" {
		t.Errorf("a cursor of another list: %s", got.body)
	}
	for filter, want := range map[string]float64{
		`{active:{}}`:          -1,
		`{active:false}`:       3,
		`{not:{active:false}}`: 4,
		`{or:[{username:{eq:"ROOT"}},{email:{startsWith:"user1"}}]}`: 2,
		`{and:[{active:true},{admin:false}],username:{ne:"user0"}}`:  2,
		`{username:{in:["user1","user2"]}}`:                          2,
		`{givenName:{isNull:false}}`:                                 1,
		`{lastLoginAt:{isNull:true}}`:                                7,
		`{createdAt:{gte:"2026-11-01T12:00:00Z"}}`:                   7,
		`{createdAt:{lt:"2026-11-01T12:00:00Z"}}`:                    0,
		`{hasActiveSessions:true}`:                                   0,
		`{locked:true}`:                                              0,
	} {
		got := a.query(t, token, "{users(filter:"+filter+"){totalCount{value}}}", nil)
		if value := got.at("users", "totalCount", "value"); want >= 0 && value != want || want < 0 && got.status != 400 {
			t.Errorf("%s: want %v, got %s", filter, want, got.body)
		}
	}
	if got := a.query(t, token, `{users(search:"ser3"){nodes{username} totalCount{value}}}`, nil); got.at("users", "totalCount", "value") != 1.0 {
		t.Error(got.body)
	}
}

func TestAPageCostsThreeStatements(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for i := range 30 {
		user := a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(t, user, false)
	}
	const tokenCheck = 1
	for name, c := range map[string]struct {
		document string
		most     int64
	}{
		"nodes":         {"{users{nodes{username activeSessionCount} totalCount{value}}}", 3},
		"edges":         {"{users{edges{cursor node{username activeSessionCount}} totalCount{value}}}", 3},
		"fragment":      {"{users{...C totalCount{value}}}fragment C on UserConnection{edges{node{...U}}}fragment U on User{n:activeSessionCount}", 3},
		"both":          {"{users{nodes{activeSessionCount} edges{node{activeSessionCount}}}}", 2},
		"without count": {"{users{nodes{username}}}", 1},
		"whole list":    {"{users(first:50){nodes{username} totalCount{value}}}", 1},
		"count alone":   {"{users{totalCount{value}}}", 2},
		"aliased users": {`{a:user(by:{username:"user1"}){activeSessionCount}}`, 2},
	} {
		before := a.statements.Load()
		got := a.query(t, token, c.document, nil)
		if len(got.Errors) > 0 || got.status != 200 {
			t.Fatalf("%s: %s", name, got.body)
		}
		if n := a.statements.Load() - before - tokenCheck; n != c.most {
			t.Errorf("%s: %d statements, want %d", name, n, c.most)
		}
		if strings.Contains(c.document, "activeSessionCount") && !strings.Contains(got.body, ":1") {
			t.Errorf("%s: nobody has a session: %s", name, got.body)
		}
	}
}

const createUser = `mutation($input:CreateUserInput!){createUser(input:$input){
	user{username email active verified admin requiresPasswordChange createdBy birthdate address{country}}
	temporaryPassword temporaryPasswordExpiresAt userErrors{__typename code message path}}}`

func TestCreateUser(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeUsersWrite)
	input := func(more map[string]any) map[string]any {
		in := map[string]any{
			"username": "alice", "email": "alice@id.example", "password": map[string]any{"password": "correct horse battery staple"},
		}
		for name, value := range more {
			in[name] = value
		}
		return map[string]any{"input": in}
	}
	got := a.query(t, token, createUser, input(map[string]any{
		"verified": true, "birthdate": "0000-02-29", "address": map[string]any{"country": "NO"}, "nickname": nil,
	}))
	want := map[string]any{
		"username": "alice", "email": "alice@id.example", "active": true, "verified": true, "admin": false,
		"requiresPasswordChange": false, "createdBy": "root", "birthdate": "0000-02-29", "address": map[string]any{"country": "NO"},
	}
	if diff := cmp.Diff(want, got.at("createUser", "user")); diff != "" {
		t.Error(diff, got.body)
	}
	if got.at("createUser", "temporaryPassword") != nil || len(got.at("createUser", "userErrors").([]any)) > 0 {
		t.Error(got.body)
	}
	t.Run("a temporary password is shown once and must be changed", func(t *testing.T) {
		t.Parallel()
		got := a.query(t, token, createUser, input(map[string]any{
			"username": "bob", "email": "bob@id.example", "password": map[string]any{"generateTemporary": true},
		}))
		temporary, _ := got.at("createUser", "temporaryPassword").(string)
		if len(temporary) != 12 || got.at("createUser", "user", "requiresPasswordChange") != true ||
			got.at("createUser", "temporaryPasswordExpiresAt") != "2026-11-08T12:00:00.000Z" {
			t.Error(got.body)
		}
	})
	for name, c := range map[string]struct {
		more map[string]any
		code string
		path []any
	}{
		"username taken":   {map[string]any{"username": "Alice", "email": "x@id.example"}, "USER_ALREADY_EXISTS", []any{"input", "username"}},
		"email taken":      {map[string]any{"username": "carol"}, "USER_ALREADY_EXISTS", []any{"input", "email"}},
		"username invalid": {map[string]any{"username": "a b"}, "VALIDATION_FAILED", []any{"input", "username"}},
		"email invalid":    {map[string]any{"email": "nobody"}, "VALIDATION_FAILED", []any{"input", "email"}},
		"weak password": {
			map[string]any{"username": "carol", "email": "c@id.example", "password": map[string]any{"password": "password"}},
			"PASSWORD_POLICY_VIOLATION",
			[]any{"input", "password"},
		},
		"no password": {map[string]any{"password": map[string]any{"generateTemporary": false}}, "MISSING_REQUIRED_FIELD", []any{"input", "password"}},
		"claim":       {map[string]any{"phoneNumber": "22334455"}, "VALIDATION_FAILED", []any{"input", "phoneNumber"}},
		"nested claim": {
			map[string]any{"address": map[string]any{"postalCode": "\x00"}}, "VALIDATION_FAILED", []any{"input", "address", "postalCode"},
		},
	} {
		got := a.query(t, token, createUser, input(c.more))
		problems, _ := got.at("createUser", "userErrors").([]any)
		if len(got.Errors) > 0 || len(problems) != 1 || got.at("createUser", "user") != nil {
			t.Errorf("%s: %s", name, got.body)
			continue
		}
		problem := problems[0].(map[string]any)
		if problem["code"] != c.code || !cmp.Equal(problem["path"], any(c.path)) || problem["__typename"] != "InvalidInput" {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

func TestUserErrors(t *testing.T) {
	t.Parallel()
	conflict, err := userErrors(fmt.Errorf("update user: %w", &identity.VersionConflictError{CurrentVersion: 7}), "usr_1")
	check(t, err)
	if c, ok := conflict[0].(*model.VersionConflict); !ok || c.CurrentVersion != 7 || c.Code != model.UserErrorCodeVersionConflict {
		t.Errorf("got %#v", conflict[0])
	}
	missing, err := userErrors(identity.ErrUserNotFound, "usr_1")
	check(t, err)
	if m, ok := missing[0].(*model.NotFound); !ok || m.ID != "usr_1" || m.Code != model.UserErrorCodeUserNotFound {
		t.Errorf("got %#v", missing[0])
	}
	for _, fault := range []error{errors.New("disk on fire"), identity.ErrUnavailable, identity.ErrInternal} {
		if list, err := userErrors(fault, ""); !errors.Is(err, fault) || list != nil {
			t.Errorf("%v became %v", fault, list)
		}
	}
}

func TestFaultsAreMasked(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	s := a.Handler.(*server)
	ctx := identity.WithActor(t.Context(), identity.Actor{RequestID: "request-9"})
	for name, c := range map[string]struct {
		err           error
		code, message string
		logged        bool
	}{
		"unknown":     {errors.New("pq: password hunter2"), codeInternal, "Internal error.", true},
		"panic":       {recovered(ctx, "index out of range"), codeInternal, "Internal error.", true},
		"domain":      {identity.InvalidField("address.postal_code", "Bad."), string(model.UserErrorCodeValidationFailed), "address.postalCode: Bad.", false},
		"forbidden":   {identity.Errorf(identity.Forbidden, identity.CodeInsufficientScope, "No."), codeForbidden, "No.", false},
		"unavailable": {identity.ErrUnavailable.Because(errors.New("dial tcp 10.0.0.1")), codeUnavailable, identity.ErrUnavailable.Detail, true},
		"deadline":    {fmt.Errorf("list users: %w", context.DeadlineExceeded), codeDeadline, "The request took too long.", false},
	} {
		a.log.Reset()
		e := s.present(ctx, c.err)
		if e.Extensions["code"] != c.code || e.Message != c.message {
			t.Errorf("%s: got %v", name, e)
		}
		if strings.Count(a.log.String(), "request_id=request-9") != map[bool]int{true: 1, false: 0}[c.logged] {
			t.Errorf("%s: log: %s", name, a.log)
		}
		if name == "domain" && e.Extensions["field"] != "address.postalCode" {
			t.Errorf("field: %v", e.Extensions)
		}
	}
}

func TestADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	check(t, a.store.Close())
	got := a.query(t, token, "{users{nodes{id}}}", nil)
	if got.status < 500 || got.hasData || regexp.MustCompile(`(?i)sql|closed`).MatchString(got.body) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}
