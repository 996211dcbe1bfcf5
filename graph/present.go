package graph

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// introspectionRefused reports whether an error is gqlgen's for an operation with DisableIntrospection. That has no type
// of its own, but the two fields cannot fail otherwise.
func introspectionRefused(ctx context.Context) bool {
	fc := graphql.GetFieldContext(ctx)
	return fc != nil && (fc.Field.Name == "__schema" || fc.Field.Name == "__type") && graphql.GetOperationContext(ctx).DisableIntrospection
}

// present turns any error of a resolver into what the caller may see, and logs what it hides.
func (s *server) present(ctx context.Context, err error) *gqlerror.Error {
	out := &gqlerror.Error{}
	if located := (*gqlerror.Error)(nil); errors.As(err, &located) {
		out.Path, out.Locations = located.Path, located.Locations
	} else if graphql.GetFieldContext(ctx) != nil {
		out.Path = graphql.GetPath(ctx)
	}
	if introspectionRefused(ctx) {
		out.Message = "The token lacks a scope that introspection needs."
		out.Extensions = map[string]any{"code": codeForbidden, "requiredScopes": introspectionScopes}
		return out
	}
	if errors.Is(err, context.DeadlineExceeded) {
		out.Message, out.Extensions = "The request took too long.", map[string]any{"code": codeDeadline}
		return out
	}
	e := identity.AsError(err)
	if errors.Is(err, context.Canceled) {
		e = identity.ErrUnavailable // the caller has gone, or the server is stopping
	}
	out.Err = e
	out.Message, out.Extensions = e.MessageAbout(strings.Join(fieldPath(e.Field), ".")), map[string]any{"code": wireCode(e)}
	switch e.Kind {
	case identity.Internal:
		out.Message = identity.ErrInternal.Detail
		s.log.ErrorContext(ctx, "graphql fault", "error", err.Error(), "path", out.Path.String(),
			"request_id", identity.RequestID(ctx), "stack", stackOf(err))
	case identity.Unavailable:
		s.log.ErrorContext(ctx, "graphql unavailable", "error", err.Error(), "path", out.Path.String(),
			"request_id", identity.RequestID(ctx))
	default:
		if e.Field != "" {
			out.Extensions["field"] = strings.Join(fieldPath(e.Field), ".")
		}
	}
	return out
}

// panicked is the error that a panic becomes.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func stackOf(err error) string {
	if p := (*panicked)(nil); errors.As(err, &p) {
		return string(p.stack)
	}
	return ""
}

// recovered is gqlgen's hook for a panic in a resolver; present logs it.
func recovered(_ context.Context, value any) error {
	return &panicked{value: value, stack: debug.Stack()}
}

// fieldPath spells a field of the domain ("address.postal_code", "redirect_uris[2]") as in the schema.
func fieldPath(field string) []string {
	path := strings.Split(strings.ReplaceAll(strings.ReplaceAll(field, "[", "."), "]", ""), ".")
	for i, name := range path {
		path[i] = model.CamelCase(name)
	}
	return path
}
