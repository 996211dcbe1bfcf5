package graph

import (
	"context"
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// authorize proves who sends the request, before its body is read. Only administrators go on: to anybody else not even
// the names in the schema are told. The context says who it is also when they are refused, as far as that is proven.
func (s *server) authorize(r *http.Request) (context.Context, *failure) {
	ctx := r.Context()
	presented, err := bearer.FromHeader(r)
	if errors.Is(err, bearer.ErrMissing) {
		f := refuse(http.StatusUnauthorized, codeUnauthenticated, "Send an access token in the header Authorization.")
		f.challenge = bearer.Challenge{}.String()
		return ctx, f
	}
	if err != nil {
		return ctx, badToken()
	}
	caller, err := s.domain.Tokens.Authenticate(ctx, presented, identity.AuthlyAudience)
	if err != nil {
		e := identity.AsError(err)
		if e.Kind == identity.Unauthenticated {
			return ctx, refusedToken(err)
		}
		f := &failure{status: statuses[e.Kind], retryAfter: e.RetryAfter}
		f.errors = append(f.errors, s.present(ctx, err))
		return ctx, f
	}
	actor := caller.Actor(identity.ActorFrom(ctx))
	ctx = identity.WithActor(ctx, actor)
	if !actor.Admin {
		return ctx, refuse(http.StatusForbidden, codeForbidden, "Only administrators may use this API.")
	}
	return ctx, nil
}

// refusedToken tells a token that has expired, for which there will be another, from one that is over.
func refusedToken(err error) *failure {
	f := badToken()
	if errors.Is(err, identity.ErrTokenExpired) {
		f.errors = refuse(f.status, codeExpiredToken, "The access token has expired.").errors
	}
	return f
}

func badToken() *failure {
	f := refuse(http.StatusUnauthorized, codeBadToken, "%s", identity.ErrInvalidToken.Detail)
	f.challenge = bearer.InvalidToken("").String()
	return f
}
