package graph

import (
	"strings"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func refusalFilter(f *model.RefusalFilter) (out identity.RefusalFilter, err error) {
	if f == nil {
		return out, nil
	}
	out.Code, out.RequestID = text(f.Code), text(f.RequestID)
	if since := f.Since.Value(); since != nil {
		out.Since = *since
	}
	if endpoint := f.Endpoint.Value(); endpoint != nil {
		out.Endpoint = identity.Endpoint(strings.ToLower(string(*endpoint)))
	}
	if out.ClientID, err = filterID("filter.client", model.KindClient, f.Client.Value()); err != nil {
		return out, err
	}
	out.UserID, err = filterID("filter.userId", model.KindUser, f.UserID.Value())
	return out, err
}
