package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type jobRow struct {
	bun.BaseModel `bun:"table:jobs,alias:j"`

	ID         uuid.UUID       `bun:"id,pk"`
	Kind       string          `bun:"kind"`
	Lane       string          `bun:"lane"`
	Singleton  *string         `bun:"singleton"`
	Payload    json.RawMessage `bun:"payload"`
	RunAt      time.Time       `bun:"run_at"`
	Attempts   int             `bun:"attempts"`
	LeaseUntil *time.Time      `bun:"lease_until"`
	Progress   json.RawMessage `bun:"progress"`
	Result     json.RawMessage `bun:"result"`
	Outcome    string          `bun:"outcome"`
	ErrorCode  string          `bun:"error_code"`
	CreatedAt  time.Time       `bun:"created_at"`
	FinishedAt *time.Time      `bun:"finished_at"`
}

func fromJob(j identity.Job) jobRow {
	row := jobRow{
		ID: j.ID, Kind: j.Kind, Lane: j.Lane, Payload: j.Payload, RunAt: j.RunAt, Attempts: j.Attempts, LeaseUntil: j.LeaseUntil,
		Progress: j.Progress, Result: j.Result, Outcome: string(j.Outcome), ErrorCode: string(j.ErrorCode), CreatedAt: j.CreatedAt,
		FinishedAt: j.FinishedAt,
	}
	if j.Singleton != "" {
		row.Singleton = &j.Singleton
	}
	return row
}

func toJob(r jobRow) identity.Job {
	j := identity.Job{
		ID: r.ID, Kind: r.Kind, Lane: r.Lane, Payload: r.Payload, RunAt: r.RunAt.UTC(), Attempts: r.Attempts,
		LeaseUntil: utc(r.LeaseUntil), Progress: r.Progress, Result: r.Result, Outcome: identity.Outcome(r.Outcome),
		ErrorCode: identity.Code(r.ErrorCode), CreatedAt: r.CreatedAt.UTC(), FinishedAt: utc(r.FinishedAt),
	}
	if r.Singleton != nil {
		j.Singleton = *r.Singleton
	}
	return j
}

// dueJob is the condition for a job that may be claimed at $1.
const dueJob = "finished_at IS NULL AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)"

var (
	updateJob = statement{"update jobs", `
		UPDATE jobs SET run_at = $3, lease_until = $4, progress = $5, result = $6, outcome = $7, error_code = $8, finished_at = $9
		WHERE id = $1 AND attempts = $2 AND lease_until IS NOT NULL AND finished_at IS NULL`}
	jobBacklogs = statement{"select jobs", "SELECT kind, count(*), min(run_at) FROM jobs WHERE " + dueJob + " GROUP BY kind ORDER BY kind"}
)

// claimHeads is how many jobs of a lane a claim looks at where rows can be locked: so many nodes can claim from one lane
// at the same moment. One more finds nothing, and the others go on until nothing is left.
const claimHeads = "4"

// claimJob takes one job by one statement. It steps from lane to lane on the index jobs_open and looks at the first jobs
// of each only, so that a long queue of a kind or a lane without room costs nothing. Where rows can be locked, what another
// node is about to claim is skipped.
func (s *Store) claimJob() statement {
	first := func(columns, limit string) string {
		return `SELECT ` + columns + ` FROM jobs WHERE kind = lanes.name AND lane = lanes.lane AND ` + dueJob + `
			ORDER BY run_at, id LIMIT ` + limit
	}
	open := ` FROM lanes WHERE lane IS NOT NULL AND NOT (lane ` + s.dialect.inTexts("$4") + `)`
	candidates, lock := `IN (SELECT (`+first("id", "1")+`)`+open+`)`, ``
	if !s.dialect.oneWriter() {
		candidates = `= ANY (ARRAY(SELECT head.id FROM (SELECT *` + open + `) AS lanes CROSS JOIN LATERAL (` +
			first("id, run_at", claimHeads) + `) AS head ORDER BY head.run_at, head.id LIMIT 32))`
		lock = ` FOR UPDATE SKIP LOCKED`
	}
	return statement{"update jobs", `WITH RECURSIVE lanes (name, lane) AS (
		SELECT k.value, (SELECT lane FROM jobs WHERE kind = k.value AND finished_at IS NULL ORDER BY lane LIMIT 1)
		FROM ` + s.dialect.eachText("$3", "k") + `
		UNION ALL
		SELECT name, (SELECT lane FROM jobs WHERE kind = lanes.name AND lane > lanes.lane AND finished_at IS NULL
		ORDER BY lane LIMIT 1)
		FROM lanes WHERE lane IS NOT NULL)
		UPDATE jobs SET attempts = attempts + 1, lease_until = $2 WHERE id = (SELECT id FROM jobs
		WHERE id ` + candidates + ` AND ` + dueJob + `
		ORDER BY run_at, id LIMIT 1` + lock + `) RETURNING ` + mappingOf(reflect.TypeFor[jobRow]()).columnNames()}
}

// InsertJobs implements identity.JobStore.
func (s *Store) InsertJobs(ctx context.Context, jobs ...identity.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	rows := mapped(jobs, fromJob)
	return s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		_, err := tx.write().NewInsert().Model(&rows).On("CONFLICT (singleton) WHERE finished_at IS NULL DO NOTHING").Exec(ctx)
		tx.enqueued = true
		return tx.fault("insert jobs", err)
	})
}

// ClaimJob implements identity.JobStore.
func (s *Store) ClaimJob(ctx context.Context, now, lease time.Time, kinds, full []string) (identity.Job, bool, error) {
	var row jobRow
	args := []any{now, lease, s.dialect.texts(kinds), s.dialect.texts(full)}
	err := s.queryOne(ctx, s.writer, s.claimJob(), args, func(rows *sql.Rows) error { return rows.Scan(scanDestinations(&row)...) })
	if errors.Is(err, sql.ErrNoRows) {
		return identity.Job{}, false, nil
	}
	return toJob(row), err == nil, s.fault("claim job", err)
}

// UpdateJob implements identity.JobStore.
func (s *Store) UpdateJob(ctx context.Context, j identity.Job) (bool, error) {
	row := fromJob(j)
	res, err := s.exec(ctx, updateJob, row.ID, row.Attempts, row.RunAt, row.LeaseUntil, jsonOrNil(row.Progress), jsonOrNil(row.Result),
		row.Outcome, row.ErrorCode, row.FinishedAt)
	n, err := s.affected("update job", res, err)
	return n == 1, err
}

// jobsMade is a range of the primary key: ids grow with time.
var jobsMade = selection[jobRow]("WHERE j.id >= $1 AND j.id < $2 AND j.kind = $3 ORDER BY j.id LIMIT $4")

// JobsMade implements identity.JobStore.
func (s *Store) JobsMade(ctx context.Context, kind string, from, before time.Time, limit int) ([]identity.Job, error) {
	rows, err := rowsOf[jobRow](ctx, s, limit, jobsMade, identity.LeastID(from), identity.LeastID(before), kind, limit)
	return mapped(rows, toJob), s.fault("list jobs", err)
}

// hastenJob needs no index of its own: of the kinds that it is for few jobs are unfinished.
var hastenJob = statement{"update jobs", `UPDATE jobs SET run_at = $3 WHERE kind = $1 AND payload ->> 'id' = $2
	AND finished_at IS NULL AND lease_until IS NULL AND run_at > $3`}

// HastenJob implements identity.JobStore.
func (s *Store) HastenJob(ctx context.Context, kind string, id uuid.UUID, now time.Time) (hastened bool, err error) {
	err = s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		res, err := tx.exec(ctx, hastenJob, kind, id.String(), now)
		n, err := tx.affected("hasten job", res, err)
		hastened, tx.enqueued = n > 0, tx.enqueued || n > 0
		return err
	})
	return hastened, err
}

// jsonOrNil is JSON as an argument.
func jsonOrNil(raw json.RawMessage) any {
	if raw == nil {
		return nil
	}
	return string(raw)
}

// JobBacklogs implements identity.JobStore.
func (s *Store) JobBacklogs(ctx context.Context, now time.Time) ([]identity.JobBacklog, error) {
	var list []identity.JobBacklog
	var b identity.JobBacklog
	to := []any{scanDestination(&b.Kind), scanDestination(&b.Due), scanDestination(&b.Oldest)}
	err := s.all(ctx, jobBacklogs, []any{now}, to, func() {
		b.Oldest = b.Oldest.UTC()
		list = append(list, b)
	})
	return list, s.fault("count jobs", err)
}
