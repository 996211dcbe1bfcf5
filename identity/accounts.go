package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Accounts is what people see of their own account on its pages and end there, beside what proves who they are.
type Accounts struct {
	store    accountPorts
	source   Source
	keys     *Keyring
	guard    *guard
	mails    *Mails
	settings *LiveSettings
}

type accountPorts interface {
	Transactor
	Sessions(ctx context.Context, q SessionQuery) ([]ListRow[Session], error)
	Grants(ctx context.Context, q GrantQuery) ([]ListRow[Grant], error)
	ConsentsOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]Consent, error)
	ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error)
	ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (Consent, error)
	AuditEvents(ctx context.Context, q AuditQuery) ([]ListRow[AuditEvent], error)
}

// Devices lists the sessions of a user that are active, the one that was used last first.
func (s *Accounts) Devices(ctx context.Context, user User) ([]Session, error) {
	rows, err := s.store.Sessions(ctx, s.activeSessions(user))
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	sessions := make([]Session, len(rows))
	for i, row := range rows {
		sessions[i] = row.Item
	}
	return sessions, nil
}

func (s *Accounts) activeSessions(user User) SessionQuery {
	return SessionQuery{
		Filter: SessionFilter{UserID: user.ID, Active: OnlyActive(true)}, Order: SessionOrderLastActiveAt,
		Range: KeysetRange{Limit: MaxSessions}, Now: s.source.Now(),
	}
}

// change runs a change that the user of a session makes of their own account, in a transaction that holds the session:
// ErrSessionNotFound when that has ended. The trail has the user as the actor.
func (s *Accounts) change(ctx context.Context, b BrowserSession, do func(ctx context.Context, tx Store) error) error {
	actor := ActorFrom(ctx)
	actor.Kind, actor.UserID, actor.Name = ActorUser, b.User.ID, b.User.Username
	return s.store.InTx(WithActor(ctx, actor), func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// EndDevice ends a session of the user of a session, with the grants that are bound to it, and tells the clients; false when
// the user has no such session that is active. ErrSessionNotFound when the user's own has ended.
func (s *Accounts) EndDevice(ctx context.Context, b BrowserSession, id uuid.UUID) (ended bool, err error) {
	err = s.change(ctx, b, func(ctx context.Context, tx Store) error {
		found, err := tx.SessionsByID(ctx, []uuid.UUID{id})
		if err != nil {
			return err
		}
		if ended = len(found) == 1 && found[0].UserID == b.User.ID && found[0].Active(s.source.Now()); !ended {
			return nil
		}
		return endSession(ctx, tx, s.source, EndLogout, id, b.User.Username, User{})
	})
	if err != nil {
		return false, fmt.Errorf("end device: %w", err)
	}
	return ended, nil
}

// EndOtherDevices is EndDevice for every session of the user but their own.
func (s *Accounts) EndOtherDevices(ctx context.Context, b BrowserSession) error {
	err := s.change(ctx, b, func(ctx context.Context, tx Store) error {
		rows, err := tx.Sessions(ctx, s.activeSessions(b.User))
		if err != nil {
			return err
		}
		var others []uuid.UUID
		for _, row := range rows {
			if row.Item.ID != b.Session.ID {
				others = append(others, row.Item.ID)
			}
		}
		if len(others) == 0 { // of which the selections below would mean all
			return nil
		}
		bound := GrantSelection{SessionIDs: others, OnlySessionBound: true}
		_, err = RevokeAccess(ctx, tx, s.source, b.User, SessionSelection{IDs: others}, bound, EndLogout)
		return err
	})
	if err != nil {
		return fmt.Errorf("end other devices: %w", err)
	}
	return nil
}
