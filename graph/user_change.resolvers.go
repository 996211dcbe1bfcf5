package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) CreateUser(ctx context.Context, input model.CreateUserInput) (*model.CreateUserPayload, error) {
	attributes := userAttributes(input.Attributes)
	if problems := attributes.repeated(); len(problems) > 0 {
		return &model.CreateUserPayload{UserErrors: problems}, nil
	}
	user, temporary, err := r.admin.Users.Create(ctx, newUser(input))
	if err != nil {
		problems, err := userErrors(attributes.place(err), "")
		return &model.CreateUserPayload{UserErrors: problems}, err
	}
	return &model.CreateUserPayload{
		User: r.showUsers(ctx, []identity.User{user})[0], TemporaryPassword: secretOrNull(temporary),
		TemporaryPasswordExpiresAt: user.Password.ExpiresAt, UserErrors: noErrors(),
	}, nil
}

func (r *mutationResolver) UpdateUser(ctx context.Context, input model.UpdateUserInput) (*model.UpdateUserPayload, error) {
	change, problems := userChange(input)
	if len(problems) > 0 {
		return &model.UpdateUserPayload{UserErrors: problems}, nil
	}
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		user, err := r.admin.Users.Update(ctx, id, change, input.ExpectedVersion.Value())
		err = userAttributes(input.Attributes.Value()).place(err)
		if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
			// The current state is for merging. Whoever may not read gets the error alone.
			if current, readErr := r.admin.Users.Get(ctx, identity.UserBy{ID: id}); readErr == nil {
				user = current
			}
		}
		return user, err
	})
	return &model.UpdateUserPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) DeleteUser(ctx context.Context, input model.DeleteUserInput) (*model.DeleteUserPayload, error) {
	id, err := parseID(model.KindUser, input.ID)
	var removed identity.DeletedCounts
	if err == nil {
		removed, err = r.admin.Users.Delete(ctx, id, admin.DeleteUserOptions{
			ExpectedVersion: input.ExpectedVersion.Value(), Pseudonymise: input.Pseudonymise,
		})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteUserPayload{UserErrors: problems}, err
	}
	return &model.DeleteUserPayload{
		DeletedUserID: &input.ID, UserErrors: noErrors(),
		Removed: &model.RemovedCounts{Sessions: removed.Sessions, Grants: removed.Grants, Consents: removed.Consents},
	}, nil
}

func (r *mutationResolver) ResetUserPassword(ctx context.Context, input model.ResetUserPasswordInput) (*model.ResetUserPasswordPayload, error) {
	payload := &model.ResetUserPasswordPayload{}
	var err error
	payload.User, payload.UserErrors, err = r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		reset, err := r.admin.Users.ResetPassword(ctx, id)
		if err == nil {
			payload.EndedSessions, payload.EndedGrants = reset.Sessions, reset.Grants
			payload.TemporaryPassword = secretOrNull(reset.Temporary)
			payload.TemporaryPasswordExpiresAt = reset.User.Password.ExpiresAt
		}
		return reset.User, err
	})
	return payload, err
}

func (r *mutationResolver) UnlockUser(ctx context.Context, input model.UnlockUserInput) (*model.UnlockUserPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.Unlock(ctx, id)
	})
	return &model.UnlockUserPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) SetUserVerified(ctx context.Context, input model.SetUserVerifiedInput) (*model.SetUserVerifiedPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.Update(ctx, id, admin.UserChange{Verified: &input.Verified}, nil)
	})
	return &model.SetUserVerifiedPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) RevokeUserGrant(ctx context.Context, input model.RevokeUserGrantInput) (*model.RevokeUserGrantPayload, error) {
	userID, grantID, clientID, problems := grantsToRevoke(input)
	if len(problems) > 0 {
		return &model.RevokeUserGrantPayload{UserErrors: problems}, nil
	}
	ended, err := r.admin.Grants.RevokeForUser(ctx, userID, grantID, clientID)
	if err != nil {
		at, id := []string{"userId"}, input.UserID
		if errors.Is(err, identity.ErrGrantNotFound) {
			at, id = []string{"by"}, text(input.By.ID)+text(input.By.Client)
		}
		problems, err := userErrors(err, id, at...)
		return &model.RevokeUserGrantPayload{UserErrors: problems}, err
	}
	return &model.RevokeUserGrantPayload{UserID: userID, EndedGrants: ended, UserErrors: noErrors()}, nil
}

func (r *revokeUserGrantPayloadResolver) User(ctx context.Context, obj *model.RevokeUserGrantPayload) (*model.User, error) {
	return r.payloadUser(ctx, obj.UserID)
}

func (r *Resolver) RevokeUserGrantPayload() generated.RevokeUserGrantPayloadResolver {
	return &revokeUserGrantPayloadResolver{r}
}

type revokeUserGrantPayloadResolver struct{ *Resolver }
