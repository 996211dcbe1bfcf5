package graph

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) RemoveRecoveryCodes(ctx context.Context, input model.RemoveRecoveryCodesInput) (*model.RemoveRecoveryCodesPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.RemoveRecoveryCodes(ctx, id)
	})
	return &model.RemoveRecoveryCodesPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) ForgetBrowsers(ctx context.Context, input model.ForgetBrowsersInput) (*model.ForgetBrowsersPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.ForgetBrowsers(ctx, id)
	})
	return &model.ForgetBrowsersPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) SetMfaRequired(ctx context.Context, input model.SetMfaRequiredInput) (*model.SetMfaRequiredPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.RequireSecondFactor(ctx, id, input.MfaRequired)
	})
	return &model.SetMfaRequiredPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) SendVerificationEmail(ctx context.Context, input model.SendVerificationEmailInput) (*model.SendVerificationEmailPayload, error) {
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		return r.admin.Users.SendVerification(ctx, id)
	})
	return &model.SendVerificationEmailPayload{User: user, UserErrors: problems}, err
}

func (r *mutationResolver) CreateRecoveryLink(ctx context.Context, input model.CreateRecoveryLinkInput) (*model.CreateRecoveryLinkPayload, error) {
	var made admin.MadeRecoveryLink
	user, problems, err := r.changed(ctx, input.ID, func(id uuid.UUID) (identity.User, error) {
		var err error
		made, err = r.admin.Users.CreateRecoveryLink(ctx, admin.NewRecoveryLink{
			UserID: id, TTL: time.Duration(input.Minutes) * time.Minute, Mail: input.Mail,
		})
		return made.User, err
	})
	payload := &model.CreateRecoveryLinkPayload{User: user, UserErrors: problems}
	if made.Link.URL != "" {
		payload.RecoveryURL = &made.Link.URL
	}
	if !made.Link.ExpiresAt.IsZero() {
		payload.ExpiresAt = &made.Link.ExpiresAt
	}
	return payload, err
}
