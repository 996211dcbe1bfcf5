package graph

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func TestUsageOfClients(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		shop := a.plainClient(t, "shop")
		a.domain.Usage.Count(shop.ID, false, a.now)
		a.domain.Usage.Count(shop.ID, true, a.now.Add(time.Second))
		a.domain.Usage.Count(shop.ID, false, a.now.AddDate(0, 0, -2))
		a.domain.Usage.Count(shop.ID, false, a.now.AddDate(0, 0, -40))
		check(t, a.domain.Usage.Flush(t.Context()))
		got := a.query(t, token, `query($id:ID!){client(by:{id:$id}){month:usage{tokens refusals days{tokens}}
			usage(days:3){lastUsedAt tokens refusals days{day tokens refusals}}} other:client(by:{clientId:"app"}){usage(days:1){lastUsedAt tokens days{tokens}}}}`,
			map[string]any{"id": model.KindClient.ID(shop.ID)})
		day := func(date string, tokens, refusals float64) any {
			return map[string]any{"day": date + "T00:00:00.000Z", "tokens": tokens, "refusals": refusals}
		}
		want := map[string]any{
			"lastUsedAt": "2026-11-01T12:00:01.000Z", "tokens": 2.0, "refusals": 1.0,
			"days": []any{day("2026-10-30", 1, 0), day("2026-10-31", 0, 0), day("2026-11-01", 1, 1)},
		}
		if diff := cmp.Diff(want, got.at("client", "usage")); diff != "" {
			t.Error(diff, got.body)
		}
		if days, _ := got.at("client", "month", "days").([]any); len(days) != 30 || got.at("client", "month", "tokens") != 2.0 {
			t.Error(got.body)
		}
		never := map[string]any{"lastUsedAt": nil, "tokens": 0.0, "days": []any{map[string]any{"tokens": 0.0}}}
		if diff := cmp.Diff(never, got.at("other", "usage")); diff != "" {
			t.Error(diff, got.body)
		}
		for _, days := range []string{"0", "91"} {
			if got := a.query(t, token, "{client(by:{clientId:\"app\"}){usage(days:"+days+"){tokens}}}", nil); len(got.Errors) != 1 {
				t.Errorf("%s days: %s", days, got.body)
			}
		}
	})
}

// TestAPageOfClientsWithUsageCostsTwoStatements: 100 clients, each with 90 days.
func TestAPageOfClientsWithUsageCostsTwoStatements(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		check(t, a.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
			for i := range 100 {
				c := identity.Client{
					ID: a.domain.Source.NewID(), ClientID: fmt.Sprintf("client%d", i), Active: true, CreatedAt: a.now, UpdatedAt: a.now, Version: 1,
				}
				if err := tx.InsertClient(ctx, c); err != nil {
					return err
				}
				days := make([]identity.ClientDay, 90)
				for n := range days {
					at := a.now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -n)
					days[n] = identity.ClientDay{ClientID: c.ID, Day: at, Tokens: 1, LastUsedAt: at}
				}
				if err := tx.AddClientDays(ctx, days); err != nil {
					return err
				}
			}
			return nil
		}))
		before := a.statements.Load()
		got := a.query(t, token, "{clients(first:100){nodes{clientId usage(days:90){lastUsedAt tokens days{tokens}}}}}", nil)
		if n := a.statements.Load() - before - 1; n != 2 || len(got.Errors) > 0 {
			t.Errorf("%d statements: %.300s", n, got.body)
		}
	})
}
