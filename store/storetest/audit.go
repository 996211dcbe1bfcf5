package storetest

import (
	"time"

	"github.com/authly/authly/identity"
)

func audit(r *runner) {
	r.run("events come back as they were, newest first", func(f *fixture) {
		full := identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: "id", ActorName: "o'brien", ClientID: ptr(f.id()),
			Action: identity.ActionUserUpdated, Target: identity.TargetUser, TargetID: "target", TargetName: "name",
			Outcome: identity.OutcomeFailure, Reason: "why", IP: "192.0.2.1", UserAgent: "agent", RequestID: "req",
			Changes: map[string]identity.Change{"email": {Before: "a", After: `b"\`}, "password": {}},
		}
		bare := identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now.Add(time.Second), ActorKind: identity.ActorSystem, Action: identity.ActionKeyCreated,
			Outcome: identity.OutcomeSuccess,
		}
		f.noError(f.store.InsertAudit(f.ctx))
		f.noError(f.store.InsertAudit(f.ctx, full, bare))
		f.equal(f.recentAudit(10), []identity.AuditEvent{bare, full})
		f.equal(f.recentAudit(1), []identity.AuditEvent{bare})
		if got := f.recentAudit(0); len(got) > 0 {
			f.Fatalf("got %v", got)
		}
	})
	r.run("an event outlives what it tells about", func(f *fixture) {
		u := f.user()
		f.noError(f.store.InsertAudit(f.ctx, identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorUser, ActorID: u.ID.String(), Outcome: identity.OutcomeSuccess,
		}))
		f.noError(f.store.DeleteUser(f.ctx, u.ID))
		f.equal(len(f.recentAudit(9)), 1)
	})
	r.run("what a stranger sends cannot prevent its own record", func(f *fixture) {
		f.noError(f.store.InsertAudit(f.ctx, identity.AuditEvent{
			ID: f.id(), OccurredAt: f.now, ActorKind: identity.ActorAnonymous, Outcome: identity.OutcomeFailure,
			TargetName: "a\x00b", UserAgent: "\xff",
		}))
		got := f.recentAudit(1)[0]
		f.equal([]string{got.TargetName, got.UserAgent}, []string{"a\uFFFDb", "\uFFFD"})
	})
}

// recentAudit returns the newest events, newest first.
func (f *fixture) recentAudit(limit int) []identity.AuditEvent {
	f.Helper()
	var events []identity.AuditEvent
	for _, listed := range must(f.store.AuditEvents(f.ctx, identity.AuditQuery{Range: identity.KeysetRange{Limit: limit}}))(f) {
		events = append(events, listed.Item)
	}
	return events
}
