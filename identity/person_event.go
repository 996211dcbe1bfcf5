package identity

import "github.com/google/uuid"

// PersonEvent is an event as the person may see it who acts in it, or is acted upon: others have rights too (Art. 15(4) GDPR).
type PersonEvent struct {
	AuditEvent
	Person uuid.UUID
}

// ByPerson reports whether the person acts.
func (e PersonEvent) ByPerson() bool { return e.ActorID == e.Person.String() }

// AboutPerson reports whether the event tells of the person: of their account, or of a session or grant of their own.
func (e PersonEvent) AboutPerson() bool {
	switch e.Target { //nolint:exhaustive // the others are not of persons
	case TargetUser:
		return e.TargetID == e.Person.String()
	case TargetSession, TargetGrant:
		return e.ByPerson() && e.TargetName == e.ActorName
	}
	return false
}

// OwnConnection reports whether the connection may be the person's, whose address and browser they are told. Nobody else's is.
func (e PersonEvent) OwnConnection() bool { return e.ByPerson() || e.ActorKind == ActorAnonymous }

// OfOthers reports whether what is acted upon is another person, or theirs, and not told.
func (e PersonEvent) OfOthers() bool {
	switch e.Target { //nolint:exhaustive // the others are not of persons
	case TargetUser, TargetSession, TargetGrant:
		return !e.AboutPerson()
	}
	return false
}
