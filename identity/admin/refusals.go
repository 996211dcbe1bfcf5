package admin

import (
	"context"
	"fmt"

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
	return s.refusals.List(identity.RefusalFilter{IDs: ids}), nil
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
	return pageOf(p, args, s.refusals.List(f), true, func(r identity.Refusal) string { return fmt.Sprintf("%020d", r.Number) })
}
