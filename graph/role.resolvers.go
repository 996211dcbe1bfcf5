package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *assignedRoleConnectionResolver) TotalCount(ctx context.Context, obj *model.AssignedRoleConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Roles.CountAssignments(ctx, obj.List) })
}

func (r *mutationResolver) CreateRole(ctx context.Context, input model.CreateRoleInput) (*model.CreateRolePayload, error) {
	role := admin.NewRole{
		Name: input.Name, Description: text(input.Description), Admin: identity.AdminRights{Scopes: input.AdminScopes},
	}
	client := text(input.Client)
	var problems []model.UserError
	if role.Admin.GroupIDs, problems = groupIDs("adminGroupIds", input.AdminGroupIds.Value()); len(problems) > 0 {
		return &model.CreateRolePayload{UserErrors: problems}, nil
	}
	if input.Client.Value() != nil {
		id, err := parseID(model.KindClient, client)
		if err != nil {
			problems, err := userErrors(err, client, "client")
			return &model.CreateRolePayload{UserErrors: problems}, err
		}
		role.ClientID = &id
	}
	created, err := r.admin.Roles.Create(ctx, role)
	if err != nil {
		problems, err := userErrors(err, client, "client")
		return &model.CreateRolePayload{UserErrors: problems}, err
	}
	return &model.CreateRolePayload{Role: model.NewRoles([]identity.Role{created})[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateRole(ctx context.Context, input model.UpdateRoleInput) (*model.UpdateRolePayload, error) {
	change, problems := roleChange(input)
	if len(problems) > 0 {
		return &model.UpdateRolePayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindRole, input.ID)
	var role identity.Role
	if err == nil {
		role, err = r.admin.Roles.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateRolePayload{Role: model.NewRoles([]identity.Role{role})[0], UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateRolePayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Roles.Get(ctx, id); readErr == nil {
			payload.Role = model.NewRoles([]identity.Role{current})[0]
		}
	}
	payload.UserErrors, err = userErrors(err, input.ID)
	return payload, err
}

func (r *mutationResolver) DeleteRole(ctx context.Context, input model.DeleteRoleInput) (*model.DeleteRolePayload, error) {
	id, err := parseID(model.KindRole, input.ID)
	var counts identity.RoleCounts
	if err == nil {
		counts, err = r.admin.Roles.Delete(ctx, id, admin.DeleteRoleOptions{
			ExpectedVersion: input.ExpectedVersion.Value(), Assigned: input.Assigned, DryRun: input.DryRun,
		})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteRolePayload{UserErrors: problems}, err
	}
	payload := &model.DeleteRolePayload{
		Removed: &model.RemovedRoleCounts{Users: counts.Users, Groups: counts.Groups}, UserErrors: noErrors(),
	}
	if !input.DryRun {
		payload.DeletedRoleID = &input.ID
	}
	return payload, nil
}

func (r *mutationResolver) AssignRole(ctx context.Context, input model.AssignRoleInput) (*model.RoleAssignmentPayload, error) {
	return r.changeAssignments(ctx, input.RoleID, input.UserIds, input.GroupIds, r.admin.Roles.Assign)
}

func (r *mutationResolver) UnassignRole(ctx context.Context, input model.UnassignRoleInput) (*model.RoleAssignmentPayload, error) {
	return r.changeAssignments(ctx, input.RoleID, input.UserIds, input.GroupIds, r.admin.Roles.Unassign)
}

func (r *queryResolver) Role(ctx context.Context, id string) (*model.Role, error) {
	parsed, ok := model.KindRole.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no role
	}
	return showRole(r.admin.Roles.Get(ctx, parsed))
}

func (r *queryResolver) Roles(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.RoleFilter, search *string, orderBy model.RoleOrder) (*model.RoleConnection, error) {
	list, err := roleList(filter, search, orderBy)
	if err != nil {
		return nil, err
	}
	args := pageArgs(first, after, last, before)
	page, err := r.admin.Roles.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewRoleConnection(list, args, page), nil
}

func (r *roleResolver) AdminGroups(ctx context.Context, obj *model.Role) ([]*model.Group, error) {
	if !obj.Admin.Limited() {
		return nil, nil // it is for everybody
	}
	return r.groupList(ctx, obj.Admin.GroupIDs)
}

func (r *roleResolver) Client(ctx context.Context, obj *model.Role) (*model.Client, error) {
	if obj.ClientID == nil {
		return nil, nil // it is the server's
	}
	return r.client(ctx, *obj.ClientID)
}

func (r *roleResolver) Users(ctx context.Context, obj *model.Role, first *int, after *string, last *int, before *string, orderBy model.RoleAssignmentOrder) (*model.RoleUserConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	return connection(ctx, r.Resolver, obj.Batch, obj.Role.ID, orderBy.Direction == model.SortDirectionAsc, args, batched,
		assignments[model.User, model.RoleUserConnection]{identity.RoleUsers, assignedUser, r.usersByID, model.NewRoleUserConnection})
}

func (r *roleResolver) Groups(ctx context.Context, obj *model.Role, first *int, after *string, last *int, before *string, orderBy model.RoleAssignmentOrder) (*model.RoleGroupConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	return connection(ctx, r.Resolver, obj.Batch, obj.Role.ID, orderBy.Direction == model.SortDirectionAsc, args, batched,
		assignments[model.Group, model.RoleGroupConnection]{identity.RoleGroups, assignedGroup, r.groupsByID, model.NewRoleGroupConnection})
}

func (r *roleAssignmentPayloadResolver) Role(ctx context.Context, obj *model.RoleAssignmentPayload) (*model.Role, error) {
	if obj.RoleID == uuid.Nil {
		return nil, nil // there was none
	}
	return showRole(r.admin.Roles.Get(ctx, obj.RoleID))
}

func (r *roleConnectionResolver) TotalCount(ctx context.Context, obj *model.RoleConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Roles.Count(ctx, obj.List) })
}

func (r *roleGroupConnectionResolver) TotalCount(ctx context.Context, obj *model.RoleGroupConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Roles.CountAssignments(ctx, obj.List) })
}

func (r *roleUserConnectionResolver) TotalCount(ctx context.Context, obj *model.RoleUserConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Roles.CountAssignments(ctx, obj.List) })
}

func (r *Resolver) AssignedRoleConnection() generated.AssignedRoleConnectionResolver {
	return &assignedRoleConnectionResolver{r}
}

func (r *Resolver) Role() generated.RoleResolver { return &roleResolver{r} }

func (r *Resolver) RoleAssignmentPayload() generated.RoleAssignmentPayloadResolver {
	return &roleAssignmentPayloadResolver{r}
}

func (r *Resolver) RoleConnection() generated.RoleConnectionResolver {
	return &roleConnectionResolver{r}
}

func (r *Resolver) RoleGroupConnection() generated.RoleGroupConnectionResolver {
	return &roleGroupConnectionResolver{r}
}

func (r *Resolver) RoleUserConnection() generated.RoleUserConnectionResolver {
	return &roleUserConnectionResolver{r}
}

type (
	assignedRoleConnectionResolver struct{ *Resolver }
	roleResolver                   struct{ *Resolver }
	roleAssignmentPayloadResolver  struct{ *Resolver }
	roleConnectionResolver         struct{ *Resolver }
	roleGroupConnectionResolver    struct{ *Resolver }
	roleUserConnectionResolver     struct{ *Resolver }
)
