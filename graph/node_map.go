package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
)

// nodes finds the objects of global ids, in their order. An id of no kind or of nothing is nil, never an error.
func (r *Resolver) nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	var userIDs []uuid.UUID
	places := map[int]int{} // place in ids → place in userIDs
	for i, id := range ids {
		if parsed, ok := model.KindUser.Parse(id); ok {
			places[i] = len(userIDs)
			userIDs = append(userIDs, parsed)
		}
	}
	users, errs := loadersFrom(ctx).users.LoadMany(ctx, userIDs)()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	out := make([]model.Node, len(ids))
	var shown []*model.User
	for i := range ids {
		place, ok := places[i]
		if !ok || users[place] == nil {
			continue
		}
		user := model.NewUser(*users[place], r.domain.Source.Now())
		out[i], shown = user, append(shown, user)
	}
	if len(shown) > 0 && graphql.FieldRequested(ctx, "activeSessionCount") {
		r.addSessionCounts(ctx, shown)
	}
	return out, nil
}
