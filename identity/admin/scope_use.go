package admin

import (
	"fmt"
	"strings"

	"github.com/authly/authly/identity"
)

// ScopeUse is who uses a scope: the clients that may ask for it, the resources that understand it, and the live grants and
// the consents of these clients that have it.
type ScopeUse struct {
	Clients, Resources, Grants, Consents Count
}

func scopeUse(u identity.ScopeUse) ScopeUse {
	return ScopeUse{
		Clients: countOf(u.Clients), Resources: countOf(u.Resources), Grants: Count{Value: u.Grants, AtLeast: !u.Looked},
		Consents: Count{Value: u.Consents, AtLeast: !u.Looked},
	}
}

// check refuses a scope that clients or resources name. It spares who did not know of them; clients and resources may name
// what is not registered, so also one that begins to at the same moment does no harm.
func (u ScopeUse) check() error {
	return unused(identity.CodeScopeInUse, "name", use{u.Clients, "client"}, use{u.Resources, "resource"})
}

// ResourceUse is who uses a resource: the clients that serve it or have it as their default, and the live grants that were
// made for it by its name.
type ResourceUse struct {
	Clients, Grants Count
}

func resourceUse(u identity.ResourceUse) ResourceUse {
	return ResourceUse{Clients: countOf(u.Clients), Grants: Count{Value: u.Grants, AtLeast: !u.Looked}}
}

// check refuses a resource that clients name.
func (u ResourceUse) check() error {
	return unused(identity.CodeResourceInUse, "uri", use{u.Clients, "client"})
}

// use is how many of a noun use something.
type use struct {
	Count
	noun string
}

// unused refuses what is in use and says by how many.
func unused(code identity.Code, field string, uses ...use) error {
	var by []string
	for _, u := range uses {
		switch {
		case u.AtLeast:
			by = append(by, fmt.Sprintf("at least %d %ss", u.Value, u.noun))
		case u.Value == 1:
			by = append(by, "1 "+u.noun)
		case u.Value > 1:
			by = append(by, fmt.Sprintf("%d %ss", u.Value, u.noun))
		}
	}
	if len(by) == 0 {
		return nil
	}
	return &identity.Error{Kind: identity.Conflict, Code: code, Field: field, Detail: "Is in use by " + strings.Join(by, " and ") + "."}
}
