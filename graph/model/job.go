package model

import (
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Job is the type Job.
type Job struct {
	identity.Transfer
	Batch *Batch[uuid.UUID] // ids of the jobs that came together with this one

	asked sync.Once
	link  *admin.SignedLink
	fault error
}

// NewJobs shows jobs that came together.
func NewJobs(list []identity.Transfer) []*Job {
	ids := make([]uuid.UUID, len(list))
	for i, t := range list {
		ids[i] = t.ID
	}
	batch := NewBatch(ids)
	out := make([]*Job, len(list))
	for i, t := range list {
		out[i] = &Job{Transfer: t, Batch: batch}
	}
	return out
}

// Link returns where the file of the job is, which ask tells: the same link for each of its fields.
func (j *Job) Link(ask func() (*admin.SignedLink, error)) (*admin.SignedLink, error) {
	j.asked.Do(func() { j.link, j.fault = ask() })
	return j.link, j.fault
}

// JobKinds are the kinds by their names in the domain.
var JobKinds = map[identity.TransferKind]JobKind{
	identity.TransferUserImport: JobKindUserImport, identity.TransferUserExport: JobKindUserExport,
	identity.TransferAuditExport: JobKindAuditExport, identity.TransferUserData: JobKindUserDataExport,
	identity.TransferReseal: JobKindReseal,
}

// IsNode marks the type as a Node.
func (*Job) IsNode() {}

// IsAuditTarget marks what an event can be about.
func (*Job) IsAuditTarget() {}

// ID is the field id.
func (j *Job) ID() string { return KindJob.ID(j.Transfer.ID) }

// Kind is the field kind.
func (j *Job) Kind() JobKind { return JobKinds[j.Transfer.Kind] }

// State is the field state.
func (j *Job) State() JobState { return JobState(strings.ToUpper(string(j.Transfer.State))) }

// CreatedBy is the field createdBy.
func (j *Job) CreatedBy() string { return j.Actor.Name }

// Progress is the field progress.
func (j *Job) Progress() int { return admin.TransferProgress(j.Transfer) }

// Counts is the field counts.
func (j *Job) Counts() *JobCounts {
	c := j.Transfer.Counts
	return &JobCounts{Processed: c.Processed, Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Failed: c.Failed}
}

// Error is the field error.
func (j *Job) Error() *string { return optional(&j.Transfer.Error) }

// NewJobFailures shows refused rows of many jobs.
func NewJobFailures(failures map[uuid.UUID][]identity.TransferFailure) map[uuid.UUID][]*JobFailure {
	out := make(map[uuid.UUID][]*JobFailure, len(failures))
	for id, list := range failures {
		for _, f := range list {
			out[id] = append(out[id], &JobFailure{Number: f.Number, Line: f.Line, Field: optional(&f.Field), Message: f.Detail})
		}
	}
	return out
}

// JobConnection is the type JobConnection.
type JobConnection struct {
	listPage[Job]
	List admin.TransferList
}

// NewJobConnection shows one page of jobs.
func NewJobConnection(list admin.TransferList, args admin.PageArgs, page admin.Page[identity.Transfer]) *JobConnection {
	return &JobConnection{List: list, listPage: newListPage(args, page, NewJobs(page.Items()))}
}

// Edges is the field edges.
func (c *JobConnection) Edges() []*JobEdge {
	return edgesOf(c.listPage, func(cursor string, node *Job) *JobEdge { return &JobEdge{Cursor: cursor, Node: node} })
}
