package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

func setAddress(c *Claims, value json.RawMessage) error {
	c.Address = nil
	return decodeStrictly(value, &c.Address)
}

// UpdateProfile lets a user change their own claims through a client, as far as scopes allow: each needs its ProfileWriteScope.
// patch has OIDC names, and those of attributes that users may write and the scopes release; null clears. A field that is
// unknown, not for the user to change, or outside the scopes is refused by name, and nothing is changed. A changed phone
// number is unverified again.
func (s *Profiles) UpdateProfile(ctx context.Context, id uuid.UUID, scopes []string, patch map[string]json.RawMessage) (User, error) {
	return s.update(ctx, profileUpdate{userID: id, scopes: scopes, patch: patch})
}

// UpdateOwn is UpdateProfile on the account's own page: no client takes part, so that no scope is asked for, and every
// attribute that users may write is among what they may change. *VersionConflictError when the user has changed since that
// version, ErrSessionNotFound when the session has ended.
func (s *Profiles) UpdateOwn(ctx context.Context, b BrowserSession, version int, patch map[string]json.RawMessage) (User, error) {
	return s.update(ctx, profileUpdate{userID: b.User.ID, patch: patch, page: &b, version: version})
}

// profileUpdate is a change of a profile by its user: through a client with scopes, or on a page.
type profileUpdate struct {
	userID  uuid.UUID
	patch   map[string]json.RawMessage
	scopes  []string
	page    *BrowserSession // nil: through a client
	version int             // of the user that the page has shown
}

func (s *Profiles) update(ctx context.Context, u profileUpdate) (User, error) {
	if len(u.patch) == 0 {
		return User{}, Errorf(Invalid, CodeValidation, "The body names no claim to change.")
	}
	writable, err := s.writableAttributes(ctx, u)
	if err != nil {
		return User{}, err
	}
	if err := u.check(writable); err != nil {
		return User{}, err
	}
	var after User
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		before, err := u.read(ctx, tx, s.source.Now())
		if err != nil {
			return err
		}
		after = before
		var faults Faults
		for _, name := range slices.Sorted(maps.Keys(u.patch)) { // so that the same input is always refused alike
			claim := ClaimNamed(name)
			if claim == nil {
				continue // an attribute
			}
			if err := claim.set(&after.Claims, u.patch[name]); err != nil {
				faults.Add(InvalidField(name, "%s", wrongType(err)))
			}
		}
		if after.Claims.Address.IsZero() {
			after.Claims.Address = nil
		}
		if after.Claims.PhoneNumber != before.Claims.PhoneNumber {
			after.Claims.PhoneNumberVerified = false
		}
		faults.Add(after.Claims.Check())
		attributes, err := changeAttributes(ctx, tx, u.userID, writable, u.patch)
		faults.Add(err)
		if err := faults.Err(); err != nil {
			return err
		}
		changes := UserChanges(before, after)
		AddAttributeChanges(changes, attributes.before, attributes.after)
		if len(changes) == 0 {
			return nil
		}
		after.UpdatedAt = s.source.Now()
		if err := tx.UpdateUser(ctx, after); err != nil {
			return err
		}
		if err := attributes.save(ctx, tx, u.userID, writable); err != nil {
			return err
		}
		after.Version++
		event := NewEvent(ctx, s.source, ActionProfileUpdated, TargetUser, after.ID.String(), after.Username).By(after)
		event.Changes = changes
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return User{}, fmt.Errorf("update profile: %w", err)
	}
	return after, nil
}

// read reads the user who is going to be changed.
func (u profileUpdate) read(ctx context.Context, tx Store, now time.Time) (User, error) {
	if u.page != nil {
		if err := tx.HoldSession(ctx, *u.page, now); err != nil {
			return User{}, err
		}
	}
	user, err := tx.UserByID(ctx, u.userID)
	if err == nil && u.page != nil && user.Version != u.version {
		err = &VersionConflictError{CurrentVersion: user.Version}
	}
	return user, err
}

// wrongType says what is wrong with a value that cannot be read, without repeating it.
func wrongType(err error) string {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		want := "a text or null"
		if mismatch.Field != "" {
			return "Must have a text or null for the member " + mismatch.Field[strings.LastIndexByte(mismatch.Field, '.')+1:] + "."
		}
		if mismatch.Type.Kind() == reflect.Struct {
			want = "an object or null"
		}
		return "Must be " + want + ", not " + jsonKind(mismatch.Value) + "."
	}
	return "Has a member that is not known."
}

// jsonKind names what stood in place of a value of the right type.
func jsonKind(value string) string {
	kind, _, _ := strings.Cut(value, " ") // "number 7"
	switch kind {
	case "array", "object":
		return "an " + kind
	case "bool":
		return "a boolean"
	}
	return "a " + kind
}

// clipName keeps an unknown name fit for an error message.
func clipName(name string) string {
	const longest = 64
	if len(name) > longest {
		name = name[:longest]
	}
	return name
}

// Profiles is what users do with their own claims.
type Profiles struct {
	store  profilePorts
	source Source
}

type profilePorts interface {
	Transactor
	UserReader
	AttributeReader
}

// Self finds the user who acts.
func (s *Profiles) Self(ctx context.Context) (User, error) {
	actor := ActorFrom(ctx)
	if actor.Kind != ActorUser {
		return User{}, ErrUserNotFound
	}
	return s.store.UserByID(ctx, actor.UserID)
}
