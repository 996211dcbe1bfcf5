package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// fillClients inserts clients, of which one in fifty has what is rare, and three in four were used.
func fillClients(t *testing.T, s *store.Store, n int) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		var days []identity.ClientDay
		for i := range n {
			at := now.Add(time.Duration(i) * time.Minute)
			c := identity.Client{ID: uuid.New(), ClientID: fmt.Sprint("app", i), Active: true, CreatedAt: at, UpdatedAt: at, Version: 1}
			c.Metadata.Name = fmt.Sprint("App ", i)
			c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
			c.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretBasic
			if i%50 == 0 {
				c.Active, c.Policy.ServiceAdmin = false, true
				c.Metadata.GrantTypes, c.Metadata.TokenEndpointAuthMethod = []identity.GrantType{identity.GrantPassword}, identity.AuthPrivateKeyJWT
			}
			if err := tx.InsertClient(ctx, c); err != nil {
				return err
			}
			if i%4 != 0 {
				days = append(days, identity.ClientDay{ClientID: c.ID, Day: now.Truncate(24 * time.Hour), Tokens: 1, LastUsedAt: at})
			}
		}
		return tx.AddClientDays(ctx, days)
	})
	if err == nil {
		err = s.Analyze(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestListsOfClientsWalkTheirIndex(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	from := &identity.TimeMatch{From: ptr(now.Add(1900 * time.Minute))}
	at := now.Add(1000 * time.Minute).Format(time.RFC3339Nano)
	orders := map[identity.ClientOrderField]struct {
		key   string
		index []string // any of them: as PostgreSQL and as SQLite call it
	}{
		identity.ClientOrderClientID:   {"app5", []string{"clients_client_id_unique", "sqlite_autoindex_clients_2"}},
		identity.ClientOrderName:       {"app 5", []string{"clients_sort_name"}},
		identity.ClientOrderCreatedAt:  {at, []string{"clients_created"}},
		identity.ClientOrderLastUsedAt: {at, []string{"client_last_uses_key"}},
	}
	filters := map[string]struct {
		filter identity.ClientFilter
		order  identity.ClientOrderField
		index  []string
	}{
		"rare: inactive":                 {identity.ClientFilter{Active: &no}, "", []string{"clients_inactive"}},
		"rare: service administrators":   {identity.ClientFilter{ServiceAdmin: &yes}, "", []string{"clients_service_admin"}},
		"rare: of a method":              {identity.ClientFilter{AuthMethod: identity.AuthPrivateKeyJWT}, "", []string{"clients_auth_method"}},
		"rare: of a grant type":          {identity.ClientFilter{GrantType: identity.GrantPassword}, "", []string{"client_uses_pkey", "USING PRIMARY KEY (kind=? AND name=?"}},
		"rare: of a time":                {identity.ClientFilter{CreatedAt: from}, identity.ClientOrderCreatedAt, []string{"clients_created"}},
		"rare: used since":               {identity.ClientFilter{LastUsedAt: from}, identity.ClientOrderLastUsedAt, []string{"client_last_uses_key"}},
		"rare: never used":               {identity.ClientFilter{LastUsedAt: &identity.TimeMatch{IsNull: &yes}}, identity.ClientOrderLastUsedAt, []string{"client_last_uses_key"}},
		"common: of a grant type":        {identity.ClientFilter{GrantType: identity.GrantAuthorizationCode}, identity.ClientOrderName, []string{"clients_sort_name"}},
		"most: active by their last use": {identity.ClientFilter{Active: &yes}, identity.ClientOrderLastUsedAt, []string{"client_last_uses_key"}},
	}
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillClients(t, s, 2000)
		check := func(name string, index []string, q identity.ClientQuery) {
			t.Helper()
			statement, err := s.ListClientsSQL(q)
			if err != nil {
				t.Fatal(err)
			}
			got, used := plan(t, s, statement), false
			for _, name := range index {
				used = used || strings.Contains(got, name)
			}
			few := s.Dialect() == "postgres" && strings.HasPrefix(name, "rare: ") // which PostgreSQL may sort
			if !used || sorted.MatchString(got) && !few || scans(got) {
				t.Errorf("%s, %+v:\n%s", name, q.Range, got)
			}
		}
		for order, o := range orders {
			middle := &identity.CursorKey{Key: o.key, ID: uuid.New()}
			for _, page := range []identity.KeysetRange{
				{Limit: 26, After: middle}, {Limit: 26, Before: middle, Backward: true}, {Limit: 26}, {Limit: 26, Backward: true},
			} {
				for _, descending := range []bool{false, true} {
					check(string(order), o.index, identity.ClientQuery{Order: order, Descending: descending, Range: page})
				}
			}
		}
		withoutScans(t, s)
		for name, c := range filters {
			if strings.HasPrefix(name, "common: ") && s.Dialect() == "sqlite" {
				continue // SQLite does not know that most have it, and sorts them
			}
			for _, backward := range []bool{false, true} {
				check(name, c.index, identity.ClientQuery{Filter: c.filter, Order: c.order, Range: identity.KeysetRange{Limit: 26, Backward: backward}})
			}
		}
	})
}

// TestWhoUsesClientsIsReadFromTheirIndexes: of one that has nearly every grant, and of ones that have few.
func TestWhoUsesClientsIsReadFromTheirIndexes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTrail(t, s, 300, 8)
		page, err := s.ClientsPage(t.Context(), identity.ClientQuery{Range: identity.KeysetRange{Limit: 1}})
		if err != nil {
			t.Fatal(err)
		}
		clients := []uuid.UUID{page[0].Item.ID}
		for i := range 10 {
			clients = append(clients, fillClient(t, s, user(i).ID, 20))
		}
		if err := s.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		withoutScans(t, s)
		for name, statement := range s.ClientUsersSQL(clients, now) {
			index := "grants_"
			if name == "consents" {
				index = "consents_client_updated"
			}
			if got := plan(t, s, statement); !strings.Contains(got, index) || scans(got) {
				t.Errorf("%s:\n%s", name, got)
			}
		}
	})
}
