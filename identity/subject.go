package identity

import "github.com/google/uuid"

// The subjects: names of what writes change and what answers that are kept depend on. A write names every subject that it may have changed; an answer
// that depends on one of them is not served after that.
const (
	SubjectUsers     = "users"    // any user
	SubjectSessions  = "sessions" // any session
	SubjectAudit     = "audit"    // the audit trail
	SubjectClients   = "clients"  // any client
	SubjectScopes    = "scopes"
	SubjectResources = "resources"
)

// SubjectUser is one user.
func SubjectUser(id uuid.UUID) string { return "user:" + id.String() }
