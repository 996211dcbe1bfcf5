package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// AddMembers makes up to 1000 users members of a group, in one transaction. One outcome for each id, in order: a user who
// may not be changed does not spoil the others, and one who is a member already is unchanged.
func (s *Groups) AddMembers(ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID) ([]SubjectOutcome, error) {
	if err := requireScope(ctx, identity.ScopeGroupsWrite); err != nil {
		return nil, err
	}
	return s.changeMembers(ctx, groupID, userIDs, identity.ActionGroupMemberAdded,
		func(ctx context.Context, tx identity.Store, group identity.Group, users []uuid.UUID) ([]uuid.UUID, error) {
			now := s.source.Now()
			members := make([]identity.GroupMember, len(users))
			for i, id := range users {
				members[i] = identity.GroupMember{ID: s.source.NewID(), GroupID: group.ID, UserID: id, JoinedAt: now}
			}
			return tx.AddGroupMembers(ctx, members)
		})
}

// RemoveMembers is the opposite of AddMembers.
func (s *Groups) RemoveMembers(ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID) ([]SubjectOutcome, error) {
	if err := requireScope(ctx, identity.ScopeGroupsWrite); err != nil {
		return nil, err
	}
	return s.changeMembers(ctx, groupID, userIDs, identity.ActionGroupMemberRemoved,
		func(ctx context.Context, tx identity.Store, group identity.Group, users []uuid.UUID) ([]uuid.UUID, error) {
			return tx.RemoveGroupMembers(ctx, group.ID, users)
		})
}

// changeMembers runs a change of members, which returns whose memberships it has changed.
func (s *Groups) changeMembers(
	ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID, action identity.Action,
	run func(ctx context.Context, tx identity.Store, group identity.Group, users []uuid.UUID) ([]uuid.UUID, error),
) ([]SubjectOutcome, error) {
	if err := checkBulk("user_ids", userIDs); err != nil {
		return nil, err
	}
	outcomes, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) ([]SubjectOutcome, error) {
		if err := tx.LockDelegations(ctx, action == identity.ActionGroupMemberRemoved); err != nil {
			return nil, err
		}
		group, err := tx.LockGroup(ctx, groupID)
		if err != nil {
			return nil, err
		}
		rights, err := tx.AdminRightsOfGroups(ctx, []uuid.UUID{groupID})
		if err != nil {
			return nil, err
		}
		before, after := []identity.AdminRights(nil), rights
		if action == identity.ActionGroupMemberRemoved {
			before, after = rights, nil
		}
		if err := overRights(ctx, before, after); err != nil {
			return nil, err
		}
		users, err := lockUsers(ctx, tx, identity.ScopeGroupsWrite, userIDs)
		if err != nil {
			return nil, err
		}
		var full []uuid.UUID
		if action == identity.ActionGroupMemberAdded {
			if full, err = tx.UsersInManyGroups(ctx, userIDs, groupID, identity.MaxMemberships); err != nil {
				return nil, err
			}
		}
		outcomes, willing := memberOutcomes(ctx, userIDs, users, full)
		changed, err := run(ctx, tx, group, willing)
		if err != nil {
			return nil, err
		}
		for i := range outcomes {
			outcomes[i].Changed = slices.Contains(changed, outcomes[i].ID)
		}
		return outcomes, s.recordMembers(ctx, tx, action, group, changed, users)
	})
	if err != nil {
		return nil, fmt.Errorf("change members: %w", err)
	}
	return outcomes, nil
}

// memberOutcomes refuses the users who do not exist, whom the actor may not change, or who are in many groups, and returns
// the others.
func memberOutcomes(
	ctx context.Context, ids []uuid.UUID, users map[uuid.UUID]identity.User, full []uuid.UUID,
) (outcomes []SubjectOutcome, willing []uuid.UUID) {
	outcomes = make([]SubjectOutcome, len(ids))
	for i, id := range ids {
		outcomes[i].ID = id
		user, ok := users[id]
		if !ok {
			outcomes[i].Err = identity.ErrUserNotFound
		} else if err := overUsers(ctx, user); err != nil {
			outcomes[i].Err = identity.AsError(err)
		} else if slices.Contains(full, id) {
			outcomes[i].Err = identity.ErrMembershipLimit
		} else {
			willing = append(willing, id)
		}
	}
	return outcomes, willing
}

// recordMembers writes to each user's history which group it was.
func (s *Groups) recordMembers(
	ctx context.Context, tx identity.Store, action identity.Action, group identity.Group, changed []uuid.UUID,
	users map[uuid.UUID]identity.User,
) error {
	if len(changed) == 0 {
		return nil
	}
	change := identity.Change{After: group.Name}
	id := identity.Change{After: group.ID}
	if action == identity.ActionGroupMemberRemoved {
		change, id = identity.Change{Before: group.Name}, identity.Change{Before: group.ID}
	}
	events := make([]identity.AuditEvent, len(changed))
	for i, userID := range changed {
		events[i] = identity.NewEvent(ctx, s.source, action, identity.TargetUser, userID.String(), users[userID].Username)
		events[i].Changes = map[string]identity.Change{"group": change, "group_id": id}
	}
	return tx.InsertAudit(ctx, events...)
}
