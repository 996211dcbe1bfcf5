package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// The bounds of an operation on several users: how many ids it may name, and how many are changed in one transaction.
const (
	maxBulk   = 1000
	bulkChunk = 100
)

// BulkOutcome is what happened to one user of a bulk operation. Err is nil when it went well.
type BulkOutcome struct {
	ID        uuid.UUID
	Changed   bool
	Temporary string // password, when one was made
	Err       *Error
}

// BulkUpdate sets flags of up to 1000 users, in transactions of 100. One outcome for each id, in order. A user that may not be changed does not
// spoil the others. With dryRun nothing is changed and the outcomes say what would be.
func (s *Users) BulkUpdate(ctx context.Context, ids []uuid.UUID, flags UserFlags, dryRun bool) ([]BulkOutcome, error) {
	lost := flags.Active != nil && !*flags.Active || flags.Admin != nil && !*flags.Admin
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: ScopeUsersWrite,
		allowed: func(u User) error {
			if lost && isSelf(ctx, u.ID) {
				return ErrSelfAdmin
			}
			return nil
		},
		many: func(ctx context.Context, tx Store, users []User) (map[uuid.UUID]bool, error) {
			return s.setFlags(ctx, tx, users, flags)
		},
	})
}

// setFlags changes one chunk with one statement for all users and one for all their audit events.
func (s *Users) setFlags(ctx context.Context, tx Store, users []User, flags UserFlags) (map[uuid.UUID]bool, error) {
	now := s.d.Source.Now()
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	changed, err := tx.SetUserFlags(ctx, ids, flags, now)
	if err != nil {
		return nil, err
	}
	done := map[uuid.UUID]bool{}
	var events []AuditEvent
	for _, before := range users {
		if !slices.Contains(changed, before.ID) {
			continue
		}
		done[before.ID] = true
		after := before
		assign(&after.Active, flags.Active)
		assign(&after.Verified, flags.Verified)
		assign(&after.Admin, flags.Admin)
		assign(&after.RequiresPasswordChange, flags.RequiresPasswordChange)
		event := newEvent(ctx, s.d.Source, ActionUserUpdated, TargetUser, before.ID.String(), before.Username)
		event.Changes = userChanges(before, after)
		events = append(events, event)
		if why := lossOf(before, after, false); why != "" {
			if _, _, err := endAccess(ctx, tx, s.d.Source, after, uuid.Nil, why); err != nil {
				return nil, err
			}
		}
	}
	if len(events) == 0 {
		return done, nil
	}
	return done, tx.InsertAudit(ctx, events...)
}

// BulkRevokeSessions ends the sessions of up to 1000 users and the grants that are bound to them.
func (s *Users) BulkRevokeSessions(ctx context.Context, ids []uuid.UUID, dryRun bool) ([]BulkOutcome, error) {
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: ScopeSessionsWrite,
		one: func(ctx context.Context, tx Store, user User) (bool, error) {
			ended, err := revokeSessions(ctx, tx, s.d.Source, user, false)
			return ended != (Ended{}), err
		},
	})
}

// BulkDelete deletes up to 1000 users.
func (s *Users) BulkDelete(ctx context.Context, ids []uuid.UUID, pseudonymise, dryRun bool) ([]BulkOutcome, error) {
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: ScopeUsersWrite,
		allowed: func(u User) error {
			if isSelf(ctx, u.ID) {
				return ErrSelfAdmin
			}
			return nil
		},
		one: func(ctx context.Context, tx Store, user User) (bool, error) {
			_, err := s.delete(ctx, tx, user, pseudonymise)
			return err == nil, err
		},
	})
}

// BulkResetPasswords gives up to 1000 users a temporary password each. Hashing takes some tens of milliseconds for each, so a thousand take
// about half a minute.
func (s *Users) BulkResetPasswords(ctx context.Context, ids []uuid.UUID, dryRun bool) ([]BulkOutcome, error) {
	if err := require(ctx, ScopeUsersWrite); err != nil {
		return nil, err
	}
	if err := checkBulk(ids); err != nil {
		return nil, err
	}
	passwords, hashes := map[uuid.UUID]string{}, map[uuid.UUID]string{}
	for _, id := range ids {
		if dryRun {
			break
		}
		password, hash, err := s.temporary(ctx)
		if err != nil {
			return nil, err
		}
		passwords[id], hashes[id] = password, hash
	}
	outcomes, err := s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: ScopeUsersWrite,
		one: func(ctx context.Context, tx Store, user User) (bool, error) {
			_, err := s.reset(ctx, tx, user, hashes[user.ID])
			return err == nil, err
		},
	})
	for i := range outcomes {
		if outcomes[i].Changed {
			outcomes[i].Temporary = passwords[outcomes[i].ID]
		}
	}
	return outcomes, err
}

// bulkOperation is what is done to every user: one by one, or many with few statements.
type bulkOperation struct {
	scope   string
	allowed func(u User) error
	one     func(ctx context.Context, tx Store, user User) (changed bool, err error)
	many    func(ctx context.Context, tx Store, users []User) (changed map[uuid.UUID]bool, err error)
}

func checkBulk(ids []uuid.UUID) error {
	if len(ids) == 0 || len(ids) > maxBulk {
		return InvalidField("ids", "Must name 1 to %d users.", maxBulk)
	}
	seen := map[uuid.UUID]bool{}
	for _, id := range ids {
		if seen[id] {
			return InvalidField("ids", "Must name each user once.")
		}
		seen[id] = true
	}
	return nil
}

func (s *Users) bulk(ctx context.Context, ids []uuid.UUID, dryRun bool, op bulkOperation) ([]BulkOutcome, error) {
	if err := require(ctx, op.scope); err != nil {
		return nil, err
	}
	if err := checkBulk(ids); err != nil {
		return nil, err
	}
	outcomes := make([]BulkOutcome, 0, len(ids))
	for chunk := range slices.Chunk(ids, bulkChunk) {
		done, err := s.chunk(ctx, chunk, dryRun, op)
		if err != nil {
			return outcomes, fmt.Errorf("bulk operation: %w", err)
		}
		outcomes = append(outcomes, done...)
	}
	return outcomes, nil
}

// chunk changes up to 100 users in one transaction. If the rules refuse one of them in the database, the chunk is done again user by user, so that
// only that one is refused. Only a refusal is an outcome; a fault ends the operation.
func (s *Users) chunk(ctx context.Context, ids []uuid.UUID, dryRun bool, op bulkOperation) ([]BulkOutcome, error) {
	outcomes, err := s.attempt(ctx, ids, dryRun, op)
	if err == nil || len(ids) == 1 || !refusal(err) {
		if err != nil && refusal(err) {
			return []BulkOutcome{{ID: ids[0], Err: AsError(err)}}, nil
		}
		return outcomes, err
	}
	outcomes = outcomes[:0]
	for _, id := range ids {
		one, err := s.chunk(ctx, []uuid.UUID{id}, dryRun, op)
		if err != nil {
			return outcomes, err
		}
		outcomes = append(outcomes, one...)
	}
	return outcomes, nil
}

// refusal tells whether an error is about the user and not about the system.
func refusal(err error) bool {
	switch AsError(err).Kind {
	case Invalid, Forbidden, NotFound, Conflict:
		return true
	case Internal, Unauthenticated, RateLimited, Unavailable:
	}
	return false
}

func (s *Users) attempt(ctx context.Context, ids []uuid.UUID, dryRun bool, op bulkOperation) ([]BulkOutcome, error) {
	var outcomes []BulkOutcome
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		found, err := tx.UsersByID(ctx, ids)
		if err != nil {
			return err
		}
		outcomes = make([]BulkOutcome, len(ids))
		var willing []User
		for i, id := range ids {
			outcomes[i].ID = id
			user, ok := found[id]
			switch {
			case !ok:
				outcomes[i].Err = ErrUserNotFound
				continue
			case op.allowed != nil:
				if err := op.allowed(user); err != nil {
					outcomes[i].Err = AsError(err)
					continue
				}
			}
			willing = append(willing, user)
		}
		changed, err := op.run(ctx, tx, willing)
		if err != nil {
			return err
		}
		for i := range outcomes {
			outcomes[i].Changed = changed[outcomes[i].ID]
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return outcomes, err
}

func (op bulkOperation) run(ctx context.Context, tx Store, users []User) (map[uuid.UUID]bool, error) {
	if op.many != nil {
		if len(users) == 0 {
			return nil, nil //nolint:nilnil // nobody changed
		}
		return op.many(ctx, tx, users)
	}
	done := map[uuid.UUID]bool{}
	for _, user := range users {
		changed, err := op.one(ctx, tx, user)
		if err != nil {
			return nil, err
		}
		done[user.ID] = changed
	}
	return done, nil
}
