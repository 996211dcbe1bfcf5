package identity

import "context"

// AccessDenials tells the audit trail who was refused in administration for want of a right.
type AccessDenials struct{ guard *guard }

// Audit writes that administration was refused to the actor of the context: for each reason once, until an hour has gone by
// without. What is refused in between is only in the metrics. The reason is a scope that is missing, or the id of a rule.
func (d *AccessDenials) Audit(ctx context.Context, reason string) error {
	actor := ActorFrom(ctx)
	return d.guard.sample(ctx, ActionAdminRefused, subject{key: actor.UserID.String() + actor.ClientID.String()}, reason)
}
