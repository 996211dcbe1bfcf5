package graph

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func mailList(filter *model.MailMessageFilter, order model.MailMessageOrder) (list admin.MailList, err error) {
	list.Ascending = order.Direction == model.SortDirectionAsc
	if filter == nil {
		return list, nil
	}
	if state := filter.State.Value(); state != nil {
		list.Filter.State = identity.MailState(strings.ToLower(string(*state)))
	}
	list.Filter.Kind, list.Filter.CreatedAt = identity.MailKind(text(filter.Kind)), timeMatch(filter.CreatedAt)
	list.Filter.UserID, err = filterID("filter.userId", model.KindUser, filter.UserID.Value())
	return list, err
}

// mailed runs an operation that leaves a message, and shows that or what is wrong.
func mailed(
	ctx context.Context, kind model.Kind, id string, do func(context.Context, uuid.UUID) (identity.MailMessage, error), path ...string,
) (*model.MailMessage, []model.UserError, error) {
	parsed, err := parseID(kind, id)
	var m identity.MailMessage
	if err == nil {
		m, err = do(ctx, parsed)
	}
	if err != nil {
		problems, err := userErrors(err, id, path...)
		return nil, problems, err
	}
	return model.NewMailMessages([]identity.MailMessage{m})[0], noErrors(), nil
}
