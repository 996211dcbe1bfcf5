package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) event(change func(*identity.AuditEvent)) identity.AuditEvent {
	f.Helper()
	e := f.newEvent()
	change(&e)
	f.noError(f.store.InsertAudit(f.ctx, e))
	return e
}

func (f *fixture) newEvent() identity.AuditEvent {
	return identity.AuditEvent{
		ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: "actor", ActorName: "ann",
		Action: identity.ActionSignedIn, Target: identity.TargetUser, TargetID: "target", Outcome: identity.OutcomeSuccess,
		IP: "192.0.2.1", RequestID: "request",
	}
}

func auditLists(r *runner) {
	r.run("pages of events meet every one once in both directions", func(f *fixture) {
		var all []identity.AuditEvent
		for i := range 60 {
			all = append(all, f.event(func(e *identity.AuditEvent) {
				e.OccurredAt = start.Add(time.Duration(i*7%20) * 250 * time.Millisecond)
			}))
		}
		slices.SortFunc(all, func(a, b identity.AuditEvent) int { return order(a.OccurredAt, b.OccurredAt, a.ID, b.ID) })
		id := func(e identity.AuditEvent) uuid.UUID { return e.ID }
		f.walks(everyID(all, id), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Ascending: ascending, Range: page}))(f), id)
		})
		rows := must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Range: identity.KeysetRange{Limit: 1}}))(f)
		f.equal(rows[0].Item, all[len(all)-1])
	})
	r.run("a cursor that is none of the trail is refused", func(f *fixture) {
		_, err := f.store.AuditEvents(f.ctx, identity.AuditQuery{Range: identity.KeysetRange{Limit: 1, After: &identity.CursorKey{Key: "x"}}})
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "after" {
			f.Fatalf("got %v", err)
		}
	})
	r.run("filters of the trail select what they say", auditFilters)
	r.run("the newest events by and about many users are those that each history begins with", func(f *fixture) {
		ids := []uuid.UUID{f.id(), f.id(), f.id(), f.id()} // the last has done nothing
		for i := range 48 {
			f.event(func(e *identity.AuditEvent) {
				e.OccurredAt = f.now.Add(time.Duration(i*5%8) * time.Second)
				e.ActorID, e.TargetID = ids[i%3].String(), ids[i/3%3].String()
				switch i % 4 {
				case 0:
					e.Target = identity.TargetSession
				case 1:
					e.ActorID = "somebody else"
				}
			})
		}
		history := func(id uuid.UUID, page identity.KeysetRange, ascending bool) []identity.ListRow[identity.AuditEvent] {
			return must(f.store.AuditEvents(f.ctx, identity.AuditQuery{
				Filter: identity.AuditFilter{UserID: id}, Range: page, Ascending: ascending,
			}))(f)
		}
		for _, limit := range []int{1, 4, 100} {
			got := must(f.store.NewestAuditOf(f.ctx, append(ids, ids[1]), limit))(f)
			f.equal(len(got), 3)
			for _, id := range ids[:3] {
				f.equal(got[id], history(id, identity.KeysetRange{Limit: limit}, false))
			}
		}
		f.equal(len(must(f.store.NewestAuditOf(f.ctx, nil, 5))(f)), 0)
		f.equal(len(must(f.store.NewestAuditOf(f.ctx, ids, 0))(f)), 0)

		var all []identity.AuditEvent
		for _, row := range must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Ascending: true, Range: identity.KeysetRange{Limit: 100}}))(f) {
			e := row.Item
			if e.ActorID == ids[0].String() || e.Target == identity.TargetUser && e.TargetID == ids[0].String() {
				all = append(all, e)
			}
		}
		eventID := func(e identity.AuditEvent) uuid.UUID { return e.ID }
		f.walks(everyID(all, eventID), func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, history(ids[0], page, ascending), eventID)
		})
		filter := identity.AuditFilter{UserID: ids[0]}
		f.equal(must(f.store.CountAuditEvents(f.ctx, identity.AuditQuery{Filter: filter}, 100))(f), len(all))
	})
	r.run("events are found by their ids", func(f *fixture) {
		one, two := f.event(func(*identity.AuditEvent) {}), f.event(func(*identity.AuditEvent) {})
		f.equal(must(f.store.AuditEventsByID(f.ctx, []uuid.UUID{one.ID, f.id()}))(f), []identity.AuditEvent{one})
		f.equal(len(must(f.store.AuditEventsByID(f.ctx, []uuid.UUID{one.ID, two.ID}))(f)), 2)
		f.equal(len(must(f.store.AuditEventsByID(f.ctx, nil))(f)), 0)
	})
	r.run("a day is one of UTC, from midnight to midnight", func(f *fixture) {
		day := time.Date(2026, time.March, 29, 0, 0, 0, 0, time.UTC) // many zones change their clocks
		oslo := time.FixedZone("UTC+2", 2*60*60)
		at := func(t time.Time, action identity.Action) {
			f.event(func(e *identity.AuditEvent) { e.OccurredAt, e.Action = t, action })
		}
		at(day.Add(-time.Microsecond), identity.ActionSignedIn)
		at(day, identity.ActionSignedIn)
		at(day.Add(24*time.Hour-time.Microsecond).In(oslo), identity.ActionSignedIn)
		at(day.Add(time.Hour), identity.ActionSignInFailed)
		at(day.Add(24*time.Hour), identity.ActionSignedIn)
		at(day.Add(time.Hour), identity.ActionUserCreated)
		days := func(from time.Time, actions ...identity.Action) []identity.ActionDay {
			return must(f.store.AuditDays(f.ctx, from, actions))(f)
		}
		next := day.AddDate(0, 0, 1)
		in, failed := identity.ActionSignedIn, identity.ActionSignInFailed
		f.equal(days(day, in, failed), []identity.ActionDay{
			{Day: day, Action: failed, Count: 1}, {Day: day, Action: in, Count: 2}, {Day: next, Action: in, Count: 1},
		})
		f.equal(days(day.AddDate(0, 0, -1).In(oslo), in), []identity.ActionDay{
			{Day: day.AddDate(0, 0, -1), Action: in, Count: 1}, {Day: day, Action: in, Count: 2}, {Day: next, Action: in, Count: 1},
		})
		f.equal(len(days(day)), 0)
	})
	r.run("what a stranger sends cannot prevent the record of a change", func(f *fixture) {
		type address struct{ Street string }
		f.event(func(e *identity.AuditEvent) {
			e.Changes = map[string]identity.Change{
				"name": {Before: "a\x00b", After: "\xff"}, "list": {After: []string{"\x00", `\u0000`}},
				"nested":        {After: map[string]any{"k\x00": []any{address{"s\x00\xfe"}, 12345678901234567}}},
				"field\x00\xff": {After: true},
			}
		})
		got := f.recentAudit(1)[0]
		f.equal(fmt.Sprint(got.Changes), fmt.Sprint(map[string]identity.Change{
			"name": {Before: "a\uFFFDb", After: "\uFFFD"}, "list": {After: []any{"\uFFFD", `\u0000`}},
			"nested":            {After: map[string]any{"k\uFFFD": []any{map[string]any{"Street": "s\uFFFD\uFFFD"}, 12345678901234567.0}}},
			"field\uFFFD\uFFFD": {After: true},
		}))
	})
}

func auditFilters(f *fixture) {
	client := f.id()
	events := map[string]identity.AuditEvent{}
	add := func(name string, age int, change func(*identity.AuditEvent)) {
		events[name] = f.event(func(e *identity.AuditEvent) {
			e.OccurredAt, e.Reason = f.now.Add(-time.Duration(age)*time.Second), name
			change(e)
		})
	}
	add("plain", 0, func(*identity.AuditEvent) {})
	add("other", 1, func(e *identity.AuditEvent) {
		e.ActorID, e.ActorName, e.ClientID, e.Target, e.TargetID = "a2", "bob", &client, identity.TargetClient, "t2"
		e.Action, e.Outcome, e.IP, e.RequestID = identity.ActionClientCreated, identity.OutcomeFailure, "2001:db8::1", "r2"
	})
	add("old", 3600, func(e *identity.AuditEvent) { e.Action = identity.ActionSignInFailed })
	for name, c := range map[string]struct {
		filter identity.AuditFilter
		want   []string
	}{
		"all":             {identity.AuditFilter{}, []string{"plain", "other", "old"}},
		"actor":           {identity.AuditFilter{ActorID: "a2"}, []string{"other"}},
		"name":            {identity.AuditFilter{ActorName: "bob"}, []string{"other"}},
		"client":          {identity.AuditFilter{ClientID: client}, []string{"other"}},
		"action":          {identity.AuditFilter{Actions: []identity.Action{identity.ActionSignedIn}}, []string{"plain"}},
		"actions":         {identity.AuditFilter{Actions: []identity.Action{identity.ActionSignedIn, identity.ActionSignInFailed}}, []string{"plain", "old"}},
		"kind":            {identity.AuditFilter{Target: identity.TargetUser}, []string{"plain", "old"}},
		"target":          {identity.AuditFilter{Target: identity.TargetClient, TargetID: "t2"}, []string{"other"}},
		"another kind":    {identity.AuditFilter{Target: identity.TargetUser, TargetID: "t2"}, []string{}},
		"outcome":         {identity.AuditFilter{Outcome: identity.OutcomeFailure}, []string{"other"}},
		"address":         {identity.AuditFilter{IP: "2001:db8::1"}, []string{"other"}},
		"request":         {identity.AuditFilter{RequestID: "r2"}, []string{"other"}},
		"from, inclusive": {identity.AuditFilter{OccurredAt: &identity.TimeMatch{From: ptr(f.now.Add(-time.Second))}}, []string{"plain", "other"}},
		"before":          {identity.AuditFilter{OccurredAt: &identity.TimeMatch{Before: ptr(f.now.Add(-time.Second))}}, []string{"old"}},
		"zone":            {identity.AuditFilter{OccurredAt: &identity.TimeMatch{From: ptr(f.now.In(time.FixedZone("", 5400)))}}, []string{"plain"}},
		"several":         {identity.AuditFilter{ActorID: "actor", Outcome: identity.OutcomeSuccess, OccurredAt: &identity.TimeMatch{Before: &f.now}}, []string{"old"}},
		"no text":         {identity.AuditFilter{ActorName: "a\x00"}, []string{}},
		"quotes":          {identity.AuditFilter{ActorName: `' OR 1=1 -- \ ?`}, []string{}},
	} {
		got := []string{}
		for _, row := range must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Filter: c.filter, Range: identity.KeysetRange{Limit: 9}}))(f) {
			f.equal(row.Item, events[row.Item.Reason])
			got = append(got, row.Item.Reason)
		}
		n := must(f.store.CountAuditEvents(f.ctx, identity.AuditQuery{Filter: c.filter}, 10))(f)
		if !slices.Equal(got, c.want) || n != len(c.want) {
			f.Errorf("%s: got %q and the count %d, want %q", name, got, n, c.want)
		}
	}
	for limit, want := range map[int]int{0: 1, 1: 2, 2: 3, 3: 3} {
		f.equal(must(f.store.CountAuditEvents(f.ctx, identity.AuditQuery{}, limit))(f), want)
	}
}
