// Package identity is the domain of Authly: users, sessions, clients, scopes, grants, consents, signing keys and the
// audit trail, with the rules that always hold for them.
//
// It owns the vocabulary (the entities and their states), the services that change them, the one error vocabulary of
// the program, and the ports that adapters implement: the stores (package store), the password hasher
// (internal/password) and the sealer of secrets at rest (internal/keys). It knows no transport and no SQL; it imports
// the standard library and uuid only.
//
//	User ──< Session ──< Grant >── Client
//	  └──< Consent >───────────────┘
//
// A Session is one signed-in browser. A Grant is one authorization by a user (or by nobody, for client credentials) to
// a client: its code, its refresh tokens and its access tokens die with it.
//
// # Rules that a reader should know before changing anything
//
//   - A change and its AuditEvent share one transaction.
//   - A refusal that must persist (a reused token, a failed sign-in) is a value of the transaction, not an error that
//     would roll it back.
//   - Single use, uniqueness and "there is always an active administrator" are decided by conditional statements and
//     constraints of the database, never by reading first and writing later.
//   - Time, ids and randomness come from Source.
package identity
