package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) BulkUpdateUsers(ctx context.Context, input model.BulkUpdateUsersInput) (*model.BulkUsersPayload, error) {
	change := patch{}
	flags := identity.UserFlags{
		Active: nonNull(&change, "active", input.Active), Verified: nonNull(&change, "verified", input.Verified),
		Admin:                  nonNull(&change, "admin", input.Admin),
		RequiresPasswordChange: nonNull(&change, "requiresPasswordChange", input.RequiresPasswordChange),
	}
	if problems := change.check(); len(problems) > 0 {
		return refusedBulk(problems), nil
	}
	return bulk(ctx, input.Ids, func(ids []uuid.UUID) ([]admin.BulkOutcome, error) {
		return r.admin.Users.BulkUpdate(ctx, ids, flags, input.DryRun)
	})
}

func (r *mutationResolver) BulkResetPasswords(ctx context.Context, input model.BulkResetPasswordsInput) (*model.BulkUsersPayload, error) {
	return bulk(ctx, input.Ids, func(ids []uuid.UUID) ([]admin.BulkOutcome, error) {
		return r.admin.Users.BulkResetPasswords(ctx, ids, input.DryRun)
	})
}

func (r *mutationResolver) BulkRevokeSessions(ctx context.Context, input model.BulkRevokeSessionsInput) (*model.BulkUsersPayload, error) {
	return bulk(ctx, input.Ids, func(ids []uuid.UUID) ([]admin.BulkOutcome, error) {
		return r.admin.Users.BulkRevokeSessions(ctx, ids, input.IncludeOffline, input.DryRun)
	})
}

func (r *mutationResolver) BulkDeleteUsers(ctx context.Context, input model.BulkDeleteUsersInput) (*model.BulkUsersPayload, error) {
	return bulk(ctx, input.Ids, func(ids []uuid.UUID) ([]admin.BulkOutcome, error) {
		return r.admin.Users.BulkDelete(ctx, ids, input.Pseudonymise, input.DryRun)
	})
}
