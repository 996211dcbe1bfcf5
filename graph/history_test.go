package graph

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAUsersHistoryHasTheirSignIns: as actor or as target, with the client that asked for the sign-in.
func TestAUsersHistoryHasTheirSignIns(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Verified: true})
		for _, password := range []string{"wrong", "correct horse battery staple"} {
			a.now = a.now.Add(time.Second)
			_, _ = a.domain.SignIn.Password(t.Context(), identity.SignInAttempt{Login: "bob", Password: password, ClientID: a.client.ID})
		}
		token := a.token(t, a.admin, everything()...)
		event := func(action, client string) any {
			if client == "" {
				return map[string]any{"action": action, "client": nil}
			}
			return map[string]any{"action": action, "client": map[string]any{"clientId": client}}
		}
		want := []any{event("session.started", "app"), event("session.start_failed", "app"), event("user.created", "")}
		const events = `nodes{action client{clientId}}`
		bobID := map[string]any{"id": model.KindUser.ID(bob.ID)}
		for name, nodes := range map[string]any{
			"nested":       a.query(t, token, `query($id:ID!){user(by:{id:$id}){auditEvents{`+events+`}}}`, bobID).at("user", "auditEvents", "nodes"),
			"nested, page": a.query(t, token, `query($id:ID!){user(by:{id:$id}){auditEvents(last:9){`+events+`}}}`, bobID).at("user", "auditEvents", "nodes"),
			"filter":       a.query(t, token, `query($id:ID!){auditEvents(filter:{userId:$id}){`+events+`}}`, bobID).at("auditEvents", "nodes"),
			"sign-ins": append(a.query(t, token, `query($id:ID!){user(by:{id:$id}){auditEvents(filter:{actions:["session.started",
				"session.start_failed"]}){`+events+`}}}`, bobID).at("user", "auditEvents", "nodes").([]any), want[2]),
		} {
			if diff := cmp.Diff(want, nodes); diff != "" {
				t.Error(name, diff)
			}
		}
		for _, field := range []string{"sessions", "auditEvents"} {
			got := a.query(t, token, `query($id:ID!){user(by:{id:$id}){`+field+`(filter:{userId:$id}){nodes{id}}}}`, bobID)
			if diff := cmp.Diff([]string{"VALIDATION_FAILED"}, got.codes()); diff != "" {
				t.Error(field, diff)
			}
		}
		if got := a.query(t, token, `{auditEvents(filter:{actions:["user.invented"]}){nodes{id}}}`, nil); len(got.Errors) != 1 {
			t.Errorf("an action that is not listed: %s", got.body)
		}
	})
}

// TestAnAuditEventIsFoundByItsID: by its own field, and as a node; by whom may read the trail only.
func TestAnAuditEventIsFoundByItsID(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		list := a.query(t, token, `{auditEvents(first:2){nodes{id action}}}`, nil).at("auditEvents", "nodes").([]any)
		want := list[1].(map[string]any)
		id := map[string]any{"id": want["id"]}
		for name, got := range map[string]any{
			"auditEvent": a.query(t, token, `query($id:ID!){auditEvent(id:$id){id action}}`, id).at("auditEvent"),
			"node":       a.query(t, token, `query($id:ID!){node(id:$id){...on AuditEvent{id action}}}`, id).at("node"),
		} {
			if diff := cmp.Diff(any(want), got); diff != "" {
				t.Error(name, diff)
			}
		}
		for _, nothing := range []string{"aud_" + uuid.NewString(), model.KindUser.ID(a.admin.ID), "x"} {
			got := a.query(t, token, `query($id:ID!){auditEvent(id:$id){id}}`, map[string]any{"id": nothing})
			if got.at("auditEvent") != nil || len(got.Errors) > 0 {
				t.Errorf("%s: %s", nothing, got.body)
			}
		}
		reader := a.token(t, a.admin, identity.ScopeUsersRead)
		for _, document := range []string{`query($id:ID!){node(id:$id){id}}`, `query($id:ID!){auditEvent(id:$id){id}}`} {
			if got := a.query(t, reader, document, id); len(got.Errors) != 1 || got.codes()[0] != "INSUFFICIENT_PRIVILEGES" {
				t.Errorf("%s without the scope: %s", document, got.body)
			}
		}
	})
}

// TestEndingSessionsCanEndWhatWasOpenedInThem: every mutation that ends sessions takes includeOffline, and without it a grant
// with offline access goes on.
func TestEndingSessionsCanEndWhatWasOpenedInThem(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		for name, document := range map[string]string{
			"revokeUserSessions": `mutation($user:ID!,$o:Boolean!){revokeUserSessions(input:{id:$user,includeOffline:$o}){userErrors{code}}}`,
			"revokeSession":      `mutation($session:ID!,$o:Boolean!){revokeSession(input:{id:$session,includeOffline:$o}){userErrors{code}}}`,
			"revokeSessions":     `mutation($session:ID!,$o:Boolean!){revokeSessions(input:{by:{ids:[$session]},includeOffline:$o}){userErrors{code}}}`,
			"of a user":          `mutation($user:ID!,$o:Boolean!){revokeSessions(input:{by:{userId:$user},includeOffline:$o}){userErrors{code}}}`,
			"of a client":        `mutation($client:ID!,$o:Boolean!){revokeSessions(input:{by:{client:$client},includeOffline:$o}){userErrors{code}}}`,
			"bulkRevokeSessions": `mutation($user:ID!,$o:Boolean!){bulkRevokeSessions(input:{ids:[$user],includeOffline:$o}){userErrors{code}}}`,
		} {
			for _, offline := range []bool{false, true} {
				user := a.user(t, admin.NewUser{Username: uuid.NewString(), Email: uuid.NewString() + "@id.example"})
				session := a.session(t, user, false)
				bound, outliving := a.grant(t, user, session, false, "openid"), a.grant(t, user, session, true, "openid")
				elsewhere := a.grant(t, user, a.session(t, a.admin, true), true, "openid")
				got := a.query(t, token, document, map[string]any{
					"user": model.KindUser.ID(user.ID), "session": model.KindSession.ID(session.ID), "client": model.KindClient.ID(a.client.ID),
					"o": offline,
				})
				if len(got.Errors) > 0 {
					t.Fatalf("%s: %s", name, got.body)
				}
				ended := func(g identity.Grant) bool {
					status, err := a.store.GrantStatus(t.Context(), g.ID, "", a.now)
					check(t, err)
					return status.Grant.EndedAt != nil
				}
				if !ended(bound) || ended(outliving) != offline {
					t.Errorf("%s with %v: bound %v, outliving %v", name, offline, ended(bound), ended(outliving))
				}
				if all := name == "revokeUserSessions" || name == "of a user" || name == "bulkRevokeSessions"; ended(elsewhere) != (offline && all) {
					t.Errorf("%s with %v: the grant of another session is ended: %v", name, offline, ended(elsewhere))
				}
			}
		}
		// A session that has ended before may have left something.
		session := a.session(t, a.admin, true)
		a.grant(t, a.admin, session, true, "openid")
		revoke := func() reply {
			return a.query(t, token, `mutation($s:ID!){revokeSession(input:{id:$s,includeOffline:true}){endedSessions endedGrants userErrors{code}}}`,
				map[string]any{"s": model.KindSession.ID(session.ID)})
		}
		if got := revoke(); got.at("revokeSession", "endedGrants") != 1.0 || got.at("revokeSession", "endedSessions") != 0.0 {
			t.Error(got.body)
		}
		if got := revoke(); len(got.at("revokeSession", "userErrors").([]any)) != 1 {
			t.Error(got.body)
		}
	})
}
