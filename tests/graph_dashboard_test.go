package tests

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

func TestAdminReadsTheDashboard(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		a.added(t, "bob", object{"active": false})
		a.added(t, "carol", object{"admin": true, "password": object{"generateTemporary": true}})
		b := harness.NewBrowser(t, a.Node)
		b.Get(a.URL + "/login")
		b.SignIn("alice", "wrong")
		_, k := a.signIn(t, "alice", harness.AlicePassword)
		refresh(t, a.Node, "web", k.refresh)
		a.Refresh(t, "web", "garbage")
		const document = `{dashboard(days:7){at users{total active inactive admins unverified requiresPasswordChange}
			activity{newUsersLastDay newUsersLastWeek} activeSessions days{day signIns failures}
			tokens{since byGrantType{grantType count} slowestClients{clientId requests refusals meanMilliseconds} mostRefusedClients{clientId refusals}}}}`
		data := a.run(t, document)["dashboard"]
		users := object{"total": 4.0, "active": 3.0, "inactive": 1.0, "admins": 2.0, "unverified": 2.0, "requiresPasswordChange": 1.0}
		if diff := cmp.Diff(users, dig(data, "users")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(object{"newUsersLastDay": 4.0, "newUsersLastWeek": 4.0}, dig(data, "activity")); diff != "" {
			t.Error(diff)
		}
		if dig(data, "activeSessions") != 2.0 {
			t.Errorf("sessions: %v", dig(data, "activeSessions"))
		}
		days := dig(data, "days").([]any)
		signIns, failures := 0.0, 0.0
		for _, day := range days {
			signIns += dig(day, "signIns").(float64)
			failures += dig(day, "failures").(float64)
		}
		if len(days) != 7 || signIns != 2 || failures != 1 {
			t.Errorf("≠ sign-ins by day: %v", days)
		}
		counts := []any{object{"grantType": "authorization_code", "count": 2.0}, object{"grantType": "refresh_token", "count": 1.0}}
		if diff := cmp.Diff(counts, dig(data, "tokens", "byGrantType")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]any{object{"clientId": "web", "refusals": 1.0}}, dig(data, "tokens", "mostRefusedClients")); diff != "" ||
			len(dig(data, "tokens", "slowestClients").([]any)) != 2 {
			t.Error(diff, data)
		}
		if at, _ := dig(data, "at").(string); !strings.HasPrefix(at, a.Clock.Now().UTC().Format("2006-")) {
			t.Errorf("≠ the time is now: %s", at)
		}
		a.refuses(t, identity.ScopeSystemRead, document)
	})
}
