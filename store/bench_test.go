package store_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// benchUsers is how many users a listing pages through.
const benchUsers = 10_000

func BenchmarkHot(b *testing.B) {
	benchBoth(b, 100, func(b *testing.B, s *store.Store) {
		ctx := b.Context()
		client := identity.Client{ID: uuid.New(), ClientID: "client", Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
		session := identity.Session{
			ID: uuid.New(), Digest: []byte("session"), UserID: user(1).ID, CreatedAt: now, LastActiveAt: now, AuthTime: now,
			ExpiresAt: now.Add(time.Hour), MaxExpiresAt: now.Add(time.Hour), AMR: []string{"pwd"},
			Factors: []identity.Factor{{Kind: identity.CredentialPassword, At: now}}, Level: identity.LevelOne,
		}
		grant := identity.Grant{
			ID: uuid.New(), UserID: user(1).ID, ClientID: client.ID, SessionID: &session.ID, Scopes: []string{"openid"},
			AuthTime: now, CreatedAt: now, Refresh: identity.RefreshState{Generation: 1},
			Code: &identity.CodeState{Digest: []byte("code"), ExpiresAt: now, SpentAt: &now},
		}
		must(b, s.InsertClient(ctx, client))
		must(b, s.InsertSession(ctx, session))
		must(b, s.InsertGrant(ctx, grant))
		n := 0
		for _, op := range []struct {
			name string
			do   func() error
		}{
			{"UserByID", func() error { _, err := s.UserByID(ctx, user(1).ID); return err }},
			{"ClientByClientID", func() error { _, err := s.ClientByClientID(ctx, "client"); return err }},
			{"BrowserByDigest", func() error { _, err := s.BrowserSessionByDigest(ctx, [][]byte{session.Digest}); return err }},
			{"ActiveSessionCounts of one", func() error {
				_, err := s.ActiveSessionCounts(ctx, []uuid.UUID{user(1).ID}, now)
				return err
			}},
			{"ActiveSessionCounts of two", func() error {
				_, err := s.ActiveSessionCounts(ctx, []uuid.UUID{user(1).ID, user(2).ID}, now)
				return err
			}},
			{"GrantStatusByCode", func() error { _, err := s.GrantStatusByCode(ctx, [][]byte{grant.Code.Digest}, now); return err }},
			{"Standing", func() error { _, err := s.GrantStatus(ctx, grant.ID, "jti", now); return err }},
			{"TokenRevoked", func() error { _, err := s.TokenRevoked(ctx, "jti"); return err }},
			{"RotateRefresh", func() error {
				n++
				ok, err := s.RotateRefresh(ctx, grant.ID, n, now, now)
				if err == nil && !ok {
					err = fmt.Errorf("generation %d did not rotate", n)
				}
				return err
			}},
			{"Once", func() error { _, err := s.MarkUsed(ctx, uuid.NewString(), now); return err }},
			{"InsertGrant", func() error {
				g, code := grant, *grant.Code
				g.ID = uuid.New()
				code.Digest = binary.BigEndian.AppendUint64(nil, uint64(g.ID.ID())<<32|uint64(g.ID[15]))
				code.Digest = append(code.Digest, g.ID[:]...)
				g.Code = &code
				return s.InsertGrant(ctx, g)
			}},
		} {
			b.Run(op.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					must(b, op.do())
				}
			})
		}
	})
}

func BenchmarkListUsers(b *testing.B) {
	benchBoth(b, benchUsers, func(b *testing.B, s *store.Store) {
		for _, size := range []int{20, 100} {
			q := identity.UserQuery{
				Order: identity.UserOrder{Field: identity.UserOrderCreatedAt, Descending: true}, Now: now,
				Range: identity.KeysetRange{Limit: size, After: &identity.CursorKey{Key: now.Add(50 * time.Second).Format(time.RFC3339Nano)}},
			}
			list := func(b *testing.B, q identity.UserQuery) []uuid.UUID {
				rows, err := s.Users(b.Context(), q)
				must(b, err)
				ids := make([]uuid.UUID, len(rows))
				for i, row := range rows {
					ids[i] = row.Item.ID
				}
				return ids
			}
			b.Run(fmt.Sprintf("page of %d", size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					list(b, q)
				}
			})
			b.Run(fmt.Sprintf("page of %d with session counts", size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := s.ActiveSessionCounts(b.Context(), list(b, q), now)
					must(b, err)
				}
			})
			q.Range.After, q.Search = nil, "family77"
			b.Run(fmt.Sprintf("search for %d", size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					list(b, q)
				}
			})
		}
	})
}

// benchBacklog is how many jobs wait for one receiver.
const benchBacklog = 10_000

// BenchmarkClaimJob claims the one job of another lane, and releases it, behind a backlog of a lane that takes no more.
func BenchmarkClaimJob(b *testing.B) {
	for _, c := range []struct{ backlog, lanes int }{{0, 1}, {benchBacklog, 1}, {benchBacklog, 100}, {benchBacklog, 1000}} {
		b.Run(fmt.Sprintf("behind %d in %d lanes", c.backlog, c.lanes), func(b *testing.B) {
			benchBoth(b, 0, func(b *testing.B, s *store.Store) {
				ctx := b.Context()
				jobs := make([]identity.Job, c.backlog+1)
				for i := range jobs {
					jobs[i] = identity.Job{
						ID: uuid.New(), Kind: "logout.deliver", Lane: fmt.Sprintf("slow%d.example", i%c.lanes), Payload: json.RawMessage(`{}`),
						RunAt: now.Add(time.Duration(i) * time.Microsecond), CreatedAt: now,
					}
				}
				jobs[c.backlog].Lane = "fast.example"
				for some := range slices.Chunk(jobs, 500) {
					must(b, s.InsertJobs(ctx, some...))
				}
				fill(b, s, 0) // for the statistics
				at := now.Add(time.Minute)
				claim := func(full ...string) {
					j, found, err := s.ClaimJob(ctx, at, at.Add(time.Minute), []string{"keys.rotate", "logout.deliver", "sweep"}, full)
					must(b, err)
					if !found {
						b.Fatal("no job")
					}
					j.LeaseUntil = nil
					_, err = s.UpdateJob(ctx, j)
					must(b, err)
				}
				b.Run("no lane is full", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						claim()
					}
				})
				b.Run("one lane is full", func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						claim("slow0.example")
					}
				})
			})
		})
	}
}

func benchBoth(b *testing.B, users int, body func(b *testing.B, s *store.Store)) {
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		b.Run(name, func(b *testing.B) {
			s, _ := open(b)
			fill(b, s, users)
			body(b, s)
		})
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
