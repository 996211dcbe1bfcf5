package graph

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// nodes finds the objects of global ids, in their order. An id of no kind or of nothing is nil, never an error.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	byKind := map[model.Kind][]uuid.UUID{}
	for _, id := range ids {
		for _, kind := range []model.Kind{model.KindUser, model.KindSession, model.KindClient, model.KindAudit} {
			if parsed, ok := kind.Parse(id); ok {
				byKind[kind] = append(byKind[kind], parsed)
			}
		}
	}
	found := map[string]model.Node{}
	for kind, find := range map[model.Kind]func(context.Context, []uuid.UUID, map[string]model.Node) error{
		model.KindUser: r.userNodes, model.KindSession: r.sessionNodes, model.KindClient: r.clientNodes,
		model.KindAudit: r.auditNodes,
	} {
		if len(byKind[kind]) == 0 {
			continue
		}
		if err := find(ctx, byKind[kind], found); err != nil {
			return nil, err
		}
	}
	if err := r.keyNodes(ctx, ids, found); err != nil {
		return nil, err
	}
	out := make([]model.Node, len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out, nil
}

func (r *Resolver) userNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	users, err := r.usersByID(ctx, ids)
	for _, user := range users {
		found[user.ID()] = user
	}
	return err
}

func (r *Resolver) clientNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	clients, err := r.admin.Clients.ByIDs(ctx, ids)
	for _, client := range clients {
		shown := model.NewClient(client)
		found[shown.ID()] = shown
	}
	return err
}

func (r *Resolver) auditNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	events, err := r.admin.Audit.ByIDs(ctx, ids)
	for _, event := range model.NewAuditEvents(events) {
		found[event.ID()] = event
	}
	return err
}

func (r *Resolver) sessionNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	var list []identity.Session
	for _, id := range ids {
		session, err := r.admin.Sessions.Get(ctx, id)
		if errors.Is(err, identity.ErrSessionNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, session)
	}
	for _, session := range model.NewSessions(list, r.domain.Source.Now()) {
		found[session.ID()] = session
	}
	return nil
}

// keyNodes finds signing keys: all of them are few, and their ids are no UUIDs.
func (r *Resolver) keyNodes(ctx context.Context, ids []string, found map[string]model.Node) error {
	if !slices.ContainsFunc(ids, func(id string) bool { _, ok := model.ParseKeyID(id); return ok }) {
		return nil
	}
	list, err := r.admin.SigningKeys.List(ctx)
	for _, key := range model.NewSigningKeys(list) {
		found[key.ID()] = key
	}
	return err
}
