package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// How long what a call did is kept, and how long its key may be.
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
// "Mutation.createUser"; arguments are its arguments in a canonical form, of which only a MAC is kept.
func NewIdempotency(field, key string, arguments []byte) (*Idempotency, error) {
	if len(key) == 0 || len(key) > maxIdempotencyKey {
		return nil, InvalidField("key", "Must have 1 to %d characters.", maxIdempotencyKey)
	}
	for _, c := range []byte(key) {
		if c < ' ' || c > '~' {
			return nil, InvalidField("key", "Must be printable ASCII.")
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

// IdempotencyRecord is one transaction of a call that was done.
type IdempotencyRecord struct {
	Actor     string
	Client    string
	Field     string // with the number of the transaction, if it is not the first
	Key       string
	ArgsMAC   []byte
	Payload   []byte // JSON of what it did, without secrets
	CreatedAt time.Time
	ExpiresAt time.Time
}

// IdempotencyStore remembers what was done under a key.
type IdempotencyStore interface {
	// ClaimIdempotency returns nil when the key is the caller's: nobody has it, or it has expired at r.CreatedAt.
	// Otherwise it answers what is kept. It must run in a transaction; another one with the same key waits until that has
	// ended.
	ClaimIdempotency(ctx context.Context, r IdempotencyRecord) (*IdempotencyRecord, error)
	// SaveIdempotency stores the payload of a key that was claimed in the same transaction.
	SaveIdempotency(ctx context.Context, r IdempotencyRecord) error
}

// record is what is kept of the present transaction of a call.
func (i *Idempotency) record(ctx context.Context, d Deps) IdempotencyRecord {
	actor := ActorFrom(ctx)
	who := string(actor.Kind)
	if actor.Kind == ActorUser {
		who += ":" + actor.UserID.String()
	}
	field := i.field
	if i.part > 0 {
		field += "/" + strconv.Itoa(i.part)
	}
	now := d.Source.Now()
	return IdempotencyRecord{
		Actor: who, Client: actor.ClientID.String(), Field: field, Key: i.key, ArgsMAC: d.Keys.MAC(PurposeIdempotency, i.arguments),
		CreatedAt: now, ExpiresAt: now.Add(idempotencyTTL),
	}
}

// runIdempotent runs do in one transaction. When the context asks for idempotency, what do answers is kept in that
// transaction, as JSON; when it is kept already, it is answered instead. What must not be kept, such as a secret, must
// not be part of the JSON.
func runIdempotent[T any](ctx context.Context, d Deps, do func(ctx context.Context, tx Store) (T, error)) (T, error) {
	i, _ := ctx.Value(idempotencyKey{}).(*Idempotency)
	var answer T
	var replayed bool
	err := d.Store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
		var fresh T
		answer, replayed = fresh, false // a transaction may run again
		if i == nil {
			answer, err = do(ctx, tx)
			return err
		}
		record := i.record(ctx, d)
		kept, err := tx.ClaimIdempotency(ctx, record)
		if err != nil {
			return err
		}
		if kept != nil {
			if !d.Keys.Verify(PurposeIdempotency, i.arguments, kept.ArgsMAC) {
				return ErrIdempotencyKeyReused
			}
			replayed = true
			return json.Unmarshal(kept.Payload, &answer)
		}
		if answer, err = do(ctx, tx); err != nil {
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

// runIdempotentUser is runIdempotent for a change that answers a user. Only the id is kept: a user who was changed
// before is answered as they are now. fresh is false then.
func runIdempotentUser(ctx context.Context, d Deps, do func(ctx context.Context, tx Store) (User, error)) (user User, fresh bool, err error) {
	type changed struct {
		ID   uuid.UUID
		user User
	}
	done, err := runIdempotent(ctx, d, func(ctx context.Context, tx Store) (changed, error) {
		user, err := do(ctx, tx)
		return changed{user.ID, user}, err
	})
	if err != nil || done.user.ID != uuid.Nil {
		return done.user, err == nil, err
	}
	user, err = d.Store.UserByID(ctx, done.ID)
	return user, false, err
}
