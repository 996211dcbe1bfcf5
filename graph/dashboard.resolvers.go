package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
)

func (r *queryResolver) Dashboard(ctx context.Context, days int) (*model.Dashboard, error) {
	d, err := r.admin.Statistics.Dashboard(ctx, days)
	if err != nil {
		return nil, err
	}
	return dashboard(d), nil
}
