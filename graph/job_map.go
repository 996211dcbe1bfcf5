package graph

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func jobList(filter *model.JobFilter, order model.JobOrder) admin.TransferList {
	list := admin.TransferList{Ascending: order.Direction == model.SortDirectionAsc}
	if filter == nil {
		return list
	}
	if state := filter.State.Value(); state != nil {
		list.Filter.State = identity.TransferState(strings.ToLower(string(*state)))
	}
	if kind := filter.Kind.Value(); kind != nil {
		list.Filter.Kind = keyOf(model.JobKinds, *kind)
	}
	return list
}

// downloadLink returns where the file of a job is, if it has one that the caller may have.
func (r *Resolver) downloadLink(ctx context.Context, job *model.Job) (*admin.SignedLink, error) {
	return job.Link(func() (*admin.SignedLink, error) { return r.admin.Transfers.DownloadLink(ctx, job.Transfer) })
}

// keyOf returns the key of a value that a map has once.
func keyOf[K, V comparable](m map[K]V, value V) K {
	var found K
	for key, v := range m {
		if v == value {
			found = key
		}
	}
	return found
}

// moveJob moves a job by its id.
func moveJob(
	ctx context.Context, id string, move func(ctx context.Context, id uuid.UUID) (identity.Transfer, error),
) (*model.Job, []model.UserError, error) {
	parsed, err := parseID(model.KindJob, id)
	var job identity.Transfer
	if err == nil {
		job, err = move(ctx, parsed)
	}
	if err != nil {
		problems, err := userErrors(err, id)
		return nil, problems, err
	}
	return model.NewJobs([]identity.Transfer{job})[0], noErrors(), nil
}
