package model

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Session is the type Session.
type Session struct {
	identity.Session
	Batch *Batch[uuid.UUID] // ids of the sessions that came together with this one
	Users *Batch[uuid.UUID] // ids of their users
	now   time.Time
}

// NewSessions shows sessions that came together as they are at the given time.
func NewSessions(list []identity.Session, now time.Time) []*Session {
	ids, userIDs := make([]uuid.UUID, len(list)), make([]uuid.UUID, len(list))
	for i, s := range list {
		ids[i], userIDs[i] = s.ID, s.UserID
	}
	batch, users := NewBatch(ids), NewBatch(userIDs)
	out := make([]*Session, len(list))
	for i, s := range list {
		out[i] = &Session{Session: s, Batch: batch, Users: users, now: now}
	}
	return out
}

// IsNode marks the type as a Node.
func (*Session) IsNode() {}

// ID is the field id.
func (s *Session) ID() string { return KindSession.ID(s.Session.ID) }

// Active is the field active.
func (s *Session) Active() bool { return s.Session.Active(s.now) }

// IP is the field ip.
func (s *Session) IP() *string { return optional(&s.Session.IP) }

// UserAgent is the field userAgent.
func (s *Session) UserAgent() *string { return optional(&s.Session.UserAgent) }

// AMR is the field amr.
func (s *Session) AMR() []string { return present(s.Session.AMR) }

// Device is the field device.
func (s *Session) Device() *Device { return NewDevice(s.Session.UserAgent) }

// EndReason is the field endReason.
func (s *Session) EndReason() *string {
	reason := string(s.Session.EndReason)
	return optional(&reason)
}

// SessionClient is the type SessionClient: what a client was granted in a session.
type SessionClient struct {
	ClientID uuid.UUID
	Scopes   []string
	Offline  bool
	Active   bool
}

// NewSessionClients merges the grants of many sessions by client, in the order in which the clients came.
func NewSessionClients(grants map[uuid.UUID][]identity.Grant) map[uuid.UUID][]*SessionClient {
	out := make(map[uuid.UUID][]*SessionClient, len(grants))
	for session, list := range grants {
		var clients []*SessionClient
		for _, g := range list {
			at := slices.IndexFunc(clients, func(c *SessionClient) bool { return c.ClientID == g.ClientID })
			if at < 0 {
				at = len(clients)
				clients = append(clients, &SessionClient{ClientID: g.ClientID, Scopes: []string{}})
			}
			c := clients[at]
			for _, scope := range g.Scopes {
				if !slices.Contains(c.Scopes, scope) {
					c.Scopes = append(c.Scopes, scope)
				}
			}
			c.Offline = c.Offline || g.Offline
			c.Active = c.Active || g.EndedAt == nil
		}
		out[session] = clients
	}
	return out
}

// present shows no list as an empty one.
func present(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
