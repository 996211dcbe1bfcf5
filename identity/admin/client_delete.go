package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// DeleteClientOptions are the terms of a deletion.
type DeleteClientOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	DryRun          bool // change nothing
}

// ClientUse is who uses a client: its live grants, consents, and the active sessions in which it has a grant.
type ClientUse struct {
	Grants, Consents, Sessions Count
}

// errKeepBuiltIn refuses to delete a client that the program would make again.
var errKeepBuiltIn = identity.InvalidField("client_id", "Cannot be that of a built-in client, which is never deleted.")

// Delete removes a client that is not built in, with its grants and consents.
func (s *Clients) Delete(ctx context.Context, id uuid.UUID) error {
	_, err := s.DeleteWith(ctx, id, DeleteClientOptions{})
	return err
}

// DeleteWith is Delete on terms. It returns who used the client until then. *VersionConflictError.
func (s *Clients) DeleteWith(ctx context.Context, id uuid.UUID, terms DeleteClientOptions) (ClientUse, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return ClientUse{}, err
	}
	use, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (ClientUse, error) {
		client, err := lockClient(ctx, tx, id)
		if err != nil {
			return ClientUse{}, err
		}
		if err := atVersion(terms.ExpectedVersion, client.Version); err != nil {
			return ClientUse{}, err
		}
		if client.BuiltIn {
			return ClientUse{}, errKeepBuiltIn
		}
		use, err := tx.CountClientUse(ctx, id, s.source.Now(), CountLimit)
		if err != nil {
			return ClientUse{}, err
		}
		counted := ClientUse{Grants: countOf(use.Grants), Consents: countOf(use.Consents), Sessions: countOf(use.Sessions)}
		if terms.DryRun {
			return counted, nil
		}
		if err := tx.DeleteClient(ctx, id); err != nil {
			return ClientUse{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionClientDeleted, identity.TargetClient, id.String(), client.ClientID)
		return counted, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return ClientUse{}, fmt.Errorf("delete client: %w", err)
	}
	return use, nil
}
