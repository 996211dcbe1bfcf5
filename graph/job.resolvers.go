package graph

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *jobResolver) DownloadURL(ctx context.Context, obj *model.Job) (*string, error) {
	link, err := r.downloadLink(ctx, obj)
	if link == nil {
		return nil, err
	}
	return &link.URL, nil
}

func (r *jobResolver) DownloadURLExpiresAt(ctx context.Context, obj *model.Job) (*time.Time, error) {
	link, err := r.downloadLink(ctx, obj)
	if link == nil {
		return nil, err
	}
	return &link.ExpiresAt, nil
}

func (r *jobResolver) Failures(ctx context.Context, obj *model.Job, first int, after int) ([]*model.JobFailure, error) {
	failures, err := model.Load(obj.Batch, [2]int{first, after}, func(ids []uuid.UUID) (map[uuid.UUID][]*model.JobFailure, error) {
		found, err := r.admin.Transfers.Failures(ctx, ids, after, first)
		return model.NewJobFailures(found), err
	})
	if list := failures[obj.Transfer.ID]; err != nil || list != nil {
		return list, err
	}
	return []*model.JobFailure{}, nil
}

func (r *jobConnectionResolver) TotalCount(ctx context.Context, obj *model.JobConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Transfers.Count(ctx, obj.List) })
}

func (r *mutationResolver) ImportUsers(ctx context.Context, input model.ImportUsersInput) (*model.ImportUsersPayload, error) {
	job, err := r.admin.Transfers.ImportUsers(ctx, admin.ImportUsers{
		Format: admin.ImportFormat(input.Format), Mode: admin.ImportMode(input.Mode), DryRun: input.DryRun,
	})
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.ImportUsersPayload{UserErrors: problems}, err
	}
	payload := &model.ImportUsersPayload{Job: model.NewJobs([]identity.Transfer{job})[0], UserErrors: noErrors()}
	link, err := r.admin.Transfers.UploadLink(ctx, job)
	if link != nil {
		payload.UploadURL, payload.UploadURLExpiresAt = &link.URL, &link.ExpiresAt
	}
	return payload, err
}

func (r *mutationResolver) ExportUsers(ctx context.Context, input model.ExportUsersInput) (*model.ExportUsersPayload, error) {
	want := admin.ExportUsers{
		Format: admin.ExportFormat(input.Format), Fields: input.Fields.Value(), PasswordHashes: input.PasswordHashes,
	}
	if filter := input.Filter.Value(); filter != nil {
		want.Filter = userFilter(filter)
	}
	job, err := r.admin.Transfers.ExportUsers(ctx, want)
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.ExportUsersPayload{UserErrors: problems}, err
	}
	return &model.ExportUsersPayload{Job: model.NewJobs([]identity.Transfer{job})[0], UserErrors: noErrors()}, nil
}

func (r *mutationResolver) PauseJob(ctx context.Context, input model.PauseJobInput) (*model.PauseJobPayload, error) {
	job, problems, err := moveJob(ctx, input.ID, r.admin.Transfers.Pause)
	return &model.PauseJobPayload{Job: job, UserErrors: problems}, err
}

func (r *mutationResolver) ResumeJob(ctx context.Context, input model.ResumeJobInput) (*model.ResumeJobPayload, error) {
	job, problems, err := moveJob(ctx, input.ID, r.admin.Transfers.Continue)
	return &model.ResumeJobPayload{Job: job, UserErrors: problems}, err
}

func (r *mutationResolver) CancelJob(ctx context.Context, input model.CancelJobInput) (*model.CancelJobPayload, error) {
	job, problems, err := moveJob(ctx, input.ID, r.admin.Transfers.Cancel)
	return &model.CancelJobPayload{Job: job, UserErrors: problems}, err
}

func (r *queryResolver) Job(ctx context.Context, id string) (*model.Job, error) {
	parsed, ok := model.KindJob.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no job
	}
	job, err := r.admin.Transfers.Get(ctx, parsed)
	if errors.Is(err, identity.ErrJobNotFound) {
		return nil, nil // null stands for what does not exist
	}
	if err != nil {
		return nil, err
	}
	return model.NewJobs([]identity.Transfer{job})[0], nil
}

func (r *queryResolver) Jobs(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.JobFilter, orderBy model.JobOrder) (*model.JobConnection, error) {
	list := jobList(filter, orderBy)
	args := pageArgs(first, after, last, before)
	page, err := r.admin.Transfers.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewJobConnection(list, args, page), nil
}

func (r *Resolver) Job() generated.JobResolver { return &jobResolver{r} }

func (r *Resolver) JobConnection() generated.JobConnectionResolver { return &jobConnectionResolver{r} }

type (
	jobResolver           struct{ *Resolver }
	jobConnectionResolver struct{ *Resolver }
)
