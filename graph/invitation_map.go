package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func invitationList(filter *model.InvitationFilter, order model.InvitationOrder) admin.InvitationList {
	list := admin.InvitationList{Ascending: order.Direction == model.SortDirectionAsc}
	if filter == nil {
		return list
	}
	list.Filter = identity.InvitationFilter{
		Email: text(filter.Email), Expired: filter.Expired.Value(), CreatedAt: timeMatch(filter.CreatedAt),
	}
	return list
}
