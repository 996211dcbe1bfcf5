package graph

import (
	"net/netip"
	"strconv"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func sessionList(filter *model.SessionFilter, order model.SessionOrder) (list admin.SessionList, err error) {
	list.Order, list.Ascending = identity.SessionOrderField(order.Field), order.Direction == model.SortDirectionAsc
	if filter != nil {
		list.Filter, err = sessionFilter(filter)
	}
	return list, err
}

func sessionFilter(f *model.SessionFilter) (identity.SessionFilter, error) {
	out := identity.SessionFilter{
		Active: f.Active.Value(), CreatedAt: timeMatch(f.CreatedAt), LastActiveAt: timeMatch(f.LastActiveAt),
	}
	var err error
	if out.IP, err = filterIP("filter.ip", f.IP.Value()); err != nil {
		return out, err
	}
	if out.UserID, err = filterID("filter.userId", model.KindUser, f.UserID.Value()); err != nil {
		return out, err
	}
	out.ClientID, err = filterID("filter.client", model.KindClient, f.Client.Value())
	return out, err
}

// filterIP reads an address in any of its forms as the one in which addresses are stored.
func filterIP(field string, ip *string) (string, error) {
	if ip == nil {
		return "", nil
	}
	address, err := netip.ParseAddr(*ip)
	if err != nil {
		return "", identity.InvalidField(field, "Must be an IPv4 or IPv6 address.")
	}
	return address.Unmap().String(), nil
}

// named is the object that an input names, and where in it.
type named struct {
	id   string
	path []string
}

// revokeBy reads a selection of sessions. Ids of another kind are problems, one for each, and nothing is done then.
func revokeBy(selection *model.SessionSelection) (by admin.RevokeBy, at named, problems []model.UserError) {
	var err error
	note := func() {
		if err != nil {
			found, _ := userErrors(err, at.id, at.path...) // parseID returns nothing else
			problems = append(problems, found...)
		}
	}
	switch {
	case selection.UserID.Value() != nil:
		at = named{id: *selection.UserID.Value(), path: []string{"by", "userId"}}
		by.UserID, err = parseID(model.KindUser, at.id)
		note()
	case selection.Client.Value() != nil:
		at = named{id: *selection.Client.Value(), path: []string{"by", "client"}}
		by.ClientID, err = parseID(model.KindClient, at.id)
		note()
	case len(selection.Ids.Value()) == 0:
		problems = append(problems, requiredError("by.ids", "Give at least one session."))
	default:
		for i, id := range selection.Ids.Value() {
			at = named{id: id, path: []string{"by", "ids", strconv.Itoa(i)}}
			parsed, parseErr := parseID(model.KindSession, id)
			err = parseErr
			note()
			by.IDs = append(by.IDs, parsed)
		}
	}
	return by, at, problems
}
