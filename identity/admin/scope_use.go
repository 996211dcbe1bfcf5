package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// scopeUnused refuses a scope that clients or resources name. It spares who did not know of them; clients and resources may
// name what is not registered, so also one that begins to at the same moment does no harm.
func scopeUnused(ctx context.Context, tx identity.Store, name string) error {
	clients, err := tx.Clients(ctx)
	if err != nil {
		return err
	}
	resources, err := tx.Resources(ctx)
	if err != nil {
		return err
	}
	return unused(identity.CodeScopeInUse, "name",
		use{count(clients, func(c identity.Client) bool { return slices.Contains(c.Scopes(), name) }), "client"},
		use{count(resources, func(r identity.Resource) bool { return slices.Contains(r.Scopes, name) }), "resource"})
}

// resourceUnused refuses a resource that clients name, as their default or as one that they serve.
func resourceUnused(ctx context.Context, tx identity.Store, uri string) error {
	clients, err := tx.Clients(ctx)
	if err != nil {
		return err
	}
	return unused(identity.CodeResourceInUse, "uri", use{count(clients, func(c identity.Client) bool {
		return c.Policy.DefaultResource == uri || slices.Contains(c.Policy.Audiences, uri)
	}), "client"})
}

// use is how many of a noun use something.
type use struct {
	count int
	noun  string
}

// unused refuses what is in use and says by how many.
func unused(code identity.Code, field string, uses ...use) error {
	var by []string
	for _, u := range uses {
		switch u.count {
		case 0:
		case 1:
			by = append(by, "1 "+u.noun)
		default:
			by = append(by, fmt.Sprintf("%d %ss", u.count, u.noun))
		}
	}
	if len(by) == 0 {
		return nil
	}
	return &identity.Error{Kind: identity.Conflict, Code: code, Field: field, Detail: "Is in use by " + strings.Join(by, " and ") + "."}
}

func count[T any](all []T, uses func(T) bool) int {
	n := 0
	for _, one := range all {
		if uses(one) {
			n++
		}
	}
	return n
}
