package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

func pageArgs(first *int, after *string, last *int, before *string) admin.PageArgs {
	args := admin.PageArgs{First: first, Last: last}
	if after != nil {
		args.After = *after
	}
	if before != nil {
		args.Before = *before
	}
	return args
}

// totalCount is the length of the page when that is the whole list, and else what count says.
func totalCount(whole bool, length int, count func() (admin.Count, error)) (*model.Count, error) {
	if whole {
		return &model.Count{Value: length, Precision: model.CountPrecisionExact}, nil
	}
	c, err := count()
	if err != nil {
		return nil, err
	}
	return showCount(c), nil
}

// showCount shows a count.
func showCount(c admin.Count) *model.Count {
	if c.AtLeast {
		return &model.Count{Value: c.Value, Precision: model.CountPrecisionAtLeast}
	}
	return &model.Count{Value: c.Value, Precision: model.CountPrecisionExact}
}
