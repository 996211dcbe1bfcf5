package graph

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func auditList(filter *model.AuditEventFilter, order model.AuditEventOrder) (list admin.AuditList, err error) {
	list.Ascending = order.Direction == model.SortDirectionAsc
	if filter != nil {
		list.Filter, err = auditFilter(filter)
	}
	return list, err
}

func auditFilter(f *model.AuditEventFilter) (identity.AuditFilter, error) {
	out := identity.AuditFilter{
		OccurredAt: timeMatch(f.OccurredAt), ActorName: text(f.ActorName), IP: text(f.IP), RequestID: text(f.RequestID),
	}
	for _, action := range f.Actions.Value() {
		out.Actions = append(out.Actions, identity.Action(action))
	}
	if outcome := f.Outcome.Value(); outcome != nil {
		out.Outcome = identity.Outcome(strings.ToLower(string(*outcome)))
	}
	if kind := f.TargetKind.Value(); kind != nil {
		out.Target = identity.TargetKind(strings.ToLower(string(*kind)))
	}
	if id := f.TargetID.Value(); id != nil {
		kind, bare, ok := model.TargetOf(*id)
		if ok && out.Target != "" && out.Target != kind {
			return out, identity.InvalidField("filter.targetId", "Must be of the kind that targetKind says.")
		}
		if ok {
			out.Target = kind
		}
		out.TargetID = bare
	}
	var err error
	if out.ClientID, err = filterID("filter.client", model.KindClient, f.Client.Value()); err != nil {
		return out, err
	}
	if out.UserID, err = filterID("filter.userId", model.KindUser, f.UserID.Value()); err != nil {
		return out, err
	}
	if id := f.ActorID.Value(); id != nil {
		kind, bare, _ := model.TargetOf(*id)
		if kind != identity.TargetUser && kind != identity.TargetClient {
			return out, identity.InvalidField("filter.actorId", "Must be the id of a user or client, such as usr_...")
		}
		out.ActorID = bare
	}
	return out, nil
}

// filterID reads the id of a condition. One of another kind is an error: as no condition it would select everything.
func filterID(field string, kind model.Kind, id *string) (uuid.UUID, error) {
	if id == nil {
		return uuid.Nil, nil
	}
	parsed, ok := kind.Parse(*id)
	if !ok {
		return uuid.Nil, identity.InvalidField(field, "Must be an id that begins with %s.", string(kind))
	}
	return parsed, nil
}

// nodesOfEvents finds what events tell of. To read an event is no right to read that: what may not be read is left out.
func (r *Resolver) nodesOfEvents(ctx context.Context, ids []string) (map[string]model.Node, error) {
	return r.nodesByID(ctx, ids, func(err error) error {
		if err != nil && identity.AsError(err).Code == identity.CodeInsufficientScope {
			return nil
		}
		return err
	})
}

// told returns what an event tells of as a type of one of its unions; nil when there is none.
func told[U any](ctx context.Context, id string) (none U, err error) {
	if id == "" {
		return none, nil
	}
	node, err := loadersFrom(ctx).told.Load(ctx, id)()
	if err != nil {
		return none, err
	}
	found, _ := node.(U)
	return found, nil
}
