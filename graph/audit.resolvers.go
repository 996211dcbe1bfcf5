package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *auditEventResolver) Actor(ctx context.Context, obj *model.AuditEvent) (model.AuditActor, error) {
	id := obj.ActorID()
	if id == nil {
		return nil, nil // nobody, or no one with an id
	}
	return told[model.AuditActor](ctx, *id)
}

func (r *auditEventResolver) Client(ctx context.Context, obj *model.AuditEvent) (*model.Client, error) {
	if obj.ClientID == nil {
		return nil, nil // done without a client
	}
	return r.client(ctx, *obj.ClientID)
}

func (r *auditEventResolver) Target(ctx context.Context, obj *model.AuditEvent) (model.AuditTarget, error) {
	return told[model.AuditTarget](ctx, obj.TargetNode())
}

func (r *auditEventConnectionResolver) TotalCount(ctx context.Context, obj *model.AuditEventConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Audit.Count(ctx, obj.List) })
}

func (r *queryResolver) AuditEvent(ctx context.Context, id string) (*model.AuditEvent, error) {
	parsed, ok := model.KindAudit.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no event
	}
	found, err := r.admin.Audit.ByIDs(ctx, []uuid.UUID{parsed})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewAuditEvents(found)[0], nil
}

func (r *queryResolver) AuditActions(ctx context.Context) ([]*model.AuditAction, error) {
	actions := make([]*model.AuditAction, len(identity.Actions))
	for i, a := range identity.Actions {
		actions[i] = &model.AuditAction{Name: string(a.Action), Description: a.Meaning}
	}
	return actions, nil
}

func (r *queryResolver) AuditEvents(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.AuditEventFilter, orderBy model.AuditEventOrder) (*model.AuditEventConnection, error) {
	list, err := auditList(filter, orderBy)
	if err != nil {
		return nil, err
	}
	return r.auditPage(ctx, list, pageArgs(first, after, last, before))
}

func (r *Resolver) AuditEvent() generated.AuditEventResolver { return &auditEventResolver{r} }

func (r *Resolver) AuditEventConnection() generated.AuditEventConnectionResolver {
	return &auditEventConnectionResolver{r}
}

type (
	auditEventResolver           struct{ *Resolver }
	auditEventConnectionResolver struct{ *Resolver }
)
