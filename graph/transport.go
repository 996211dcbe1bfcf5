package graph

import (
	"context"
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// ServeHTTP is GraphQL over HTTP. gqlgen's own transports cannot send the statuses that the specification's audits
// want, and repeat malformed bodies, which may hold passwords, in their responses.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	media, acceptable := negotiate(r.Header.Values("Accept"))
	res := &response{s: s, w: w, r: r, media: media, streams: parameters.Accepts(r, mediaEventStream)}
	if !acceptable && res.streams {
		res.media, acceptable = mediaEventStream, true
	}
	defer func() {
		if value := recover(); value != nil {
			if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(value)
			}
			e := s.present(r.Context(), recovered(r.Context(), value))
			res.fail(&failure{status: http.StatusInternalServerError, errors: gqlerror.List{e}})
		}
	}()
	if f := checkHTTP(r); f != nil {
		res.fail(f)
		return
	}
	if !acceptable {
		res.fail(refuse(http.StatusNotAcceptable, codeNotAcceptable, "Accept %s or %s, or for a subscription %s.",
			mediaGraphQL, mediaJSON, mediaEventStream))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Timeout)
	defer cancel()
	ctx, f := s.authorize(r.WithContext(ctx))
	res.actor = identity.ActorFrom(ctx)
	if f != nil {
		res.fail(f)
		return
	}
	req, f := s.read(w, r)
	if f != nil {
		res.fail(f)
		return
	}
	c, f := s.check(ctx, res, req)
	if f != nil {
		res.fail(f)
		return
	}
	if c.op.Operation == ast.Subscription {
		s.subscribe(r.WithContext(identity.WithActor(r.Context(), identity.ActorFrom(ctx))), res, c)
		return
	}
	result, f := s.run(ctx, res, c)
	if f != nil {
		res.fail(f)
		return
	}
	res.execution(result)
}
