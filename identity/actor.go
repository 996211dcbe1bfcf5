package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ActorKind says on whose behalf something is done.
type ActorKind string

// The kinds of actor.
const (
	ActorAnonymous ActorKind = "anonymous" // nobody has been identified yet
	ActorUser      ActorKind = "user"      // a signed-in person or an administrator
	ActorClient    ActorKind = "client"    // a client on its own behalf (client credentials)
	ActorSystem    ActorKind = "system"    // the operator at the command line, or a job of the server
)

// Actor is who performs a request, and from where.
type Actor struct {
	Kind      ActorKind
	UserID    uuid.UUID              // when Kind is ActorUser
	ClientID  uuid.UUID              // the client whose token was presented; zero for a browser session
	Name      string                 // username or client_id, for the audit trail
	Admin     bool                   // the user is an administrator or one by roles, or the client is a service administrator
	Delegated bool                   // the user is one by roles only
	Scopes    []string               // scopes of the presented token
	Limits    map[string][]uuid.UUID // of those of the scopes that reach only users in these groups or below
	GrantID   uuid.UUID
	Class     string    // of the sign-in behind the presented token, when Kind is ActorUser (OIDC Core §2, acr)
	AuthTime  time.Time // of that sign-in
	Console   bool      // in a session of the admin console
	IP        string
	UserAgent string
	RequestID string
}

// Has reports whether the presented token carries the scope.
func (a Actor) Has(scope string) bool { return slices.Contains(a.Scopes, scope) }

// MayAdminister reports whether the actor passes both layers of administration: the administrator flag and the scope, which
// is not limited. The operator at the command line (ActorSystem) always does.
func (a Actor) MayAdminister(scope string) bool {
	return a.MayReach(scope) && !a.Limited(scope)
}

// MayReach is MayAdminister also for who is limited to groups: of those, whoever asks it must ask whom they reach.
func (a Actor) MayReach(scope string) bool {
	return a.Kind == ActorSystem || a.Admin && a.Has(scope)
}

// Limited reports whether a scope that the actor has reaches only the users of some groups.
func (a Actor) Limited(scope string) bool {
	_, limited := a.Limits[scope]
	return limited
}

// SystemActor acts for the operator; name says what part of the program it is ("apply", "bootstrap").
func SystemActor(name string) Actor { return Actor{Kind: ActorSystem, Name: name, Admin: true} }

type actorKey struct{}

// WithActor returns a context that carries the actor of a request.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns the actor of the request; an anonymous one if none was set.
func ActorFrom(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: ActorAnonymous}
}

// throughClient returns the context of a request that a client has led to, unless the actor has come through one already.
func throughClient(ctx context.Context, id uuid.UUID) context.Context {
	a := ActorFrom(ctx)
	if a.ClientID != uuid.Nil || id == uuid.Nil {
		return ctx
	}
	a.ClientID = id
	return WithActor(ctx, a)
}

// RequestID returns the id of the request in the context, or "".
func RequestID(ctx context.Context) string { return ActorFrom(ctx).RequestID }
