package graph

import (
	"context"
	"net/http"

	"github.com/authly/authly/identity"
)

// authorize proves who sends the request, before its body is read. Only administrators go on: to anybody else not even
// the names in the schema are told.
func (s *server) authorize(r *http.Request) (context.Context, *failure) {
	headers := r.Header.Values("Authorization")
	if len(headers) == 0 {
		f := refuse(http.StatusUnauthorized, codeUnauthenticated, "Send an access token in the header Authorization.")
		f.challenge = "Bearer"
		return nil, f
	}
	token, ok := identity.ParseBearer(headers[0])
	if !ok || len(headers) > 1 {
		return nil, badToken()
	}
	ctx := r.Context()
	bearer, err := s.domain.Tokens.AuthenticateForAuthly(ctx, token)
	if err != nil {
		e := identity.AsError(err)
		if e.Kind == identity.Unauthenticated {
			return nil, badToken()
		}
		f := &failure{status: statuses[e.Kind], retryAfter: e.RetryAfter}
		f.errors = append(f.errors, s.present(ctx, err))
		return nil, f
	}
	actor := bearer.Actor(identity.ActorFrom(ctx))
	if !actor.Admin {
		return nil, refuse(http.StatusForbidden, codeForbidden, "Only administrators may use this API.")
	}
	return identity.WithActor(ctx, actor), nil
}

func badToken() *failure {
	f := refuse(http.StatusUnauthorized, codeBadToken, "%s", identity.ErrInvalidToken.Detail)
	// RFC 6750 §3.1
	f.challenge = `Bearer error="invalid_token", error_description="` + identity.ErrInvalidToken.Detail + `"`
	return f
}
