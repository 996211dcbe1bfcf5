package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type clientDayRow struct {
	bun.BaseModel `bun:"table:client_days,alias:cd"`

	ClientID   uuid.UUID `bun:"client_id,pk"`
	Day        time.Time `bun:"day,pk"`
	Tokens     int       `bun:"tokens"`
	Refusals   int       `bun:"refusals"`
	LastUsedAt time.Time `bun:"last_used_at"`
}

func toClientDay(r clientDayRow) identity.ClientDay {
	return identity.ClientDay{
		ClientID: r.ClientID, Day: r.Day.UTC(), Tokens: r.Tokens, Refusals: r.Refusals, LastUsedAt: r.LastUsedAt.UTC(),
	}
}

// AddClientDays implements identity.ClientUsageStore. No client can go until the transaction ends: a row of
// one that is gone would fail them all.
func (s *Store) AddClientDays(ctx context.Context, days []identity.ClientDay) error {
	if len(days) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(days))
	for i, d := range days {
		ids[i] = d.ClientID
	}
	q := s.write().NewSelect().TableExpr("clients AS c").ColumnExpr("c.id").Where("c.id IN (?)", idList(ids)).OrderExpr("c.id")
	if !s.dialect.oneWriter() {
		q = q.For("KEY SHARE")
	}
	var found []uuid.UUID
	if err := q.Scan(ctx, &found); err != nil {
		return s.fault("hold clients", err)
	}
	there := make(map[uuid.UUID]bool, len(found))
	for _, id := range found {
		there[id] = true
	}
	var rows []clientDayRow
	for _, d := range days {
		if there[d.ClientID] {
			rows = append(rows, clientDayRow{
				ClientID: d.ClientID, Day: d.Day, Tokens: d.Tokens, Refusals: d.Refusals, LastUsedAt: d.LastUsedAt,
			})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := s.write().NewInsert().Model(&rows).On("CONFLICT (client_id, day) DO UPDATE").
		Set("tokens = cd.tokens + EXCLUDED.tokens").Set("refusals = cd.refusals + EXCLUDED.refusals").
		Set("last_used_at = CASE WHEN EXCLUDED.last_used_at > cd.last_used_at THEN EXCLUDED.last_used_at ELSE cd.last_used_at END").
		Exec(ctx)
	return s.fault("add to days of clients", err)
}

// ClientDays implements identity.ClientUsageStore.
func (s *Store) ClientDays(ctx context.Context, clientIDs []uuid.UUID) (map[uuid.UUID][]identity.ClientDay, error) {
	out := make(map[uuid.UUID][]identity.ClientDay, len(clientIDs))
	if len(clientIDs) == 0 {
		return out, nil
	}
	rows, err := rowsOf[clientDayRow](ctx, s, 30*len(clientIDs), s.clientDays(), s.dialect.set(clientIDs))
	for _, row := range rows {
		out[row.ClientID] = append(out[row.ClientID], toClientDay(row))
	}
	return out, s.fault("list days of clients", err)
}

func (s *Store) clientDays() statement {
	return selection[clientDayRow]("WHERE cd.client_id " + s.dialect.inSet("$1") + " ORDER BY cd.client_id, cd.day")
}
