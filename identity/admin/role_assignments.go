package admin

import (
	"context"
	"errors"
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
		if err := tx.LockDelegations(ctx, true); err != nil {
			return nil, err
		}
		role, err := tx.LockRole(ctx, roleID)
		if err != nil {
			return nil, err
		}
		before, after := []identity.AdminRights(nil), rightsOf(role)
		if action == identity.ActionRoleUnassigned {
			before, after = after, nil
		}
		if err := overRights(ctx, before, after); err != nil {
			return nil, err
		}
		known, err := lockSubjects(ctx, tx, roleID, subjects, action)
		if err != nil {
			return nil, err
		}
		outcomes, willing := known.outcomes(ctx, subjects)
		assignments, err := run(ctx, tx, willing)
		if err != nil {
			return nil, err
		}
		changed := s.assignmentEvents(ctx, action, role, assignments, known.names())
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

// lockedSubjects are the users and groups of a change of assignments.
type lockedSubjects struct {
	users        map[uuid.UUID]identity.User
	groups       map[uuid.UUID]identity.Group
	administered []uuid.UUID // groups of administrators
	full         []uuid.UUID // users and groups that have as many roles as there may be
}

// lockSubjects reads who is going to be changed: as many roles as they have, they have until the transaction ends. Groups are
// locked before users, as by a change of members.
func lockSubjects(
	ctx context.Context, tx identity.Store, roleID uuid.UUID, subjects RoleSubjects, action identity.Action,
) (known lockedSubjects, err error) {
	if len(subjects.GroupIDs) > 0 {
		_, err := tx.LockGroup(ctx, subjects.GroupIDs[0], subjects.GroupIDs[1:]...)
		if err != nil && !errors.Is(err, identity.ErrGroupNotFound) {
			return known, err
		}
	}
	if known.groups, err = tx.GroupsByID(ctx, subjects.GroupIDs); err != nil {
		return known, err
	}
	if known.users, err = lockUsers(ctx, tx, identity.ScopeRolesWrite, subjects.UserIDs); err != nil {
		return known, err
	}
	if len(subjects.GroupIDs) > 0 {
		if known.administered, err = tx.GroupsOfAdministrators(ctx, subjects.GroupIDs); err != nil {
			return known, err
		}
	}
	if action == identity.ActionRoleAssigned {
		known.full, err = tx.SubjectsOfManyRoles(ctx, subjects.UserIDs, subjects.GroupIDs, roleID, identity.MaxMemberships)
	}
	return known, err
}

// names returns what users and groups are called, for the audit trail.
func (l lockedSubjects) names() map[uuid.UUID]string {
	names := make(map[uuid.UUID]string, len(l.users)+len(l.groups))
	for id, u := range l.users {
		names[id] = u.Username
	}
	for id, g := range l.groups {
		names[id] = g.Name
	}
	return names
}

// outcomes refuses who does not exist, whom the actor may not change, or who has as many roles as there may be, and returns
// the others.
func (l lockedSubjects) outcomes(ctx context.Context, subjects RoleSubjects) (outcomes []SubjectOutcome, willing RoleSubjects) {
	for _, id := range subjects.UserIDs {
		outcome := SubjectOutcome{ID: id, Err: l.refuseUser(ctx, id)}
		if outcome.Err == nil {
			willing.UserIDs = append(willing.UserIDs, id)
		}
		outcomes = append(outcomes, outcome)
	}
	for _, id := range subjects.GroupIDs {
		outcome := SubjectOutcome{ID: id, Err: l.refuseGroup(ctx, id)}
		if outcome.Err == nil {
			willing.GroupIDs = append(willing.GroupIDs, id)
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, willing
}

// refuseUser returns why a user's roles may not be changed, or nil.
func (l lockedSubjects) refuseUser(ctx context.Context, id uuid.UUID) *identity.Error {
	user, ok := l.users[id]
	if !ok {
		return identity.ErrUserNotFound
	}
	if err := overUsers(ctx, user); err != nil {
		return identity.AsError(err)
	}
	return l.refuseMore(id)
}

// refuseGroup is refuseUser for a group.
func (l lockedSubjects) refuseGroup(ctx context.Context, id uuid.UUID) *identity.Error {
	if _, ok := l.groups[id]; !ok {
		return identity.ErrGroupNotFound
	}
	if slices.Contains(l.administered, id) {
		if err := requireScope(ctx, identity.ScopeAdminsWrite); err != nil {
			return identity.AsError(err)
		}
	}
	return l.refuseMore(id)
}

func (l lockedSubjects) refuseMore(id uuid.UUID) *identity.Error {
	if slices.Contains(l.full, id) {
		return identity.ErrMembershipLimit
	}
	return nil
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
