package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authly/authly/identity"
)

// reserve is a file beside an embedded database that holds room on the disk. When the disk is full it is given back, so
// that what has expired can be deleted: SQLite needs room for the pages that it changes before it can free any.
type reserve struct {
	path      string // empty: there is none
	mu        sync.Mutex
	size      int64       // how large it should be
	relieving atomic.Bool // it is given back: nobody else may write
}

// reserveChunk is how much of the reserve is written at once.
const reserveChunk = 1 << 20

// occupy makes the reserve as large as there is room, and leaves half of its size beside it free: what is deleted is to be
// filled again, and for that SQLite needs room too. It returns how large it has become.
func (r *reserve) occupy() (int64, error) {
	file, err := os.OpenFile(r.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return 0, err
	}
	have, err := r.fill(file)
	return have, errors.Join(err, file.Close())
}

func (r *reserve) fill(file *os.File) (int64, error) {
	info, err := file.Stat()
	if err != nil || info.Size() == r.size {
		return r.size, err
	}
	// Not zeros, which some file systems do not store.
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return 0, err
	}
	stream, chunk := cipher.NewCTR(block, make([]byte, aes.BlockSize)), make([]byte, reserveChunk)
	free, want := r.size/2, r.size+r.size/2
	written := int64(0)
	for written < want {
		stream.XORKeyStream(chunk, chunk)
		n, err := file.WriteAt(chunk[:min(reserveChunk, want-written)], written)
		written += int64(n)
		if err != nil {
			break // that is how much room there is
		}
	}
	have := max(0, written-free)
	if err := file.Truncate(have); err != nil {
		return 0, err
	}
	return have, file.Sync()
}

// giveBack frees the room.
func (r *reserve) giveBack() error {
	if err := os.Truncate(r.path, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// KeepReserve makes a file of so many bytes beside an embedded database, which Relieve frees when the disk is full,
// and makes again from then on. It returns how large it has become, which is less where there is no room. Others may write
// meanwhile: where it takes the last room for a moment, they find the disk full and ask for Relieve. On PostgreSQL and in
// memory there is none to keep.
func (s *Store) KeepReserve(size int64) (int64, error) {
	if s.reserve.path == "" {
		return size, nil
	}
	s.reserve.mu.Lock()
	defer s.reserve.mu.Unlock()
	s.reserve.size = size
	have, err := s.reserve.occupy()
	if err != nil {
		err = fmt.Errorf("keep reserve: %w", err)
	}
	return have, err
}

type relievingKey struct{}

// Relieve makes room on a full disk: it frees the reserve, lets sweep delete while all other writers are refused,
// brings the pages that were changed into their places and the log to nothing, and then reserves again as much as
// there is room for. On PostgreSQL, which has its log elsewhere, it sweeps.
func (s *Store) Relieve(ctx context.Context, sweep func(ctx context.Context) error) error {
	if s.reserve.path == "" {
		return sweep(ctx)
	}
	s.reserve.mu.Lock()
	defer s.reserve.mu.Unlock()
	s.reserve.relieving.Store(true)
	defer s.reserve.relieving.Store(false)
	err := s.reserve.giveBack()
	ctx = context.WithValue(ctx, relievingKey{}, true)
	err = errors.Join(err, s.checkpoint(ctx), sweep(ctx), s.checkpoint(ctx))
	if s.reserve.size > 0 {
		_, remade := s.reserve.occupy()
		err = errors.Join(err, remade)
	}
	if err != nil {
		return fmt.Errorf("relieve: %w", err)
	}
	return nil
}

// checkpoint brings all pages from the log of SQLite into the database and empties the log.
func (s *Store) checkpoint(ctx context.Context) error {
	var busy, pages, moved int
	err := s.writer.sql.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	return s.fault("checkpoint", err)
}

// admit stops writers while room is made, so that they do not take it.
func (s *Store) admit(ctx context.Context) error {
	if !s.reserve.relieving.Load() || ctx.Value(relievingKey{}) != nil {
		return nil
	}
	refused := identity.ErrUnavailable.Because(errors.New("the disk is full, room is being made"))
	refused.RetryAfter = retryAfter
	return refused
}

var checkWritable = statement{"insert health_checks", `INSERT INTO health_checks (id, checked_at) VALUES (1, $1)
	ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at`}

// CheckWritable writes something that means nothing: it fails on a full disk, on a database that may only be read, and
// where there is none.
func (s *Store) CheckWritable(ctx context.Context, at time.Time) error {
	_, err := s.exec(ctx, checkWritable, at)
	return s.fault("check that the database takes writes", err)
}
