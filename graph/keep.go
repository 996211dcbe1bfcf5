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

// Answers keeps the data of queries.
type ResponseCache interface {
	// Answer returns what is kept under the key, or else what read gives, which is then kept for at most life while none
	// of the subjects (identity.CacheTagUsers and its like) is changed. An error is not kept. local keeps it on this node
	// only.
	Get(
		ctx context.Context, key string, life time.Duration, local bool, subjects []string, read func(ctx context.Context) ([]byte, error),
	) ([]byte, error)
}

// keeping is whether and how the answer to a query may be kept. The zero value says that it may not.
type keeping struct {
	life     time.Duration
	local    bool // it tells of this node
	subjects []string
	users    []*ast.Field // root fields that show one user each, on whom the answer depends if it is named by id
}

// lives are the root fields whose answers are kept, and for how long. An answer with any other root field is not: me is
// about the caller.
var lives = map[string]time.Duration{
	"users": 30 * time.Second, "user": time.Minute, "node": time.Minute, "nodes": time.Minute,
	"sessions": 30 * time.Second, "auditEvents": 30 * time.Second, "dashboard": time.Minute,
	"client": time.Minute, "clients": 30 * time.Second, "scopes": time.Minute,
}

// shows says what the fields of an object type depend on. A type that is not here, such as Grant, which moves with
// every refresh, is never kept.
var shows = map[string][]string{
	"User": {identity.CacheTagUsers}, "UserConnection": {identity.CacheTagUsers, identity.CacheTagSessions}, // a filter can ask for sessions
	"Session": {identity.CacheTagSessions}, "SessionConnection": {identity.CacheTagSessions},
	"AuditEvent": {identity.CacheTagAudit}, "AuditEventConnection": {identity.CacheTagAudit},
	"Client": {identity.CacheTagClients}, "ClientConnection": {identity.CacheTagClients}, "Scope": {identity.CacheTagScopes},
	"Dashboard":    {identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagAudit},
	"TokenNumbers": nil, "GrantTypeCount": nil, "ClientUsage": nil, // grow with every request: as old as the answer
	"UserEdge": nil, "SessionEdge": nil, "AuditEventEdge": nil, "ClientEdge": nil, "PageInfo": nil, "Count": nil, "Address": nil, "Device": nil, "AuditChange": nil,
	"ClientSecret": nil, "UserNumbers": nil, "UserActivity": nil, "DashboardDay": nil, "Query": nil,
}

// keepingOf looks at a valid operation.
func (s *server) keepingOf(doc *ast.QueryDocument, op *ast.OperationDefinition) keeping {
	if op.Operation != ast.Query {
		return keeping{}
	}
	k := keeper{doc: doc, subjects: map[string]bool{}, seen: map[string]bool{}, keeping: keeping{life: time.Hour}}
	if !k.set(op.SelectionSet, false) || k.life == time.Hour { // only __typename
		return keeping{}
	}
	for subject := range k.subjects {
		k.keeping.subjects = append(k.keeping.subjects, subject)
	}
	slices.Sort(k.keeping.subjects)
	return k.keeping
}

type keeper struct {
	keeping
	doc      *ast.QueryDocument
	subjects map[string]bool
	seen     map[string]bool // fragments, once as part of one user and once elsewhere
}

// set collects what a selection depends on; false when its answer must not be kept. one: its own fields are those of
// the user of a root field.
func (k *keeper) set(set ast.SelectionSet, one bool) bool {
	for _, selection := range set {
		ok := true
		switch sel := selection.(type) {
		case *ast.Field:
			ok = k.field(sel, one)
		case *ast.InlineFragment:
			ok = k.set(sel.SelectionSet, one)
		case *ast.FragmentSpread:
			name := sel.Name
			if one {
				name += " of one"
			}
			if !k.seen[name] {
				k.seen[name] = true
				ok = k.set(k.doc.Fragments.ForName(sel.Name).SelectionSet, one)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

func (k *keeper) field(f *ast.Field, one bool) bool {
	owner := f.ObjectDefinition
	if f.Name == "__typename" {
		return true
	}
	if owner.Name == "Query" {
		life, ok := lives[f.Name]
		if !ok {
			return false
		}
		k.life = min(k.life, life)
		if f.Name == "user" {
			k.users = append(k.users, f)
			return k.set(f.SelectionSet, true)
		}
		return k.set(f.SelectionSet, false)
	}
	subjects, ok := shows[owner.Name]
	if !ok && owner.Kind == ast.Object {
		return false
	}
	if owner.Kind != ast.Object { // the id of a Node
		subjects = []string{identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagClients}
	}
	if !one || owner.Name != "User" {
		for _, subject := range subjects {
			k.subjects[subject] = true
		}
	}
	if owner.Name == "User" && f.Name == "activeSessionCount" {
		k.subjects[identity.CacheTagSessions] = true
	}
	k.local = k.local || owner.Name == "TokenNumbers"
	return k.set(f.SelectionSet, false)
}

// on returns the subjects of an answer with variables: a user who is named by id is one subject, otherwise any user is.
func (k keeping) on(variables map[string]any) []string {
	subjects := slices.Clone(k.subjects)
	for _, f := range k.users {
		by, _ := f.ArgumentMap(variables)["by"].(map[string]any)
		text, _ := by["id"].(string)
		if id, ok := model.KindUser.Parse(text); ok {
			subjects = append(subjects, identity.CacheTagUser(id))
		} else {
			subjects = append(subjects, identity.CacheTagUsers)
		}
	}
	slices.Sort(subjects)
	return slices.Compact(subjects)
}

// keyOf names an answer: what was asked, with which variables, and which scopes of administration the caller has. The
// caller's rights are decided on every request; an answer is only given to who has the same.
func keyOf(doc *document, operation string, variables map[string]any, actor identity.Actor) (string, error) {
	scopes := slices.DeleteFunc(slices.Clone(actor.Scopes), func(scope string) bool { return !identity.IsAdminScope(scope) })
	slices.Sort(scopes)
	text, err := json.Marshal([]any{doc.key[:], operation, variables, scopes})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// unkept is an answer that must not be kept, because it has errors.
type unkept struct {
	resp *graphql.Response
	f    *failure
}

func (*unkept) Error() string { return "the answer has errors" }

// answered executes an operation, or finds what an earlier execution answered.
func (s *server) answered(
	ctx context.Context, doc *document, op *ast.OperationDefinition, variables map[string]any,
	execute func(ctx context.Context) (*graphql.Response, *failure),
) (*graphql.Response, *failure) {
	k := doc.keeping[op]
	if s.responses == nil || k.life == 0 {
		return execute(ctx)
	}
	key, err := keyOf(doc, op.Name, variables, identity.ActorFrom(ctx))
	if err != nil {
		return execute(ctx)
	}
	data, err := s.responses.Get(ctx, key, k.life, k.local, k.on(variables), func(ctx context.Context) ([]byte, error) {
		// Others may wait for this answer when the caller has gone.
		ctx, cancel := context.WithTimeout(ctx, s.limits.Timeout)
		defer cancel()
		resp, f := execute(ctx)
		if f != nil || len(resp.Errors) > 0 || len(resp.Data) == 0 {
			return nil, &unkept{resp, f}
		}
		return resp.Data, nil
	})
	if err == nil {
		return &graphql.Response{Data: data}, nil
	}
	if without := (*unkept)(nil); errors.As(err, &without) {
		return without.resp, without.f
	}
	return nil, s.ended(ctx)
}
