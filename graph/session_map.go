package graph

import (
	"net/netip"
	"strconv"

	"github.com/google/uuid"

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

// selected is what a selection names: all of a user, all of a client, or single objects by what identifies them.
type selected[K any] struct {
	userID, clientID uuid.UUID
	keys             []K
}

// readSelection reads a selection of sessions, grants or consents; noun is what one of them is called. Ids of another kind
// are problems, one for each, and nothing is done then.
func readSelection[K any](
	userID, client *string, ids []string, noun string, parse func(id string) (K, error),
) (by selected[K], at named, problems []model.UserError) {
	var err error
	note := func() {
		if err != nil {
			found, _ := userErrors(err, at.id, at.path...) // parse returns nothing else
			problems = append(problems, found...)
		}
	}
	switch {
	case userID != nil:
		at = named{id: *userID, path: []string{"by", "userId"}}
		by.userID, err = parseID(model.KindUser, at.id)
		note()
	case client != nil:
		at = named{id: *client, path: []string{"by", "client"}}
		by.clientID, err = parseID(model.KindClient, at.id)
		note()
	case len(ids) == 0:
		problems = append(problems, requiredError("by.ids", "Give at least one "+noun+"."))
	default:
		for i, id := range ids {
			at = named{id: id, path: []string{"by", "ids", strconv.Itoa(i)}}
			key, parseErr := parse(id)
			err = parseErr
			note()
			by.keys = append(by.keys, key)
		}
	}
	return by, at, problems
}

// idOf returns the reader of ids of a kind.
func idOf(kind model.Kind) func(id string) (uuid.UUID, error) {
	return func(id string) (uuid.UUID, error) { return parseID(kind, id) }
}

func revokeBy(selection *model.SessionSelection) (admin.RevokeBy, named, []model.UserError) {
	by, at, problems := readSelection(
		selection.UserID.Value(), selection.Client.Value(), selection.Ids.Value(), "session", idOf(model.KindSession),
	)
	return admin.RevokeBy{IDs: by.keys, UserID: by.userID, ClientID: by.clientID}, at, problems
}

func sessionChangeFilter(f *model.SessionChangeFilter) (out admin.SessionChangeFilter, err error) {
	if f == nil {
		return out, nil
	}
	if change := f.Change.Value(); change != nil {
		out.Action = keyOf(model.SessionChanges, *change)
	}
	if out.UserID, err = filterID("filter.userId", model.KindUser, f.UserID.Value()); err != nil {
		return out, err
	}
	out.ClientID, err = filterID("filter.client", model.KindClient, f.Client.Value())
	return out, err
}
