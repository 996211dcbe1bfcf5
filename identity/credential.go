package identity

// CredentialKind is what somebody proves who they are with.
type CredentialKind string

// The kinds of credentials.
const (
	CredentialPassword CredentialKind = "password"
)
