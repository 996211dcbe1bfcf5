package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func pageArgs(first *int, after *string, last *int, before *string) identity.PageArgs {
	args := identity.PageArgs{First: first, Last: last}
	if after != nil {
		args.After = *after
	}
	if before != nil {
		args.Before = *before
	}
	return args
}

func countOf(c identity.Count) *model.Count {
	if c.AtLeast {
		return &model.Count{Value: c.Value, Precision: model.CountPrecisionAtLeast}
	}
	return &model.Count{Value: c.Value, Precision: model.CountPrecisionExact}
}
