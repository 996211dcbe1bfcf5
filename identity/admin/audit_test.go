package admin_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// actions returns what the events of a page are about.
func actions(p admin.Page[identity.AuditEvent]) []identity.Action {
	out := []identity.Action{}
	for _, e := range p.Items() {
		out = append(out, e.Action)
	}
	return out
}

func TestListAuditEvents(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	f.advance(time.Minute)
	alice := f.user(t, "alice")
	f.advance(time.Minute)
	middle := f.Now()
	_, err := f.SignIn.Password(f.stranger(), identity.SignInAttempt{Login: "alice", Password: "wrong"})
	wantError(t, err, identity.ErrInvalidCredentials)
	f.advance(time.Minute)
	asRoot := f.as(root, identity.ScopeUsersWrite)
	_, err = f.admin.Users.Update(asRoot, alice.ID, admin.UserChange{Verified: ptr(false)}, nil)
	noError(t, err)
	f.advance(time.Minute)
	_, err = f.admin.Users.Delete(asRoot, alice.ID, admin.DeleteUserOptions{})
	noError(t, err)

	const created, failed = identity.ActionUserCreated, identity.ActionSignInFailed
	const updated, deleted = identity.ActionUserUpdated, identity.ActionUserDeleted
	newest := []identity.Action{deleted, updated, failed, created, created}
	for name, c := range map[string]struct {
		filter identity.AuditFilter
		want   []identity.Action
	}{
		"everything":        {identity.AuditFilter{}, newest},
		"about a user":      {identity.AuditFilter{Target: identity.TargetUser, TargetID: alice.ID.String()}, newest[:4]},
		"by an actor":       {identity.AuditFilter{ActorID: root.ID.String()}, newest[:2]},
		"by a name":         {identity.AuditFilter{ActorName: "operator"}, newest[3:]},
		"of some actions":   {identity.AuditFilter{Actions: []identity.Action{created, failed}}, newest[2:]},
		"since":             {identity.AuditFilter{OccurredAt: &identity.TimeMatch{From: &middle}}, newest[:3]},
		"before":            {identity.AuditFilter{OccurredAt: &identity.TimeMatch{Before: &middle}}, newest[3:]},
		"failures":          {identity.AuditFilter{Outcome: identity.OutcomeFailure}, newest[2:3]},
		"from an address":   {identity.AuditFilter{IP: "203.0.113.5"}, newest[2:3]},
		"of a request":      {identity.AuditFilter{RequestID: "request-1"}, newest[:2]},
		"through a client":  {identity.AuditFilter{ClientID: uuid.New()}, newest[:0]},
		"several at a time": {identity.AuditFilter{ActorID: root.ID.String(), Actions: []identity.Action{deleted}, Outcome: identity.OutcomeSuccess}, newest[:1]},
	} {
		for _, ascending := range []bool{false, true} {
			want := slices.Clone(c.want)
			if ascending {
				slices.Reverse(want)
			}
			list := admin.AuditList{Filter: c.filter, Ascending: ascending}
			var forward, backward []identity.Action
			args := admin.PageArgs{First: ptr(2)}
			for {
				p, err := f.admin.Audit.List(f.ctx, list, args)
				noError(t, err)
				forward = append(forward, actions(p)...)
				if !p.HasNext {
					break
				}
				args.After = p.Edges[len(p.Edges)-1].Cursor()
			}
			args = admin.PageArgs{Last: ptr(2)}
			for {
				p, err := f.admin.Audit.List(f.ctx, list, args)
				noError(t, err)
				backward = append(actions(p), backward...)
				if !p.HasPrevious {
					break
				}
				args.Before = p.Edges[0].Cursor()
			}
			if !slices.Equal(forward, want) || !slices.Equal(backward, want) {
				t.Errorf("%s, ascending %v: forward %v, backward %v, want %v", name, ascending, forward, backward, want)
			}
			n, err := f.admin.Audit.Count(f.ctx, list)
			noError(t, err)
			wantSame(t, n, admin.Count{Value: len(want)})
		}
	}
	all, err := f.admin.Audit.List(f.ctx, admin.AuditList{}, admin.PageArgs{})
	noError(t, err)
	for name, filter := range map[string]identity.AuditFilter{
		"everything": {}, "of a user": {UserID: alice.ID}, "of an actor": {UserID: root.ID}, "by an actor": {ActorID: root.ID.String()},
		"by a name": {ActorName: "operator"}, "about users": {Target: identity.TargetUser}, "about one": {TargetID: alice.ID.String()},
		"of actions": {Actions: []identity.Action{created, failed}}, "since": {OccurredAt: &identity.TimeMatch{From: &middle}},
		"before": {OccurredAt: &identity.TimeMatch{Before: &middle}}, "never": {OccurredAt: &identity.TimeMatch{IsNull: ptr(true)}},
		"ever": {OccurredAt: &identity.TimeMatch{IsNull: ptr(false)}}, "failures": {Outcome: identity.OutcomeFailure},
		"from an address": {IP: "203.0.113.5"}, "of a request": {RequestID: "request-1"}, "through a client": {ClientID: uuid.New()},
	} {
		listed, err := f.admin.Audit.List(f.ctx, admin.AuditList{Filter: filter}, admin.PageArgs{})
		noError(t, err)
		var selected, want []uuid.UUID
		for _, e := range all.Items() {
			if filter.Selects(e) {
				selected = append(selected, e.ID)
			}
		}
		for _, e := range listed.Items() {
			want = append(want, e.ID)
		}
		if !slices.Equal(selected, want) {
			t.Errorf("%s: a subscription selects %v, a list %v", name, selected, want)
		}
	}
	update, err := f.admin.Audit.List(
		f.ctx, admin.AuditList{Filter: identity.AuditFilter{Actions: []identity.Action{updated}}}, admin.PageArgs{},
	)
	noError(t, err)
	wantSame(t, update.Edges[0].Item.Changes, map[string]identity.Change{"verified": {Before: true, After: false}})

	nobody := uuid.New()
	histories, err := f.admin.Audit.OfUsers(f.ctx, []uuid.UUID{alice.ID, root.ID, nobody}, 3)
	noError(t, err)
	first := histories[alice.ID]
	wantSame(t, actions(first), newest[:3])
	wantSame(t, []int{len(histories), len(histories[root.ID].Edges), len(histories[nobody].Edges)}, []int{3, 3, 0})
	rest, err := f.admin.Audit.List(f.ctx, admin.AuditList{
		Filter: identity.AuditFilter{UserID: alice.ID},
	}, admin.PageArgs{After: first.Edges[2].Cursor()})
	noError(t, err)
	wantSame(t, actions(rest), newest[3:4])
}

func TestListAuditEventsRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	p, err := f.admin.Audit.List(f.ctx, admin.AuditList{}, admin.PageArgs{})
	noError(t, err)
	for name, c := range map[string]struct {
		filter identity.AuditFilter
		args   admin.PageArgs
		field  string
	}{
		"a cursor of another list": {identity.AuditFilter{IP: "x"}, admin.PageArgs{After: p.Edges[0].Cursor()}, "after"},
		"NUL":                      {identity.AuditFilter{ActorName: "a\x00"}, admin.PageArgs{}, "filter.actor_name"},
		"what is not UTF-8":        {identity.AuditFilter{TargetID: "\xff"}, admin.PageArgs{}, "filter.target_id"},
		"a long text":              {identity.AuditFilter{RequestID: strings.Repeat("x", 10_000)}, admin.PageArgs{}, "filter.request_id"},
		"too many actions":         {identity.AuditFilter{Actions: make([]identity.Action, 51)}, admin.PageArgs{}, "filter.actions"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.admin.Audit.List(f.ctx, admin.AuditList{Filter: c.filter}, c.args)
			wantField(t, err, c.field)
			if c.args == (admin.PageArgs{}) {
				_, err = f.admin.Audit.Count(f.ctx, admin.AuditList{Filter: c.filter})
				wantField(t, err, c.field)
			}
		})
	}
	_, err = f.admin.Audit.OfUsers(f.ctx, []uuid.UUID{uuid.New()}, 101)
	wantField(t, err, "first")
	for _, do := range []func(ctx context.Context) error{
		func(ctx context.Context) error {
			_, err := f.admin.Audit.List(ctx, admin.AuditList{}, admin.PageArgs{})
			return err
		},
		func(ctx context.Context) error { _, err := f.admin.Audit.Count(ctx, admin.AuditList{}); return err },
		func(ctx context.Context) error {
			_, err := f.admin.Audit.OfUsers(ctx, nil, 1)
			return err
		},
		func(ctx context.Context) error {
			_, err := f.admin.Audit.ByIDs(ctx, []uuid.UUID{uuid.New()})
			return err
		},
	} {
		f.refusedWithout(t, identity.ScopeAuditRead, do)
	}
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		deps := f.deps
		deps.Meter = identity.NewMeter(f.Now())
		services := servicesOn(deps)
		f.user(t, "root", administrator)
		f.user(t, "idle", func(n *admin.NewUser) { n.Inactive, n.Verified = true, false })
		f.user(t, "flagged", func(n *admin.NewUser) { n.RequiresPasswordChange = true })
		alice := f.user(t, "alice")
		f.signIn(t, alice)
		f.advance(36 * time.Hour) // the session of alice is over
		bob := f.user(t, "bob")
		f.signIn(t, bob)
		f.signIn(t, bob)
		_ = f.try("bob", "wrong")
		deps.Meter.Token("app", identity.GrantRefreshToken, false, time.Millisecond)

		got, err := services.Statistics.Dashboard(f.ctx, 3)
		noError(t, err)
		day := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
		wantSame(t, got, admin.Dashboard{
			At: f.Now(), ActiveSessions: 2,
			Users: identity.UserNumbers{
				Total: 5, Active: 4, Inactive: 1, Admins: 1, Unverified: 1, RequiresPasswordChange: 1, NewLastDay: 1, NewLastWeek: 5,
			},
			Days: []admin.DashboardDay{
				{Day: day, SignIns: 1}, {Day: day.AddDate(0, 0, 1)}, {Day: day.AddDate(0, 0, 2), SignIns: 2, Failures: 1},
			},
			Usage: identity.Usage{
				Since: start, Tokens: map[identity.GrantType]int{identity.GrantRefreshToken: 1},
				Slowest: []identity.ClientUsage{{ClientID: "app", Requests: 1, Time: time.Millisecond}},
			},
		})
		today, err := services.Statistics.Dashboard(f.ctx, 1)
		noError(t, err)
		wantSame(t, today.Days, got.Days[2:])
		for _, days := range []int{0, -1, 91} {
			_, err := services.Statistics.Dashboard(f.ctx, days)
			wantField(t, err, "days")
		}
		f.refusedWithout(
			t, identity.ScopeSystemRead,
			func(ctx context.Context) error { _, err := f.admin.Statistics.Dashboard(ctx, 1); return err },
		)
	})
}
