package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type transferRow struct {
	bun.BaseModel `bun:"table:transfers,alias:t"`

	ID         uuid.UUID       `bun:"id,pk"`
	Kind       string          `bun:"kind"`
	State      string          `bun:"state"`
	Actor      json.RawMessage `bun:"actor"`
	Options    json.RawMessage `bun:"options"`
	UploadID   *uuid.UUID      `bun:"upload_id"`
	Size       int             `bun:"size"`
	Step       int             `bun:"step"`
	Checkpoint json.RawMessage `bun:"checkpoint"`
	Counts     json.RawMessage `bun:"counts"`
	ErrorCode  string          `bun:"error_code"`
	Error      string          `bun:"error_detail"`
	CreatedAt  time.Time       `bun:"created_at"`
	UpdatedAt  time.Time       `bun:"updated_at"`
	FinishedAt *time.Time      `bun:"finished_at"`
	ExpiresAt  *time.Time      `bun:"expires_at"`
}

func fromTransfer(t identity.Transfer) (transferRow, error) {
	row := transferRow{
		ID: t.ID, Kind: string(t.Kind), State: string(t.State), Options: t.Options, UploadID: pointer(t.UploadID), Size: t.Size, Step: t.Step,
		Checkpoint: t.Checkpoint, ErrorCode: string(t.ErrorCode), Error: sanitize(t.Error), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
		FinishedAt: t.FinishedAt, ExpiresAt: t.ExpiresAt,
	}
	t.Actor.UserAgent = sanitize(t.Actor.UserAgent)
	var err, fault error
	row.Actor, err = json.Marshal(t.Actor)
	row.Counts, fault = json.Marshal(t.Counts)
	return row, errors.Join(err, fault)
}

// pointer is the id as a column that may be NULL.
func pointer(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func toTransfer(r transferRow) identity.Transfer {
	t := identity.Transfer{
		ID: r.ID, Kind: identity.TransferKind(r.Kind), State: identity.TransferState(r.State), Options: r.Options, Size: r.Size, Step: r.Step,
		Checkpoint: r.Checkpoint, ErrorCode: identity.Code(r.ErrorCode), Error: r.Error, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(), FinishedAt: utc(r.FinishedAt), ExpiresAt: utc(r.ExpiresAt),
	}
	if r.UploadID != nil {
		t.UploadID = *r.UploadID
	}
	// Both columns are written by fromTransfer alone.
	_ = json.Unmarshal(r.Actor, &t.Actor)
	_ = json.Unmarshal(r.Counts, &t.Counts)
	return t
}

var (
	transferByID = selection[transferRow]("WHERE t.id = $1")
	moveTransfer = statement{"update transfers", `UPDATE transfers SET state = $4, upload_id = $5, size = $6, error_code = $7,
		error_detail = $8, updated_at = $9, finished_at = $10, expires_at = $11
		WHERE id = $1 AND state = $2 AND upload_id IS NOT DISTINCT FROM $3`}
	advanceTransfer = statement{"update transfers", `UPDATE transfers SET state = $3, size = $4, checkpoint = $5, counts = $6,
		error_code = $7, error_detail = $8, updated_at = $9, finished_at = $10, expires_at = $11, step = step + 1
		WHERE id = $1 AND step = $2 AND state = 'running'`}
	insertChunk = statement{
		"insert transfer_chunks", `INSERT INTO transfer_chunks (upload_id, number, transfer_id, data) VALUES ($1, $2, $3, $4)`,
	}
	chunkByNumber = statement{"select transfer_chunks", `SELECT data FROM transfer_chunks WHERE upload_id = $1 AND number = $2`}
	deleteChunks  = statement{"delete transfer_chunks", `DELETE FROM transfer_chunks WHERE upload_id = $1 AND number < $2`}
	sweepChunks   = statement{"delete transfer_chunks", `DELETE FROM transfer_chunks WHERE (upload_id, number) IN (
		SELECT c.upload_id, c.number FROM transfers t JOIN transfer_chunks c ON c.transfer_id = t.id
		WHERE t.expires_at <= $1 OR t.upload_id IS DISTINCT FROM c.upload_id OR t.state IN ('cancelled', 'failed')
		OR (t.state = 'succeeded' AND t.kind = 'users.import') LIMIT $2)`}
)

// InsertTransfer implements identity.TransferStore.
func (s *Store) InsertTransfer(ctx context.Context, t identity.Transfer) error {
	row, err := fromTransfer(t)
	if err != nil {
		return err
	}
	_, err = s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert transfer", err)
}

// transferLock is the number of the lock that LockTransfers takes: any that nothing else takes.
const transferLock = delegationLock + 1

// LockTransfers implements identity.TransferStore. Where all writers wait for one another there is nothing to lock.
func (s *Store) LockTransfers(ctx context.Context) error {
	if s.dialect.oneWriter() {
		return nil
	}
	_, err := s.write().NewSelect().ColumnExpr("1").TableExpr("pg_advisory_xact_lock(?)", transferLock).Exec(ctx)
	return s.fault("lock transfers", err)
}

// TransferByID implements identity.TransferStore.
func (s *Store) TransferByID(ctx context.Context, id uuid.UUID) (identity.Transfer, error) {
	var row transferRow
	if err := s.get(ctx, transferByID, scanDestinations(&row), id); err != nil {
		return identity.Transfer{}, s.orMissing("read transfer", err, identity.ErrJobNotFound)
	}
	return toTransfer(row), nil
}

// TransfersByID implements identity.TransferStore.
func (s *Store) TransfersByID(ctx context.Context, ids []uuid.UUID) ([]identity.Transfer, error) {
	rows, err := byIDs[transferRow](ctx, s, ids)
	return mapped(rows, toTransfer), s.fault("find transfers", err)
}

var transferKey = sortKey{column: "t.created_at", id: "t.id", time: true}

// Transfers implements identity.TransferStore.
func (s *Store) Transfers(ctx context.Context, q identity.TransferQuery) ([]identity.ListRow[identity.Transfer], error) {
	build := func() (*bun.SelectQuery, error) { return s.listTransfers(q) }
	return listPage(ctx, s, "list transfers", q.Range, build, toTransferRow)
}

func toTransferRow(r transferRow) identity.ListRow[identity.Transfer] {
	t := toTransfer(r)
	return identity.ListRow[identity.Transfer]{Item: t, CursorKey: identity.CursorKey{Key: cursorTime(&t.CreatedAt), ID: t.ID}}
}

func (s *Store) listTransfers(q identity.TransferQuery) (*bun.SelectQuery, error) {
	return transferKey.paginate(s.selectTransfers(q.Filter), !q.Ascending, q.Range)
}

func (s *Store) selectTransfers(f identity.TransferFilter) *bun.SelectQuery {
	list := s.read().NewSelect().Model((*transferRow)(nil))
	if f.Kind != "" {
		list = list.Where("t.kind = ?", string(f.Kind))
	}
	if f.Open {
		list = list.Where("t.finished_at IS NULL")
	}
	if f.Stored {
		list = list.Where("t.state IN ('running', 'paused', 'succeeded') AND t.kind <> 'users.import'")
	}
	if f.State != "" {
		list = list.Where("t.state = ?", string(f.State))
		if !f.State.Final() {
			list = list.Where("t.finished_at IS NULL") // it says the same, and has an index of few
		}
	}
	return list
}

// TransfersChanged implements identity.TransferStore.
func (s *Store) TransfersChanged(ctx context.Context, since time.Time, limit int) ([]identity.Transfer, error) {
	rows, err := list[transferRow](ctx, s, s.transfersChanged(since, limit))
	return mapped(rows, toTransfer), s.fault("list changed transfers", err)
}

func (s *Store) transfersChanged(since time.Time, limit int) *bun.SelectQuery {
	return s.read().NewSelect().Model((*transferRow)(nil)).Where("t.updated_at >= ?", since).
		OrderExpr("t.updated_at, t.id").Limit(int64(limit))
}

// CountTransfers implements identity.TransferStore.
func (s *Store) CountTransfers(ctx context.Context, f identity.TransferFilter, limit int) (int, error) {
	return s.count(ctx, "count transfers", s.selectTransfers(f), limit)
}

// MoveTransfer implements identity.TransferStore.
func (s *Store) MoveTransfer(ctx context.Context, t identity.Transfer, from identity.TransferState, upload uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, moveTransfer, t.ID, string(from), pointer(upload), string(t.State), pointer(t.UploadID), t.Size,
		string(t.ErrorCode), sanitize(t.Error), t.UpdatedAt, t.FinishedAt, t.ExpiresAt)
	n, err := s.affected("move transfer", res, err)
	return n == 1, err
}

// AdvanceTransfer implements identity.TransferStore.
func (s *Store) AdvanceTransfer(ctx context.Context, t identity.Transfer) (bool, error) {
	row, err := fromTransfer(t)
	if err != nil {
		return false, err
	}
	res, err := s.exec(ctx, advanceTransfer, row.ID, row.Step, row.State, row.Size, string(row.Checkpoint), string(row.Counts),
		row.ErrorCode, row.Error, row.UpdatedAt, row.FinishedAt, row.ExpiresAt)
	n, err := s.affected("advance transfer", res, err)
	return n == 1, err
}

// InsertChunk implements identity.TransferFiles.
func (s *Store) InsertChunk(ctx context.Context, transferID, uploadID uuid.UUID, number int, data []byte) error {
	_, err := s.exec(ctx, insertChunk, uploadID, number, transferID, data)
	return s.fault("insert chunk", err)
}

// Chunk implements identity.TransferFiles.
func (s *Store) Chunk(ctx context.Context, uploadID uuid.UUID, number int) ([]byte, error) {
	var data []byte
	err := s.get(ctx, chunkByNumber, []any{&data}, uploadID, number)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil // as the port says
	}
	return data, s.fault("read chunk", err)
}

// DeleteChunks implements identity.TransferFiles.
func (s *Store) DeleteChunks(ctx context.Context, uploadID uuid.UUID, before int) error {
	_, err := s.exec(ctx, deleteChunks, uploadID, min(before, math.MaxInt32))
	return s.fault("delete chunks", err)
}

// SweepChunks implements identity.TransferFiles.
func (s *Store) SweepChunks(ctx context.Context, now time.Time, limit int) (int, error) {
	res, err := s.exec(ctx, sweepChunks, now, limit)
	return s.affected("sweep chunks", res, err)
}

type transferFailureRow struct {
	bun.BaseModel `bun:"table:transfer_failures,alias:f"`

	TransferID uuid.UUID `bun:"transfer_id,pk"`
	Number     int       `bun:"number,pk"`
	Line       int       `bun:"line"`
	Code       string    `bun:"code"`
	Field      string    `bun:"field"`
	Detail     string    `bun:"detail"`
}

// InsertTransferFailures implements identity.TransferStore.
func (s *Store) InsertTransferFailures(ctx context.Context, failures ...identity.TransferFailure) error {
	if len(failures) == 0 {
		return nil
	}
	rows := mapped(failures, func(f identity.TransferFailure) transferFailureRow {
		return transferFailureRow{
			TransferID: f.TransferID, Number: f.Number, Line: f.Line, Code: string(f.Code), Field: sanitize(f.Field), Detail: sanitize(f.Detail),
		}
	})
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	return s.fault("insert failures", err)
}

// TransferFailures implements identity.TransferStore.
func (s *Store) TransferFailures(
	ctx context.Context, ids []uuid.UUID, after, limit int,
) (map[uuid.UUID][]identity.TransferFailure, error) {
	out := make(map[uuid.UUID][]identity.TransferFailure, len(ids))
	if len(ids) == 0 || limit <= 0 {
		return out, nil
	}
	// The numbers have no gaps.
	rows, err := list[transferFailureRow](ctx, s, s.read().NewSelect().Model((*transferFailureRow)(nil)).
		Where("f.transfer_id IN (?)", idList(ids)).Where("f.number > ?", after).Where("f.number <= ?", after+limit).
		OrderExpr("f.transfer_id, f.number"))
	for _, r := range rows {
		out[r.TransferID] = append(out[r.TransferID], identity.TransferFailure{
			TransferID: r.TransferID, Number: r.Number, Line: r.Line, Code: identity.Code(r.Code), Field: r.Field, Detail: r.Detail,
		})
	}
	return out, s.fault("list failures", err)
}

// fromUsers makes the rows of users, all of which can be stored.
func fromUsers(users []identity.User) ([]userRow, error) {
	rows := mapped(users, fromUser)
	for i := range rows {
		if err := checkText(&rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// InsertUsers implements identity.BulkUserStore.
func (s *Store) InsertUsers(ctx context.Context, users []identity.User) error {
	if len(users) == 0 {
		return nil
	}
	rows, err := fromUsers(users)
	if err != nil {
		return err
	}
	return s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		_, err := tx.write().NewInsert().Model(&rows).Exec(ctx)
		return tx.fault("insert users", err)
	})
}

// UpdateUsers implements identity.BulkUserStore.
func (s *Store) UpdateUsers(ctx context.Context, users []identity.User) error {
	if len(users) == 0 {
		return nil
	}
	rows, err := fromUsers(users)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Version++
	}
	return s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		res, err := tx.write().NewUpdate().Model(&rows).ExcludeColumn(notUpdated...).Bulk().Where("u.version = _data.version - 1").Exec(ctx)
		n, err := tx.affected("update users", res, err)
		if err != nil || n == len(users) {
			return err
		}
		for _, u := range users {
			var other *identity.VersionConflictError
			if err := tx.conflict(ctx, "users", u.ID, identity.ErrUserNotFound); !errors.As(err, &other) || other.CurrentVersion != u.Version+1 {
				return err
			}
		}
		return identity.ErrUserNotFound
	})
}

// LockUsersNamed implements identity.BulkUserStore.
func (s *Store) LockUsersNamed(ctx context.Context, usernames, emails []string) ([]identity.User, error) {
	if len(usernames) == 0 && len(emails) == 0 {
		return nil, nil
	}
	q := s.write().NewSelect().Model((*userRow)(nil)).OrderExpr("u.id").WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("u.username_key IN (?)", bun.List(mapped(usernames, fold))).
			WhereOr("u.email_key IN (?)", bun.List(mapped(emails, fold)))
	})
	rows, err := list[userRow](ctx, s, s.forUpdate(q))
	return mapped(rows, toUser), s.fault("find users by name", err)
}
