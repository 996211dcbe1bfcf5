package graph

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// showGroup shows one group, or null for one that does not exist.
func showGroup(g identity.Group, err error) (*model.Group, error) {
	if errors.Is(err, identity.ErrGroupNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return model.NewGroups([]identity.Group{g})[0], nil
}

func groupList(filter *model.GroupFilter, search *string, order model.GroupOrder) (admin.GroupList, error) {
	list := admin.GroupList{Order: identity.GroupOrder{
		Field: identity.GroupOrderField(order.Field), Descending: order.Direction == model.SortDirectionDesc,
	}}
	if search != nil {
		list.Filter.Search = *search
	}
	var err error
	if filter != nil {
		list.Filter.Root, list.Filter.Name = filter.Root.Value(), stringMatch(filter.Name)
		list.Filter.ParentID, err = filterID("filter.parentId", model.KindGroup, filter.ParentID.Value())
	}
	return list, err
}

// groupAncestors returns the groups above one, for all groups that came together.
func (r *Resolver) groupAncestors(ctx context.Context, g *model.Group) ([]identity.Group, error) {
	above, err := model.Load(g.Batch, "ancestors", func(ids []uuid.UUID) (map[uuid.UUID][]identity.Group, error) {
		return r.admin.Groups.Ancestors(ctx, ids)
	})
	return above[g.Group.ID], err
}

// parentGroup shows the group right above one. Those of groups that came together come together.
func (r *Resolver) parentGroup(ctx context.Context, g *model.Group) (*model.Group, error) {
	if g.ParentID == nil {
		return nil, nil // it is on the first level
	}
	parents, err := model.Load(g.Batch, "parents", func(ids []uuid.UUID) (map[uuid.UUID]*model.Group, error) {
		above, err := model.Load(g.Batch, "ancestors", func(ids []uuid.UUID) (map[uuid.UUID][]identity.Group, error) {
			return r.admin.Groups.Ancestors(ctx, ids)
		})
		var list []identity.Group
		for _, id := range ids {
			if n := len(above[id]); n > 0 {
				list = append(list, above[id][n-1])
			}
		}
		out := make(map[uuid.UUID]*model.Group, len(list))
		for _, shown := range model.NewGroups(list) {
			out[shown.Group.ID] = shown
		}
		return out, err
	})
	return parents[*g.ParentID], err
}

// groupPage returns any page of any list of groups.
func (r *Resolver) groupPage(ctx context.Context, list admin.GroupList, args admin.PageArgs) (*model.GroupConnection, error) {
	page, err := r.admin.Groups.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewGroupConnection(list, args, page, model.NewGroups(page.Items())), nil
}

// groupChildren is the list of the groups right below one, as it is fetched for many at once.
func groupChildren(id uuid.UUID) admin.GroupList {
	return admin.GroupList{Filter: identity.GroupFilter{ParentID: id}, Order: identity.GroupOrder{Field: identity.GroupOrderName}}
}

// childrenOf returns the first page of the groups right below one.
func (r *Resolver) childrenOf(ctx context.Context, g *model.Group, size int) (*model.GroupConnection, error) {
	pages, err := model.Load(g.Batch, batchKey{list: "children", size: size},
		func(ids []uuid.UUID) (map[uuid.UUID]*model.GroupConnection, error) {
			found, err := r.admin.Groups.ChildrenOf(ctx, ids, size)
			if err != nil {
				return nil, err
			}
			shown := model.NewGroups(allItems(ids, found))
			out := make(map[uuid.UUID]*model.GroupConnection, len(ids))
			for _, id := range ids {
				n := len(found[id].Edges)
				out[id] = model.NewGroupConnection(groupChildren(id), admin.PageArgs{}, found[id], shown[:n])
				shown = shown[n:]
			}
			return out, nil
		})
	return pages[g.Group.ID], err
}

// allItems returns the items of many pages, in the order of their owners.
func allItems[T any](owners []uuid.UUID, pages map[uuid.UUID]admin.Page[T]) []T {
	var all []T
	for _, id := range owners {
		all = append(all, pages[id].Items()...)
	}
	return all
}

func groupMemberList(order model.GroupMemberOrder, filter identity.GroupMemberFilter) admin.GroupMemberList {
	return admin.GroupMemberList{Filter: filter, Ascending: order.Direction == model.SortDirectionAsc}
}

// groupsByID finds groups that will be shown together.
func (r *Resolver) groupsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.Group, error) {
	found, err := r.admin.Groups.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]*model.Group, len(found))
	for _, shown := range model.NewGroups(slices.Collect(maps.Values(found))) {
		out[shown.Group.ID] = shown
	}
	return out, nil
}

func (r *Resolver) groupNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	groups, err := r.groupsByID(ctx, ids)
	for _, group := range groups {
		found[group.ID()] = group
	}
	return err
}

// parentInput reads the parent of an input: nil when it is absent, the nil UUID for null.
func parentInput(field graphql.Omittable[*string]) (*uuid.UUID, []model.UserError) {
	id, given := field.ValueOK()
	if !given || id == nil {
		if given {
			return &uuid.Nil, nil
		}
		return nil, nil
	}
	parsed, err := parseID(model.KindGroup, *id)
	if err != nil {
		problems, _ := userErrors(err, *id, "parentId") // parseID returns nothing else
		return nil, problems
	}
	return &parsed, nil
}

// groupChange reads the changes of a group, or says what is wrong with them.
func groupChange(in model.UpdateGroupInput) (admin.GroupChange, []model.UserError) {
	p := &patch{given: in.Description.IsSet() || in.ParentID.IsSet()}
	change := admin.GroupChange{Name: nonNull(p, "name", in.Name)}
	if in.Description.IsSet() {
		description := text(in.Description)
		change.Description = &description
	}
	var problems []model.UserError
	change.Parent, problems = parentInput(in.ParentID)
	p.problems = append(p.problems, problems...)
	return change, p.check()
}

// groupProblems shows what is wrong with a change of a group: which of the two that it names does not exist.
func groupProblems(err error, id string, parent graphql.Omittable[*string]) ([]model.UserError, error) {
	if e := identity.AsError(err); e.Code == identity.CodeGroupNotFound && e.Field == "parent_id" {
		return userErrors(identity.ErrGroupNotFound, text(parent), "parentId")
	}
	return userErrors(err, id)
}

// memberInput reads a change of members: users of another kind of id are problems, each with its place.
func memberInput(groupID string, userIDs []string) (group uuid.UUID, users []uuid.UUID, at []int, problems []model.UserError, err error) {
	if group, err = parseID(model.KindGroup, groupID); err != nil {
		return group, nil, nil, nil, err
	}
	for i, id := range userIDs {
		user, parseErr := parseID(model.KindUser, id)
		if parseErr != nil {
			more, _ := userErrors(parseErr, id, "userIds", strconv.Itoa(i)) // parseID returns nothing else
			problems = append(problems, more...)
			continue
		}
		users, at = append(users, user), append(at, i)
	}
	return group, users, at, problems, nil
}

// changeMembers runs a change of members and shows what happened to the users.
func (r *Resolver) changeMembers(
	ctx context.Context, groupID string, userIDs []string,
	run func(ctx context.Context, group uuid.UUID, users []uuid.UUID) ([]admin.SubjectOutcome, error),
) (*model.GroupMembersPayload, error) {
	payload := &model.GroupMembersPayload{UserErrors: noErrors()}
	group, users, at, problems, err := memberInput(groupID, userIDs)
	var outcomes []admin.SubjectOutcome
	if err == nil && (len(users) > 0 || len(userIDs) == 0) {
		outcomes, err = run(ctx, group, users)
	}
	if err != nil {
		payload.UserErrors, err = userErrors(err, groupID, "groupId")
		return payload, err
	}
	for i, outcome := range outcomes {
		switch {
		case outcome.Err != nil:
			problems = append(problems, refusedAt(outcome.Err, userIDs[at[i]], "userIds", strconv.Itoa(at[i])))
		case outcome.Changed:
			payload.Changed++
		default:
			payload.Unchanged++
		}
	}
	payload.Refused = len(problems)
	payload.UserErrors = append(payload.UserErrors, problems...)
	payload.GroupID = group
	return payload, nil
}

// refusedAt shows why one of many was refused: a right that is missing for it does not refuse the others.
func refusedAt(e *identity.Error, id string, at ...string) model.UserError {
	problems, err := userErrors(e, id, at...)
	if err != nil {
		return &model.InvalidInput{Code: codes[e.Code], Message: e.Detail, Path: append([]string{"input"}, at...)}
	}
	return problems[0]
}

// groupList shows those of the groups that there are: one that is gone stands for nobody.
func (r *Resolver) groupList(ctx context.Context, ids []uuid.UUID) ([]*model.Group, error) {
	found, err := r.groupsByID(ctx, ids)
	groups := make([]*model.Group, 0, len(ids))
	for _, id := range ids {
		if found[id] != nil {
			groups = append(groups, found[id])
		}
	}
	return groups, err
}
