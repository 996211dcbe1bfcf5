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

const sessionsDocument = `subscription($after:String,$filter:SessionChangeFilter){
	sessionChanged(after:$after,filter:$filter){cursor change reason userId sessions{id active endReason user{username}}}}`

// told reads the next message of a subscription, without its cursor.
func (s *openStream) told(field string) (message map[string]any, cursor string) {
	s.t.Helper()
	e := s.next()
	var result struct {
		Data   map[string]map[string]any
		Errors []any
	}
	if json.Unmarshal([]byte(e.data), &result) != nil || len(result.Errors) > 0 || result.Data[field] == nil {
		s.t.Fatalf("not a result: %+v", e)
	}
	message = result.Data[field]
	if cursor, _ = message["cursor"].(string); cursor != e.id {
		s.t.Errorf("the id is not the cursor: %+v", e)
	}
	delete(message, "cursor")
	return message, cursor
}

// signIn signs somebody in, in the browser with a cookie if there is one.
func (a *api) signIn(tb testing.TB, username, cookie string) identity.NewSession {
	tb.Helper()
	a.later.Add(int64(time.Second))
	s, err := a.domain.SignIn.Password(tb.Context(), identity.SignInAttempt{
		Login: username, Password: "correct horse battery staple", ClientID: a.client.ID, Cookie: cookie,
	})
	check(tb, err)
	return s
}

// TestEveryEndOfASessionIsTold: by whichever way sessions begin and end, whoever follows them is told which.
func TestEveryEndOfASessionIsTold(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Verified: true})
		ann := a.user(t, admin.NewUser{Username: "ann", Email: "ann@id.example", Verified: true})
		url, token := a.serve(t), a.token(t, a.admin, identity.ScopeSessionsRead, identity.ScopeUsersRead)
		all := subscribe(t, url, token, sessionsDocument, nil)
		bobs := subscribe(t, url, token, sessionsDocument, map[string]any{"filter": map[string]any{"userId": model.KindUser.ID(bob.ID), "change": "ENDED"}})
		shown := func(s identity.Session, u identity.User, active bool, reason any) map[string]any {
			return map[string]any{"id": model.KindSession.ID(s.ID), "active": active, "endReason": reason, "user": map[string]any{"username": u.Username}}
		}
		expect := func(change string, u identity.User, reason any, sessions ...map[string]any) string {
			t.Helper()
			a.wake()
			list := []any{}
			for _, s := range sessions {
				list = append(list, s)
			}
			want := map[string]any{"change": change, "reason": reason, "userId": model.KindUser.ID(u.ID), "sessions": list}
			got, cursor := all.told("sessionChanged")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
			if change == "ENDED" && u.ID == bob.ID {
				if got, _ := bobs.told("sessionChanged"); cmp.Diff(want, got) != "" {
					t.Fatal(cmp.Diff(want, got))
				}
			}
			return cursor
		}
		ctx := a.system(t)
		first := a.signIn(t, "bob", "")
		expect("SIGNED_IN", bob, nil, shown(first.Session, bob, true, nil))
		again := a.signIn(t, "bob", first.Secret) // the same session, renewed
		if again.Session.ID != first.Session.ID {
			t.Fatal("another session")
		}
		beginning := expect("SIGNED_IN", bob, nil, shown(first.Session, bob, true, nil))
		anns := a.signIn(t, "ann", again.Secret)
		expect("ENDED", bob, "replaced", shown(first.Session, bob, false, "replaced"))
		expect("SIGNED_IN", ann, nil, shown(anns.Session, ann, true, nil))
		second, third := a.signIn(t, "bob", ""), a.signIn(t, "bob", "")
		expect("SIGNED_IN", bob, nil, shown(second.Session, bob, true, nil))
		expect("SIGNED_IN", bob, nil, shown(third.Session, bob, true, nil))
		check(t, a.domain.Sessions.SignOut(t.Context(), identity.BrowserSession{Session: anns.Session, User: ann}))
		expect("ENDED", ann, "logout", shown(anns.Session, ann, false, "logout"))
		_, err := a.services.Sessions.Revoke(ctx, admin.RevokeBy{IDs: []uuid.UUID{second.Session.ID}})
		check(t, err)
		expect("ENDED", bob, "revoked", shown(second.Session, bob, false, "revoked"))
		fourth := a.signIn(t, "bob", "")
		expect("SIGNED_IN", bob, nil, shown(fourth.Session, bob, true, nil))
		a.later.Add(int64(time.Second))
		_, err = a.services.Sessions.Revoke(ctx, admin.RevokeBy{UserID: bob.ID})
		check(t, err)
		expect("ENDED", bob, "revoked", shown(third.Session, bob, false, "revoked"), shown(fourth.Session, bob, false, "revoked"))
		a.grant(t, bob, identity.Session{}, true, "openid")
		_, err = a.services.Sessions.Revoke(ctx, admin.RevokeBy{UserID: bob.ID, IncludeOffline: true}) // a grant and no session: not told
		check(t, err)
		fifth := a.signIn(t, "bob", "")
		expect("SIGNED_IN", bob, nil, shown(fifth.Session, bob, true, nil))
		_, err = a.services.Users.Delete(ctx, bob.ID, admin.DeleteUserOptions{})
		check(t, err)
		last := expect("ENDED", bob, "deleted")

		resumed := subscribe(t, url, token, sessionsDocument, map[string]any{"after": beginning})
		if got, _ := resumed.told("sessionChanged"); got["userId"] != nil || got["change"] != "ENDED" { // of a session that is gone
			t.Errorf("after the break: %v", got)
		}
		for cursor := ""; cursor != last; {
			_, cursor = resumed.told("sessionChanged")
		}
	})
}

func TestJobsAreFollowedToTheirEnd(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		paused := a.importing(t, identity.TransferPaused)
		over := a.importing(t, identity.TransferSucceeded)
		url, token := a.serve(t), a.token(t, a.admin, identity.ScopeJobsRead, identity.ScopeJobsWrite, identity.ScopeUsersWrite)
		const all = `subscription($after:String){jobUpdated(after:$after){cursor job{id state counts{created}}}}`
		const one = `subscription($id:ID!){jobUpdated(id:$id){cursor job{id state counts{created}}}}`
		shown := func(id, state string, created float64) map[string]any {
			return map[string]any{"job": map[string]any{"id": id, "state": state, "counts": map[string]any{"created": created}}}
		}
		expect := func(s *openStream, want map[string]any) string {
			t.Helper()
			got, cursor := s.told("jobUpdated")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
			return cursor
		}
		follows := subscribe(t, url, token, all, nil)
		expect(follows, shown(paused, "PAUSED", 0))
		ended := subscribe(t, url, token, one, map[string]any{"id": over})
		expect(ended, shown(over, "SUCCEEDED", 0))
		if end := ended.next(); end != (sent{event: "complete"}) {
			t.Errorf("not complete: %+v", end)
		}
		asked := a.query(t, token, `mutation{importUsers(input:{format:JSON_LINES}){job{id} uploadUrl}}`, nil)
		id := asked.at("importUsers", "job", "id").(string)
		cursor := expect(follows, shown(id, "WAITING", 0))
		its := subscribe(t, url, token, one, map[string]any{"id": id})
		expect(its, shown(id, "WAITING", 0))
		a.sendFile(t, asked.at("importUsers", "uploadUrl"), `{"username":"ann","email":"ann@id.example"}`)
		a.runJobs(t)
		for state := ""; state != "SUCCEEDED"; {
			got, _ := its.told("jobUpdated")
			state, _ = got["job"].(map[string]any)["state"].(string)
		}
		if end := its.next(); end != (sent{event: "complete"}) {
			t.Errorf("not complete: %+v", end)
		}
		resumed := subscribe(t, url, token, all, map[string]any{"after": cursor})
		seen := map[any]any{}
		for len(seen) < 3 {
			got, _ := resumed.told("jobUpdated")
			job := got["job"].(map[string]any)
			seen[job["id"]] = job["state"]
		}
		if diff := cmp.Diff(map[any]any{paused: "PAUSED", over: "SUCCEEDED", id: "SUCCEEDED"}, seen); diff != "" {
			t.Error(diff)
		}
		for name, id := range map[string]string{
			"unknown": model.KindJob.ID(a.domain.Source.NewID()), "another kind": model.KindUser.ID(a.admin.ID),
		} {
			w := a.send(t.Context(), token, `{"query":"subscription{jobUpdated(id:\"`+id+`\"){cursor}}"}`, "Accept", mediaEventStream)
			if !strings.Contains(w.Body.String(), `"code":"JOB_NOT_FOUND"`) {
				t.Errorf("%s: %s", name, w.Body)
			}
		}
	})
}
