package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

func (r *mailMessageResolver) User(ctx context.Context, obj *model.MailMessage) (*model.User, error) {
	return r.user(ctx, obj.Users, obj.UserID)
}

func (r *mailMessageConnectionResolver) TotalCount(ctx context.Context, obj *model.MailMessageConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Mails.Count(ctx, obj.List) })
}

func (r *mutationResolver) RetryMail(ctx context.Context, input model.RetryMailInput) (*model.RetryMailPayload, error) {
	mail, problems, err := mailed(ctx, model.KindMail, input.ID, r.admin.Mails.Retry)
	return &model.RetryMailPayload{MailMessage: mail, UserErrors: problems}, err
}

func (r *mutationResolver) SendTestEmail(ctx context.Context, input model.SendTestEmailInput) (*model.SendTestEmailPayload, error) {
	mail, problems, err := mailed(ctx, model.KindUser, input.UserID, r.admin.Mails.SendTest, "userId")
	return &model.SendTestEmailPayload{MailMessage: mail, UserErrors: problems}, err
}

func (r *queryResolver) MailMessage(ctx context.Context, id string) (*model.MailMessage, error) {
	parsed, ok := model.KindMail.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no message
	}
	found, err := r.admin.Mails.ByIDs(ctx, []uuid.UUID{parsed})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewMailMessages(found)[0], nil
}

func (r *queryResolver) MailMessages(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.MailMessageFilter, orderBy model.MailMessageOrder) (*model.MailMessageConnection, error) {
	list, err := mailList(filter, orderBy)
	if err != nil {
		return nil, err
	}
	args := pageArgs(first, after, last, before)
	page, err := r.admin.Mails.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewMailMessageConnection(list, args, page), nil
}

func (r *Resolver) MailMessage() generated.MailMessageResolver { return &mailMessageResolver{r} }

func (r *Resolver) MailMessageConnection() generated.MailMessageConnectionResolver {
	return &mailMessageConnectionResolver{r}
}

type (
	mailMessageResolver           struct{ *Resolver }
	mailMessageConnectionResolver struct{ *Resolver }
)
