package model

import (
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// AuditEventAdded is the type AuditEventAdded.
type AuditEventAdded struct {
	Cursor string
	Event  *AuditEvent
}

// NewAuditEventAdded shows an event that was added.
func NewAuditEventAdded(e admin.FollowedEvent) *AuditEventAdded {
	return &AuditEventAdded{Cursor: e.Cursor, Event: NewAuditEvents([]identity.AuditEvent{e.AuditEvent})[0]}
}
