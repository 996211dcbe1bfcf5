package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Invitations lets administrators invite people to make accounts. They are of persons who are no users, whom no limited
// administrator reaches.
type Invitations struct {
	changes
	store identity.InvitationStore
	mails *identity.Mails
}

// NewInvitation is an invitation that an administrator asks for.
type NewInvitation struct {
	Email    string
	GroupIDs []uuid.UUID
	TTL      time.Duration
}

// Create invites an address: mails it a link by which its owner makes an account, and is a member of the groups then. It takes the
// place of an earlier invitation. With groups the actor needs the right to add members to them, which moreover must let nobody
// administer.
func (s *Invitations) Create(ctx context.Context, n NewInvitation) (identity.Invitation, error) {
	now := s.source.Now()
	invitation := identity.Invitation{
		ID: s.source.NewID(), Email: n.Email, GroupIDs: n.GroupIDs, Actor: identity.ActorFrom(ctx), CreatedAt: now, ExpiresAt: now.Add(n.TTL),
	}
	if err := requireScopes(ctx, invitation.Scopes()...); err != nil {
		return identity.Invitation{}, err
	}
	if err := invitation.Check(); err != nil {
		return identity.Invitation{}, err
	}
	made, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		groups, err := invitation.Hold(ctx, tx)
		if err != nil {
			return uuid.Nil, err
		}
		if len(groups) < len(invitation.GroupIDs) {
			return uuid.Nil, identity.ErrGroupNotFound.Under("group_ids")
		}
		if err := holdScopes(ctx, tx, invitation.Scopes()...); err != nil {
			return uuid.Nil, err
		}
		if err := s.mails.WriteInvitation(ctx, tx, invitation); err != nil {
			return uuid.Nil, err
		}
		event := s.event(ctx, identity.ActionInvitationCreated, invitation.ID)
		if len(groups) > 0 {
			event.Changes["group_ids"] = identity.Change{After: invitation.GroupIDs}
		}
		return invitation.ID, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return identity.Invitation{}, fmt.Errorf("invite: %w", err)
	}
	return s.find(ctx, made)
}

// event names the invitation, by which the trail leads to the account that was made by it; not the address, which nobody could
// erase from the trail who does not make one.
func (s *Invitations) event(ctx context.Context, action identity.Action, id uuid.UUID) identity.AuditEvent {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetUser, "", "")
	event.Changes = map[string]identity.Change{"invitation": {After: id}}
	return event
}

func (s *Invitations) find(ctx context.Context, id uuid.UUID) (identity.Invitation, error) {
	found, err := s.store.InvitationsByID(ctx, []uuid.UUID{id})
	if err == nil && len(found) == 0 {
		err = identity.ErrInvitationNotFound
	}
	if err != nil {
		return identity.Invitation{}, err
	}
	return found[0], nil
}

// Revoke withdraws an invitation: nobody makes an account by it any more, whoever has begun included.
func (s *Invitations) Revoke(ctx context.Context, id uuid.UUID) error {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		if err := holdScopes(ctx, tx, identity.ScopeUsersWrite); err != nil {
			return id, err
		}
		deleted, err := tx.DeleteInvitation(ctx, id)
		if err == nil && !deleted {
			err = identity.ErrInvitationNotFound
		}
		if err != nil {
			return id, err
		}
		return id, tx.InsertAudit(ctx, s.event(ctx, identity.ActionInvitationRevoked, id))
	})
	if err != nil {
		return fmt.Errorf("revoke invitation: %w", err)
	}
	return nil
}

// InvitationList selects and orders a list of invitations.
type InvitationList struct {
	Filter    identity.InvitationFilter
	Ascending bool
}

func (s *Invitations) query(l InvitationList) identity.InvitationQuery {
	return identity.InvitationQuery{Filter: l.Filter, Ascending: l.Ascending, Now: s.source.Now()}
}

// List returns one page of the invitations that nobody has used.
func (s *Invitations) List(ctx context.Context, l InvitationList, args PageArgs) (Page[identity.Invitation], error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return Page[identity.Invitation]{}, err
	}
	if err := identity.CheckText("filter.email", l.Filter.Email, identity.MaxText, false); err != nil {
		return Page[identity.Invitation]{}, err
	}
	p, query := pager{keys: s.keys, list: listName("invitations", l)}, s.query(l)
	return readPage(p, args, "list invitations", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Invitation], error) {
		query.Range = slice
		return s.store.Invitations(ctx, query)
	})
}

// Count counts the invitations of a list.
func (s *Invitations) Count(ctx context.Context, l InvitationList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountInvitations(ctx, s.query(l), CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count invitations: %w", err)
	}
	return countOf(n), nil
}

// ByIDs finds many invitations; missing ones are absent.
func (s *Invitations) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.Invitation, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.store.InvitationsByID(ctx, ids)
}
