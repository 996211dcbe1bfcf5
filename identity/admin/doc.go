// Package admin is what administrators may do: users, sessions, clients, scopes and resources, grants, the audit trail,
// numbers for the dashboard, signing keys, and declared states. The admin API and the command line call it; the
// protocol may not.
//
// Every exported method of a service asks for a scope of administration before it does anything else (requireScope), so
// that no surface has to be trusted to have checked. TestEveryMethodAsksForAScope finds the methods by reflection.
//
// A change runs in one transaction together with its audit event, and once for a key when the context asks for it
// (WithIdempotency). Lists are pages of keyset cursors.
//
// Entities, ports and errors are those of package identity.
package admin
