package graph

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *invitationResolver) Groups(ctx context.Context, obj *model.Invitation) ([]*model.Group, error) {
	return r.groupList(ctx, obj.GroupIDs)
}

func (r *invitationConnectionResolver) TotalCount(ctx context.Context, obj *model.InvitationConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Invitations.Count(ctx, obj.List) })
}

func (r *mutationResolver) CreateInvitation(ctx context.Context, input model.CreateInvitationInput) (*model.CreateInvitationPayload, error) {
	groups, problems := groupIDs("groupIds", input.GroupIds.Value())
	if len(problems) > 0 {
		return &model.CreateInvitationPayload{UserErrors: problems}, nil
	}
	made, err := r.admin.Invitations.Create(ctx, admin.NewInvitation{
		Email: input.Email, GroupIDs: groups, TTL: time.Duration(input.Hours) * time.Hour,
	})
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateInvitationPayload{UserErrors: problems}, err
	}
	return &model.CreateInvitationPayload{Invitation: model.NewInvitations([]identity.Invitation{made})[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) RevokeInvitation(ctx context.Context, input model.RevokeInvitationInput) (*model.RevokeInvitationPayload, error) {
	id, err := parseID(model.KindInvite, input.ID)
	if err == nil {
		err = r.admin.Invitations.Revoke(ctx, id)
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RevokeInvitationPayload{UserErrors: problems}, err
	}
	return &model.RevokeInvitationPayload{RevokedInvitationID: &input.ID, UserErrors: noErrors()}, nil
}

func (r *queryResolver) Invitation(ctx context.Context, id string) (*model.Invitation, error) {
	parsed, ok := model.KindInvite.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no invitation
	}
	found, err := r.admin.Invitations.ByIDs(ctx, []uuid.UUID{parsed})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewInvitations(found)[0], nil
}

func (r *queryResolver) Invitations(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.InvitationFilter, orderBy model.InvitationOrder) (*model.InvitationConnection, error) {
	list, args := invitationList(filter, orderBy), pageArgs(first, after, last, before)
	page, err := r.admin.Invitations.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewInvitationConnection(list, args, page), nil
}

func (r *Resolver) Invitation() generated.InvitationResolver { return &invitationResolver{r} }

func (r *Resolver) InvitationConnection() generated.InvitationConnectionResolver {
	return &invitationConnectionResolver{r}
}

type (
	invitationResolver           struct{ *Resolver }
	invitationConnectionResolver struct{ *Resolver }
)
