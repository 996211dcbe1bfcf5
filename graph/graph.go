package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Config is what the admin API stands on.
type Config struct {
	Domain             *identity.Domain
	Admin              *admin.Services
	Logger             *slog.Logger
	Limits             Limits        // the zero value means DefaultLimits
	AllowIntrospection bool          // every administrator may introspect; otherwise admin:schema:read is needed
	Budget             Budget        // nil: one of this process
	Responses          ResponseCache // nil caches nothing
	// Console returns the token of the session of the admin console that a request is of; empty when it is of none. nil: there is none.
	Console  func(r *http.Request) string
	Stopping <-chan struct{} // closed when the server stops: subscriptions end, so that it need not wait for them
}

// server serves the admin API.
type server struct {
	domain             *identity.Domain
	log                *slog.Logger
	limits             Limits
	allowIntrospection bool
	budget             Budget
	responses          ResponseCache
	schema             *ast.Schema
	rules              *rules.Rules
	prices             map[*ast.FieldDefinition]price
	controls           cacheControls
	documents          *lru.LRU[*document] // by their text
	executor           *executor.Executor
	resolver           *Resolver
	streams            *streams
	frames             *frames
	console            func(r *http.Request) string
	stopping           <-chan struct{}
	timer              func(time.Duration) (<-chan time.Time, func() bool)
}

// New makes the handler of /graphql. It expects that middleware has put an anonymous actor with request id and client
// address into the context.
func New(c Config) http.Handler {
	if c.Limits == (Limits{}) {
		c.Limits = DefaultLimits()
	}
	if c.Console == nil {
		c.Console = func(*http.Request) string { return "" }
	}
	if c.Budget == nil {
		c.Budget = NewBudget(c.Limits.BucketSize, c.Limits.BucketRestore, c.Domain.Source.Now)
	}
	resolver := &Resolver{domain: c.Domain, admin: c.Admin}
	executable := generated.NewExecutableSchema(generated.Config{
		Resolvers:  resolver,
		Directives: generated.DirectiveRoot{HasScope: hasScope},
	})
	schema := executable.Schema()
	s := &server{
		domain: c.Domain, log: c.Logger, limits: c.Limits, allowIntrospection: c.AllowIntrospection, budget: c.Budget, responses: c.Responses,
		schema: schema, rules: rulesWithoutSuggestions(), prices: priceList(schema), controls: cacheControlsOf(schema),
		documents: lru.New[*document](c.Limits.Documents), executor: executor.New(executable), resolver: resolver,
		streams: &streams{limits: c.Limits, callers: map[string]int{}}, frames: newFrames(c.Domain.Source.Now),
		console: c.Console, stopping: c.Stopping, timer: newTimer,
	}
	s.executor.SetErrorPresenter(s.present)
	s.executor.SetRecoverFunc(recovered)
	return s
}

// newTimer is the timer of streams; tests have another.
func newTimer(d time.Duration) (fires <-chan time.Time, stop func() bool) {
	timer := time.NewTimer(d)
	return timer.C, timer.Stop
}

// call is an operation that has passed every guard.
type call struct {
	request

	doc       *document
	op        *ast.OperationDefinition
	variables map[string]any
	cost      int
	key       string // of the header Idempotency-Key
}

// check takes an authorized request through every guard. res learns the cost on the way.
//
// The rights to the root fields are checked as soon as the document has been parsed, before its structure and validity,
// so that a caller without them learns nothing about the schema; size, characters and tokens come before, because they
// bound the parser itself.
func (s *server) check(ctx context.Context, res *response, req request) (*call, *failure) {
	doc := s.prepare(ctx, req.query)
	if doc.ast == nil {
		return nil, &failure{status: documentFault, errors: doc.failures}
	}
	op := doc.ast.Operations.ForName(req.operationName)
	actor := identity.ActorFrom(ctx)
	if op != nil {
		if f := res.fits(op); f != nil {
			return nil, f
		}
		if f := checkScopes(actor, doc.requirements[op]); f != nil {
			return nil, f
		}
		if f := s.checkSignIn(res.r, actor, op, doc.requirements[op]); f != nil {
			return nil, f
		}
	}
	if len(doc.failures) > 0 {
		return nil, &failure{status: documentFault, errors: doc.failures}
	}
	if op == nil {
		return nil, refuse(documentFault, codeValidation, "The document has no operation of that name; name one of several.")
	}
	res.op = op
	variables, f := s.coerce(op, req.variables)
	if f != nil {
		return nil, f
	}
	if f := s.checkInputs(doc.ast, op, variables); f != nil {
		return nil, f
	}
	c := &call{request: req, doc: doc, op: op, variables: variables, cost: s.cost(doc.ast, op, variables)}
	if f := s.charge(ctx, res, actor, c.cost); f != nil {
		return nil, f
	}
	c.key, f = idempotencyHeader(res.r, op)
	return c, f
}

// run executes a query or a mutation.
func (s *server) run(ctx context.Context, res *response, c *call) (*graphql.Response, *failure) {
	if isBulk(c.op) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), s.limits.BulkTimeout)
		defer cancel()
	}
	opCtx := c.operation()
	if c.op.Operation == ast.Mutation {
		opCtx.ResolverMiddleware = res.noteUserErrors(res.idempotent(c.key))
	}
	opCtx.DisableIntrospection = !s.mayIntrospect(identity.ActorFrom(ctx))
	return s.cached(ctx, c.doc, c.op, c.variables, func(ctx context.Context) (*graphql.Response, *failure) {
		return s.execute(ctx, opCtx)
	})
}

// operation returns what the executor works on. It adds no middleware around fields: that would cost a closure for
// each.
func (c *call) operation() *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery: c.query, OperationName: c.operationName, Variables: c.variables, Doc: c.doc.ast, Operation: c.op,
		RecoverFunc: recovered,
		ResolverMiddleware: func(ctx context.Context, next graphql.Resolver) (any, error) {
			return next(ctx)
		},
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
			return next(ctx)
		},
	}
}

// isBulk reports whether an operation has a field with the directive @bulk. It may take longer, and goes on when the
// caller has gone: half of it would be the worst outcome.
func isBulk(op *ast.OperationDefinition) bool {
	return op.Operation == ast.Mutation && selectsBulk(op.SelectionSet)
}

func selectsBulk(set ast.SelectionSet) bool {
	return slices.ContainsFunc(set, func(selection ast.Selection) bool {
		switch sel := selection.(type) {
		case *ast.Field:
			return sel.Definition.Directives.ForName("bulk") != nil
		case *ast.InlineFragment:
			return selectsBulk(sel.SelectionSet)
		case *ast.FragmentSpread:
			return selectsBulk(sel.Definition.SelectionSet)
		}
		return false
	})
}

// charge takes the cost of an operation out of the caller's bucket.
func (s *server) charge(ctx context.Context, res *response, actor identity.Actor, cost int) *failure {
	if cost > s.limits.Cost {
		e := newError(codeCostLimit, "The operation costs %d points; at most %d are allowed. Ask for smaller pages.",
			cost, s.limits.Cost)
		e.Extensions["cost"], e.Extensions["max"] = cost, s.limits.Cost
		return &failure{status: documentFault, errors: gqlerror.List{e}}
	}
	balance := s.budget.Spend(ctx, payer(actor), cost)
	res.cost = &costReport{requested: cost, available: balance.Available}
	if balance.OK {
		return nil
	}
	f := refuse(http.StatusTooManyRequests, codeRateLimit, "Too many points were spent; wait %d seconds.",
		seconds(balance.RetryAfter))
	f.retryAfter = balance.RetryAfter
	return f
}

// payer names the bucket of a caller: a user has one with each client.
func payer(actor identity.Actor) string {
	id := actor.UserID
	if actor.Kind == identity.ActorClient {
		id = actor.ClientID
	}
	return id.String() + actor.ClientID.String()
}

// execute runs a checked operation with loaders of its own.
func (s *server) execute(ctx context.Context, op *graphql.OperationContext) (*graphql.Response, *failure) {
	handler, ctx := s.executor.DispatchOperation(withLoaders(ctx, s.resolver), op)
	if resp := handler(ctx); resp != nil {
		return resp, nil
	}
	return nil, s.ended(ctx)
}

// ended returns the failure of a request whose context has ended before there was a response: the executor returns none
// then.
func (s *server) ended(ctx context.Context) *failure {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return refuse(http.StatusGatewayTimeout, codeDeadline, "The request took too long.")
	}
	return refuse(http.StatusServiceUnavailable, codeUnavailable, "%s", identity.ErrUnavailable.Detail)
}
