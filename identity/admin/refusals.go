package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Refusals explains to administrators why requests were refused.
type Refusals struct {
	refusals *identity.Refusals
	keys     *identity.Keyring
}

// ByIDs returns those of the ids that are remembered here.
func (s *Refusals) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.Refusal, error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return nil, err
	}
	var found []identity.Refusal
	for _, row := range s.refusals.List(identity.RefusalFilter{IDs: ids}, identity.KeysetRange{Limit: len(ids)}) {
		found = append(found, row.Item)
	}
	return found, nil
}

// List returns one page of what this node has refused in the last day, latest first. It is empty where refusals are not
// remembered.
func (s *Refusals) List(ctx context.Context, f identity.RefusalFilter, args PageArgs) (Page[identity.Refusal], error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return Page[identity.Refusal]{}, err
	}
	for _, field := range []struct{ name, text string }{{"code", f.Code}, {"request_id", f.RequestID}} {
		if err := identity.CheckText("filter."+field.name, field.text, identity.MaxText, false); err != nil {
			return Page[identity.Refusal]{}, err
		}
	}
	p := pager{keys: s.keys, list: listName("refusals", f)}
	part, err := p.slice(args)
	if err != nil {
		return Page[identity.Refusal]{}, err
	}
	return page(p, part, s.refusals.List(f, part)), nil
}
