package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// beforeClientsListed is the schema of the server before clients were listed by anything but client_id.
const beforeClientsListed = 20261129105000

// What that server writes of a client and of its use, word for word.
const (
	oldInsertClient = `INSERT INTO clients (id, client_id, active, built_in, secrets, metadata, created_at, updated_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)`
	oldAddDay = `INSERT INTO client_days AS cd (client_id, day, tokens, refusals, last_used_at) VALUES ($1, $2, 1, 0, $3)
		ON CONFLICT (client_id, day) DO UPDATE SET tokens = cd.tokens + EXCLUDED.tokens, refusals = cd.refusals + EXCLUDED.refusals,
		last_used_at = CASE WHEN EXCLUDED.last_used_at > cd.last_used_at THEN EXCLUDED.last_used_at ELSE cd.last_used_at END`
)

// TestClientsOfAnOlderServerAreListed: what it wrote before the upgrade, and what it still writes beside a server of today.
func TestClientsOfAnOlderServerAreListed(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		o := older{t, s}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.MigrateTo(ctx, beforeClientsListed); err != nil {
			t.Fatal(err)
		}
		insert := func(clientID, metadata string) uuid.UUID {
			id := uuid.New()
			o.exec(oldInsertClient, id, clientID, true, false, `[]`, metadata, now)
			return id
		}
		use := func(id uuid.UUID, at time.Time) { o.exec(oldAddDay, id, at.Truncate(24*time.Hour), at) }
		before := insert("before", `{"client_name":"Zebra","grant_types":["password","password"],"service_admin":true}`)
		insert("never", `{"token_endpoint_auth_method":"none"}`)
		use(before, now.AddDate(0, 0, -3))
		use(before, now)
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		beside := insert("beside", `{"client_name":"Ape","grant_types":["refresh_token"],"service_admin":false}`)
		use(beside, now.Add(time.Hour))
		use(beside, now.Add(time.Minute))
		yes := true
		for name, c := range map[string]struct {
			q    identity.ClientQuery
			want []string
		}{
			"by name":                {identity.ClientQuery{Order: identity.ClientOrderName}, []string{"beside", "never", "before"}},
			"by last use":            {identity.ClientQuery{Order: identity.ClientOrderLastUsedAt}, []string{"never", "before", "beside"}},
			"of a grant type":        {identity.ClientQuery{Filter: identity.ClientFilter{GrantType: identity.GrantPassword}}, []string{"before"}},
			"of another":             {identity.ClientQuery{Filter: identity.ClientFilter{GrantType: identity.GrantRefreshToken}}, []string{"beside"}},
			"of a method":            {identity.ClientQuery{Filter: identity.ClientFilter{AuthMethod: identity.AuthNone}}, []string{"never"}},
			"service administrators": {identity.ClientQuery{Filter: identity.ClientFilter{ServiceAdmin: &yes}}, []string{"before"}},
			"used since the upgrade": {identity.ClientQuery{Filter: identity.ClientFilter{LastUsedAt: &identity.TimeMatch{From: ptr(now.Add(time.Hour))}}}, []string{"beside"}},
		} {
			c.q.Range.Limit = 10
			rows, err := s.ClientsPage(ctx, c.q)
			if err != nil {
				t.Fatal(name, err)
			}
			var got []string
			for _, row := range rows {
				got = append(got, row.Item.ClientID)
			}
			t.Log(name)
			equal(t, got, c.want)
		}
	})
}
