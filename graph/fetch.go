package graph

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// What follows fetches for one object of a list, and so for all objects of that list: see model.Batch.

// client finds one client through the loader; nil when it no longer exists.
func (r *Resolver) client(ctx context.Context, id uuid.UUID) (*model.Client, error) {
	if selectsOnly(ctx, "id", "clientId", "name") {
		return loadersFrom(ctx).clientNames.Load(ctx, id)()
	}
	return loadersFrom(ctx).clients.Load(ctx, id)()
}

// selectsOnly reports whether nothing but the fields is asked of the object that the present field has, also in fragments: then
// how it is called is all that is read of it.
func selectsOnly(ctx context.Context, fields ...string) bool {
	for _, selected := range graphql.CollectFieldsCtx(ctx, nil) {
		if selected.Name != "__typename" && !slices.Contains(fields, selected.Name) {
			return false
		}
	}
	return true
}

// clientNames finds clients of which the names alone will be shown.
func (r *Resolver) clientNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.Client, error) {
	found, err := r.admin.Clients.Names(ctx, ids)
	out := make(map[uuid.UUID]*model.Client, len(found))
	for id, name := range found {
		client := identity.Client{ID: id, ClientID: name.ClientID}
		client.Metadata.Name = name.Name
		out[id] = &model.Client{Client: client}
	}
	return out, err
}

// clientsByID finds clients that will be shown together.
func (r *Resolver) clientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.Client, error) {
	found, err := r.admin.Clients.ByIDs(ctx, ids)
	list := slices.AppendSeq(make([]identity.Client, 0, len(found)), maps.Values(found))
	out := make(map[uuid.UUID]*model.Client, len(found))
	for _, client := range model.NewClients(list) {
		out[client.Client.ID] = client
	}
	return out, err
}

// user finds one user of a batch; nil when it no longer exists. Not through a loader: users that are shown together
// fetch together what is nested in them.
func (r *Resolver) user(ctx context.Context, batch *model.Batch[uuid.UUID], id uuid.UUID) (*model.User, error) {
	if selectsOnly(ctx, "id", "sub", "username") {
		found, err := model.Load(batch, "usernames", func(ids []uuid.UUID) (map[uuid.UUID]*model.User, error) {
			return r.usernames(ctx, ids)
		})
		return found[id], err
	}
	found, err := model.Load(batch, "users", func(ids []uuid.UUID) (map[uuid.UUID]*model.User, error) {
		return r.usersByID(ctx, ids)
	})
	return found[id], err
}

// usernames finds users of whom the names alone will be shown.
func (r *Resolver) usernames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.User, error) {
	found, err := r.admin.Users.Names(ctx, ids)
	out := make(map[uuid.UUID]*model.User, len(found))
	for id, name := range found {
		out[id] = &model.User{User: identity.User{ID: id, Username: name}}
	}
	return out, err
}

// usersByID finds users that will be shown together.
func (r *Resolver) usersByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.User, error) {
	found, err := r.admin.Users.ByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]identity.User, 0, len(found))
	for _, user := range found {
		list = append(list, user)
	}
	out := make(map[uuid.UUID]*model.User, len(list))
	for _, user := range r.showUsers(ctx, list) {
		out[user.Sub()] = user
	}
	return out, nil
}

// session finds one session of a batch; nil when it no longer exists.
func (r *Resolver) session(ctx context.Context, batch *model.Batch[uuid.UUID], id uuid.UUID) (*model.Session, error) {
	found, err := model.Load(batch, "sessions", func(ids []uuid.UUID) (map[uuid.UUID]*model.Session, error) {
		list, err := r.admin.Sessions.ByIDs(ctx, ids)
		out := make(map[uuid.UUID]*model.Session, len(list))
		for _, session := range model.NewSessions(list, r.domain.Source.Now()) {
			out[session.Session.ID] = session
		}
		return out, err
	})
	return found[id], err
}

// batchKey names the first pages of a list that hangs on every object of a batch.
type batchKey struct {
	list       string
	size       int
	activeOnly bool
}

// nestedPageSize is the length of a nested page when the caller does not say.
const nestedPageSize = 10

// nestedArgs are the arguments of a nested page. Only a first page without a cursor can be fetched for many objects at
// once.
func nestedArgs(first *int, after *string, last *int, before *string) (args admin.PageArgs, batched bool) {
	args = pageArgs(first, after, last, before)
	if args.First == nil && args.Last == nil {
		size := nestedPageSize
		args.First = &size
	}
	return args, args.Last == nil && args.After == "" && args.Before == ""
}

// sameList reports whether the caller asks for the list that is fetched for many objects at once.
func sameList[L any](list, batched L) bool { return reflect.DeepEqual(list, batched) }

// ownerGiven refuses a nested filter that names an owner: the list has one.
func ownerGiven() error {
	return identity.InvalidField("filter.userId", "Cannot be given here: the list is that of the user around it.")
}

// sessionsOf returns the first page of the sessions of a user.
func (r *Resolver) sessionsOf(ctx context.Context, user *model.User, size int, activeOnly bool) (*model.SessionConnection, error) {
	key := batchKey{list: "sessions", size: size, activeOnly: activeOnly}
	pages, err := model.Load(user.Batch, key, func(ids []uuid.UUID) (map[uuid.UUID]*model.SessionConnection, error) {
		found, err := r.admin.Sessions.ByUsers(ctx, ids, activeOnly, size)
		if err != nil {
			return nil, err
		}
		var all []identity.Session
		for _, id := range ids {
			all = append(all, found[id].Items()...)
		}
		shown := model.NewSessions(all, r.domain.Source.Now())
		out := make(map[uuid.UUID]*model.SessionConnection, len(ids))
		for _, id := range ids {
			n := len(found[id].Edges)
			out[id] = model.NewSessionConnection(userSessions(id, activeOnly), admin.PageArgs{}, found[id], shown[:n])
			shown = shown[n:]
		}
		return out, nil
	})
	return pages[user.Sub()], err
}

// userSessions is the list of the sessions of a user.
func userSessions(id uuid.UUID, activeOnly bool) admin.SessionList {
	filter := identity.SessionFilter{UserID: id, Active: identity.OnlyActive(activeOnly)}
	return admin.SessionList{Filter: filter, Order: identity.SessionOrderCreatedAt}
}

// sessionPage returns any page of any list of sessions.
func (r *Resolver) sessionPage(ctx context.Context, list admin.SessionList, args admin.PageArgs) (*model.SessionConnection, error) {
	page, err := r.admin.Sessions.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewSessionConnection(list, args, page, model.NewSessions(page.Items(), r.domain.Source.Now())), nil
}

// auditOf returns the first page of the events about a user.
func (r *Resolver) auditOf(ctx context.Context, user *model.User, size int) (*model.AuditEventConnection, error) {
	key := batchKey{list: "audit", size: size}
	pages, err := model.Load(user.Batch, key, func(ids []uuid.UUID) (map[uuid.UUID]*model.AuditEventConnection, error) {
		found, err := r.admin.Audit.OfUsers(ctx, ids, size)
		if err != nil {
			return nil, err
		}
		var all []identity.AuditEvent
		for _, id := range ids {
			all = append(all, found[id].Items()...)
		}
		shown := model.NewAuditEvents(all)
		out := make(map[uuid.UUID]*model.AuditEventConnection, len(ids))
		for _, id := range ids {
			n := len(found[id].Edges)
			out[id] = model.NewAuditEventConnection(userAudit(id), admin.PageArgs{}, found[id], shown[:n])
			shown = shown[n:]
		}
		return out, nil
	})
	return pages[user.Sub()], err
}

// userAudit is the history of a user.
func userAudit(id uuid.UUID) admin.AuditList {
	return admin.AuditList{Filter: identity.AuditFilter{UserID: id}}
}

// auditPage returns any page of any list of events.
func (r *Resolver) auditPage(ctx context.Context, list admin.AuditList, args admin.PageArgs) (*model.AuditEventConnection, error) {
	page, err := r.admin.Audit.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewAuditEventConnection(list, args, page, model.NewAuditEvents(page.Items())), nil
}
