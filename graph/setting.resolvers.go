package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
)

func (r *queryResolver) Settings(ctx context.Context) ([]*model.Setting, error) {
	list, err := r.admin.Settings.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewSettings(list), nil
}
