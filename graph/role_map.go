package graph

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// showRole shows one role, or null for one that does not exist.
func showRole(r identity.Role, err error) (*model.Role, error) {
	if errors.Is(err, identity.ErrRoleNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return model.NewRoles([]identity.Role{r})[0], nil
}

func roleList(filter *model.RoleFilter, search *string, order model.RoleOrder) (admin.RoleList, error) {
	list := admin.RoleList{Order: identity.RoleOrder{
		Field: identity.RoleOrderField(order.Field), Descending: order.Direction == model.SortDirectionDesc,
	}}
	if search != nil {
		list.Filter.Search = *search
	}
	var err error
	if filter != nil {
		list.Filter.Server, list.Filter.Name = filter.Server.Value(), stringMatch(filter.Name)
		list.Filter.ClientID, err = filterID("filter.client", model.KindClient, filter.Client.Value())
	}
	return list, err
}

// roleChange reads the changes of a role, or says what is wrong with them.
func roleChange(in model.UpdateRoleInput) (admin.RoleChange, []model.UserError) {
	p := &patch{given: in.Description.IsSet()}
	change := admin.RoleChange{Name: nonNull(p, "name", in.Name), AdminScopes: clearedList(p, in.AdminScopes)}
	if in.AdminGroupIds.IsSet() {
		p.given = true
		groups, problems := groupIDs("adminGroupIds", in.AdminGroupIds.Value())
		if p.problems = append(p.problems, problems...); len(problems) == 0 {
			change.AdminGroups = &groups
		}
	}
	if in.Description.IsSet() {
		description := text(in.Description)
		change.Description = &description
	}
	return change, p.check()
}

// rolesByID finds roles that will be shown together.
func (r *Resolver) rolesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.Role, error) {
	found, err := r.admin.Roles.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*model.Role, len(found))
	for _, shown := range model.NewRoles(slices.Collect(maps.Values(found))) {
		out[shown.Role.ID] = shown
	}
	return out, nil
}

func (r *Resolver) roleNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	roles, err := r.rolesByID(ctx, ids)
	for _, role := range roles {
		found[role.ID()] = role
	}
	return err
}

// rolesOfClients finds the first roles of clients, which come from different lists.
func (r *Resolver) rolesOfClients(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]*model.Role, error) {
	found, err := r.admin.Roles.OfClients(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []identity.Role
	for _, id := range ids {
		all = append(all, found[id]...)
	}
	shown := model.NewRoles(all)
	out := make(map[uuid.UUID][]*model.Role, len(ids))
	for _, id := range ids {
		n := len(found[id])
		out[id], shown = shown[:n:n], shown[n:]
	}
	return out, nil
}

// effective is what a user has as tokens have it.
type effective struct {
	groups []*model.Group
	roles  []*model.Role
}

// effective returns the groups and roles of a user as tokens have them, read and shown for all users that came together.
func (r *Resolver) effective(ctx context.Context, u *model.User) (effective, error) {
	all, err := model.Load(u.Batch, "memberships", func(ids []uuid.UUID) (map[uuid.UUID]effective, error) {
		found, err := r.admin.Roles.Effective(ctx, ids)
		if err != nil {
			return nil, err
		}
		var groups []identity.Group
		var roles []identity.Role
		for _, id := range ids {
			groups, roles = append(groups, found[id].Groups...), append(roles, found[id].Roles...)
		}
		shownGroups, shownRoles := model.NewGroups(groups), model.NewRoles(roles)
		out := make(map[uuid.UUID]effective, len(ids))
		for _, id := range ids {
			g, r := len(found[id].Groups), len(found[id].Roles)
			out[id] = effective{groups: shownGroups[:g], roles: shownRoles[:r]}
			shownGroups, shownRoles = shownGroups[g:], shownRoles[r:]
		}
		return out, nil
	})
	return all[u.Sub()], err
}

// The objects that an assignment names.
func assignedUser(a identity.RoleAssignment) uuid.UUID  { return *a.UserID }
func assignedGroup(a identity.RoleAssignment) uuid.UUID { return *a.GroupID }
func assignedRole(a identity.RoleAssignment) uuid.UUID  { return a.RoleID }

// assignments is how a connection of assignments is read and shown.
type assignments[N, C any] struct {
	side  identity.RoleSide
	node  func(identity.RoleAssignment) uuid.UUID
	nodes func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*N, error)
	show  func(admin.RoleAssignmentList, admin.PageArgs, admin.Page[identity.RoleAssignment], []*N) *C
}

// connection returns a page of the assignments of an owner; the first page is read for all owners that came together.
func connection[N, C any](
	ctx context.Context, r *Resolver, batch *model.Batch[uuid.UUID], owner uuid.UUID, ascending bool, args admin.PageArgs, first bool,
	a assignments[N, C],
) (*C, error) {
	listOf := func(id uuid.UUID) admin.RoleAssignmentList {
		return admin.RoleAssignmentList{
			RoleAssignmentList: identity.RoleAssignmentList{Side: a.side, Owner: id}, Ascending: ascending,
		}
	}
	if first && !ascending {
		key := batchKey{list: "assignments " + string(a.side), size: *args.First}
		pages, err := model.Load(batch, key, func(ids []uuid.UUID) (map[uuid.UUID]*C, error) {
			found, err := r.admin.Roles.AssignmentsOf(ctx, a.side, ids, *args.First)
			if err != nil {
				return nil, err
			}
			nodes, err := a.nodes(ctx, assignmentNodes(allItems(ids, found), a.node))
			out := make(map[uuid.UUID]*C, len(ids))
			for _, id := range ids {
				page, shown := stillThere(found[id], nodes, a.node)
				out[id] = a.show(listOf(id), admin.PageArgs{}, page, shown)
			}
			return out, err
		})
		return pages[owner], err
	}
	list := listOf(owner)
	page, err := r.admin.Roles.Assignments(ctx, list, args)
	if err != nil {
		return nil, err
	}
	nodes, err := a.nodes(ctx, assignmentNodes(page.Items(), a.node))
	page, shown := stillThere(page, nodes, a.node)
	return a.show(list, args, page, shown), err
}

func assignmentNodes(list []identity.RoleAssignment, id func(identity.RoleAssignment) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, a := range list {
		ids[i] = id(a)
	}
	return ids
}

// rolesOf returns a page of the roles of a user or group.
func (r *Resolver) rolesOf(
	ctx context.Context, side identity.RoleSide, batch *model.Batch[uuid.UUID], owner uuid.UUID, order model.RoleAssignmentOrder,
	args admin.PageArgs, first bool,
) (*model.AssignedRoleConnection, error) {
	return connection(ctx, r, batch, owner, order.Direction == model.SortDirectionAsc, args, first,
		assignments[model.Role, model.AssignedRoleConnection]{side, assignedRole, r.rolesByID, model.NewAssignedRoleConnection})
}

// changeAssignments runs a change of assignments and shows what happened to the users and groups.
func (r *Resolver) changeAssignments(
	ctx context.Context, roleID string, userIDs, groupIDs []string,
	run func(ctx context.Context, role uuid.UUID, subjects admin.RoleSubjects) ([]admin.SubjectOutcome, error),
) (*model.RoleAssignmentPayload, error) {
	payload := &model.RoleAssignmentPayload{UserErrors: noErrors()}
	role, err := parseID(model.KindRole, roleID)
	var subjects admin.RoleSubjects
	var places []named // of the subjects, in the order of the outcomes
	var problems []model.UserError
	read := func(kind model.Kind, field string, ids []string) (parsed []uuid.UUID) {
		for i, id := range ids {
			place := named{id: id, path: []string{field, strconv.Itoa(i)}}
			subject, err := parseID(kind, id)
			if err != nil {
				problems = append(problems, refusedAt(identity.AsError(err), id, place.path...))
				continue
			}
			parsed, places = append(parsed, subject), append(places, place)
		}
		return parsed
	}
	subjects.UserIDs = read(model.KindUser, "userIds", userIDs)
	subjects.GroupIDs = read(model.KindGroup, "groupIds", groupIDs)
	var outcomes []admin.SubjectOutcome
	if err == nil && (len(places) > 0 || len(problems) == 0) {
		outcomes, err = run(ctx, role, subjects)
	}
	if err != nil {
		payload.UserErrors, err = userErrors(err, roleID, "roleId")
		return payload, err
	}
	for i, outcome := range outcomes {
		switch {
		case outcome.Err != nil:
			problems = append(problems, refusedAt(outcome.Err, places[i].id, places[i].path...))
		case outcome.Changed:
			payload.Changed++
		default:
			payload.Unchanged++
		}
	}
	payload.Refused, payload.RoleID = len(problems), role
	payload.UserErrors = append(payload.UserErrors, problems...)
	return payload, nil
}

// groupIDs reads the ids of groups in a field of an input; nil when there is none.
func groupIDs(field string, ids []string) ([]uuid.UUID, []model.UserError) {
	if ids == nil {
		return nil, nil
	}
	groups := make([]uuid.UUID, len(ids))
	var problems []model.UserError
	for i, id := range ids {
		var err error
		if groups[i], err = parseID(model.KindGroup, id); err != nil {
			shown, _ := userErrors(err, id, field, strconv.Itoa(i)) // never an error for what does not exist
			problems = append(problems, shown...)
		}
	}
	return groups, problems
}
