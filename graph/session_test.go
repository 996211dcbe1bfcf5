package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestSessionFields(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		s := a.session(t, bob, false)
		a.grant(t, bob, s, false, "openid", "email")
		a.now = a.now.Add(time.Second)
		a.grant(t, bob, s, true, "openid", "profile")
		a.now = a.now.Add(-time.Second)
		a.session(t, bob, true)
		a.session(t, a.admin, false)
		got := a.query(t, token, `query($user:ID!,$client:ID!){
			sessions(filter:{userId:$user,client:$client,active:true}){totalCount{value precision} nodes{
				__typename id createdAt lastActiveAt expiresAt active ip userAgent device{browser system kind} amr authTime endedAt endReason
				user{username} clients{client{id clientId name} scopes offline active}}}}`,
			map[string]any{"user": model.KindUser.ID(bob.ID), "client": model.KindClient.ID(a.client.ID)})
		const noon = "2026-11-01T12:00:00.000Z"
		want := map[string]any{"totalCount": map[string]any{"value": 1.0, "precision": "EXACT"}, "nodes": []any{map[string]any{
			"__typename": "Session", "id": model.KindSession.ID(s.ID), "createdAt": noon, "lastActiveAt": noon,
			"expiresAt": "2026-11-01T13:00:00.000Z", "active": true, "ip": "192.0.2.7", "userAgent": s.UserAgent,
			"device": map[string]any{"browser": "Firefox", "system": "Linux", "kind": "desktop"}, "amr": []any{"pwd"}, "authTime": noon,
			"endedAt": nil, "endReason": nil, "user": map[string]any{"username": "bob"},
			"clients": []any{map[string]any{
				"client": map[string]any{"id": model.KindClient.ID(a.client.ID), "clientId": "app", "name": "app"},
				"scopes": []any{"openid", "email", "profile"}, "offline": true, "active": true,
			}},
		}}}
		if diff := cmp.Diff(want, got.at("sessions")); diff != "" {
			t.Error(diff, got.body)
		}
		got = a.query(t, token, `query($user:ID!){sessions(filter:{userId:$user,active:false}){nodes{active endedAt endReason clients{scopes}}}}`,
			map[string]any{"user": model.KindUser.ID(bob.ID)})
		ended := []any{map[string]any{"active": false, "endedAt": noon, "endReason": "logout", "clients": []any{}}}
		if diff := cmp.Diff(ended, got.at("sessions", "nodes")); diff != "" {
			t.Error(diff, got.body)
		}
	})
}

func TestSessionsAreFoundByAddressAndTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		first := a.session(t, a.admin, true)
		a.now = a.now.Add(time.Minute)
		second := a.session(t, a.admin, false)
		id := model.KindSession.ID
		for filter, want := range map[string]string{
			`ip:"192.0.2.7"`: id(second.ID) + " " + id(first.ID), `ip:"::ffff:192.0.2.7",active:true`: id(second.ID), `ip:"192.0.2.8"`: "",
			`createdAt:{lt:"2026-11-01T12:00:30Z"}`: id(first.ID), `lastActiveAt:{gte:"2026-11-01T12:00:30Z"}`: id(second.ID),
		} {
			got := a.query(t, token, "{sessions(filter:{"+filter+"}){nodes{id} totalCount{value}}}", nil)
			var ids []string
			for _, node := range got.at("sessions", "nodes").([]any) {
				ids = append(ids, node.(map[string]any)["id"].(string))
			}
			if strings.Join(ids, " ") != want || got.at("sessions", "totalCount", "value") != float64(len(ids)) {
				t.Errorf("%s: %s", filter, got.body)
			}
		}
		for _, ip := range []string{"", "192.0.2", "192.0.2.0/24", "example.org"} {
			got := a.query(t, token, `{sessions(filter:{ip:"`+ip+`"}){nodes{id}}}`, nil)
			if len(got.Errors) != 1 || got.codes()[0] != "VALIDATION_FAILED" || got.Errors[0].Extensions["field"] != "filter.ip" {
				t.Errorf("%q: %s", ip, got.body)
			}
		}
		got := a.query(t, token, `query($id:ID!,$none:ID!){session(id:$id){id endReason} none:session(id:$none){id} other:session(id:"usr_x"){id}}`,
			map[string]any{"id": id(first.ID), "none": id(a.admin.ID)})
		want := map[string]any{"session": map[string]any{"id": id(first.ID), "endReason": "logout"}, "none": nil, "other": nil}
		if diff := cmp.Diff(want, got.Data); diff != "" {
			t.Error(diff, got.body)
		}
	})
}

func TestGrantsOfAUser(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		s := a.session(t, bob, false)
		first := a.grant(t, bob, s, false, "openid")
		a.now = a.now.Add(time.Second)
		second := a.grant(t, bob, identity.Session{}, true)
		const document = `{user(by:{username:"bob"}){grants{id client{clientId} scopes createdAt lastUsedAt offline sessionId}}}`
		got := a.query(t, token, document, nil)
		app := map[string]any{"clientId": "app"}
		want := []any{
			map[string]any{
				"id": model.KindGrant.ID(second.ID), "client": app, "scopes": []any{}, "createdAt": "2026-11-01T12:00:01.000Z",
				"lastUsedAt": nil, "offline": true, "sessionId": nil,
			},
			map[string]any{
				"id": model.KindGrant.ID(first.ID), "client": app, "scopes": []any{"openid"}, "createdAt": "2026-11-01T12:00:00.000Z",
				"lastUsedAt": nil, "offline": false, "sessionId": model.KindSession.ID(s.ID),
			},
		}
		if diff := cmp.Diff(want, got.at("user", "grants")); diff != "" {
			t.Error(diff, got.body)
		}
		const revoke = `mutation($user:ID!,$by:UserGrantSelection!){revokeUserGrant(input:{userId:$user,by:$by}){
			user{username grants{id}} endedGrants userErrors{code}}}`
		got = a.query(t, token, revoke, map[string]any{
			"user": model.KindUser.ID(bob.ID), "by": map[string]any{"id": model.KindGrant.ID(first.ID)},
		})
		left := map[string]any{"username": "bob", "grants": []any{map[string]any{"id": model.KindGrant.ID(second.ID)}}}
		if diff := cmp.Diff(left, got.at("revokeUserGrant", "user")); diff != "" || got.at("revokeUserGrant", "endedGrants") != 1.0 {
			t.Error(diff, got.body)
		}
		got = a.query(t, token, revoke, map[string]any{
			"user": model.KindUser.ID(bob.ID), "by": map[string]any{"client": model.KindClient.ID(a.client.ID)},
		})
		if got.at("revokeUserGrant", "endedGrants") != 1.0 || strings.Contains(got.body, "gra_") {
			t.Error(got.body)
		}
	})
}

func TestRevokingSessions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
	first, second, third := a.session(t, bob, false), a.session(t, bob, false), a.session(t, carol, false)
	a.grant(t, bob, first, false, "openid")
	a.grant(t, bob, second, true, "openid")
	const counts = "endedSessions endedGrants userErrors{code path}"
	ended := func(got reply, field string, sessions, grants float64) {
		t.Helper()
		if got.at(field, "endedSessions") != sessions || got.at(field, "endedGrants") != grants || len(got.Errors) > 0 {
			t.Errorf("want %v and %v: %s", sessions, grants, got.body)
		}
	}
	got := a.query(t, token, `mutation($id:ID!){revokeSession(input:{id:$id}){session{id active endReason endedAt} `+counts+`}}`,
		map[string]any{"id": model.KindSession.ID(first.ID)})
	ended(got, "revokeSession", 1, 1)
	if got.at("revokeSession", "session", "endReason") != "revoked" || got.at("revokeSession", "session", "active") != false {
		t.Error(got.body)
	}
	got = a.query(t, token, `mutation($id:ID!){revokeSession(input:{id:$id}){`+counts+`}}`, map[string]any{"id": model.KindSession.ID(first.ID)})
	if !strings.Contains(got.body, "SESSION_NOT_FOUND") {
		t.Errorf("a second time: %s", got.body)
	}
	const revokeUser = `mutation($id:ID!,$offline:Boolean!){revokeUserSessions(input:{id:$id,includeOffline:$offline}){user{activeSessionCount} ` + counts + `}}`
	got = a.query(t, token, revokeUser, map[string]any{"id": model.KindUser.ID(bob.ID), "offline": false})
	ended(got, "revokeUserSessions", 1, 0)
	if got.at("revokeUserSessions", "user", "activeSessionCount") != 0.0 {
		t.Error(got.body)
	}
	ended(a.query(t, token, revokeUser, map[string]any{"id": model.KindUser.ID(bob.ID), "offline": true}), "revokeUserSessions", 0, 1)
	const revokeMany = `mutation($by:SessionSelection!){revokeSessions(input:{by:$by}){` + counts + `}}`
	ids := []string{model.KindSession.ID(first.ID), model.KindSession.ID(third.ID)}
	ended(a.query(t, token, revokeMany, map[string]any{"by": map[string]any{"ids": ids}}), "revokeSessions", 1, 0)
	for range 3 {
		a.grant(t, carol, a.session(t, carol, false), false, "openid")
	}
	a.session(t, carol, false)
	by := map[string]any{"client": model.KindClient.ID(a.client.ID)}
	ended(a.query(t, token, revokeMany, map[string]any{"by": by}), "revokeSessions", 3, 3)
	by = map[string]any{"userId": model.KindUser.ID(carol.ID)}
	ended(a.query(t, token, revokeMany, map[string]any{"by": by}), "revokeSessions", 1, 0)
	got = a.query(t, token, revokeMany, map[string]any{"by": map[string]any{"ids": []string{}}})
	if !strings.Contains(got.body, `"MISSING_REQUIRED_FIELD","path":["input","by","ids"]`) {
		t.Errorf("nothing to revoke: %s", got.body)
	}
}

func TestNestedFieldsNeedTheirScopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	a.grant(t, a.admin, a.session(t, a.admin, false), false, "openid")
	for _, c := range []struct {
		scope, document string
		refused         []any // path of the refusal
	}{
		{identity.ScopeUsersRead, "{me{sessions{nodes{id}}}}", []any{"me", "sessions"}},
		{identity.ScopeUsersRead, "{me{auditEvents{nodes{id}}}}", []any{"me", "auditEvents"}},
		{identity.ScopeUsersRead, "{me{grants(first:1){client{id}}}}", []any{"me", "grants", 0.0, "client"}},
		{identity.ScopeSessionsRead, "{me{grants{id}}}", []any{"me", "grants"}},
		{identity.ScopeSessionsRead, "{sessions{nodes{user{id}}}}", []any{"sessions", "nodes", 0.0, "user"}},
		{identity.ScopeSessionsRead, "{sessions{nodes{clients{client{id}}}}}", []any{"sessions", "nodes", 0.0, "clients", 0.0, "client"}},
		{identity.ScopeSessionsRead, `{node(id:"` + model.KindUser.ID(a.admin.ID) + `"){id}}`, []any{"node"}},
		{identity.ScopeUsersRead, `{node(id:"` + model.KindClient.ID(a.client.ID) + `"){id}}`, []any{"node"}},
	} {
		got := a.query(t, a.token(t, a.admin, c.scope), c.document, nil)
		if got.status != 200 || len(got.Errors) != 1 || got.codes()[0] != codeForbidden {
			t.Errorf("%s: %s", c.document, got.body)
			continue
		}
		if diff := cmp.Diff(c.refused, got.Errors[0].Path); diff != "" {
			t.Error(c.document, diff)
		}
	}
}

func TestNodesOfEveryKind(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	s := a.session(t, a.admin, false)
	user, session, client := model.KindUser.ID(a.admin.ID), model.KindSession.ID(s.ID), model.KindClient.ID(a.client.ID)
	ids := []string{
		client, session, user, model.KindSession.ID(a.admin.ID), model.KindGrant.ID(s.ID), "aud_x", "usr_00000000-0000-0000-0000-000000000000",
	}
	got := a.query(t, token, `query($ids:[ID!]!){nodes(ids:$ids){__typename id ...on Session{user{username}} ...on Client{clientId}}}`,
		map[string]any{"ids": ids})
	want := []any{
		map[string]any{"__typename": "Client", "id": client, "clientId": "app"},
		map[string]any{"__typename": "Session", "id": session, "user": map[string]any{"username": "root"}},
		map[string]any{"__typename": "User", "id": user},
		nil, nil, nil, nil,
	}
	if diff := cmp.Diff(want, got.at("nodes")); diff != "" {
		t.Error(diff, got.body)
	}
}

func TestClientsAndScopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeClientsRead, identity.ScopeScopesRead)
	check(t, a.services.Scopes.EnsureBuiltIn(identity.WithActor(t.Context(), identity.SystemActor("test"))))
	got := a.query(t, token, `{client(by:{clientId:"app"}){clientId name description active builtIn public uri logoUri applicationType
		redirectUris postLogoutRedirectUris grantTypes responseTypes tokenEndpointAuthMethod scopes requirePkce skipConsent serviceAdmin
		idTokenClaims defaultResource secrets{expiresAt} version}}`, nil)
	var scopes []any
	for _, s := range identity.BuiltInScopes() {
		scopes = append(scopes, s.Name)
	}
	want := map[string]any{
		"clientId": "app", "name": "app", "description": nil, "active": true, "builtIn": false, "public": false, "uri": nil, "logoUri": nil,
		"applicationType": "web", "redirectUris": []any{"https://app.example/cb"}, "postLogoutRedirectUris": []any{},
		"grantTypes": []any{"authorization_code", "refresh_token"}, "responseTypes": []any{"code"},
		"tokenEndpointAuthMethod": "client_secret_basic", "scopes": scopes, "requirePkce": true, "skipConsent": false,
		"serviceAdmin": false, "idTokenClaims": false, "defaultResource": nil, "secrets": []any{map[string]any{"expiresAt": nil}}, "version": 1.0,
	}
	if diff := cmp.Diff(want, got.at("client")); diff != "" {
		t.Error(diff, got.body)
	}
	for by, found := range map[string]bool{
		`{id:"` + model.KindClient.ID(a.client.ID) + `"}`: true, `{id:"` + a.client.ID.String() + `"}`: false,
		`{id:"` + model.KindUser.ID(a.client.ID) + `"}`: false, `{clientId:"nobody"}`: false, `{clientId:""}`: false,
	} {
		got := a.query(t, token, "{client(by:"+by+"){clientId}}", nil)
		if (got.at("client", "clientId") == "app") != found || len(got.Errors) > 0 {
			t.Errorf("%s: %s", by, got.body)
		}
	}
	got = a.query(t, token, "{scopes(first:100){nodes{name description default builtIn}}}", nil)
	if list, _ := got.at("scopes", "nodes").([]any); len(list) != len(identity.BuiltInScopes()) || !strings.Contains(got.body, `{"name":"openid","description":"Confirm who you are","default":false,"builtIn":true}`) {
		t.Error(got.body)
	}
	system := identity.WithActor(t.Context(), identity.SystemActor("test"))
	_, err := a.services.Scopes.SaveResource(system, identity.Resource{
		URI: "https://tea.example", Scopes: []string{"tea:read"}, AccessTokenType: identity.TypeJWT,
	})
	check(t, err)
	policy := a.client.Policy
	policy.IDTokenClaims, policy.DefaultResource = true, "https://tea.example"
	_, _, err = a.services.Clients.Update(system, a.client.ID, admin.ClientChange{Policy: &policy}, nil)
	check(t, err)
	got = a.query(t, token, `{client(by:{clientId:"app"}){idTokenClaims defaultResource} resources{nodes{uri name scopes accessTokenTyp}}}`, nil)
	if !strings.HasPrefix(got.body, `{"data":{"client":{"idTokenClaims":true,"defaultResource":"https://tea.example"},`+
		`"resources":{"nodes":[{"uri":"https://tea.example","name":null,"scopes":["tea:read"],"accessTokenTyp":"JWT"}]}}`) {
		t.Error(got.body)
	}
}
