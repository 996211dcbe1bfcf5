package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *subscriptionResolver) AuditEventAdded(ctx context.Context, filter *model.AuditEventFilter, after *string) (<-chan *model.AuditEventAdded, error) {
	return follow(ctx, after, func(after string) (admin.Follower[*identity.AuditEvent], error) {
		var selected identity.AuditFilter
		if filter != nil {
			var err error
			if selected, err = auditFilter(filter); err != nil {
				return nil, err
			}
		}
		return r.admin.AuditFeed.Follow(ctx, selected, after)
	}, model.NewAuditEventAdded)
}

func (r *subscriptionResolver) SessionChanged(ctx context.Context, filter *model.SessionChangeFilter, after *string) (<-chan *model.SessionChanged, error) {
	return follow(ctx, after, func(after string) (admin.Follower[admin.SessionChange], error) {
		selected, err := sessionChangeFilter(filter)
		if err != nil {
			return nil, err
		}
		return r.admin.SessionFeed.Follow(ctx, selected, after)
	}, func(m admin.Message[admin.SessionChange]) *model.SessionChanged {
		return model.NewSessionChanged(m, r.domain.Source.Now())
	})
}

func (r *subscriptionResolver) JobUpdated(ctx context.Context, id *string, after *string) (<-chan *model.JobUpdated, error) {
	return follow(ctx, after, func(after string) (admin.Follower[identity.Transfer], error) {
		var one uuid.UUID
		if id != nil {
			var err error
			if one, err = parseID(model.KindJob, *id); err != nil {
				return nil, err
			}
		}
		return r.admin.TransferFeed.Follow(ctx, one, after)
	}, model.NewJobUpdated)
}

func (r *Resolver) Subscription() generated.SubscriptionResolver { return &subscriptionResolver{r} }

type subscriptionResolver struct{ *Resolver }
