package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The bounds of an operation on several users: how many ids it may name, how many are changed in one transaction, and
// how many passwords are hashed at once, so that people can sign in meanwhile.
const (
	maxBulk     = 1000
	bulkChunk   = 100
	bulkHashers = 2
)

// BulkOutcome is what happened to one user of a bulk operation. Err is nil when it went well.
type BulkOutcome struct {
	ID        uuid.UUID
	Changed   bool
	Temporary string     `json:"-"` // password, when one was made now
	ExpiresAt *time.Time `json:"-"` // when that expires
	Err       *identity.Error
}

// BulkUpdate sets flags of up to 1000 users, in transactions of 100. One outcome for each id, in order. A user that may
// not be changed does not spoil the others. With dryRun nothing is changed and the outcomes say what would be, if
// nobody else changed anything meanwhile.
func (s *Users) BulkUpdate(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, dryRun bool) ([]BulkOutcome, error) {
	lost := flags.Active != nil && !*flags.Active || flags.Admin != nil && !*flags.Admin
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: identity.ScopeUsersWrite,
		allowed: func(u identity.User) error {
			if lost && isSelf(ctx, u.ID) {
				return identity.ErrSelfAdmin
			}
			if change := flags.RequiresPasswordChange; change != nil && !*change && u.PasswordExpired(s.source.Now()) {
				return errPasswordExpired
			}
			after := u
			setIfGiven(&after.Admin, flags.Admin)
			return overUsers(ctx, after)
		},
		many: func(ctx context.Context, tx identity.Store, users []identity.User) (map[uuid.UUID]bool, error) {
			return s.setFlags(ctx, tx, users, flags)
		},
	})
}

// setFlags changes one chunk with one statement for all users and one for all their audit events.
func (s *Users) setFlags(
	ctx context.Context, tx identity.Store, users []identity.User, flags identity.UserFlags,
) (map[uuid.UUID]bool, error) {
	now := s.source.Now()
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	changed, err := tx.SetUserFlags(ctx, ids, flags, now)
	if err != nil {
		return nil, err
	}
	done := map[uuid.UUID]bool{}
	var events []identity.AuditEvent
	var updates []*userUpdate
	for _, before := range users {
		if !slices.Contains(changed, before.ID) {
			continue
		}
		done[before.ID] = true
		after := before
		setIfGiven(&after.Active, flags.Active)
		setIfGiven(&after.Verified, flags.Verified)
		setIfGiven(&after.Admin, flags.Admin)
		setIfGiven(&after.RequiresPasswordChange, flags.RequiresPasswordChange)
		event := identity.NewEvent(ctx, s.source, identity.ActionUserUpdated, identity.TargetUser, before.ID.String(), before.Username)
		event.Changes = identity.UserChanges(before, after)
		events = append(events, event)
		updates = append(updates, &userUpdate{after: after, ends: revocationReason(before, after, false), suspected: suspected(before, after)})
	}
	if err := revokeUpdated(ctx, tx, s.source, updates...); err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return done, nil
	}
	return done, tx.InsertAudit(ctx, events...)
}

// BulkRevokeSessions ends the sessions of up to 1000 users and the grants that are bound to them; with offline those that
// outlive sessions too.
func (s *Users) BulkRevokeSessions(ctx context.Context, ids []uuid.UUID, offline, dryRun bool) ([]BulkOutcome, error) {
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: identity.ScopeSessionsWrite,
		one: func(ctx context.Context, tx identity.Store, user identity.User) (bool, error) {
			ended, err := revokeSessions(ctx, tx, s.source, user, offline)
			return ended != (identity.RevokedCounts{}), err
		},
	})
}

// BulkDelete deletes up to 1000 users.
func (s *Users) BulkDelete(ctx context.Context, ids []uuid.UUID, pseudonymise, dryRun bool) ([]BulkOutcome, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return nil, err
	}
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope: identity.ScopeUsersWrite,
		allowed: func(u identity.User) error {
			if isSelf(ctx, u.ID) {
				return identity.ErrSelfAdmin
			}
			return nil
		},
		one: func(ctx context.Context, tx identity.Store, user identity.User) (bool, error) {
			_, err := s.delete(ctx, tx, user, pseudonymise)
			return err == nil, err
		},
	})
}

// BulkResetPasswords gives up to 1000 users a temporary password each. Hashing takes some tens of milliseconds for
// each, two at a time, so a thousand take about a quarter of a minute; nothing is changed before all are hashed.
func (s *Users) BulkResetPasswords(ctx context.Context, ids []uuid.UUID, dryRun bool) ([]BulkOutcome, error) {
	within, err := requireReach(ctx, identity.ScopeUsersWrite)
	if err == nil {
		err = s.takesPasswords()
	}
	if err != nil {
		return nil, err
	}
	if err := checkBulk("ids", ids); err != nil {
		return nil, err
	}
	known, err := within.among(ctx, s.store, ids)
	if err != nil {
		return nil, err
	}
	var made map[uuid.UUID]temporaryPassword
	if !dryRun {
		if made, err = s.temporaries(ctx, known); err != nil {
			return nil, fmt.Errorf("bulk reset of passwords: %w", err)
		}
	}
	return s.bulk(ctx, ids, dryRun, bulkOperation{
		scope:  identity.ScopeUsersWrite,
		secret: func(id uuid.UUID) temporaryPassword { return made[id] },
		one: func(ctx context.Context, tx identity.Store, user identity.User) (bool, error) {
			password, ok := made[user.ID]
			if !ok && !dryRun {
				return false, identity.ErrUserNotFound // there was none when the passwords were made
			}
			reset, err := s.reset(ctx, tx, user, password.hash)
			if ok {
				password.expires = reset.User.Password.ExpiresAt
				made[user.ID] = password
			}
			return err == nil, err
		},
	})
}

// temporaryPassword is a password that is shown once, with its hash.
type temporaryPassword struct {
	text, hash string
	expires    *time.Time // since its user has it
}

// temporaries makes a password for each of the users that exist.
func (s *Users) temporaries(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]temporaryPassword, error) {
	found, err := s.store.UsersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	work := make(chan uuid.UUID, len(found))
	for id := range found {
		work <- id
	}
	close(work)
	var (
		mu     sync.Mutex
		made   = make(map[uuid.UUID]temporaryPassword, len(found))
		faults []error
		all    sync.WaitGroup
	)
	for range bulkHashers {
		all.Go(func() {
			for id := range work {
				text, hash, err := s.temporary(ctx)
				mu.Lock()
				made[id] = temporaryPassword{text: text, hash: hash}
				if err != nil {
					faults = append(faults, err)
				}
				broken := len(faults) > 0
				mu.Unlock()
				if broken {
					return
				}
			}
		})
	}
	all.Wait()
	return made, errors.Join(faults...)
}

// bulkOperation is what is done to every user: one by one, or many with few statements.
type bulkOperation struct {
	scope   string
	allowed func(u identity.User) error
	one     func(ctx context.Context, tx identity.Store, user identity.User) (changed bool, err error)
	many    func(ctx context.Context, tx identity.Store, users []identity.User) (changed map[uuid.UUID]bool, err error)
	secret  func(id uuid.UUID) temporaryPassword // what to show once of a user who was changed; nil: nothing
}

func checkBulk(field string, ids []uuid.UUID) error {
	if len(ids) == 0 || len(ids) > maxBulk {
		return identity.InvalidField(field, "Must name 1 to %d users.", maxBulk)
	}
	seen := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return identity.InvalidField(field, "Must name each user once.")
		}
		seen[id] = true
	}
	return nil
}

// bulk runs an operation. A dry run is one transaction, because what happens to a user depends on what has happened to
// those before.
func (s *Users) bulk(ctx context.Context, ids []uuid.UUID, dryRun bool, op bulkOperation) ([]BulkOutcome, error) {
	if _, err := requireReach(ctx, op.scope); err != nil {
		return nil, err
	}
	if err := checkBulk("ids", ids); err != nil {
		return nil, err
	}
	size := bulkChunk
	if dryRun {
		size = maxBulk
	}
	outcomes := make([]BulkOutcome, 0, len(ids))
	for chunk := range slices.Chunk(ids, size) {
		done, err := s.chunk(ctx, chunk, dryRun, op)
		if err != nil {
			return outcomes, fmt.Errorf("bulk operation: %w", err)
		}
		outcomes = append(outcomes, done...)
	}
	return outcomes, nil
}

// chunk changes users in one transaction. When the database refuses one of them, the transaction is run again without
// that one; to find out which it is, users that are otherwise changed together are then changed one by one. Only a
// refusal is an outcome; a fault ends the operation.
func (s *Users) chunk(ctx context.Context, ids []uuid.UUID, dryRun bool, op bulkOperation) ([]BulkOutcome, error) {
	refused := map[uuid.UUID]*identity.Error{}
	for {
		outcomes, culprit, err := s.attempt(ctx, ids, refused, dryRun, op)
		switch {
		case err == nil:
			return outcomes, nil
		case refusal(err) && culprit != uuid.Nil:
			refused[culprit] = identity.AsError(err)
		case refusal(err) && op.many != nil:
			op = op.singly()
		default:
			return nil, err
		}
	}
}

// refusal reports whether an error is about the user and not about the system.
func refusal(err error) bool {
	switch identity.AsError(err).Kind {
	case identity.Invalid, identity.Forbidden, identity.NotFound, identity.Conflict:
		return true
	case identity.Internal, identity.Unauthenticated, identity.RateLimited, identity.Unavailable:
	}
	return false
}

// attempt runs one transaction. culprit is the user whose change was refused, if that is known.
func (s *Users) attempt(
	ctx context.Context, ids []uuid.UUID, refused map[uuid.UUID]*identity.Error, dryRun bool, op bulkOperation,
) (outcomes []BulkOutcome, culprit uuid.UUID, err error) {
	work := func(ctx context.Context, tx identity.Store) ([]BulkOutcome, error) {
		culprit = uuid.Nil
		found, err := lockUsers(ctx, tx, op.scope, ids)
		if err != nil {
			return nil, err
		}
		outcomes := make([]BulkOutcome, len(ids))
		willing := make([]identity.User, 0, len(ids))
		for i, id := range ids {
			outcomes[i].ID = id
			user, ok := found[id]
			switch {
			case !ok:
				outcomes[i].Err = identity.ErrUserNotFound
			case refused[id] != nil:
				outcomes[i].Err = refused[id]
			default:
				if err := op.may(ctx, user); err != nil {
					outcomes[i].Err = identity.AsError(err)
					continue
				}
				willing = append(willing, user)
			}
		}
		var changed map[uuid.UUID]bool
		if changed, culprit, err = op.run(ctx, tx, willing); err != nil {
			return nil, err
		}
		for i := range outcomes {
			outcomes[i].Changed = changed[outcomes[i].ID]
			if outcomes[i].Changed && op.secret != nil {
				secret := op.secret(outcomes[i].ID)
				outcomes[i].Temporary, outcomes[i].ExpiresAt = secret.text, secret.expires
			}
		}
		return outcomes, nil
	}
	if !dryRun {
		outcomes, err = runIdempotent(ctx, s.changes, work)
		return outcomes, culprit, err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		if outcomes, err = work(ctx, tx); err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return outcomes, culprit, err
}

// run changes users inside a transaction and returns whose state has changed, or who was refused if that is known.
func (op bulkOperation) run(
	ctx context.Context, tx identity.Store, users []identity.User,
) (changed map[uuid.UUID]bool, culprit uuid.UUID, err error) {
	changed = make(map[uuid.UUID]bool, len(users))
	if op.many != nil {
		for together := range slices.Chunk(users, bulkChunk) {
			some, err := op.many(ctx, tx, together)
			if err != nil {
				return nil, uuid.Nil, err
			}
			maps.Copy(changed, some)
		}
		return changed, uuid.Nil, nil
	}
	for _, user := range users {
		if changed[user.ID], err = op.one(ctx, tx, user); err != nil {
			return nil, user.ID, err
		}
	}
	return changed, uuid.Nil, nil
}

// may reports why the operation must not be done to a user as it is locked.
func (op bulkOperation) may(ctx context.Context, user identity.User) error {
	if op.allowed != nil {
		if err := op.allowed(user); err != nil {
			return err
		}
	}
	return overUsers(ctx, user)
}

// singly is the same operation with one user at a time.
func (op bulkOperation) singly() bulkOperation {
	many := op.many
	op.many = nil
	op.one = func(ctx context.Context, tx identity.Store, user identity.User) (bool, error) {
		changed, err := many(ctx, tx, []identity.User{user})
		return changed[user.ID], err
	}
	return op
}
