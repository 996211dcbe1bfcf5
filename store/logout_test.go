package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// TestWhatTheVersionBeforeLeftPendingIsTakenOnce: servers of that version write to logout_deliveries; of many nodes one takes
// each row that is due, and what is delivered or not due stays.
func TestWhatTheVersionBeforeLeftPendingIsTakenOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		client := identity.Client{ID: uuid.New(), ClientID: "app", CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := s.InsertClient(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		insert := func(n int, next time.Time, delivered *time.Time) uuid.UUID {
			id, args := user(n).ID, []any{nil, client.ID, user(n).ID, `{"sub": "` + user(1).ID.String() + `"}`, next, delivered, now}
			args[0] = id
			if _, err := s.Writer().ExecContext(t.Context(), `INSERT INTO logout_deliveries
				(id, client_id, session_id, uri, claims, attempts, next_attempt_at, delivered_at, failed_at, created_at)
				VALUES ($1, $2, $3, 'https://rp.example/x', $4, 2, $5, $6, NULL, $7)`, args...); err != nil {
				t.Fatal(err)
			}
			return id
		}
		var want []string
		for n := range 20 {
			want = append(want, insert(n, now, nil).String())
		}
		insert(30, now.Add(time.Second), nil)
		insert(31, now, &now)
		results := make(chan []identity.LogoutDelivery, 8)
		for range cap(results) {
			go func() {
				var taken []identity.LogoutDelivery
				err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) (err error) {
					taken, err = tx.TakeLogoutDeliveries(ctx, now, 20)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				results <- taken
			}()
		}
		var got []string
		for range cap(results) {
			for _, d := range <-results {
				got = append(got, d.ID.String())
				if fmt.Sprint(d.ClientID, d.UserID, d.URI, d.Attempts) != fmt.Sprint(client.ID, user(1).ID, "https://rp.example/x", 2) {
					t.Errorf("taken: %+v", d)
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("taken %v, want %v", got, want)
		}
	})
}
