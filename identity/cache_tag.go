package identity

import "github.com/google/uuid"

// The subjects: names of what writes change and what answers that are kept depend on. A write names every subject that
// it may have changed; an answer that depends on one of them is not served after that.
const (
	CacheTagUsers     = "users"    // any user
	CacheTagSessions  = "sessions" // any session
	CacheTagAudit     = "audit"    // the audit trail
	CacheTagClients   = "clients"  // any client
	CacheTagScopes    = "scopes"
	CacheTagResources = "resources"
)

// CacheTagUser is one user.
func CacheTagUser(id uuid.UUID) string { return "user:" + id.String() }
