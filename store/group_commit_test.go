package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// crew is writers that wait while another one, the leader, is in its transaction.
type crew struct {
	t       *testing.T
	store   *store.Store
	begun   interface{ Load() int32 }
	waiting int
	running sync.WaitGroup
	errs    map[string]error
	mu      sync.Mutex
}

func newCrew(t *testing.T) *crew {
	t.Helper()
	s, _ := storetest.SQLite(t)
	return &crew{t: t, store: s, begun: s.CountTransactions(), errs: map[string]error{}}
}

// join starts a writer and returns when it waits. It calls from inside the leader's transaction.
func (c *crew) join(name string, do func() error) {
	c.waiting++
	c.start(name, do)
	c.untilWaiting()
}

func (c *crew) start(name string, do func() error) {
	c.running.Go(func() {
		defer func() {
			if recover() != nil {
				c.note(name, errPanic)
			}
		}()
		c.note(name, do())
	})
}

func (c *crew) untilWaiting() {
	for c.store.Waiting() != c.waiting {
		runtime.Gosched()
	}
}

func (c *crew) note(name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs[name] = err
}

// open runs the leader and returns when every writer has.
func (c *crew) open(body func(ctx context.Context, tx *store.Store) error) {
	c.t.Helper()
	c.start("leader", func() error {
		return c.store.InTx(c.t.Context(), func(ctx context.Context, tx identity.Store) error { return body(ctx, tx.(*store.Store)) })
	})
	c.running.Wait()
}

// revoke is a short write: it revokes a token.
func (c *crew) revoke(jti string) func() error {
	return func() error { return c.store.RevokeToken(c.t.Context(), jti, now, systemEvent(uuid.New())) }
}

// want checks who was refused, how many transactions there were, and which tokens are revoked for other connections.
func (c *crew) want(transactions int32, refused map[string]error, revoked ...string) {
	c.t.Helper()
	for name, err := range c.errs {
		if !errors.Is(err, refused[name]) {
			c.t.Errorf("%s: got %v, want %v", name, err, refused[name])
		}
	}
	if n := c.begun.Load(); n != transactions {
		c.t.Errorf("%d transactions, want %d", n, transactions)
	}
	var n int
	err := c.store.Reader().QueryRowContext(c.t.Context(), "SELECT count(*) FROM revoked_tokens").Scan(&n)
	if err != nil || n != len(revoked) {
		c.t.Errorf("%d tokens are revoked, want %v: %v", n, revoked, err)
	}
	for _, jti := range revoked {
		if known, err := c.store.TokenRevoked(c.t.Context(), jti); err != nil || !known {
			c.t.Errorf("%s is revoked: %v, %v", jti, known, err)
		}
	}
}

var (
	errPanic = errors.New("panic")
	errOwn   = errors.New("own")
)

func systemEvent(id uuid.UUID) identity.AuditEvent {
	return identity.AuditEvent{ID: id, OccurredAt: now, ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess}
}

func revokeIn(ctx context.Context, tx *store.Store, jti string) error {
	return tx.RevokeToken(ctx, jti, now, systemEvent(uuid.New()))
}

func TestWritersThatWaitShareACommit(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.open(func(ctx context.Context, tx *store.Store) error {
		c.join("b", c.revoke("b"))
		c.join("c", c.revoke("c"))
		return revokeIn(ctx, tx, "a")
	})
	c.want(1, nil, "a", "b", "c")
}

func TestWhatMayTakeLongBeginsATransaction(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.open(func(ctx context.Context, tx *store.Store) error {
		c.join("b", c.revoke("b"))
		c.join("long", func() error {
			return c.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
				if known, err := c.store.TokenRevoked(t.Context(), "b"); err != nil || !known {
					t.Errorf("b waits for somebody who takes long: %v, %v", known, err)
				}
				return revokeIn(ctx, tx.(*store.Store), "long")
			})
		})
		c.join("d", c.revoke("d"))
		return revokeIn(ctx, tx, "a")
	})
	c.want(2, nil, "a", "b", "long", "d")
}

func TestWhoFailsFailsAlone(t *testing.T) {
	t.Parallel()
	taken := uuid.New()
	for name, last := range map[string]struct {
		body    func() error
		refused error
	}{
		"an error of its own": {func() error { return errOwn }, errOwn},
		"a panic":             {func() error { panic("stop") }, errPanic},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t)
			c.open(func(ctx context.Context, tx *store.Store) error {
				c.join("b", c.revoke("b"))
				if err := revokeIn(ctx, tx, "a"); err != nil {
					return err
				}
				return last.body()
			})
			c.want(1, map[string]error{"leader": last.refused}, "b")
		})
	}
	t.Run("a statement", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t)
		c.open(func(ctx context.Context, tx *store.Store) error {
			c.join("double", func() error {
				if err := c.store.RevokeToken(t.Context(), "double", now, systemEvent(taken)); err == nil {
					t.Error("an event was written twice")
				}
				return nil
			})
			c.join("c", c.revoke("c"))
			return tx.RevokeToken(ctx, "a", now, systemEvent(taken))
		})
		c.want(1, nil, "a", "c")
	})
}

func TestTheEndOfAContextHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	t.Run("of one who waits", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t)
		c.open(func(ctx context.Context, tx *store.Store) error {
			gone, leave := context.WithCancel(t.Context())
			c.join("gone", func() error { return c.store.RevokeToken(gone, "gone", now, systemEvent(uuid.New())) })
			c.join("c", c.revoke("c"))
			leave()
			c.waiting--
			c.untilWaiting()
			return revokeIn(ctx, tx, "a")
		})
		c.want(1, map[string]error{"gone": context.Canceled}, "a", "c")
	})
	t.Run("of one who has joined", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t)
		c.open(func(ctx context.Context, tx *store.Store) error {
			ending, leave := context.WithCancel(t.Context())
			c.join("gone", func() error {
				return c.store.Short(ending, func(ctx context.Context, tx *store.Store) error {
					go leave() // in the middle of what takes a while
					return tx.ExecInTx(ctx, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
						INSERT INTO revoked_tokens SELECT i, '2026-03-29 01:59:58+00:00' FROM n`)
				})
			})
			c.join("c", c.revoke("c"))
			return revokeIn(ctx, tx, "a")
		})
		c.want(1, map[string]error{"gone": context.Canceled}, "a", "c")
	})
	t.Run("of the leader", func(t *testing.T) {
		t.Parallel()
		c := newCrew(t)
		ctx, leave := context.WithCancel(t.Context())
		c.start("leader", func() error {
			return c.store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
				c.join("b", c.revoke("b"))
				if err := revokeIn(ctx, tx.(*store.Store), "a"); err != nil {
					return err
				}
				leave()
				return tx.(*store.Store).ExecInTx(ctx, "DELETE FROM scopes")
			})
		})
		c.running.Wait()
		if err := c.errs["b"]; err != nil {
			t.Error(err)
		}
		if err := c.errs["leader"]; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if known, err := c.store.TokenRevoked(t.Context(), "a"); err != nil || known {
			t.Errorf("a is revoked: %v, %v", known, err)
		}
		if known, err := c.store.TokenRevoked(t.Context(), "b"); err != nil || !known {
			t.Errorf("b is revoked: %v, %v", known, err)
		}
	})
}

func TestAFailedCommitFailsEverybody(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.open(func(ctx context.Context, tx *store.Store) error {
		c.join("b", c.revoke("b"))
		c.join("c", func() error {
			ended, err := c.store.EndGrant(t.Context(), uuid.New(), uuid.New(), now, identity.EndRevoked, systemEvent(uuid.New()))
			if ended {
				t.Error("a grant has ended that there is not")
			}
			return err
		})
		if err := tx.ExecInTx(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		return tx.InsertSession(ctx, identity.Session{
			ID: uuid.New(), Digest: []byte("x"), UserID: uuid.New(), CreatedAt: now, LastActiveAt: now, AuthTime: now, ExpiresAt: now, MaxExpiresAt: now,
		})
	})
	c.want(1, map[string]error{"leader": identity.ErrNotFound, "b": identity.ErrNotFound, "c": identity.ErrNotFound})
	if err := c.revoke("later")(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestATransactionThatSQLiteHasRolledBackIsOver: it does so by itself when the disk is full.
func TestATransactionThatSQLiteHasRolledBackIsOver(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	c.open(func(ctx context.Context, tx *store.Store) error {
		c.join("full", func() error {
			return c.store.Short(t.Context(), func(ctx context.Context, tx *store.Store) error { return tx.ExecInTx(ctx, "ROLLBACK") })
		})
		c.join("c", c.revoke("c"))
		return revokeIn(ctx, tx, "a")
	})
	if c.errs["leader"] == nil || !errors.Is(c.errs["full"], c.errs["leader"]) {
		t.Errorf("got %v", c.errs)
	}
	c.want(2, map[string]error{"leader": c.errs["leader"], "full": c.errs["leader"]}, "c")
}

// TestManyWritersOfEveryKind mixes everything at once; what was acknowledged must be there, and what was refused must
// not.
func TestManyWritersOfEveryKind(t *testing.T) {
	t.Parallel()
	s, _ := storetest.SQLite(t)
	const writers, each = 24, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				jti := fmt.Sprintf("%d-%d", w, n)
				ctx, cancel := context.WithCancel(t.Context())
				if w%6 == 4 {
					go cancel()
				}
				err := write(ctx, s, w%6, jti)
				cancel()
				if known, readErr := s.TokenRevoked(t.Context(), jti); readErr != nil || known != (err == nil) {
					t.Errorf("%s: revoked %v although the write returned %v: %v", jti, known, err, readErr)
				}
				if must := w%6 != 3 && w%6 != 4 && w%6 != 5; must && err != nil {
					t.Errorf("%s: %v", jti, err)
				}
			}
		})
	}
	wg.Wait()
}

func write(ctx context.Context, s *store.Store, kind int, jti string) (err error) {
	long := func(end func() error) error {
		return s.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
			if err := revokeIn(ctx, tx.(*store.Store), jti); err != nil {
				return err
			}
			return end()
		})
	}
	switch kind {
	case 0:
		return long(func() error { return nil })
	case 3:
		return long(func() error { return errOwn })
	case 5:
		defer func() { err = errors.Join(err, recover().(error)) }()
		return long(func() error { panic(errPanic) })
	}
	return revokeIn(ctx, s, jti)
}

func TestAWriterWaitsForNobody(t *testing.T) {
	t.Parallel()
	c := newCrew(t)
	for n := range 3 {
		if err := c.revoke(fmt.Sprint(n))(); err != nil {
			t.Fatal(err)
		}
	}
	c.want(3, nil, "0", "1", "2")
}
