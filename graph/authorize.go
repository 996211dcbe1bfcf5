package graph

import (
	"context"
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// authorize proves who sends the request, before its body is read. Only administrators go on: to anybody else not even
// the names in the schema are told.
func (s *server) authorize(r *http.Request) (context.Context, *failure) {
	presented, err := bearer.FromHeader(r)
	if errors.Is(err, bearer.ErrMissing) {
		f := refuse(http.StatusUnauthorized, codeUnauthenticated, "Send an access token in the header Authorization.")
		f.challenge = bearer.Challenge{}.String()
		return nil, f
	}
	if err != nil {
		return nil, badToken()
	}
	ctx := r.Context()
	caller, err := s.domain.Tokens.Authenticate(ctx, presented, identity.AuthlyAudience)
	if err != nil {
		e := identity.AsError(err)
		if e.Kind == identity.Unauthenticated {
			return nil, refusedToken(err)
		}
		f := &failure{status: statuses[e.Kind], retryAfter: e.RetryAfter}
		f.errors = append(f.errors, s.present(ctx, err))
		return nil, f
	}
	actor := caller.Actor(identity.ActorFrom(ctx))
	if !actor.Admin {
		return nil, refuse(http.StatusForbidden, codeForbidden, "Only administrators may use this API.")
	}
	return identity.WithActor(ctx, actor), nil
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
