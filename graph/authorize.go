package graph

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// authorize proves who sends the request, before its body is read. Only administrators go on: to anybody else not even
// the names in the schema are told. The context says who it is also when they are refused, as far as that is proven.
func (s *server) authorize(r *http.Request) (context.Context, *failure) {
	caller, f := s.authenticate(r.Context(), r, s.domain.Tokens.Authenticate)
	if f != nil {
		return r.Context(), f
	}
	actor := caller.Actor(identity.ActorFrom(r.Context()))
	return identity.WithActor(r.Context(), actor), checkAdmin(actor)
}

func checkAdmin(actor identity.Actor) *failure {
	if actor.Admin {
		return nil
	}
	return refuse(http.StatusForbidden, codeForbidden, "Only administrators may use this API.")
}

// tokenCheck is Authenticate of identity.Tokens, or AuthenticateAgain for a request that goes on.
type tokenCheck func(context.Context, identity.PresentedToken, identity.AudienceRule) (identity.Bearer, error)

// authenticate checks the token of a request.
func (s *server) authenticate(ctx context.Context, r *http.Request, check tokenCheck) (identity.Bearer, *failure) {
	presented, err := bearer.FromHeader(r)
	session := ""
	if errors.Is(err, bearer.ErrMissing) {
		if session = s.console(r); session != "" {
			presented, err = identity.PresentedToken{Scheme: identity.SchemeBearer, Token: session}, nil
		}
	}
	if errors.Is(err, bearer.ErrMissing) {
		f := refuse(http.StatusUnauthorized, codeUnauthenticated, "Send an access token in the header Authorization.")
		f.challenge = &bearer.Challenge{}
		return identity.Bearer{}, f
	}
	if identity.OfProof(err) {
		return identity.Bearer{}, s.badProof(err)
	}
	if err != nil {
		return identity.Bearer{}, badToken()
	}
	caller, err := check(ctx, presented, identity.AuthlyAudience)
	if err == nil {
		if (session != "") != (caller.Client.ClientID == identity.ConsoleClientID) {
			return identity.Bearer{}, badToken() // a cookie is a session of the console, and a token in the header is none
		}
		return caller, nil
	}
	e := identity.AsError(err)
	if identity.OfProof(err) {
		return identity.Bearer{}, s.badProof(err)
	}
	if e.Kind == identity.Unauthenticated {
		return identity.Bearer{}, refusedToken(err)
	}
	f := &failure{status: statuses[e.Kind], retryAfter: e.RetryAfter}
	f.errors = append(f.errors, s.present(ctx, err))
	return identity.Bearer{}, f
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
	challenge := bearer.InvalidToken("")
	f.challenge = &challenge
	return f
}

// badProof refuses a proof of possession of the key that a token is bound to (RFC 9449 §7.1).
func (s *server) badProof(err error) *failure {
	challenge := bearer.RefusedProof("", err)
	f := refuse(http.StatusUnauthorized, codeBadToken, "%s", challenge.Description)
	f.errors[0].Err = err
	f.challenge, f.nonce = &challenge, s.domain.Proofs.Nonce()
	return f
}

// checkSignIn refuses a change by somebody whose sign-in is not what the operator demands of it (RFC 9470 §3). The response says so in
// the extensions too, because scripts of other origins read those more easily than a challenge. A browser may be left open: in a
// session of the console what is dangerous needs a sign-in of a moment ago.
func (s *server) checkSignIn(
	r *http.Request, actor identity.Actor, op *ast.OperationDefinition, fields []requirement,
) *failure {
	demand := s.domain.Settings.Get().AdminSignIn
	if actor.Console && slices.ContainsFunc(fields, func(n requirement) bool { return n.stepUp }) {
		demand = demand.Within(identity.ConsoleStepUpAge)
	}
	if op.Operation != ast.Mutation || demand.MetBy(actor, s.domain.Source.Now()) {
		return nil
	}
	challenge := bearer.InsufficientAuthentication(bearer.SchemeOf(r), demand)
	f := refuse(http.StatusUnauthorized, codeSignIn, "%s", challenge.Description)
	f.challenge = &challenge
	if demand.Class != "" {
		f.errors[0].Extensions["acrValues"] = demand.Class
	}
	if demand.MaxAge > 0 {
		f.errors[0].Extensions["maxAge"] = seconds(demand.MaxAge)
	}
	return f
}
