package graph

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const auditFields = `{totalCount{value} nodes{id occurredAt actorKind actorId actorName client{clientId} action targetKind targetId targetName
	outcome reason ip userAgent requestId changes{field before after}}}`

func TestAuditEvents(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Claims: identity.Claims{
			Address: &identity.Address{Country: "NO"},
		}})
		id, root := model.KindUser.ID(bob.ID), model.KindUser.ID(a.admin.ID)
		a.now = a.now.Add(time.Minute)
		a.query(t, token, `mutation($id:ID!){updateUser(input:{id:$id,givenName:"Bob",active:false,address:null}){userErrors{code}}}`,
			map[string]any{"id": id})
		got := a.query(t, token, "query($f:AuditEventFilter){auditEvents(filter:$f)"+auditFields+"}",
			map[string]any{"f": map[string]any{"targetId": id, "actions": []string{"user.updated"}}})
		nodes, _ := got.at("auditEvents", "nodes").([]any)
		if len(nodes) != 1 {
			t.Fatal(got.body)
		}
		event := nodes[0].(map[string]any)
		if text, _ := event["id"].(string); !strings.HasPrefix(text, "aud_") {
			t.Error(event["id"])
		}
		delete(event, "id")
		want := map[string]any{
			"occurredAt": "2026-11-01T12:01:00.000Z", "actorKind": "USER", "actorId": root, "actorName": "root",
			"client": map[string]any{"clientId": "app"}, "action": "user.updated", "targetKind": "USER", "targetId": id,
			"targetName": "bob", "outcome": "SUCCESS", "reason": nil, "ip": nil, "userAgent": nil, "requestId": "request-1",
			"changes": []any{
				map[string]any{"field": "active", "before": true, "after": false},
				map[string]any{"field": "address", "before": map[string]any{"country": "NO"}, "after": nil},
				map[string]any{"field": "givenName", "before": "", "after": "Bob"},
			},
		}
		if diff := cmp.Diff(want, event); diff != "" {
			t.Error(diff)
		}
		for _, c := range []struct {
			filter string
			want   float64
		}{
			{`{"targetId":"` + id + `"}`, 2},
			{`{"targetId":"` + id + `","targetKind":"USER"}`, 2},
			{`{"targetKind":"CLIENT"}`, 1},
			{`{"targetKind":"KEY","outcome":"FAILURE"}`, 0},
			{`{"actorId":"` + root + `"}`, 1},
			{`{"actorName":"root","requestId":"request-1"}`, 1},
			{`{"actorName":"Root"}`, 0},
			{`{"client":"` + model.KindClient.ID(a.client.ID) + `"}`, 1},
			{`{"occurredAt":{"gte":"2026-11-01T12:00:30Z"}}`, 1},
			{`{"occurredAt":{"gte":"2026-11-01T12:01:00Z","lt":"2026-11-01T12:01:00Z"}}`, 0},
			{`{"actions":["user.updated","client.created"]}`, 2},
			{`{"ip":"192.0.2.1"}`, 0},
			{`{"actions":[]}`, -1},
		} {
			got := a.query(t, token, "query($f:AuditEventFilter){auditEvents(filter:$f){totalCount{value}}}",
				map[string]any{"f": json.RawMessage(c.filter)})
			if n := got.at("auditEvents", "totalCount", "value"); len(got.Errors) > 0 || c.want >= 0 && n != c.want {
				t.Errorf("%s: want %v, got %s", c.filter, c.want, got.body)
			}
		}
		up := a.query(t, token, "{auditEvents(orderBy:{field:OCCURRED_AT,direction:ASC}){nodes{action}}}", nil).at("auditEvents", "nodes").([]any)
		down := a.query(t, token, "{auditEvents{nodes{action}}}", nil).at("auditEvents", "nodes").([]any)
		if len(up) < 4 || up[0].(map[string]any)["action"] == "user.updated" || down[0].(map[string]any)["action"] != "user.updated" {
			t.Errorf("%v\n%v", up, down)
		}
	})
}

// TestEventsShowWhatTheyTellOf, all of a kind together, without what is gone, and without what the token may not read.
func TestEventsShowWhatTheyTellOf(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		bob, gone := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"}), uuid.NewString()
		session := a.session(t, bob, false)
		grant := a.grant(t, bob, session, false, "openid")
		group, role := identity.Group{ID: uuid.New(), Name: "staff", Version: 1}, identity.Role{ID: uuid.New(), Name: "clerk", Version: 1}
		_, err := a.store.InsertGroup(t.Context(), group)
		check(t, err)
		check(t, a.store.InsertRole(t.Context(), role))
		badge := identity.AttributeDefinition{ID: uuid.New(), Name: "badge", Type: identity.AttributeString, Version: 1}
		check(t, a.store.InsertAttributeDefinition(t.Context(), badge))
		keys, err := a.services.SigningKeys.List(identity.WithActor(t.Context(), identity.SystemActor("test")))
		check(t, err)
		told := map[identity.TargetKind]string{
			identity.TargetUser: bob.ID.String(), identity.TargetSession: session.ID.String(), identity.TargetClient: a.client.ID.String(),
			identity.TargetGrant: grant.ID.String(), identity.TargetGroup: group.ID.String(), identity.TargetRole: role.ID.String(),
			identity.TargetKey: keys[0].KID, identity.TargetScope: "openid",
			identity.TargetAttribute: badge.ID.String(), identity.TargetResource: "https://api.example",
			identity.TargetSettings: "", identity.TargetBranding: "",
		}
		transfer := identity.Transfer{
			ID: uuid.New(), Kind: identity.TransferUserImport, State: identity.TransferWaiting, Actor: identity.SystemActor("test"),
			Options: json.RawMessage("{}"), Checkpoint: json.RawMessage("{}"), CreatedAt: a.now, UpdatedAt: a.now,
		}
		check(t, a.store.InsertTransfer(t.Context(), transfer))
		told[identity.TargetJob] = transfer.ID.String()
		if len(told) != len(model.AllAuditTargetKind) {
			t.Errorf("%d of %d kinds", len(told), len(model.AllAuditTargetKind))
		}
		for kind, id := range told {
			for _, target := range []string{id, gone, "not an id"} {
				check(t, a.store.InsertAudit(t.Context(), identity.AuditEvent{
					ID: a.domain.Source.NewID(), OccurredAt: a.now, ActorKind: identity.ActorUser, ActorID: bob.ID.String(), RequestID: "told",
					Action: identity.ActionScopeSaved, Target: kind, TargetID: target, Outcome: identity.OutcomeSuccess,
				}))
			}
		}
		const document = `{auditEvents(first:100,filter:{requestId:"told"}){nodes{targetKind targetId
			actor{__typename ...on User{username}} target{__typename ...on Node{id}}}}}`
		shown := func(scopes ...string) (targets map[string]any, statements int64) {
			token := a.token(t, a.admin, scopes...)
			before := a.statements.Load()
			targets = map[string]any{}
			got := a.query(t, token, document, nil)
			nodes, _ := got.at("auditEvents", "nodes").([]any)
			if len(nodes) != 3*len(told) || len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			for _, node := range nodes {
				event := node.(map[string]any)
				target, _ := event["target"].(map[string]any)
				kind := event["targetKind"].(string)
				if id, _ := event["targetId"].(string); target != nil && target["id"] != id && target["id"] != "key_"+id {
					t.Errorf("%v shows %v", event, target)
				}
				if target != nil {
					targets[kind] = target["__typename"]
				}
				targets["actor"] = event["actor"]
			}
			return targets, a.statements.Load() - before
		}
		all := map[string]any{
			"USER": "User", "SESSION": "Session", "CLIENT": "Client", "GRANT": "Grant", "GROUP": "Group", "ROLE": "Role", "KEY": "SigningKey",
			"ATTRIBUTE": "AttributeDefinition", "JOB": "Job",
			"actor": map[string]any{"__typename": "User", "username": "bob"},
		}
		got, statements := shown(everything()...)
		if diff := cmp.Diff(all, got); diff != "" {
			t.Error(diff)
		}
		if statements > 30 { // a batch may leave before all have come; one by one there are some seventy
			t.Errorf("%d statements", statements)
		}
		got, _ = shown(identity.ScopeAuditRead, identity.ScopeRolesRead)
		if diff := cmp.Diff(map[string]any{"ROLE": "Role", "actor": nil}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// TestWhoIsRefusedIsAudited: for each reason once, with who it was; strangers, whom nobody knows, are not.
func TestWhoIsRefusedIsAudited(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	id := model.KindUser.ID(a.admin.ID)
	few, own := a.token(t, a.admin, identity.ScopeUsersRead, identity.ScopeUsersWrite), a.token(t, bob, everything()...)
	for range 3 {
		a.query(t, few, "{auditEvents{nodes{id}} clients{nodes{id}}}", nil)
		a.query(t, few, `mutation($id:ID!){updateUser(input:{id:$id,givenName:"B"}){userErrors{code}}}`, map[string]any{"id": id})
		a.query(t, own, "{me{id}}", nil)
		a.query(t, "not a token", "{me{id}}", nil)
		a.query(t, few, "{me{id}}", nil)
	}
	var got []string
	rows, err := a.store.AuditEvents(t.Context(), identity.AuditQuery{
		Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionAdminRefused}}, Range: identity.KeysetRange{Limit: 100},
	})
	check(t, err)
	for _, row := range rows {
		got = append(got, row.Item.ActorName+" "+row.Item.Reason+" "+string(row.Item.Outcome))
	}
	slices.Sort(got)
	want := []string{
		"bob token.administrator failure", "root admin:audit:read failure", "root admin:clients:read failure", "root token.scope failure",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestEveryActionIsListed with its meaning.
func TestEveryActionIsListed(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	got, _ := a.query(t, a.token(t, a.admin, identity.ScopeAuditRead), "{auditActions{name description}}", nil).at("auditActions").([]any)
	if len(got) != len(identity.Actions) {
		t.Fatalf("%d actions", len(got))
	}
	for i, action := range identity.Actions {
		want := map[string]any{"name": string(action.Action), "description": action.Meaning}
		if diff := cmp.Diff(want, got[i]); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		a.now = a.now.AddDate(0, 0, 3)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Verified: true, RequiresPasswordChange: true})
		a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example", Inactive: true, Admin: true})
		a.session(t, bob, false)
		a.session(t, bob, true)
		a.domain.Meter.Token("app", identity.GrantRefreshToken, false, 2*time.Millisecond)
		a.domain.Meter.Token("app", identity.GrantRefreshToken, true, 4*time.Millisecond)
		for i := range 3 {
			event := identity.AuditEvent{
				ID: a.domain.Source.NewID(), OccurredAt: a.now.Add(-time.Duration(i) * time.Hour), ActorKind: identity.ActorUser,
				Action: identity.ActionSignedIn, Outcome: identity.OutcomeSuccess,
			}
			if i == 2 {
				event.Action, event.Outcome, event.OccurredAt = identity.ActionSignInFailed, identity.OutcomeFailure, a.now.AddDate(0, 0, -1)
			}
			check(t, a.store.InsertAudit(t.Context(), event))
		}
		token := a.token(t, a.admin, everything()...)
		got := a.query(t, token, `{dashboard(days:2){at users{total active inactive admins unverified requiresPasswordChange}
			activity{newUsersLastDay newUsersLastWeek} activeSessions days{day signIns failures} tokens{since byGrantType{grantType count}
			slowestClients{clientId requests refusals meanMilliseconds} mostRefusedClients{clientId}}}}`, nil)
		want := map[string]any{
			"at": "2026-11-04T12:00:00.000Z",
			"users": map[string]any{
				"total": 3.0, "active": 2.0, "inactive": 1.0, "admins": 2.0, "unverified": 2.0, "requiresPasswordChange": 1.0,
			},
			"activity": map[string]any{"newUsersLastDay": 2.0, "newUsersLastWeek": 3.0}, "activeSessions": 1.0,
			"days": []any{
				map[string]any{"day": "2026-11-03T00:00:00.000Z", "signIns": 0.0, "failures": 1.0},
				map[string]any{"day": "2026-11-04T00:00:00.000Z", "signIns": 2.0, "failures": 0.0},
			},
			"tokens": map[string]any{
				"since": "2026-11-01T12:00:00.000Z", "byGrantType": []any{map[string]any{"grantType": "refresh_token", "count": 1.0}},
				"slowestClients":     []any{map[string]any{"clientId": "app", "requests": 2.0, "refusals": 1.0, "meanMilliseconds": 3.0}},
				"mostRefusedClients": []any{map[string]any{"clientId": "app"}},
			},
		}
		if diff := cmp.Diff(want, got.at("dashboard")); diff != "" {
			t.Error(diff, got.body)
		}
		if got := a.query(t, token, "{dashboard{days{signIns}}}", nil); len(got.at("dashboard", "days").([]any)) != 30 {
			t.Error(got.body)
		}
		for _, days := range []string{"0", "91", "-1"} {
			if got := a.query(t, token, "{dashboard(days:"+days+"){at}}", nil); got.status != 400 || got.codes()[0] != codeBadInput {
				t.Error(days, got.body)
			}
		}
		if got := a.query(t, a.token(t, a.admin, identity.ScopeUsersRead), "{dashboard{at}}", nil); got.status != 403 {
			t.Error(got.body)
		}
	})
}
