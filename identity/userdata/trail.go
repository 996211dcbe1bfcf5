package userdata

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// clientEvent is an event with the client through which it was done.
type clientEvent struct {
	identity.PersonEvent
	client identity.Client
}

// by says who acts.
func (e clientEvent) by() string {
	switch {
	case e.ByPerson():
		return "the person"
	case e.ActorKind == identity.ActorUser:
		return "another user"
	case e.ActorKind == identity.ActorClient:
		return "an application"
	case e.ActorKind == identity.ActorSystem:
		return "the server"
	}
	return "nobody who had signed in"
}

// from returns what is known of the connection, if it may be the person's.
func (e clientEvent) from(value string) any {
	if e.OwnConnection() {
		return value
	}
	return nil
}

// target returns what is acted upon, unless that is another person, or theirs.
func (e clientEvent) target(value string) any {
	if e.OfOthers() {
		return nil
	}
	return value
}

// meanings say what the actions are.
var meanings = func() map[identity.Action]string {
	all := make(map[identity.Action]string, len(identity.Actions))
	for _, a := range identity.Actions {
		all[a.Action] = a.Meaning
	}
	return all
}()

var eventData = listed(dataSection{
	name: "events",
	about: "The entries of the audit trail in which the person acts, or which are about their account. Who else has acted is not named, " +
		"nor what the person has done to others.",
	purpose: "To find out who has done what, when an account or the server was misused.",
	retained: func(s *identity.Settings) string {
		if s.AuditRetention == 0 {
			return "For ever. When the account is erased, names and addresses are taken out."
		}
		return "For " + period(s.AuditRetention) + ". When the account is erased, names and addresses are taken out before."
	},
}, []dataField[clientEvent]{
	{"id", "Identifies it.", func(e clientEvent) any { return e.ID }},
	{"occurred_at", "When it happened.", func(e clientEvent) any { return e.OccurredAt }},
	{"action", "What happened.", func(e clientEvent) any { return string(e.Action) }},
	{"meaning", "The same in words.", func(e clientEvent) any { return meanings[e.Action] }},
	{"by", "Who has done it.", func(e clientEvent) any { return e.by() }},
	{"client_id", "Through which application.", func(e clientEvent) any { return e.client.ClientID }},
	{"target_kind", "To what sort of thing.", func(e clientEvent) any { return string(e.Target) }},
	{"target_id", "To which, unless that is of others.", func(e clientEvent) any { return e.target(e.TargetID) }},
	{"target_name", "Its name at that time.", func(e clientEvent) any { return e.target(e.TargetName) }},
	{"outcome", "Whether it was done, or refused.", func(e clientEvent) any { return string(e.Outcome) }},
	{"reason", "Why.", func(e clientEvent) any { return e.Reason }},
	{"ip", "From which address, unless another user has done it.", func(e clientEvent) any { return e.from(e.IP) }},
	{"user_agent", "What the browser says that it is.", func(e clientEvent) any { return e.from(e.UserAgent) }},
	{"request_id", "Identifies the request in the log of the server.", func(e clientEvent) any { return e.from(e.RequestID) }},
	{"changes", "What of the person's it has changed.", func(e clientEvent) any {
		if !e.AboutPerson() {
			return nil
		}
		return e.Changes
	}},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[clientEvent], error) {
	found, err := s.store.AuditEvents(ctx, identity.AuditQuery{
		Filter: identity.AuditFilter{UserID: s.user.ID}, Ascending: true, Range: slice,
	})
	if err != nil {
		return nil, err
	}
	clients, err := clientsOf(ctx, s, found, func(r identity.ListRow[identity.AuditEvent]) *uuid.UUID { return r.Item.ClientID })
	rows := make([]identity.ListRow[clientEvent], len(found))
	for i, r := range found {
		item := clientEvent{PersonEvent: identity.PersonEvent{AuditEvent: r.Item, Person: s.user.ID}}
		if r.Item.ClientID != nil {
			item.client = clients[*r.Item.ClientID]
		}
		rows[i] = identity.ListRow[clientEvent]{Item: item, CursorKey: r.CursorKey}
	}
	return rows, err
})

var jobData = listed(dataSection{
	name:     "jobs",
	about:    "The imports and exports that the person has asked for as an administrator. Their files are about others.",
	purpose:  "To run them, with the rights of who has asked.",
	retained: same("An export whose file can be downloaded for a day, any other that is over for 7 days."),
}, []dataField[identity.Transfer]{
	{"id", "Identifies it.", func(t identity.Transfer) any { return t.ID }},
	{"kind", "What is imported or exported.", func(t identity.Transfer) any { return string(t.Kind) }},
	{"state", "Where it stands.", func(t identity.Transfer) any { return string(t.State) }},
	{"created_at", "When it was asked for.", func(t identity.Transfer) any { return t.CreatedAt }},
	{"finished_at", "When it was over.", func(t identity.Transfer) any { return t.FinishedAt }},
	{"expires_at", "When it is deleted.", func(t identity.Transfer) any { return t.ExpiresAt }},
	{"rows", "How many rows it has dealt with.", func(t identity.Transfer) any { return t.Counts.Processed }},
	{"ip", "From which address it was asked for.", func(t identity.Transfer) any { return t.Actor.IP }},
	{"user_agent", "What the browser says that it is.", func(t identity.Transfer) any { return t.Actor.UserAgent }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[identity.Transfer], error) {
	return s.store.TransfersOf(ctx, s.user.ID, slice)
})

var refusalData = whole(dataSection{
	name: "refusals",
	about: "Requests of applications in the name of the person that this server has refused, as far as the node that has made this document " +
		"remembers them.",
	purpose:  "To let the developers of applications repair these.",
	retained: same("For a day at most, in memory alone."),
}, []dataField[identity.Refusal]{
	{"at", "When.", func(r identity.Refusal) any { return r.At }},
	{"endpoint", "Where.", func(r identity.Refusal) any { return string(r.Endpoint) }},
	{"code", "What the application was told.", func(r identity.Refusal) any { return r.Code }},
	{"message", "The same in words.", func(r identity.Refusal) any { return r.Message }},
	{"rule", "Which rule the request broke.", func(r identity.Refusal) any { return string(r.Rule) }},
	{"ip", "From which address the request came.", func(r identity.Refusal) any { return r.IP }},
}, func(_ context.Context, s *subject) ([]identity.Refusal, error) {
	return s.refusals.List(identity.RefusalFilter{UserID: s.user.ID}), nil
})
