package graph

import (
	"cmp"
	"context"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// refusalRules says by extensions.code what a refused request breaks. What is not in it is a fault, which has no rule.
var refusalRules = map[string]identity.RuleID{
	codeBadRequest: identity.RuleGraphQLRequest, codeMethodNotAllowed: identity.RuleGraphQLRequest,
	codeNotAcceptable: identity.RuleGraphQLRequest, codeUnsupportedMedia: identity.RuleGraphQLRequest,
	codeTooLarge: identity.RuleGraphQLLimits, codeDocumentLimit: identity.RuleGraphQLLimits, codeCostLimit: identity.RuleGraphQLLimits,
	codeParse: identity.RuleGraphQLDocument, codeValidation: identity.RuleGraphQLDocument, codeBadInput: identity.RuleGraphQLVariable,
	codeUnauthenticated: identity.RuleTokenPresent, codeBadToken: identity.RuleTokenActive, codeExpiredToken: identity.RuleTokenActive,
	codeForbidden: identity.RuleAdministrator, codeSignIn: identity.RuleAdminSignIn, codeRateLimit: identity.RuleGraphQLBudget,
}

// notedErrors is how many errors of one response are remembered.
const notedErrors = 3

// noteErrors remembers the top-level errors of a response. What a document says may be a secret at the wrong place, so the
// messages about it are left out.
func (res *response) noteErrors(errs gqlerror.List) {
	for _, e := range errs[:min(len(errs), notedErrors)] {
		code, _ := e.Extensions["code"].(string)
		rule, refused := refusalRules[code]
		if !refused {
			continue
		}
		message, expected := e.Message, ""
		switch code {
		case codeBadToken:
			if e.Err != nil {
				violation := identity.ViolationOf(e.Err)
				rule, expected = violation.Rule, violation.Expected
			}
		case codeParse, codeValidation, codeBadInput:
			message = "The document or its variables do not fit the schema; the response says where."
		case codeForbidden:
			if anyOf, ok := e.Extensions["requiredScopes"].([][]string); ok && len(anyOf) > 0 {
				rule, expected = identity.RuleTokenScope, strings.Join(anyOf[0], " ")
			} else if e.Err != nil && identity.AsError(e.Err).Code == identity.CodeInsufficientScope {
				rule = identity.RuleTokenScope
			}
		}
		if code == codeForbidden {
			res.deny(cmp.Or(expected, string(rule)))
		}
		res.note(identity.Refusal{Code: code, Message: message, Violation: identity.Violation{Rule: rule, Expected: expected}})
	}
}

// noteUserErrors returns the middleware of resolvers that remembers the userErrors of mutations.
func (res *response) noteUserErrors(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		result, err := next(ctx, resolve)
		if fc := graphql.GetFieldContext(ctx); err == nil && fc.Object == res.s.schema.Mutation.Name {
			for _, e := range userErrorsOf(result) {
				refusal := refusedInput(e)
				if refusal.Code == string(model.UserErrorCodeInsufficientPrivileges) {
					res.deny(string(identity.RuleTokenScope))
				}
				res.note(refusal)
			}
		}
		return result, err
	}
}

// userErrorsOf returns the first userErrors of a payload. All payloads have the field, but no type in common.
func userErrorsOf(payload any) []model.UserError {
	value := reflect.Indirect(reflect.ValueOf(payload))
	if value.Kind() != reflect.Struct {
		return nil
	}
	field := value.FieldByName("UserErrors")
	if !field.IsValid() {
		return nil
	}
	list, _ := field.Interface().([]model.UserError)
	return list[:min(len(list), notedErrors)]
}

// refusedInput describes a userError. gqlgen gives an interface no getters, so its fields are read by their names.
func refusedInput(e model.UserError) identity.Refusal {
	value := reflect.Indirect(reflect.ValueOf(e))
	refusal := identity.Refusal{
		Code: value.FieldByName("Code").String(), Message: value.FieldByName("Message").String(),
		Violation: identity.Violation{Rule: identity.RuleGraphQLInput},
	}
	if path, ok := value.FieldByName("Path").Interface().([]string); ok && len(path) > 0 {
		refusal.Expected = "At " + strings.Join(path, ".")
	}
	return refusal
}

// deny tells the audit trail that the caller lacks a right. The caller is told all the same when that fails.
func (res *response) deny(reason string) {
	ctx := context.WithoutCancel(res.r.Context()) // who has gone was refused nevertheless
	if err := res.s.domain.Denials.Audit(identity.WithActor(ctx, res.actor), reason); err != nil {
		res.s.log.ErrorContext(ctx, "audit a refusal", "error", err)
	}
}

// note remembers one refusal of the request.
func (res *response) note(r identity.Refusal) {
	r.Endpoint, r.ClientID, r.UserID = identity.EndpointGraphQL, res.actor.ClientID, res.actor.UserID
	if res.op != nil {
		for _, selection := range res.op.SelectionSet {
			if field, ok := selection.(*ast.Field); ok && len(r.Sent) < notedErrors {
				r.Sent = append(r.Sent, identity.NewSentParameter(string(res.op.Operation), field.Name, len(field.Name)))
			}
		}
	}
	res.s.domain.Refusals.Note(res.r.Context(), r)
}
