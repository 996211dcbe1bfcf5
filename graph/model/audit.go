package model

import (
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// AuditEvent is the type AuditEvent.
type AuditEvent struct {
	identity.AuditEvent
}

// NewAuditEvents shows events that came together.
func NewAuditEvents(list []identity.AuditEvent) []*AuditEvent {
	out := make([]*AuditEvent, len(list))
	for i, e := range list {
		out[i] = &AuditEvent{AuditEvent: e}
	}
	return out
}

// IsNode marks the type as a Node.
func (*AuditEvent) IsNode() {}

// ID is the field id.
func (e *AuditEvent) ID() string { return KindAudit.ID(e.AuditEvent.ID) }

// ActorKind is the field actorKind.
func (e *AuditEvent) ActorKind() ActorKind {
	return ActorKind(strings.ToUpper(string(e.AuditEvent.ActorKind)))
}

// ActorID is the field actorId.
func (e *AuditEvent) ActorID() *string {
	id := e.AuditEvent.ActorID
	switch e.AuditEvent.ActorKind {
	case identity.ActorUser:
		id = globalID(KindUser, id)
	case identity.ActorClient:
		id = globalID(KindClient, id)
	case identity.ActorAnonymous, identity.ActorSystem:
	}
	return optional(&id)
}

// globalID makes the global id of a bare one.
func globalID(kind Kind, bare string) string {
	if id, ok := parseUUID(bare); ok {
		return kind.ID(id)
	}
	return bare
}

// IsAuditActor marks the types of the union AuditActor.
func (*User) IsAuditActor() {}

// IsAuditActor marks the types of the union AuditActor.
func (*Client) IsAuditActor() {}

// ActorName is the field actorName.
func (e *AuditEvent) ActorName() *string { return optional(&e.AuditEvent.ActorName) }

// Action is the field action.
func (e *AuditEvent) Action() string { return string(e.AuditEvent.Action) }

// targetIDs are the kinds of target whose ids are global ones.
var targetIDs = map[identity.TargetKind]Kind{
	identity.TargetUser: KindUser, identity.TargetSession: KindSession, identity.TargetClient: KindClient,
	identity.TargetGrant: KindGrant, identity.TargetGroup: KindGroup, identity.TargetRole: KindRole, identity.TargetAttribute: KindAttribute,
	identity.TargetJob: KindJob,
}

// TargetOf reads a global id of something that audit events are about. Any other text is a name, and not ok.
func TargetOf(id string) (kind identity.TargetKind, bare string, ok bool) {
	for kind, prefix := range targetIDs {
		if parsed, ok := prefix.Parse(id); ok {
			return kind, parsed.String(), true
		}
	}
	return "", id, false
}

// IsAuditTarget marks the types of the union AuditTarget.
func (*User) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*Session) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*Client) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*Grant) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*Group) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*Role) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*SigningKey) IsAuditTarget() {}

// IsAuditTarget marks the types of the union AuditTarget.
func (*AttributeDefinition) IsAuditTarget() {}

// TargetKind is the field targetKind.
func (e *AuditEvent) TargetKind() *AuditTargetKind {
	if e.Target == "" {
		return nil
	}
	kind := AuditTargetKind(strings.ToUpper(string(e.Target)))
	return &kind
}

// TargetID is the field targetId.
func (e *AuditEvent) TargetID() *string {
	id := e.AuditEvent.TargetID
	if kind, ok := targetIDs[e.Target]; ok {
		id = globalID(kind, id)
	}
	return optional(&id)
}

// TargetNode is the global id of the target, also where targetId is the name that logs have; "" for what has no global id.
func (e *AuditEvent) TargetNode() string {
	if e.Target == identity.TargetKey {
		return keyPrefix + e.AuditEvent.TargetID
	}
	if kind, ok := targetIDs[e.Target]; ok {
		return globalID(kind, e.AuditEvent.TargetID)
	}
	return ""
}

// TargetName is the field targetName.
func (e *AuditEvent) TargetName() *string { return optional(&e.AuditEvent.TargetName) }

// Outcome is the field outcome.
func (e *AuditEvent) Outcome() AuditOutcome {
	return AuditOutcome(strings.ToUpper(string(e.AuditEvent.Outcome)))
}

// Reason is the field reason.
func (e *AuditEvent) Reason() *string { return optional(&e.AuditEvent.Reason) }

// IP is the field ip.
func (e *AuditEvent) IP() *string { return optional(&e.AuditEvent.IP) }

// UserAgent is the field userAgent.
func (e *AuditEvent) UserAgent() *string { return optional(&e.AuditEvent.UserAgent) }

// RequestID is the field requestId.
func (e *AuditEvent) RequestID() *string { return optional(&e.AuditEvent.RequestID) }

// Changes is the field changes, ordered by name.
func (e *AuditEvent) Changes() []*AuditChange {
	changes := make([]*AuditChange, 0, len(e.AuditEvent.Changes))
	for field, change := range e.AuditEvent.Changes {
		changes = append(changes, &AuditChange{Field: CamelCase(field), Before: change.Before, After: change.After})
	}
	slices.SortFunc(changes, func(a, b *AuditChange) int { return strings.Compare(a.Field, b.Field) })
	return changes
}

// CamelCase spells a field of the domain ("postal_code") as in the schema.
func CamelCase(field string) string {
	words := strings.Split(field, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
