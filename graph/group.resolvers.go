package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *groupResolver) Path(ctx context.Context, obj *model.Group) (*string, error) {
	above, err := r.groupAncestors(ctx, obj)
	if err != nil {
		return nil, err
	}
	path := identity.GroupPath(append(slices.Clone(above), obj.Group)...)
	return &path, nil
}

func (r *groupResolver) Parent(ctx context.Context, obj *model.Group) (*model.Group, error) {
	return r.parentGroup(ctx, obj)
}

func (r *groupResolver) Children(ctx context.Context, obj *model.Group, first *int, after *string, last *int, before *string, orderBy model.GroupOrder) (*model.GroupConnection, error) {
	list, err := groupList(nil, nil, orderBy)
	if err != nil {
		return nil, err
	}
	list.Filter.ParentID = obj.Group.ID
	args, batched := nestedArgs(first, after, last, before)
	if batched && sameList(list, groupChildren(obj.Group.ID)) {
		return r.childrenOf(ctx, obj, *args.First)
	}
	return r.groupPage(ctx, list, args)
}

func (r *groupResolver) Members(ctx context.Context, obj *model.Group, first *int, after *string, last *int, before *string, orderBy model.GroupMemberOrder) (*model.GroupMemberConnection, error) {
	list := groupMemberList(orderBy, identity.GroupMemberFilter{GroupID: obj.Group.ID})
	args, batched := nestedArgs(first, after, last, before)
	if batched && !list.Ascending {
		return r.membersOf(ctx, obj, *args.First)
	}
	return r.memberPage(ctx, list, args)
}

func (r *groupResolver) Roles(ctx context.Context, obj *model.Group, first *int, after *string, last *int, before *string, orderBy model.RoleAssignmentOrder) (*model.AssignedRoleConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	return r.rolesOf(ctx, identity.GroupRoles, obj.Batch, obj.Group.ID, orderBy, args, batched)
}

func (r *groupConnectionResolver) TotalCount(ctx context.Context, obj *model.GroupConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Groups.Count(ctx, obj.List) })
}

func (r *groupMemberConnectionResolver) TotalCount(ctx context.Context, obj *model.GroupMemberConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Groups.CountMembers(ctx, obj.List) })
}

func (r *groupMembersPayloadResolver) Group(ctx context.Context, obj *model.GroupMembersPayload) (*model.Group, error) {
	if obj.GroupID == uuid.Nil {
		return nil, nil // there was none
	}
	return showGroup(r.admin.Groups.Get(ctx, obj.GroupID))
}

func (r *mutationResolver) CreateGroup(ctx context.Context, input model.CreateGroupInput) (*model.CreateGroupPayload, error) {
	parent, problems := parentInput(input.ParentID)
	if len(problems) > 0 {
		return &model.CreateGroupPayload{UserErrors: problems}, nil
	}
	if parent != nil && *parent == uuid.Nil {
		parent = nil
	}
	group, err := r.admin.Groups.Create(ctx, admin.NewGroup{ParentID: parent, Name: input.Name, Description: text(input.Description)})
	if err != nil {
		problems, err := groupProblems(err, "", input.ParentID)
		return &model.CreateGroupPayload{UserErrors: problems}, err
	}
	return &model.CreateGroupPayload{Group: model.NewGroups([]identity.Group{group})[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateGroup(ctx context.Context, input model.UpdateGroupInput) (*model.UpdateGroupPayload, error) {
	change, problems := groupChange(input)
	if len(problems) > 0 {
		return &model.UpdateGroupPayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindGroup, input.ID)
	var group identity.Group
	if err == nil {
		group, err = r.admin.Groups.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateGroupPayload{Group: model.NewGroups([]identity.Group{group})[0], UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateGroupPayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Groups.Get(ctx, id); readErr == nil {
			payload.Group = model.NewGroups([]identity.Group{current})[0]
		}
	}
	payload.UserErrors, err = groupProblems(err, input.ID, input.ParentID)
	return payload, err
}

func (r *mutationResolver) DeleteGroup(ctx context.Context, input model.DeleteGroupInput) (*model.DeleteGroupPayload, error) {
	id, err := parseID(model.KindGroup, input.ID)
	var counts identity.GroupCounts
	if err == nil {
		counts, err = r.admin.Groups.Delete(ctx, id, admin.DeleteGroupOptions{
			ExpectedVersion: input.ExpectedVersion.Value(), Recursive: input.Recursive, DryRun: input.DryRun,
		})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteGroupPayload{UserErrors: problems}, err
	}
	payload := &model.DeleteGroupPayload{
		Removed: &model.RemovedGroupCounts{Groups: counts.Groups, Members: counts.Members}, UserErrors: noErrors(),
	}
	if !input.DryRun {
		payload.DeletedGroupID = &input.ID
	}
	return payload, nil
}

func (r *mutationResolver) AddGroupMembers(ctx context.Context, input model.AddGroupMembersInput) (*model.GroupMembersPayload, error) {
	return r.changeMembers(ctx, input.GroupID, input.UserIds, r.admin.Groups.AddMembers)
}

func (r *mutationResolver) RemoveGroupMembers(ctx context.Context, input model.RemoveGroupMembersInput) (*model.GroupMembersPayload, error) {
	return r.changeMembers(ctx, input.GroupID, input.UserIds, r.admin.Groups.RemoveMembers)
}

func (r *queryResolver) Group(ctx context.Context, by model.GroupBy) (*model.Group, error) {
	if path := by.Path.Value(); path != nil {
		return showGroup(r.admin.Groups.At(ctx, *path))
	}
	id, ok := model.KindGroup.Parse(text(by.ID))
	if !ok {
		return nil, nil // an id of another kind names no group
	}
	return showGroup(r.admin.Groups.Get(ctx, id))
}

func (r *queryResolver) Groups(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.GroupFilter, search *string, orderBy model.GroupOrder) (*model.GroupConnection, error) {
	list, err := groupList(filter, search, orderBy)
	if err != nil {
		return nil, err
	}
	return r.groupPage(ctx, list, pageArgs(first, after, last, before))
}

func (r *userGroupConnectionResolver) TotalCount(ctx context.Context, obj *model.UserGroupConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Groups.CountMembers(ctx, obj.List) })
}

func (r *Resolver) Group() generated.GroupResolver { return &groupResolver{r} }

func (r *Resolver) GroupConnection() generated.GroupConnectionResolver {
	return &groupConnectionResolver{r}
}

func (r *Resolver) GroupMemberConnection() generated.GroupMemberConnectionResolver {
	return &groupMemberConnectionResolver{r}
}

func (r *Resolver) GroupMembersPayload() generated.GroupMembersPayloadResolver {
	return &groupMembersPayloadResolver{r}
}

func (r *Resolver) UserGroupConnection() generated.UserGroupConnectionResolver {
	return &userGroupConnectionResolver{r}
}

type (
	groupResolver                 struct{ *Resolver }
	groupConnectionResolver       struct{ *Resolver }
	groupMemberConnectionResolver struct{ *Resolver }
	groupMembersPayloadResolver   struct{ *Resolver }
	userGroupConnectionResolver   struct{ *Resolver }
)
