package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// personEvent is an event as the person may see it who acts in it, or is acted upon: others have rights too (Art. 15(4) GDPR).
type personEvent struct {
	identity.AuditEvent
	person uuid.UUID
	client identity.Client // through which it was done
}

// byPerson reports whether the person acts.
func (e personEvent) byPerson() bool { return e.ActorID == e.person.String() }

// aboutPerson reports whether the event tells of the person: of their account, or of a session or grant of their own.
func (e personEvent) aboutPerson() bool {
	switch e.Target { //nolint:exhaustive // the others are not of persons
	case identity.TargetUser:
		return e.TargetID == e.person.String()
	case identity.TargetSession, identity.TargetGrant:
		return e.byPerson() && e.TargetName == e.ActorName
	}
	return false
}

// by says who acts.
func (e personEvent) by() string {
	switch {
	case e.byPerson():
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

// from returns what is known of the connection, which may be the person's: nobody else's is told.
func (e personEvent) from(value string) any {
	if e.byPerson() || e.ActorKind == identity.ActorAnonymous {
		return value
	}
	return nil
}

// target returns what is acted upon, unless that is another person, or theirs.
func (e personEvent) target(value string) any {
	switch e.Target { //nolint:exhaustive // the others are not of persons
	case identity.TargetUser, identity.TargetSession, identity.TargetGrant:
		if !e.aboutPerson() {
			return nil
		}
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
}, []dataField[personEvent]{
	{"id", "Identifies it.", func(e personEvent) any { return e.ID }},
	{"occurred_at", "When it happened.", func(e personEvent) any { return e.OccurredAt }},
	{"action", "What happened.", func(e personEvent) any { return string(e.Action) }},
	{"meaning", "The same in words.", func(e personEvent) any { return meanings[e.Action] }},
	{"by", "Who has done it.", func(e personEvent) any { return e.by() }},
	{"client_id", "Through which application.", func(e personEvent) any { return e.client.ClientID }},
	{"target_kind", "To what sort of thing.", func(e personEvent) any { return string(e.Target) }},
	{"target_id", "To which, unless that is of others.", func(e personEvent) any { return e.target(e.TargetID) }},
	{"target_name", "Its name at that time.", func(e personEvent) any { return e.target(e.TargetName) }},
	{"outcome", "Whether it was done, or refused.", func(e personEvent) any { return string(e.Outcome) }},
	{"reason", "Why.", func(e personEvent) any { return e.Reason }},
	{"ip", "From which address, unless another user has done it.", func(e personEvent) any { return e.from(e.IP) }},
	{"user_agent", "What the browser says that it is.", func(e personEvent) any { return e.from(e.UserAgent) }},
	{"request_id", "Identifies the request in the log of the server.", func(e personEvent) any { return e.from(e.RequestID) }},
	{"changes", "What of the person's it has changed.", func(e personEvent) any {
		if !e.aboutPerson() {
			return nil
		}
		return e.Changes
	}},
}, func(ctx context.Context, s *dataSource, slice identity.KeysetRange) ([]identity.ListRow[personEvent], error) {
	found, err := s.persons.AuditEvents(ctx, identity.AuditQuery{
		Filter: identity.AuditFilter{UserID: s.UserID}, Ascending: true, Range: slice,
	})
	if err != nil {
		return nil, err
	}
	clients, err := clientsOf(ctx, s, found, func(r identity.ListRow[identity.AuditEvent]) *uuid.UUID { return r.Item.ClientID })
	rows := make([]identity.ListRow[personEvent], len(found))
	for i, r := range found {
		item := personEvent{AuditEvent: r.Item, person: s.UserID}
		if r.Item.ClientID != nil {
			item.client = clients[*r.Item.ClientID]
		}
		rows[i] = identity.ListRow[personEvent]{Item: item, CursorKey: r.CursorKey}
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
}, func(ctx context.Context, s *dataSource, slice identity.KeysetRange) ([]identity.ListRow[identity.Transfer], error) {
	return s.persons.TransfersOf(ctx, s.UserID, slice)
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
}, func(_ context.Context, s *dataSource) ([]identity.Refusal, error) {
	return s.refusals.List(identity.RefusalFilter{UserID: s.UserID}), nil
})
