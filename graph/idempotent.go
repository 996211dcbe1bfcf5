package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/identity/admin"
)

// idempotencyHeader returns what the header Idempotency-Key says of an operation. It is the key of the one field of a
// mutation; with several fields it cannot be.
func idempotencyHeader(r *http.Request, op *ast.OperationDefinition) (string, *failure) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || op.Operation != ast.Mutation {
		return "", nil
	}
	if len(op.SelectionSet) == 1 {
		if _, ok := op.SelectionSet[0].(*ast.Field); ok {
			return key, nil
		}
	}
	return "", refuse(http.StatusBadRequest, codeBadRequest,
		"The header Idempotency-Key needs a document with exactly one mutation field; use the directive @idempotent on each.")
}

// idempotent returns the middleware of resolvers that reads the directive @idempotent, or else the header, for the root
// fields of a mutation. gqlgen could do it, but with a closure for every scalar of every row.
func (res *response) idempotent(header string) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		fc := graphql.GetFieldContext(ctx)
		if fc.Object != res.s.schema.Mutation.Name {
			return next(ctx)
		}
		variables := graphql.GetOperationContext(ctx).Variables
		key := header
		directive := fc.Field.Directives.ForName("idempotent")
		if directive != nil {
			key, _ = directive.ArgumentMap(variables)["key"].(string) // checked: String!
		}
		if directive == nil && key == "" {
			return next(ctx)
		}
		arguments, err := json.Marshal(fc.Field.ArgumentMap(variables))
		if err != nil {
			return nil, fmt.Errorf("arguments of %s: %w", fc.Field.Name, err)
		}
		once, err := admin.NewIdempotency(fc.Object+"."+fc.Field.Name, key, arguments)
		if err != nil {
			return nil, err
		}
		result, err := next(admin.WithIdempotency(ctx, once))
		res.replayed = res.replayed || once.Replayed() // root fields of a mutation run one after the other
		return result, err
	}
}
