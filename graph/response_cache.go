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

	"github.com/authly/authly/graph/model"
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

// cachePolicy is whether and how the response to a query may be cached. The zero value says that it may not.
type cachePolicy struct {
	maxAge time.Duration
	local  bool // it is about this node
	tags   []string
	users  []*ast.Field // root fields that show one user each, a tag of whom replaces that of all if it is named by id
}

// maxAges are the root fields whose responses are cached, and for how long. A response with any other root field is
// not: me is about the caller.
var maxAges = map[string]time.Duration{
	"users": 30 * time.Second, "user": time.Minute, "node": time.Minute, "nodes": time.Minute,
	"sessions": 30 * time.Second, "auditEvents": 30 * time.Second, "dashboard": time.Minute,
	"client": time.Minute, "clients": 30 * time.Second, "scopes": time.Minute,
}

// typeTags says what the fields of an object type depend on. A type that is not here, such as Grant, which moves with
// every refresh, is never cached.
var typeTags = map[string][]string{
	"User": {identity.CacheTagUsers}, "UserConnection": {identity.CacheTagUsers, identity.CacheTagSessions}, // a filter can ask for sessions
	"Session": {identity.CacheTagSessions}, "SessionConnection": {identity.CacheTagSessions},
	"AuditEvent": {identity.CacheTagAudit}, "AuditEventConnection": {identity.CacheTagAudit},
	"Client": {identity.CacheTagClients}, "ClientConnection": {identity.CacheTagClients}, "Scope": {identity.CacheTagScopes},
	"Dashboard":    {identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagAudit},
	"TokenNumbers": nil, "GrantTypeCount": nil, "ClientUsage": nil, // grow with every request: as old as the response
	"UserEdge": nil, "SessionEdge": nil, "AuditEventEdge": nil, "ClientEdge": nil, "PageInfo": nil, "Count": nil, "Address": nil, "Device": nil, "AuditChange": nil,
	"ClientSecret": nil, "UserNumbers": nil, "UserActivity": nil, "DashboardDay": nil, "Query": nil,
}

// cachePolicyOf walks a valid operation.
func (s *server) cachePolicyOf(doc *ast.QueryDocument, op *ast.OperationDefinition) cachePolicy {
	if op.Operation != ast.Query {
		return cachePolicy{}
	}
	w := policyWalker{doc: doc, tags: map[string]bool{}, seen: map[string]bool{}, cachePolicy: cachePolicy{maxAge: time.Hour}}
	if !w.selection(op.SelectionSet, false) || w.maxAge == time.Hour { // only __typename
		return cachePolicy{}
	}
	for tag := range w.tags {
		w.cachePolicy.tags = append(w.cachePolicy.tags, tag)
	}
	slices.Sort(w.cachePolicy.tags)
	return w.cachePolicy
}

type policyWalker struct {
	cachePolicy
	doc  *ast.QueryDocument
	tags map[string]bool
	seen map[string]bool // fragments, once as part of one user and once elsewhere
}

// selection collects the tags of a selection set; false when the response must not be cached. one: its own fields are
// those of the user of a root field.
func (w *policyWalker) selection(set ast.SelectionSet, one bool) bool {
	for _, selection := range set {
		ok := true
		switch sel := selection.(type) {
		case *ast.Field:
			ok = w.field(sel, one)
		case *ast.InlineFragment:
			ok = w.selection(sel.SelectionSet, one)
		case *ast.FragmentSpread:
			name := sel.Name
			if one {
				name += " of one"
			}
			if !w.seen[name] {
				w.seen[name] = true
				ok = w.selection(w.doc.Fragments.ForName(sel.Name).SelectionSet, one)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

func (w *policyWalker) field(f *ast.Field, one bool) bool {
	owner := f.ObjectDefinition
	if f.Name == "__typename" {
		return true
	}
	if owner.Name == "Query" {
		age, ok := maxAges[f.Name]
		if !ok {
			return false
		}
		w.maxAge = min(w.maxAge, age)
		if f.Name == "user" {
			w.users = append(w.users, f)
			return w.selection(f.SelectionSet, true)
		}
		return w.selection(f.SelectionSet, false)
	}
	tags, ok := typeTags[owner.Name]
	if !ok && owner.Kind == ast.Object {
		return false
	}
	if owner.Kind != ast.Object { // the id of a Node
		tags = []string{identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagClients}
	}
	if !one || owner.Name != "User" {
		for _, tag := range tags {
			w.tags[tag] = true
		}
	}
	if owner.Name == "User" && f.Name == "activeSessionCount" {
		w.tags[identity.CacheTagSessions] = true
	}
	w.local = w.local || owner.Name == "TokenNumbers"
	return w.selection(f.SelectionSet, false)
}

// tagsFor returns the tags of a response with these variables: a user who is named by id has a tag of their own,
// otherwise it is that of all users.
func (p cachePolicy) tagsFor(variables map[string]any) []string {
	tags := slices.Clone(p.tags)
	for _, f := range p.users {
		by, _ := f.ArgumentMap(variables)["by"].(map[string]any)
		text, _ := by["id"].(string)
		if id, ok := model.KindUser.Parse(text); ok {
			tags = append(tags, identity.CacheTagUser(id))
		} else {
			tags = append(tags, identity.CacheTagUsers)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// cacheKey names a response: what was asked, with which variables, and which scopes of administration the caller has.
// The caller's rights are decided on every request; a response is only given to callers who have the same.
func cacheKey(doc *document, operation string, variables map[string]any, actor identity.Actor) (string, error) {
	scopes := slices.DeleteFunc(slices.Clone(actor.Scopes), func(scope string) bool { return !identity.IsAdminScope(scope) })
	slices.Sort(scopes)
	text, err := json.Marshal([]any{doc.key[:], operation, variables, scopes})
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
	if s.responses == nil || policy.maxAge == 0 {
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
