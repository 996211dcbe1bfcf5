package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// membersOf returns the first page of the members of a group.
func (r *Resolver) membersOf(ctx context.Context, g *model.Group, size int) (*model.GroupMemberConnection, error) {
	pages, err := model.Load(g.Batch, batchKey{list: "members", size: size},
		func(ids []uuid.UUID) (map[uuid.UUID]*model.GroupMemberConnection, error) {
			found, err := r.admin.Groups.MembersOf(ctx, ids, size)
			if err != nil {
				return nil, err
			}
			users, err := r.usersByID(ctx, memberIDs(allItems(ids, found), userOf))
			out := make(map[uuid.UUID]*model.GroupMemberConnection, len(ids))
			for _, id := range ids {
				page, shown := stillThere(found[id], users, userOf)
				list := admin.GroupMemberList{Filter: identity.GroupMemberFilter{GroupID: id}}
				out[id] = model.NewGroupMemberConnection(list, admin.PageArgs{}, page, shown)
			}
			return out, err
		})
	return pages[g.Group.ID], err
}

// memberPage returns any page of the members of a group.
func (r *Resolver) memberPage(ctx context.Context, list admin.GroupMemberList, args admin.PageArgs) (*model.GroupMemberConnection, error) {
	page, err := r.admin.Groups.Members(ctx, list, args)
	if err != nil {
		return nil, err
	}
	users, err := r.usersByID(ctx, memberIDs(page.Items(), userOf))
	page, shown := stillThere(page, users, userOf)
	return model.NewGroupMemberConnection(list, args, page, shown), err
}

// membershipsOf returns the first page of the groups of a user.
func (r *Resolver) membershipsOf(ctx context.Context, u *model.User, size int) (*model.UserGroupConnection, error) {
	pages, err := model.Load(u.Batch, batchKey{list: "groups", size: size},
		func(ids []uuid.UUID) (map[uuid.UUID]*model.UserGroupConnection, error) {
			found, err := r.admin.Groups.MembershipsOf(ctx, ids, size)
			if err != nil {
				return nil, err
			}
			groups, err := r.groupsByID(ctx, memberIDs(allItems(ids, found), groupOf))
			out := make(map[uuid.UUID]*model.UserGroupConnection, len(ids))
			for _, id := range ids {
				page, shown := stillThere(found[id], groups, groupOf)
				list := admin.GroupMemberList{Filter: identity.GroupMemberFilter{UserID: id}}
				out[id] = model.NewUserGroupConnection(list, admin.PageArgs{}, page, shown)
			}
			return out, err
		})
	return pages[u.Sub()], err
}

// membershipPage returns any page of the groups of a user.
func (r *Resolver) membershipPage(
	ctx context.Context, list admin.GroupMemberList, args admin.PageArgs,
) (*model.UserGroupConnection, error) {
	page, err := r.admin.Groups.Members(ctx, list, args)
	if err != nil {
		return nil, err
	}
	groups, err := r.groupsByID(ctx, memberIDs(page.Items(), groupOf))
	page, shown := stillThere(page, groups, groupOf)
	return model.NewUserGroupConnection(list, args, page, shown), err
}

func userOf(m identity.GroupMember) uuid.UUID { return m.UserID }

func groupOf(m identity.GroupMember) uuid.UUID { return m.GroupID }

func memberIDs(list []identity.GroupMember, id func(identity.GroupMember) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, m := range list {
		ids[i] = id(m)
	}
	return ids
}

// stillThere leaves out the edges of a page whose objects have gone since it was read.
func stillThere[T, N any](page admin.Page[T], found map[uuid.UUID]*N, id func(T) uuid.UUID) (admin.Page[T], []*N) {
	shown := make([]*N, 0, len(page.Edges))
	edges := make([]admin.Edge[T], 0, len(page.Edges))
	for _, edge := range page.Edges {
		if node := found[id(edge.Item)]; node != nil {
			shown, edges = append(shown, node), append(edges, edge)
		}
	}
	page.Edges = edges
	return page, shown
}
