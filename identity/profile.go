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

	"github.com/google/uuid"
)

func setAddress(c *Claims, value json.RawMessage) error {
	c.Address = nil
	return decodeStrictly(value, &c.Address)
}

// UpdateProfile lets a user change their own claims, as far as scopes allow: each needs its ProfileWriteScope. patch has OIDC
// names, and those of attributes that users may write and the scopes release; null clears. A field that is unknown, not for
// the user to change, or outside the scopes is refused by name, and nothing is changed. A changed phone number is unverified
// again.
func (s *Profiles) UpdateProfile(ctx context.Context, id uuid.UUID, scopes []string, patch map[string]json.RawMessage) (User, error) {
	if len(patch) == 0 {
		return User{}, Errorf(Invalid, CodeValidation, "The body names no claim to change.")
	}
	writable, err := s.writableAttributes(ctx, scopes, patch)
	if err != nil {
		return User{}, err
	}
	if err := checkPatch(scopes, patch, writable); err != nil {
		return User{}, err
	}
	var after User
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		before, err := tx.UserByID(ctx, id)
		if err != nil {
			return err
		}
		after = before
		var faults Faults
		for _, name := range slices.Sorted(maps.Keys(patch)) { // so that the same input is always refused alike
			claim := ClaimNamed(name)
			if claim == nil {
				continue // an attribute
			}
			if err := claim.set(&after.Claims, patch[name]); err != nil {
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
		attributes, err := changeAttributes(ctx, tx, id, writable, patch)
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
		if err := attributes.save(ctx, tx, id, writable); err != nil {
			return err
		}
		after.Version++
		event := NewEvent(ctx, s.source, ActionProfileUpdated, TargetUser, id.String(), after.Username)
		event.Changes = changes
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return User{}, fmt.Errorf("update profile: %w", err)
	}
	return after, nil
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
