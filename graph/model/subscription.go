package model

import (
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// AuditEventAdded is the type AuditEventAdded.
type AuditEventAdded struct {
	Cursor string
	Event  *AuditEvent
}

// NewAuditEventAdded shows an event that was added.
func NewAuditEventAdded(m admin.Message[*identity.AuditEvent]) *AuditEventAdded {
	return &AuditEventAdded{Cursor: m.Cursor, Event: NewAuditEvents([]identity.AuditEvent{*m.Item})[0]}
}

// SessionChanged is the type SessionChanged.
type SessionChanged struct {
	Cursor   string
	Sessions []*Session
	item     admin.SessionChange
}

// NewSessionChanged shows a change of sessions at the given time.
func NewSessionChanged(m admin.Message[admin.SessionChange], now time.Time) *SessionChanged {
	return &SessionChanged{Cursor: m.Cursor, Sessions: NewSessions(m.Item.Sessions, now), item: m.Item}
}

// Change is the field change.
func (c *SessionChanged) Change() SessionChange {
	return SessionChanges[c.item.Event.Action]
}

// SessionChanges are the changes by the actions that the audit trail has of them.
var SessionChanges = map[identity.Action]SessionChange{
	identity.ActionSignedIn: SessionChangeSignedIn, identity.ActionSessionsEnded: SessionChangeEnded,
}

// OccurredAt is the field occurredAt.
func (c *SessionChanged) OccurredAt() time.Time { return c.item.Event.OccurredAt }

// Reason is the field reason.
func (c *SessionChanged) Reason() *string { return optional(&c.item.Event.Reason) }

// UserID is the field userId.
func (c *SessionChanged) UserID() *string {
	if c.item.UserID == uuid.Nil {
		return nil
	}
	id := KindUser.ID(c.item.UserID)
	return &id
}

// JobUpdated is the type JobUpdated.
type JobUpdated struct {
	Cursor string
	Job    *Job
}

// NewJobUpdated shows a job that is there or has changed.
func NewJobUpdated(m admin.Message[identity.Transfer]) *JobUpdated {
	return &JobUpdated{Cursor: m.Cursor, Job: NewJobs([]identity.Transfer{m.Item})[0]}
}
