package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// InitialAccess is administration of the tokens with which clients register themselves.
type InitialAccess struct {
	changes
	store identity.InitialAccessTokenStore
}

// NewInitialAccessToken is what a token is made from.
type NewInitialAccessToken struct {
	Name string
	Uses int
	TTL  time.Duration
}

// Create makes a token. The second result is its secret, which is not stored and cannot be shown again; it is empty when an earlier
// call of the same Idempotency has made it.
func (s *InitialAccess) Create(ctx context.Context, n NewInitialAccessToken) (identity.InitialAccessToken, string, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return identity.InitialAccessToken{}, "", err
	}
	now, secret := s.source.Now(), s.source.NewSecret()
	token := identity.InitialAccessToken{
		ID: s.source.NewID(), Digest: s.keys.Digest(identity.PurposeInitialAccessToken, secret), Name: n.Name, Uses: n.Uses, UsesLeft: n.Uses,
		CreatedBy: identity.ActorFrom(ctx).Name, CreatedAt: now, ExpiresAt: now.Add(n.TTL),
	}
	if err := token.Check(); err != nil {
		return identity.InitialAccessToken{}, "", err
	}
	made, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		if err := tx.InsertInitialAccessToken(ctx, token); err != nil {
			return uuid.Nil, err
		}
		event := s.event(ctx, identity.ActionInitialAccessCreated, token)
		event.Changes["uses"] = identity.Change{After: token.Uses}
		event.Changes["expires_at"] = identity.Change{After: token.ExpiresAt}
		return token.ID, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return identity.InitialAccessToken{}, "", fmt.Errorf("create initial access token: %w", err)
	}
	if made == token.ID {
		return token, secret, nil
	}
	found, err := s.store.InitialAccessTokensByID(ctx, []uuid.UUID{made})
	if err == nil && len(found) == 0 {
		err = identity.ErrInitialAccessTokenNotFound
	}
	if err != nil {
		return identity.InitialAccessToken{}, "", err
	}
	return found[0], "", nil
}

// event is of clients, and of none of them: it names the token.
func (s *InitialAccess) event(ctx context.Context, action identity.Action, t identity.InitialAccessToken) identity.AuditEvent {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetClient, "", "")
	event.Changes = map[string]identity.Change{"initial_access_token": {After: t.ID}}
	if t.Name != "" {
		event.Changes["name"] = identity.Change{After: t.Name}
	}
	return event
}

// Delete ends a token. The clients that were registered with it stay.
func (s *InitialAccess) Delete(ctx context.Context, id uuid.UUID) error {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		deleted, err := tx.DeleteInitialAccessToken(ctx, id)
		if err == nil && !deleted {
			err = identity.ErrInitialAccessTokenNotFound
		}
		if err != nil {
			return id, err
		}
		return id, tx.InsertAudit(ctx, s.event(ctx, identity.ActionInitialAccessDeleted, identity.InitialAccessToken{ID: id}))
	})
	if err != nil {
		return fmt.Errorf("delete initial access token: %w", err)
	}
	return nil
}

// List returns one page of the tokens, used up or not, the latest first unless ascending.
func (s *InitialAccess) List(ctx context.Context, ascending bool, args PageArgs) (Page[identity.InitialAccessToken], error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return Page[identity.InitialAccessToken]{}, err
	}
	p := pager{keys: s.keys, list: listName("initial access tokens", ascending)}
	query := identity.InitialAccessTokenQuery{Ascending: ascending}
	list := func(slice identity.KeysetRange) ([]identity.ListRow[identity.InitialAccessToken], error) {
		query.Range = slice
		return s.store.InitialAccessTokens(ctx, query)
	}
	return readPage(p, args, "list initial access tokens", list)
}

// Count counts the tokens.
func (s *InitialAccess) Count(ctx context.Context) (Count, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountInitialAccessTokens(ctx, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count initial access tokens: %w", err)
	}
	return countOf(n), nil
}

// ByIDs finds many tokens; missing ones are absent.
func (s *InitialAccess) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.InitialAccessToken, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return nil, err
	}
	return s.store.InitialAccessTokensByID(ctx, ids)
}
