package graph

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/identity"
)

// ResponseCache caches the data of queries.
type ResponseCache interface {
	// Get returns what is cached under the key, or else what load returns, which is then cached for at most ttl while none
	// of the tags (identity.CacheTagUsers and its like) is invalidated. An error is not cached. local caches it on this
	// node only.
	Get(
		ctx context.Context, key string, ttl time.Duration, local bool, tags []string, load func(ctx context.Context) ([]byte, error),
	) ([]byte, error)
}

// cacheKey names a response: what was asked, with which variables, and which scopes of administration the caller has.
// The caller's rights are decided on every request; a response is only given to callers who have the same. One who is limited
// to groups gets none, and leaves none.
func cacheKey(doc *document, operation string, variables map[string]any, actor identity.Actor) (string, error) {
	scopes := slices.DeleteFunc(slices.Clone(actor.Scopes), func(scope string) bool { return !identity.IsAdminScope(scope) })
	slices.Sort(scopes)
	text, err := json.Marshal([]any{doc.digest[:], operation, variables, scopes})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// uncacheable is a response that must not be cached, because it has errors.
type uncacheable struct {
	resp *graphql.Response
	f    *failure
}

func (*uncacheable) Error() string { return "the response has errors" }

// cached executes an operation, or finds the response of an earlier execution.
func (s *server) cached(
	ctx context.Context, doc *document, op *ast.OperationDefinition, variables map[string]any,
	execute func(ctx context.Context) (*graphql.Response, *failure),
) (*graphql.Response, *failure) {
	policy := doc.policies[op]
	if s.responses == nil || policy.maxAge == 0 || len(identity.ActorFrom(ctx).Limits) > 0 {
		return execute(ctx)
	}
	key, err := cacheKey(doc, op.Name, variables, identity.ActorFrom(ctx))
	if err != nil {
		return execute(ctx)
	}
	data, err := s.responses.Get(ctx, key, policy.maxAge, policy.local, policy.tagsFor(variables), func(ctx context.Context) ([]byte, error) {
		// Others may wait for this response when the caller has gone.
		ctx, cancel := context.WithTimeout(ctx, s.limits.Timeout)
		defer cancel()
		resp, f := execute(ctx)
		if f != nil || len(resp.Errors) > 0 || len(resp.Data) == 0 {
			return nil, &uncacheable{resp, f}
		}
		return resp.Data, nil
	})
	if err == nil {
		return &graphql.Response{Data: data}, nil
	}
	if without := (*uncacheable)(nil); errors.As(err, &without) {
		return without.resp, without.f
	}
	return nil, s.ended(ctx)
}
