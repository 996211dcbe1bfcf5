package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// RoleSubjects are who gets a role, or loses it: up to 1000.
type RoleSubjects struct {
	UserIDs  []uuid.UUID
	GroupIDs []uuid.UUID
}

func (r RoleSubjects) check() error {
	n := len(r.UserIDs) + len(r.GroupIDs)
	if n == 0 || n > maxBulk {
		return identity.InvalidField("user_ids", "Must name 1 to %d users and groups.", maxBulk)
	}
	seen := make(map[uuid.UUID]bool, n)
	for i, id := range slices.Concat(r.UserIDs, r.GroupIDs) {
		if seen[id] && i < len(r.UserIDs) {
			return identity.InvalidField("user_ids", "Must name each user once.")
		} else if seen[id] {
			return identity.InvalidField("group_ids", "Must name each group once.")
		}
		seen[id] = true
	}
	return nil
}

// SubjectOutcome is what happened to one user or group. Err is nil when it went well.
type SubjectOutcome struct {
	ID      uuid.UUID
	Changed bool
	Err     *identity.Error
}

// Assign gives up to 1000 users and groups a role, in one transaction. One outcome for each user, then for each group, in
// order: who may not be changed does not spoil the others, and who has the role already is unchanged.
func (s *Roles) Assign(ctx context.Context, roleID uuid.UUID, to RoleSubjects) ([]SubjectOutcome, error) {
	if err := requireScope(ctx, identity.ScopeRolesWrite); err != nil {
		return nil, err
	}
	return s.changeAssignments(ctx, roleID, to, identity.ActionRoleAssigned,
		func(ctx context.Context, tx identity.Store, willing RoleSubjects) ([]identity.RoleAssignment, error) {
			now := s.source.Now()
			var list []identity.RoleAssignment
			for _, id := range willing.UserIDs {
				list = append(list, identity.RoleAssignment{ID: s.source.NewID(), RoleID: roleID, UserID: &id, AssignedAt: now})
			}
			for _, id := range willing.GroupIDs {
				list = append(list, identity.RoleAssignment{ID: s.source.NewID(), RoleID: roleID, GroupID: &id, AssignedAt: now})
			}
			return tx.AssignRole(ctx, list)
		})
}

// Unassign is the opposite of Assign.
func (s *Roles) Unassign(ctx context.Context, roleID uuid.UUID, from RoleSubjects) ([]SubjectOutcome, error) {
	if err := requireScope(ctx, identity.ScopeRolesWrite); err != nil {
		return nil, err
	}
	return s.changeAssignments(ctx, roleID, from, identity.ActionRoleUnassigned,
		func(ctx context.Context, tx identity.Store, willing RoleSubjects) ([]identity.RoleAssignment, error) {
			return tx.UnassignRole(ctx, roleID, willing.UserIDs, willing.GroupIDs)
		})
}

// changeAssignments runs a change of assignments, which returns those that it has changed.
func (s *Roles) changeAssignments(
	ctx context.Context, roleID uuid.UUID, subjects RoleSubjects, action identity.Action,
	run func(ctx context.Context, tx identity.Store, willing RoleSubjects) ([]identity.RoleAssignment, error),
) ([]SubjectOutcome, error) {
	if err := subjects.check(); err != nil {
		return nil, err
	}
	outcomes, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) ([]SubjectOutcome, error) {
		role, err := tx.LockRole(ctx, roleID)
		if err != nil {
			return nil, err
		}
		users, err := tx.LockUsers(ctx, subjects.UserIDs)
		if err != nil {
			return nil, err
		}
		groups, err := tx.GroupsByID(ctx, subjects.GroupIDs)
		if err != nil {
			return nil, err
		}
		outcomes, willing := subjectOutcomes(ctx, subjects, users, groups)
		assignments, err := run(ctx, tx, willing)
		if err != nil {
			return nil, err
		}
		names := make(map[uuid.UUID]string, len(users)+len(groups))
		for id, u := range users {
			names[id] = u.Username
		}
		for id, g := range groups {
			names[id] = g.Name
		}
		changed := s.assignmentEvents(ctx, action, role, assignments, names)
		for i := range outcomes {
			_, outcomes[i].Changed = changed[outcomes[i].ID]
		}
		events := make([]identity.AuditEvent, 0, len(changed))
		for _, e := range changed {
			events = append(events, e)
		}
		if len(events) == 0 {
			return outcomes, nil
		}
		return outcomes, tx.InsertAudit(ctx, events...)
	})
	if err != nil {
		return nil, fmt.Errorf("change assignments: %w", err)
	}
	return outcomes, nil
}

// subjectOutcomes refuses who does not exist, or whom the actor may not change, and returns the others.
func subjectOutcomes(
	ctx context.Context, subjects RoleSubjects, users map[uuid.UUID]identity.User, groups map[uuid.UUID]identity.Group,
) (outcomes []SubjectOutcome, willing RoleSubjects) {
	for _, id := range subjects.UserIDs {
		outcome := SubjectOutcome{ID: id}
		if user, ok := users[id]; !ok {
			outcome.Err = identity.ErrUserNotFound
		} else if err := overUsers(ctx, user); err != nil {
			outcome.Err = identity.AsError(err)
		} else {
			willing.UserIDs = append(willing.UserIDs, id)
		}
		outcomes = append(outcomes, outcome)
	}
	for _, id := range subjects.GroupIDs {
		outcome := SubjectOutcome{ID: id}
		if _, ok := groups[id]; !ok {
			outcome.Err = identity.ErrGroupNotFound
		} else {
			willing.GroupIDs = append(willing.GroupIDs, id)
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, willing
}

// assignmentEvents returns the event of each subject by its id.
func (s *Roles) assignmentEvents(
	ctx context.Context, action identity.Action, role identity.Role, list []identity.RoleAssignment, names map[uuid.UUID]string,
) map[uuid.UUID]identity.AuditEvent {
	change, id := identity.Change{After: role.Name}, identity.Change{After: role.ID}
	if action == identity.ActionRoleUnassigned {
		change, id = identity.Change{Before: role.Name}, identity.Change{Before: role.ID}
	}
	events := make(map[uuid.UUID]identity.AuditEvent, len(list))
	for _, a := range list {
		kind, subject := identity.TargetUser, a.UserID
		if subject == nil {
			kind, subject = identity.TargetGroup, a.GroupID
		}
		event := identity.NewEvent(ctx, s.source, action, kind, subject.String(), names[*subject])
		event.Changes = map[string]identity.Change{"role": change, "role_id": id}
		events[*subject] = event
	}
	return events
}
