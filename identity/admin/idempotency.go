package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// How long the result of a call is stored, and how long its key may be.
const (
	idempotencyTTL    = 24 * time.Hour
	maxIdempotencyKey = 128
)

// Idempotency makes a change happen once, however often it is asked for: for a day, the same key of the same actor and
// client is answered with what the first call did, without its secrets. What was refused or failed has changed nothing
// and is tried again. It serves one call and is not safe for concurrent use.
type Idempotency struct {
	field, key string
	arguments  []byte
	part       int // a call with several transactions keeps what each of them did
	replayed   bool
}

// NewIdempotency checks a key, which is chosen by the caller. field names what is called, such as
// "Mutation.createUser"; arguments are its arguments in a canonical form, of which only a MAC is stored.
func NewIdempotency(field, key string, arguments []byte) (*Idempotency, error) {
	if len(key) == 0 || len(key) > maxIdempotencyKey {
		return nil, identity.InvalidField("key", "Must have 1 to %d characters.", maxIdempotencyKey)
	}
	for _, c := range []byte(key) {
		if c < ' ' || c > '~' {
			return nil, identity.InvalidField("key", "Must be printable ASCII.")
		}
	}
	return &Idempotency{field: field, key: key, arguments: arguments}, nil
}

// Replayed reports whether at least a part of the call was answered with what an earlier one did.
func (i *Idempotency) Replayed() bool { return i.replayed }

type idempotencyKey struct{}

// WithIdempotency returns a context in which one call of a service of administration is done once.
func WithIdempotency(ctx context.Context, i *Idempotency) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, i)
}

// changes runs the transactions of administration. Services embed it; it has no exported method, which would be one of
// theirs.
type changes struct {
	tx      identity.Transactor
	users   identity.UserReader
	rights  rightsReader
	clients identity.ClientReader
	keys    *identity.Keyring
	source  identity.Source
}

// atVersion refuses to change what is no longer as it was looked at: *VersionConflictError unless expected is nil or the
// current version.
func atVersion(expected *int, current int) error {
	if expected != nil && *expected != current {
		return &identity.VersionConflictError{CurrentVersion: current}
	}
	return nil
}

// rightsReader reads what decides about whom an actor may see.
type rightsReader interface {
	identity.DelegationReader
	identity.ReachReader
}

// record is what is stored of the present transaction of a call.
func (i *Idempotency) record(ctx context.Context, c changes) identity.IdempotencyRecord {
	actor := identity.ActorFrom(ctx)
	who := string(actor.Kind)
	if actor.Kind == identity.ActorUser {
		who += ":" + actor.UserID.String()
	}
	field := i.field
	if i.part > 0 {
		field += "/" + strconv.Itoa(i.part)
	}
	now := c.source.Now()
	return identity.IdempotencyRecord{
		Actor: who, Client: actor.ClientID.String(), Field: field, Key: i.key, ArgsMAC: c.keys.MAC(identity.PurposeIdempotency, i.arguments),
		CreatedAt: now, ExpiresAt: now.Add(idempotencyTTL),
	}
}

// runIdempotent runs do in one transaction. When the context asks for idempotency, what do returns is stored in that
// transaction, as JSON; when it is stored already, it is returned instead. What must not be stored, such as a secret, must
// not be part of the JSON.
func runIdempotent[T any](ctx context.Context, c changes, do func(ctx context.Context, tx identity.Store) (T, error)) (T, error) {
	i, _ := ctx.Value(idempotencyKey{}).(*Idempotency)
	var answer T
	var replayed bool
	err := c.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) (err error) {
		var fresh T
		answer, replayed = fresh, false // a transaction may run again
		if i == nil {
			if answer, err = do(ctx, tx); err != nil {
				return err
			}
			return holdAdministrator(ctx, tx)
		}
		record := i.record(ctx, c)
		stored, err := tx.ClaimIdempotency(ctx, record)
		if err != nil {
			return err
		}
		if stored != nil {
			if !c.keys.Verify(identity.PurposeIdempotency, i.arguments, stored.ArgsMAC) {
				return identity.ErrIdempotencyKeyReused
			}
			replayed = true
			return json.Unmarshal(stored.Payload, &answer)
		}
		if answer, err = do(ctx, tx); err != nil {
			return err
		}
		if err := holdAdministrator(ctx, tx); err != nil {
			return err
		}
		if record.Payload, err = json.Marshal(answer); err != nil {
			return fmt.Errorf("keep what was done: %w", err)
		}
		return tx.SaveIdempotency(ctx, record)
	})
	if err != nil {
		var none T
		return none, err
	}
	if i != nil {
		i.part++
		i.replayed = i.replayed || replayed
	}
	return answer, nil
}

// runIdempotentUser is runIdempotent for a change that returns a user. fresh is false when it was done before.
func runIdempotentUser(
	ctx context.Context, c changes, scope string, do func(ctx context.Context, tx identity.Store) (identity.User, error),
) (user identity.User, fresh bool, err error) {
	find := func(ctx context.Context, id uuid.UUID) (identity.User, error) { return c.replayedUser(ctx, scope, id) }
	return runIdempotentRow(ctx, c, do, func(u identity.User) uuid.UUID { return u.ID }, find)
}

// runIdempotentClient is runIdempotent for a change that returns a client. fresh is false when it was done before.
func runIdempotentClient(
	ctx context.Context, c changes, do func(ctx context.Context, tx identity.Store) (identity.Client, error),
) (client identity.Client, fresh bool, err error) {
	return runIdempotentRow(ctx, c, do, func(x identity.Client) uuid.UUID { return x.ID }, c.replayedClient)
}

// replayedUser returns a user whom an earlier call has changed, as they are now, to whoever may change them now by the scope.
func (c changes) replayedUser(ctx context.Context, scope string, id uuid.UUID) (identity.User, error) {
	within, err := requireReach(ctx, scope)
	if err == nil {
		err = within.find(ctx, c.rights, id)
	}
	if err != nil {
		return identity.User{}, err
	}
	user, err := c.users.UserByID(ctx, id)
	if err != nil {
		return user, err
	}
	users := map[uuid.UUID]identity.User{id: user}
	if err := readDelegations(ctx, c.rights, users); err != nil {
		return user, err
	}
	return user, overUsers(ctx, users[id])
}

// replayedClient is replayedUser for clients.
func (c changes) replayedClient(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	client, err := c.clients.ClientByID(ctx, id)
	if err == nil {
		err = overClients(ctx, client)
	}
	return client, err
}

// runIdempotentRow stores the id of a row only: one that was changed before is returned as it is now, by find.
func runIdempotentRow[T any](
	ctx context.Context, c changes, do func(ctx context.Context, tx identity.Store) (T, error), id func(T) uuid.UUID,
	find func(ctx context.Context, id uuid.UUID) (T, error),
) (row T, fresh bool, err error) {
	type changed struct {
		ID  uuid.UUID
		row T
	}
	done, err := runIdempotent(ctx, c, func(ctx context.Context, tx identity.Store) (changed, error) {
		row, err := do(ctx, tx)
		return changed{id(row), row}, err
	})
	if err != nil || id(done.row) != uuid.Nil {
		return done.row, err == nil, err
	}
	row, err = find(ctx, done.ID)
	return row, false, err
}
