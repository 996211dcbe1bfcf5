package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Groups is administration of groups and of who is in them.
type Groups struct {
	changes
	store groupStore
}

// groupStore is what Groups reads outside of its transactions.
type groupStore interface {
	identity.GroupReader
	identity.GroupMemberReader
}

// NewGroup is what a group is created from.
type NewGroup struct {
	ParentID    *uuid.UUID // nil: on the first level
	Name        string
	Description string
}

// Create adds a group. CodeDuplicateGroup when a sibling has the name, ErrGroupNotFound of the field parent_id when there
// is no such parent.
func (s *Groups) Create(ctx context.Context, n NewGroup) (identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsWrite); err != nil {
		return identity.Group{}, err
	}
	now := s.source.Now()
	group := identity.Group{
		ID: s.source.NewID(), ParentID: n.ParentID, Name: n.Name, Description: n.Description, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	if err := group.Check(); err != nil {
		return identity.Group{}, err
	}
	group, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.Group, error) {
		created, err := tx.InsertGroup(ctx, group)
		if err != nil {
			return identity.Group{}, err
		}
		return created, s.record(ctx, tx, identity.ActionGroupCreated, created, groupChanges(identity.Group{}, created))
	})
	if err != nil {
		return identity.Group{}, fmt.Errorf("create group: %w", err)
	}
	return group, nil
}

// GroupChange is a partial update: nil keeps a field. A Parent that points to the nil UUID moves the group to the first
// level.
type GroupChange struct {
	Name        *string
	Description *string
	Parent      *uuid.UUID
}

// Update renames, describes and moves a group, with all below it. expectedVersion, unless nil, must be the current one,
// else *VersionConflictError. A change of nothing writes nothing.
func (s *Groups) Update(ctx context.Context, id uuid.UUID, c GroupChange, expectedVersion *int) (identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsWrite); err != nil {
		return identity.Group{}, err
	}
	group, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.Group, error) {
		var others []uuid.UUID
		if c.Parent != nil {
			others = append(others, *c.Parent)
		}
		if err := tx.LockDelegations(ctx, true); err != nil {
			return identity.Group{}, err
		}
		before, err := tx.LockGroup(ctx, id, others...)
		if err != nil {
			return identity.Group{}, err
		}
		if err := atVersion(expectedVersion, before.Version); err != nil {
			return identity.Group{}, err
		}
		if err := overGroups(ctx, tx, id); err != nil {
			return identity.Group{}, err
		}
		return s.update(ctx, tx, before, c)
	})
	if err != nil {
		return identity.Group{}, fmt.Errorf("update group: %w", err)
	}
	return group, nil
}

func (s *Groups) update(ctx context.Context, tx identity.Store, before identity.Group, c GroupChange) (identity.Group, error) {
	after := before
	setIfGiven(&after.Name, c.Name)
	setIfGiven(&after.Description, c.Description)
	if c.Parent != nil {
		after.ParentID = c.Parent
		if *c.Parent == uuid.Nil {
			after.ParentID = nil
		}
	}
	if err := after.Check(); err != nil {
		return identity.Group{}, err
	}
	if parentOf(before) != parentOf(after) { // who is below gets what there is above
		rights, err := tx.AdminRightsOfGroups(ctx, []uuid.UUID{parentOf(after)})
		if err != nil {
			return identity.Group{}, err
		}
		if err := overRights(ctx, nil, rights); err != nil {
			return identity.Group{}, err
		}
	}
	changes := groupChanges(before, after)
	if len(changes) == 0 {
		return before, nil
	}
	after.UpdatedAt = s.source.Now()
	after, err := tx.UpdateGroup(ctx, after)
	if err != nil {
		return identity.Group{}, err
	}
	return after, s.record(ctx, tx, identity.ActionGroupUpdated, after, changes)
}

// parentOf is the parent of a group; the nil UUID when it has none.
func parentOf(g identity.Group) uuid.UUID {
	if g.ParentID == nil {
		return uuid.Nil
	}
	return *g.ParentID
}

// groupChanges lists what differs between two states of a group.
func groupChanges(before, after identity.Group) map[string]identity.Change {
	changes := map[string]identity.Change{}
	if before.Name != after.Name {
		changes["name"] = identity.Change{Before: before.Name, After: after.Name}
	}
	if before.Description != after.Description {
		changes["description"] = identity.Change{Before: before.Description, After: after.Description}
	}
	if parentOf(before) != parentOf(after) {
		changes["parent_id"] = identity.Change{Before: before.ParentID, After: after.ParentID}
	}
	return changes
}

// record writes what has happened to a group.
func (s *Groups) record(
	ctx context.Context, tx identity.Store, action identity.Action, g identity.Group, changes map[string]identity.Change,
) error {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetGroup, g.ID.String(), g.Name)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// change is runIdempotent for a change that returns a group; one that was made before is returned as the group is now.
func (s *Groups) change(
	ctx context.Context, do func(ctx context.Context, tx identity.Store) (identity.Group, error),
) (identity.Group, error) {
	group, _, err := runIdempotentRow(ctx, s.changes, do, func(g identity.Group) uuid.UUID { return g.ID }, s.find)
	return group, err
}

func (s *Groups) find(ctx context.Context, id uuid.UUID) (identity.Group, error) {
	found, err := s.store.GroupsByID(ctx, []uuid.UUID{id})
	if err != nil {
		return identity.Group{}, err
	}
	group, ok := found[id]
	if !ok {
		return identity.Group{}, identity.ErrGroupNotFound
	}
	return group, nil
}

// maxGroupsDeleted is how many groups are deleted at once: each has its event.
const maxGroupsDeleted = 1000

// DeleteGroupOptions are the terms of a deletion.
type DeleteGroupOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Recursive       bool // with the groups below it, of which there may be 1000
	DryRun          bool // change nothing, and return what would be removed
}

// Delete removes a group with its memberships, and returns what goes with it. ErrGroupInUse when groups are below it and
// the terms do not say that they go too; a dry run then returns what they are.
func (s *Groups) Delete(ctx context.Context, id uuid.UUID, terms DeleteGroupOptions) (identity.GroupCounts, error) {
	if err := requireScope(ctx, identity.ScopeGroupsWrite); err != nil {
		return identity.GroupCounts{}, err
	}
	removed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.GroupCounts, error) {
		if err := tx.LockDelegations(ctx, true); err != nil {
			return identity.GroupCounts{}, err
		}
		group, err := tx.LockGroup(ctx, id)
		if err != nil {
			return identity.GroupCounts{}, err
		}
		if err := atVersion(terms.ExpectedVersion, group.Version); err != nil {
			return identity.GroupCounts{}, err
		}
		if err := overGroups(ctx, tx, id); err != nil {
			return identity.GroupCounts{}, err
		}
		return s.delete(ctx, tx, group, terms)
	})
	if err != nil {
		return identity.GroupCounts{}, fmt.Errorf("delete group: %w", err)
	}
	return removed, nil
}

func (s *Groups) delete(
	ctx context.Context, tx identity.Store, group identity.Group, terms DeleteGroupOptions,
) (identity.GroupCounts, error) {
	below, err := tx.GroupsBelow(ctx, group.ID, maxGroupsDeleted)
	if err != nil {
		return identity.GroupCounts{}, err
	}
	counts := identity.GroupCounts{Groups: len(below)}
	if counts.Members, err = tx.CountGroupMembersBelow(ctx, group.ID); err != nil || terms.DryRun {
		return counts, err
	}
	switch {
	case len(below) > 0 && !terms.Recursive:
		return counts, identity.ErrGroupInUse
	case len(below) >= maxGroupsDeleted:
		return counts, identity.InvalidField("id", "Has %d groups or more below it; delete parts of them first.", maxGroupsDeleted)
	}
	var ids []uuid.UUID
	var events []identity.AuditEvent
	for _, g := range append(below, group) {
		event := identity.NewEvent(ctx, s.source, identity.ActionGroupDeleted, identity.TargetGroup, g.ID.String(), g.Name)
		ids, events = append(ids, g.ID), append(events, event)
	}
	events[len(events)-1].Changes = map[string]identity.Change{
		"groups": {Before: counts.Groups}, "members": {Before: counts.Members},
	}
	if err := tx.DeleteGroups(ctx, ids); err != nil {
		return counts, err
	}
	return counts, tx.InsertAudit(ctx, events...)
}
