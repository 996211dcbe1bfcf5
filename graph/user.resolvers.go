package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *queryResolver) User(ctx context.Context, by model.UserBy) (*model.User, error) {
	key, ok := userBy(by)
	if !ok {
		return nil, nil // an id of another kind names no user
	}
	user, err := r.admin.Users.Get(ctx, key)
	return r.showUser(ctx, user, err)
}

func (r *queryResolver) Users(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.UserFilter, search *string, orderBy model.UserOrder) (*model.UserConnection, error) {
	list, args := userList(filter, search, orderBy), pageArgs(first, after, last, before)
	page, err := r.admin.Users.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewUserConnection(list, args, page, r.showUsers(ctx, page.Items())), nil
}

func (r *queryResolver) Me(ctx context.Context) (*model.User, error) {
	user, err := r.domain.Profiles.Self(ctx)
	return r.showUser(ctx, user, err)
}

func (r *userResolver) RecoveryCodes(ctx context.Context, obj *model.User) (*model.RecoveryCodes, error) {
	codes, err := model.Load(obj.Batch, "recoveryCodes", func(ids []uuid.UUID) (map[uuid.UUID]identity.RecoveryCodes, error) {
		return r.admin.Users.RecoveryCodes(ctx, ids)
	})
	set, found := codes[obj.Sub()]
	if err != nil || !found {
		return nil, err
	}
	return &model.RecoveryCodes{Remaining: set.Left, CreatedAt: set.CreatedAt}, nil
}

func (r *userResolver) Browsers(ctx context.Context, obj *model.User) ([]*model.Browser, error) {
	browsers, err := model.Load(obj.Batch, "browsers", func(ids []uuid.UUID) (map[uuid.UUID][]identity.KnownBrowser, error) {
		return r.admin.Users.Browsers(ctx, ids)
	})
	shown := make([]*model.Browser, len(browsers[obj.Sub()]))
	for i, b := range browsers[obj.Sub()] {
		shown[i] = &model.Browser{LastSeenAt: b.LastSeenAt, TrustedUntil: b.TrustedUntil}
	}
	return shown, err
}

func (r *userResolver) Sessions(ctx context.Context, obj *model.User, first *int, after *string, last *int, before *string, filter model.SessionFilter, orderBy model.SessionOrder) (*model.SessionConnection, error) {
	list, err := sessionList(&filter, orderBy)
	if err == nil && list.Filter.UserID != uuid.Nil {
		err = ownerGiven()
	}
	if err != nil {
		return nil, err
	}
	args, batched := nestedArgs(first, after, last, before)
	active := list.Filter.Active != nil && *list.Filter.Active
	if list.Filter.UserID = obj.Sub(); batched && sameList(list, userSessions(obj.Sub(), active)) {
		return r.sessionsOf(ctx, obj, *args.First, active)
	}
	return r.sessionPage(ctx, list, args)
}

func (r *userResolver) Grants(ctx context.Context, obj *model.User, first int) ([]*model.Grant, error) {
	grants, err := model.Load(obj.Batch, batchKey{list: "grants", size: first},
		func(ids []uuid.UUID) (map[uuid.UUID][]*model.Grant, error) {
			found, err := r.admin.Grants.OfUsers(ctx, ids, first)
			return model.NewGrantsOf(found), err
		})
	if err != nil || grants[obj.Sub()] != nil {
		return grants[obj.Sub()], err
	}
	return []*model.Grant{}, nil
}

func (r *userResolver) Consents(ctx context.Context, obj *model.User) ([]*model.Consent, error) {
	consents, err := model.Load(obj.Batch, "consents", func(ids []uuid.UUID) (map[uuid.UUID][]*model.Consent, error) {
		found, err := r.admin.Grants.Consents(ctx, ids)
		return model.NewConsentsOf(found), err
	})
	if err != nil || consents[obj.Sub()] != nil {
		return consents[obj.Sub()], err
	}
	return []*model.Consent{}, nil
}

func (r *userResolver) Passkeys(ctx context.Context, obj *model.User) ([]*model.Passkey, error) {
	list, err := r.loadPasskeys(ctx, obj)
	shown := []*model.Passkey{}
	for _, p := range list {
		if !p.SecurityKey {
			shown = append(shown, &model.Passkey{
				ID: model.KindPasskey.ID(p.ID), Name: p.Name, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt, BackedUp: p.BackedUp,
				CloneSuspectedAt: p.CloneSuspectedAt,
			})
		}
	}
	return shown, err
}

func (r *userResolver) SecurityKeys(ctx context.Context, obj *model.User) ([]*model.SecurityKey, error) {
	list, err := r.loadPasskeys(ctx, obj)
	shown := []*model.SecurityKey{}
	for _, p := range list {
		if p.SecurityKey {
			shown = append(shown, &model.SecurityKey{
				ID: model.KindKey.ID(p.ID), Name: p.Name, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt, CloneSuspectedAt: p.CloneSuspectedAt,
			})
		}
	}
	return shown, err
}

func (r *userResolver) Groups(ctx context.Context, obj *model.User, first *int, after *string, last *int, before *string, orderBy model.GroupMemberOrder) (*model.UserGroupConnection, error) {
	list := groupMemberList(orderBy, identity.GroupMemberFilter{UserID: obj.Sub()})
	args, batched := nestedArgs(first, after, last, before)
	if batched && !list.Ascending {
		return r.membershipsOf(ctx, obj, *args.First)
	}
	return r.membershipPage(ctx, list, args)
}

func (r *userResolver) Roles(ctx context.Context, obj *model.User, first *int, after *string, last *int, before *string, orderBy model.RoleAssignmentOrder) (*model.AssignedRoleConnection, error) {
	args, batched := nestedArgs(first, after, last, before)
	return r.rolesOf(ctx, identity.UserRoles, obj.Batch, obj.Sub(), orderBy, args, batched)
}

func (r *userResolver) EffectiveGroups(ctx context.Context, obj *model.User, first int) ([]*model.Group, error) {
	own, err := r.effective(ctx, obj)
	return append([]*model.Group{}, own.groups[:min(first, len(own.groups))]...), err
}

func (r *userResolver) EffectiveRoles(ctx context.Context, obj *model.User, first int) ([]*model.Role, error) {
	own, err := r.effective(ctx, obj)
	return append([]*model.Role{}, own.roles[:min(first, len(own.roles))]...), err
}

func (r *userResolver) AuditEvents(ctx context.Context, obj *model.User, first *int, after *string, last *int, before *string, filter *model.AuditEventFilter, orderBy model.AuditEventOrder) (*model.AuditEventConnection, error) {
	list, err := auditList(filter, orderBy)
	if err == nil && list.Filter.UserID != uuid.Nil {
		err = ownerGiven()
	}
	if err != nil {
		return nil, err
	}
	args, batched := nestedArgs(first, after, last, before)
	if list.Filter.UserID = obj.Sub(); batched && sameList(list, userAudit(obj.Sub())) {
		return r.auditOf(ctx, obj, *args.First)
	}
	return r.auditPage(ctx, list, args)
}

func (r *userConnectionResolver) TotalCount(ctx context.Context, obj *model.UserConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Users.Count(ctx, obj.List) })
}

func (r *Resolver) User() generated.UserResolver { return &userResolver{r} }

func (r *Resolver) UserConnection() generated.UserConnectionResolver {
	return &userConnectionResolver{r}
}

type (
	userResolver           struct{ *Resolver }
	userConnectionResolver struct{ *Resolver }
)
