package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func clientList(filter *model.ClientFilter, search *string, order model.ClientOrder) admin.ClientList {
	list := admin.ClientList{Order: identity.ClientOrderField(order.Field), Descending: order.Direction == model.SortDirectionDesc}
	if filter != nil {
		list.Filter = identity.ClientFilter{
			Active: filter.Active.Value(), Scope: text(filter.Scope), Resource: text(filter.Resource),
			GrantType: identity.GrantType(text(filter.GrantType)), AuthMethod: identity.AuthMethod(text(filter.TokenEndpointAuthMethod)),
			ServiceAdmin: filter.ServiceAdmin.Value(), CreatedAt: timeMatch(filter.CreatedAt), LastUsedAt: timeMatch(filter.LastUsedAt),
			Origin: model.DomainOrigin(filter.Origin.Value()),
		}
	}
	list.Filter.Search = textOf(search)
	return list
}
