package identity

import "github.com/google/uuid"

// The cache tags: names of what writes change and what cached responses depend on. A write invalidates every tag that it
// may have changed; a response with one of them is not served after that.
const (
	CacheTagUsers     = "users"    // any user
	CacheTagSessions  = "sessions" // any session
	CacheTagAudit     = "audit"    // the audit trail
	CacheTagClients   = "clients"  // any client
	CacheTagScopes    = "scopes"
	CacheTagResources = "resources"
	CacheTagGroups    = "groups" // any group, and who is in it
	CacheTagRoles     = "roles"  // any role, and who has it
	CacheTagKeys      = "keys"   // any signing key

	CacheTagAttributes = "attributes"      // any definition of an attribute
	CacheTagProviders  = "providers"       // any identity provider
	CacheTagTrusted    = "trusted_issuers" // any trusted issuer
	CacheTagSettings   = "settings"        // any setting; no response depends on it, but nodes follow it
)

// CacheTagUser is one user.
func CacheTagUser(id uuid.UUID) string { return "user:" + id.String() }
