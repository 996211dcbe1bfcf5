package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

// DetailTypes lists the types of authorization details by name.
func (s *Scopes) DetailTypes(ctx context.Context) ([]identity.DetailType, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return nil, err
	}
	return s.store.DetailTypes(ctx)
}

// DetailTypeChange is a partial update: nil keeps a field.
type DetailTypeChange struct {
	Description *string
	Schema      *json.RawMessage
}

// errDetailTypeTaken refuses a second type of a name.
var errDetailTypeTaken = &identity.Error{
	Kind: identity.Conflict, Code: identity.CodeDuplicateDetailType, Field: "type", Detail: "Is the name of another type.",
}

// CreateDetailType adds a type of authorization details.
func (s *Scopes) CreateDetailType(ctx context.Context, t identity.DetailType) (identity.DetailType, error) {
	created, err := s.writeDetailType(ctx, t.Name, func(_ identity.DetailType, found bool) (identity.DetailType, error) {
		if found {
			return identity.DetailType{}, errDetailTypeTaken
		}
		return t, nil
	})
	if err != nil {
		return identity.DetailType{}, fmt.Errorf("create type of authorization details: %w", err)
	}
	return created.Type, nil
}

// UpdateDetailType changes a type. What was granted of it stays as it is. A change of nothing writes nothing.
func (s *Scopes) UpdateDetailType(ctx context.Context, name string, c DetailTypeChange) (identity.DetailType, error) {
	changed, err := s.writeDetailType(ctx, name, func(t identity.DetailType, found bool) (identity.DetailType, error) {
		if !found {
			return identity.DetailType{}, identity.ErrDetailTypeNotFound
		}
		setIfGiven(&t.Description, c.Description)
		setIfGiven(&t.Schema, c.Schema)
		return t, nil
	})
	if err != nil {
		return identity.DetailType{}, fmt.Errorf("update type of authorization details: %w", err)
	}
	return changed.Type, nil
}

// SaveDetailType creates or changes a type, and says what it did.
func (s *Scopes) SaveDetailType(ctx context.Context, t identity.DetailType) (Verb, error) {
	saved, err := s.writeDetailType(ctx, t.Name, func(identity.DetailType, bool) (identity.DetailType, error) { return t, nil })
	if err != nil {
		return "", fmt.Errorf("save type of authorization details: %w", err)
	}
	return saved.Verb, nil
}

// writtenDetailType is what became of a type.
type writtenDetailType struct {
	Type identity.DetailType
	Verb Verb
}

// writeDetailType writes what change makes of the type of a name, if that is anything else.
func (s *Scopes) writeDetailType(
	ctx context.Context, name string, change func(t identity.DetailType, found bool) (identity.DetailType, error),
) (writtenDetailType, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return writtenDetailType{}, err
	}
	return runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (writtenDetailType, error) {
		all, err := tx.LockDetailTypes(ctx)
		if err != nil {
			return writtenDetailType{}, err
		}
		var before identity.DetailType
		at := slices.IndexFunc(all, func(t identity.DetailType) bool { return t.Name == name })
		if at >= 0 {
			before = all[at]
		}
		after, err := change(before, at >= 0)
		if err != nil {
			return writtenDetailType{}, err
		}
		if err := after.Check(s.schemas); err != nil {
			return writtenDetailType{}, err
		}
		if at < 0 && len(all) >= identity.MaxDetailTypes {
			return writtenDetailType{}, identity.InvalidField("type", "There are %d types already, which is the most.", identity.MaxDetailTypes)
		}
		out := writtenDetailType{before, Unchanged}
		if at >= 0 && before.Description == after.Description && bytes.Equal(before.Schema, after.Schema) {
			return out, nil
		}
		after.CreatedAt, after.UpdatedAt = before.CreatedAt, s.source.Now()
		out = writtenDetailType{after, Updated}
		if at < 0 {
			out.Type.CreatedAt, out.Verb = after.UpdatedAt, Created
		}
		if err := tx.SaveDetailType(ctx, out.Type); err != nil {
			return writtenDetailType{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionDetailTypeSaved, identity.TargetDetails, name, name)
		event.Changes = map[string]identity.Change{}
		if before.Description != after.Description {
			event.Changes["description"] = identity.Change{Before: before.Description, After: after.Description}
		}
		if !bytes.Equal(before.Schema, after.Schema) {
			event.Changes["schema"] = identity.Change{Before: string(before.Schema), After: string(after.Schema)}
		}
		return out, tx.InsertAudit(ctx, event)
	})
}

// DeleteDetailType removes a type. It can be asked for no more, and is in no new token, also of what was granted before.
func (s *Scopes) DeleteDetailType(ctx context.Context, name string) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (struct{}, error) {
		if err := tx.DeleteDetailType(ctx, name); err != nil {
			return struct{}{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionDetailTypeDeleted, identity.TargetDetails, name, name)
		return struct{}{}, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("delete type of authorization details: %w", err)
	}
	return nil
}
