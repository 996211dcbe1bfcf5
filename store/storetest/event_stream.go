package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func (f *fixture) eventStream(method identity.DeliveryMethod) identity.EventStream {
	f.Helper()
	s := identity.EventStream{
		ID: f.id(), ClientID: f.client().ID, Method: method, EventsRequested: []string{identity.EventSessionRevoked, "urn:other"},
		Description: "Gate", Status: identity.StreamEnabled, CreatedAt: f.now, UpdatedAt: f.now,
	}
	if method == identity.PushDelivery {
		s.EndpointURL, s.Sealed = "https://receiver.example.org/events", []byte("header \x00\xff")
	}
	f.equal(must(f.store.InsertEventStream(f.ctx, s))(f), true)
	return s
}

func (f *fixture) securityEvent(stream, user uuid.UUID) identity.SecurityEvent {
	f.Helper()
	e := identity.SecurityEvent{
		ID: f.id(), StreamID: stream, UserID: user, SessionID: f.id(), Type: identity.EventSessionRevoked, Event: json.RawMessage(`{"a": 1}`),
	}
	n := f.next()
	e.Txn, e.CreatedAt = fmt.Sprintf("txn %d", n), f.now.Add(time.Duration(n)*time.Microsecond)
	f.noError(f.store.InsertSecurityEvents(f.ctx, 100, e))
	return e
}

func (f *fixture) waiting(stream uuid.UUID) []uuid.UUID {
	f.Helper()
	var ids []uuid.UUID
	for _, e := range must(f.store.SecurityEvents(f.ctx, stream, 100))(f) {
		ids = append(ids, e.ID)
	}
	return ids
}

func eventStreams(r *runner) {
	r.run("a client has one event stream, which is found by its id and by the client", func(f *fixture) {
		s := f.eventStream(identity.PushDelivery)
		f.equal(must(f.store.EventStreamByID(f.ctx, s.ID))(f), s)
		f.equal(must(f.store.EventStreamOf(f.ctx, s.ClientID))(f), s)
		f.equal(must(f.store.LockEventStream(f.ctx, s.ID))(f), s)
		second := s
		second.ID = f.id()
		f.equal(must(f.store.InsertEventStream(f.ctx, second))(f), false)
		for _, read := range []func() (identity.EventStream, error){
			func() (identity.EventStream, error) { return f.store.EventStreamByID(f.ctx, second.ID) },
			func() (identity.EventStream, error) { return f.store.EventStreamOf(f.ctx, f.id()) },
			func() (identity.EventStream, error) { return f.store.LockEventStream(f.ctx, f.id()) },
		} {
			_, err := read()
			f.wantErr(err, identity.ErrEventStreamNotFound)
		}
	})
	r.run("an event stream is changed but for when it was verified, and goes with what waits in it", func(f *fixture) {
		s, other := f.eventStream(identity.PushDelivery), f.eventStream(identity.PollDelivery)
		s.Method, s.EndpointURL, s.Sealed, s.EventsRequested = identity.PollDelivery, "", nil, nil
		s.Description, s.Status, s.StatusReason, s.UpdatedAt = "", identity.StreamPaused, "Night", f.now.Add(time.Second)
		f.noError(f.store.UpdateEventStream(f.ctx, s))
		f.equal(must(f.store.EventStreamByID(f.ctx, s.ID))(f), s)
		f.equal(must(f.store.EventStreamByID(f.ctx, other.ID))(f), other)
		f.securityEvent(s.ID, f.user().ID)
		spared := f.securityEvent(other.ID, uuid.Nil)
		f.noError(f.store.DeleteEventStream(f.ctx, s.ID))
		f.equal(len(f.waiting(s.ID)), 0)
		f.equal(f.waiting(other.ID), []uuid.UUID{spared.ID})
		f.wantErr(f.store.DeleteEventStream(f.ctx, s.ID), identity.ErrEventStreamNotFound)
		f.wantErr(f.store.UpdateEventStream(f.ctx, s), identity.ErrEventStreamNotFound)
		f.noError(f.store.DeleteClient(f.ctx, other.ClientID))
		f.equal(len(f.waiting(other.ID)), 0)
	})
	r.run("of verifications at once exactly one is noted, and no other for a time", func(f *fixture) {
		s := f.eventStream(identity.PollDelivery)
		before := f.now.Add(-time.Minute)
		f.oneWins(func(int) (bool, error) { return f.store.VerifyEventStream(f.ctx, s.ID, f.now, before) })
		f.equal(*must(f.store.EventStreamByID(f.ctx, s.ID))(f).VerifiedAt, f.now)
		f.equal(must(f.store.VerifyEventStream(f.ctx, s.ID, f.now.Add(time.Minute), f.now))(f), true)
	})
	r.run("headers of event streams are sealed anew one after the other", func(f *fixture) {
		first, second := f.eventStream(identity.PushDelivery), f.eventStream(identity.PushDelivery)
		f.eventStream(identity.PollDelivery)
		seen := map[uuid.UUID]bool{}
		var after uuid.UUID
		for {
			list := must(f.store.SealedEventStreams(f.ctx, after, 1))(f)
			if len(list) == 0 {
				break
			}
			after = list[0].ID
			seen[after] = true
		}
		f.equal(seen, map[uuid.UUID]bool{first.ID: true, second.ID: true})
		f.noError(f.store.ResealEventStream(f.ctx, first.ID, []byte("anew")))
		first.Sealed = []byte("anew")
		f.equal(must(f.store.EventStreamByID(f.ctx, first.ID))(f), first)
		f.equal(must(f.store.EventStreamByID(f.ctx, second.ID))(f), second)
	})
	eventSubjects(r)
	securityEvents(r)
}

func eventSubjects(r *runner) {
	r.run("a user is in the streams of clients with a consent or a grant that was not taken from them", func(f *fixture) {
		s, user := f.eventStream(identity.PollDelivery), f.user()
		about := func(u uuid.UUID) []identity.EventStream { return must(f.store.EventStreamsAbout(f.ctx, u))(f) }
		f.equal(len(about(user.ID)), 0)
		grant := f.grant(user.ID, s.ClientID, spent(f.now, 1))
		f.equal(about(user.ID), []identity.EventStream{s})
		unredeemed := f.user()
		f.grant(unredeemed.ID, s.ClientID)
		f.equal(len(about(unredeemed.ID)), 0)
		must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{grant.ID}}, f.now, identity.EndPasswordChanged))(f)
		f.equal(about(user.ID), []identity.EventStream{s})
		for _, reason := range []identity.EndReason{identity.EndRevoked, identity.EndClientRevoked} {
			other := f.user()
			taken := f.grant(other.ID, s.ClientID, spent(f.now, 1))
			must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{taken.ID}}, f.now, reason))(f)
			f.equal(len(about(other.ID)), 0)
			earlier := f.grant(other.ID, s.ClientID, spent(f.now, 1))
			before := f.now.Add(-time.Hour)
			must(f.store.EndGrants(f.ctx, identity.GrantSelection{IDs: []uuid.UUID{earlier.ID}}, before, identity.EndLogout))(f)
			f.equal(len(about(other.ID)), 0)
			f.grant(other.ID, s.ClientID, spent(f.now, 1))
			f.equal(about(other.ID), []identity.EventStream{s})
		}
		consented := f.user()
		f.noError(f.store.SaveConsent(f.ctx, identity.Consent{
			UserID: consented.ID, ClientID: s.ClientID, Scopes: []string{"openid"}, CreatedAt: f.now, UpdatedAt: f.now,
		}))
		f.equal(about(consented.ID), []identity.EventStream{s})
		for _, status := range []identity.StreamStatus{identity.StreamPaused, identity.StreamDisabled} {
			s.Status = status
			f.noError(f.store.UpdateEventStream(f.ctx, s))
			f.equal(len(about(user.ID)) == 1, status == identity.StreamPaused)
		}
	})
	r.run("a user who was removed from a stream is out of that one until added", func(f *fixture) {
		s, user := f.eventStream(identity.PollDelivery), f.user()
		f.grant(user.ID, s.ClientID, spent(f.now, 1))
		for range 2 {
			f.noError(f.store.RemoveStreamSubject(f.ctx, s.ID, user.ID))
			f.equal(len(must(f.store.EventStreamsAbout(f.ctx, user.ID))(f)), 0)
		}
		f.noError(f.store.AddStreamSubject(f.ctx, s.ID, user.ID))
		f.equal(must(f.store.EventStreamsAbout(f.ctx, user.ID))(f), []identity.EventStream{s})
	})
}

func securityEvents(r *runner) {
	r.run("security events are listed in their order, and each is deleted once", func(f *fixture) {
		s, other := f.eventStream(identity.PollDelivery), f.eventStream(identity.PollDelivery)
		user := f.user()
		first, second, third := f.securityEvent(s.ID, user.ID), f.securityEvent(s.ID, user.ID), f.securityEvent(s.ID, uuid.Nil)
		foreign := f.securityEvent(other.ID, user.ID)
		f.noError(f.store.DeleteUser(f.ctx, user.ID)) // who hears of it knows them by a name of their own
		list := must(f.store.SecurityEvents(f.ctx, s.ID, 2))(f)
		f.equal(len(list), 2)
		f.equal(list[0].Txn, first.Txn)
		f.equal([]uuid.UUID{list[0].ID, list[0].UserID, list[0].SessionID}, []uuid.UUID{first.ID, user.ID, first.SessionID})
		var content map[string]int
		f.noError(json.Unmarshal(list[0].Event, &content))
		f.equal(content, map[string]int{"a": 1})
		f.equal(f.waiting(s.ID), []uuid.UUID{first.ID, second.ID, third.ID})
		f.oneWins(func(int) (bool, error) {
			ids, err := f.store.DeleteSecurityEvents(f.ctx, s.ID, second.ID, foreign.ID)
			return len(ids) > 0, err
		})
		f.equal(f.waiting(s.ID), []uuid.UUID{first.ID, third.ID})
		f.equal(f.waiting(other.ID), []uuid.UUID{foreign.ID})
		f.noError(f.store.ClearEventStream(f.ctx, s.ID))
		f.equal(len(f.waiting(s.ID)), 0)
		f.equal(f.waiting(other.ID), []uuid.UUID{foreign.ID})
	})
	r.run("a stream that is full takes no security event, and another does", func(f *fixture) {
		s, other := f.eventStream(identity.PollDelivery), f.eventStream(identity.PollDelivery)
		f.securityEvent(s.ID, uuid.Nil)
		f.securityEvent(s.ID, uuid.Nil)
		event := func(stream uuid.UUID) identity.SecurityEvent {
			return identity.SecurityEvent{ID: f.id(), StreamID: stream, Type: "t", Event: json.RawMessage(`{}`), CreatedAt: f.now}
		}
		f.noError(f.store.InsertSecurityEvents(f.ctx, 3, event(s.ID), event(s.ID), event(other.ID)))
		f.equal(len(f.waiting(s.ID)), 3)
		f.equal(len(f.waiting(other.ID)), 1)
	})
	r.run("events wait for a job in streams with push that are enabled", func(f *fixture) {
		s := f.eventStream(identity.PushDelivery)
		polled := f.eventStream(identity.PollDelivery)
		f.equal(len(must(f.store.WaitingEventStreams(f.ctx))(f)), 0)
		f.securityEvent(s.ID, uuid.Nil)
		f.securityEvent(polled.ID, uuid.Nil)
		f.equal(must(f.store.WaitingEventStreams(f.ctx))(f), []identity.EventStream{s})
		s.Status = identity.StreamPaused
		f.noError(f.store.UpdateEventStream(f.ctx, s))
		f.equal(len(must(f.store.WaitingEventStreams(f.ctx))(f)), 0)
	})
	r.run("a sweep removes the security events of before a time", func(f *fixture) {
		s := f.eventStream(identity.PollDelivery)
		f.securityEvent(s.ID, uuid.Nil)
		before := f.now.Add(-time.Hour)
		expiry := identity.Expiry{
			Now: before, EndedBefore: before, JobsBefore: before, MailBefore: before, DecisionsBefore: before, EventsBefore: before,
		}
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 0)
		expiry.EventsBefore = f.now.Add(time.Second)
		f.equal(must(f.store.Sweep(f.ctx, expiry, 10))(f), 1)
		f.equal(len(f.waiting(s.ID)), 0)
	})
}
