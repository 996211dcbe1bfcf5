package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// bulk runs an operation on many users and shows what happened to each. Ids of another kind are refused one by one.
// After a fault in the middle, what was done before is shown beside the error: it stays done.
func bulk(
	ctx context.Context, ids []string, run func(ids []uuid.UUID) ([]admin.BulkOutcome, error),
) (*model.BulkUsersPayload, error) {
	var parsed []uuid.UUID
	for _, id := range ids {
		if user, ok := model.KindUser.Parse(id); ok {
			parsed = append(parsed, user)
		}
	}
	var outcomes []admin.BulkOutcome
	if len(parsed) > 0 || len(ids) == 0 {
		var err error
		outcomes, err = run(parsed)
		if err != nil && len(outcomes) == 0 {
			problems, err := userErrors(err, "")
			return refusedBulk(problems), err
		}
		if err != nil {
			graphql.AddError(ctx, err)
		}
	}
	payload := &model.BulkUsersPayload{Results: []*model.BulkUserResult{}, UserErrors: noErrors()}
	for _, id := range ids {
		outcome := admin.BulkOutcome{Err: identity.ErrUserNotFound}
		if _, ok := model.KindUser.Parse(id); ok {
			if len(outcomes) == 0 {
				break // not done: the operation ended before
			}
			outcome, outcomes = outcomes[0], outcomes[1:]
		}
		payload.Results = append(payload.Results, bulkResult(payload, id, outcome))
	}
	return payload, nil
}

// bulkResult shows what happened to one user and counts it.
func bulkResult(payload *model.BulkUsersPayload, id string, outcome admin.BulkOutcome) *model.BulkUserResult {
	result := &model.BulkUserResult{
		ID: id, Changed: outcome.Changed, TemporaryPassword: secretOrNull(outcome.Temporary),
		TemporaryPasswordExpiresAt: outcome.ExpiresAt, UserErrors: noErrors(),
	}
	switch {
	case outcome.Err != nil:
		payload.Refused++
		problems, err := userErrors(outcome.Err, id, "ids")
		if err != nil && outcome.Err.Code == identity.CodeInsufficientScope { // for this user; the others are not refused
			problems = []model.UserError{&model.InvalidInput{
				Code: codes[outcome.Err.Code], Message: outcome.Err.Detail, Path: []string{"input", "ids"},
			}}
		}
		if problems != nil {
			result.UserErrors = problems
		}
	case outcome.Changed:
		payload.Changed++
	default:
		payload.Unchanged++
	}
	return result
}

// refusedBulk returns a bulk operation that did nothing.
func refusedBulk(problems []model.UserError) *model.BulkUsersPayload {
	return &model.BulkUsersPayload{Results: []*model.BulkUserResult{}, UserErrors: problems}
}
