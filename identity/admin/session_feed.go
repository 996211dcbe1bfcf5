package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// SessionFeed tells administrators of sessions that begin and end, as the audit trail has it. What time alone ends is
// written nowhere, and not told.
type SessionFeed struct {
	trail *AuditFeed
	store identity.AdminSessionStore
}

// SessionChange is a sign-in, or sessions that have ended together.
type SessionChange struct {
	Event    identity.AuditEvent
	UserID   uuid.UUID          // uuid.Nil when the session is no longer there to say whose it was
	Sessions []identity.Session // as they are now; none that are gone
}

// SessionChangeFilter selects changes. Set conditions must all hold.
type SessionChangeFilter struct {
	UserID   uuid.UUID
	ClientID uuid.UUID       // the client that asked for the sign-in, or through which the sessions were ended
	Action   identity.Action // ActionSignedIn or ActionSessionsEnded; empty selects both
}

// Follow follows the changes that a filter selects: those from now on, or after a cursor of the feed.
func (s *SessionFeed) Follow(ctx context.Context, filter SessionChangeFilter, after string) (Follower[SessionChange], error) {
	selected := identity.AuditFilter{
		ClientID: filter.ClientID, Outcome: identity.OutcomeSuccess,
		Actions: []identity.Action{identity.ActionSignedIn, identity.ActionSessionsEnded},
	}
	if filter.Action != "" {
		selected.Actions = []identity.Action{filter.Action}
	}
	trail, err := s.trail.follow(ctx, identity.ScopeSessionsRead, selected, after)
	if err != nil {
		return nil, err
	}
	return &sessionFollower{Follower: trail, feed: s, userID: filter.UserID}, nil
}

// sessionFollower implements Follower.
type sessionFollower struct {
	Follower[*identity.AuditEvent]

	feed   *SessionFeed
	userID uuid.UUID
}

// Next implements Follower.
func (f *sessionFollower) Next(ctx context.Context, limit int) (Portion[SessionChange], error) {
	events, err := f.Follower.Next(ctx, limit)
	if err != nil {
		return Portion[SessionChange]{}, err
	}
	changes, err := f.feed.changes(ctx, events.Messages)
	if err != nil {
		return Portion[SessionChange]{}, fmt.Errorf("follow sessions: %w", err)
	}
	portion := Portion[SessionChange]{More: events.More}
	for _, c := range changes {
		if !c.Item.onlyGrants() && (f.userID == uuid.Nil || c.Item.UserID == f.userID) {
			portion.Messages = append(portion.Messages, c)
		}
	}
	return portion, nil
}

// changes finds the sessions that events tell of, in two statements.
func (s *SessionFeed) changes(ctx context.Context, events []Message[*identity.AuditEvent]) ([]Message[SessionChange], error) {
	var (
		ids, users []uuid.UUID
		times      []time.Time
		out        = make([]Message[SessionChange], len(events))
		target     = make([]uuid.UUID, len(events))
	)
	for i, m := range events {
		out[i] = Message[SessionChange]{Item: SessionChange{Event: *m.Item}, Cursor: m.Cursor}
		id, err := uuid.Parse(m.Item.TargetID)
		if err != nil {
			continue // put there behind the server's back
		}
		target[i] = id
		if m.Item.Target == identity.TargetSession {
			ids = append(ids, id)
			continue
		}
		out[i].Item.UserID = id
		users, times = append(users, id), append(times, m.Item.OccurredAt)
	}
	named, err := s.store.SessionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	ended, err := s.store.EndedSessions(ctx, users, times)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Item.attach(target[i], named, ended)
	}
	return out, nil
}

// onlyGrants reports whether the event tells of grants that have ended without a session.
func (c *SessionChange) onlyGrants() bool { return c.Event.Changes["sessions"].After == float64(0) }

// attach gives a change its sessions: the one that the event names, or those of its user that ended at its time.
func (c *SessionChange) attach(target uuid.UUID, named, ended []identity.Session) {
	if c.Event.Target == identity.TargetSession {
		for _, v := range named {
			if v.ID == target {
				c.UserID, c.Sessions = v.UserID, []identity.Session{v}
			}
		}
		return
	}
	for _, v := range ended {
		if v.UserID == target && v.EndedAt.Equal(c.Event.OccurredAt) {
			c.Sessions = append(c.Sessions, v)
		}
	}
}
