package graph

import (
	"context"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *subscriptionResolver) AuditEventAdded(ctx context.Context, filter *model.AuditEventFilter, after *string) (<-chan *model.AuditEventAdded, error) {
	return follow(ctx, after, func(after string) (*admin.AuditFollower, error) {
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

func (r *Resolver) Subscription() generated.SubscriptionResolver { return &subscriptionResolver{r} }

type subscriptionResolver struct{ *Resolver }
