package graph

import (
	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

//go:generate go tool gqlgen generate

// Resolver is the root of the resolvers. They convert, call one service of the domain, and convert.
type Resolver struct {
	domain *identity.Domain
	admin  *admin.Services
}

var _ generated.ResolverRoot = (*Resolver)(nil)
