package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// The types of events that receivers can ask for (CAEP 1.0 §3.1, §3.3).
const (
	EventSessionRevoked   = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
	EventCredentialChange = "https://schemas.openid.net/secevent/caep/event-type/credential-change"
)

// eventVerification is the type of what a receiver asks for to see that its stream works (SSF 1.0 §8.1.4.1). It is in every stream.
const eventVerification = "https://schemas.openid.net/secevent/ssf/event-type/verification"

// EventTypes lists the types of events that receivers can ask for.
func EventTypes() []string { return []string{EventSessionRevoked, EventCredentialChange} }

// SecurityEvent is an event that waits in a stream until its receiver has it. It becomes a Security Event Token (RFC 8417) when it
// goes out: the names of user and session are the receiver's own.
type SecurityEvent struct {
	ID        uuid.UUID // jti
	StreamID  uuid.UUID
	UserID    uuid.UUID // zero: the event is about the stream
	SessionID uuid.UUID // zero: about no session
	Type      string
	Event     json.RawMessage // without secrets
	Txn       string          // the same of all events of one change in one stream (RFC 8417 §2.2)
	CreatedAt time.Time
}

// subjectIdentifier is the claim sub_id (RFC 9493 §3.2, SSF 1.0 §3.3).
type subjectIdentifier struct {
	Format  string             `json:"format"`
	Issuer  string             `json:"iss,omitempty"`
	Subject string             `json:"sub,omitempty"`
	ID      string             `json:"id,omitempty"`
	User    *subjectIdentifier `json:"user,omitempty"`
	Session *subjectIdentifier `json:"session,omitempty"`
}

// securityEventClaims is the payload of a Security Event Token (RFC 8417 §2.2). SSF 1.0 §4.1 wants neither sub nor exp.
type securityEventClaims struct {
	Issuer    string                     `json:"iss"`
	ID        string                     `json:"jti"`
	IssuedAt  int64                      `json:"iat"`
	Audience  string                     `json:"aud"`
	Txn       string                     `json:"txn,omitempty"`
	SubjectID subjectIdentifier          `json:"sub_id"`
	Events    map[string]json.RawMessage `json:"events"`
}

// SecurityEventToken returns how the client gets Security Event Tokens: signed as its ID tokens are, and not encrypted.
func (c Client) SecurityEventToken() ClientToken {
	return ClientToken{Type: TypeSecurityEventToken, Alg: c.IDTokenAlgorithm()}
}

// token makes the Security Event Token of an event.
func (s *EventStreams) token(ctx context.Context, client Client, e SecurityEvent) (string, error) {
	subject, err := s.subjectOf(ctx, client, e)
	if err != nil {
		return "", err
	}
	token, err := s.tokens.Make(ctx, client, client.SecurityEventToken(), securityEventClaims{
		Issuer: s.issuer, ID: e.ID.String(), IssuedAt: e.CreatedAt.Unix(), Audience: client.ClientID, Txn: e.Txn,
		SubjectID: subject, Events: map[string]json.RawMessage{e.Type: e.Event},
	})
	if err != nil {
		return "", fmt.Errorf("sign security event: %w", err)
	}
	return token, nil
}

func (s *EventStreams) subjectOf(ctx context.Context, client Client, e SecurityEvent) (subjectIdentifier, error) {
	if e.UserID == uuid.Nil {
		return subjectIdentifier{Format: formatOpaque, ID: e.StreamID.String()}, nil
	}
	sub, err := s.subjects.Of(ctx, client, e.UserID)
	if err != nil {
		return subjectIdentifier{}, err
	}
	user := subjectIdentifier{Format: formatIssSub, Issuer: s.issuer, Subject: sub}
	if e.SessionID == uuid.Nil {
		return user, nil
	}
	sid, err := s.subjects.OfSession(ctx, client, e.SessionID)
	if err != nil {
		return subjectIdentifier{}, err
	}
	return subjectIdentifier{Format: formatComplex, User: &user, Session: &subjectIdentifier{Format: formatOpaque, ID: sid}}, nil
}

// The formats of subject identifiers (RFC 9493 §3.2, SSF 1.0 §3.3).
const (
	formatIssSub  = "iss_sub"
	formatEmail   = "email"
	formatOpaque  = "opaque"
	formatComplex = "complex"
)
