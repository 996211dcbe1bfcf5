package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// useClients stores when clients were used.
func (f *fixture) useClients(times map[uuid.UUID]time.Time) {
	f.Helper()
	var days []identity.ClientDay
	for id, at := range times {
		days = append(days, identity.ClientDay{ClientID: id, Day: at.UTC().Truncate(24 * time.Hour), Tokens: 1, LastUsedAt: at})
	}
	f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.AddClientDays(ctx, days) }))
}

// listedClient is a client with what it is sorted by.
type listedClient struct {
	identity.Client
	sortName string
	used     time.Time
}

// someClients inserts clients, of which several are equal in each order but that of the client_id.
func (f *fixture) someClients() []listedClient {
	f.Helper()
	names := [][2]string{{"beta", "beta"}, {"BeTa", "beta"}, {"ALPHA", "alpha"}, {}, {"ähre", "ähre"}, {"ÄHRE", "Ähre"}, {"_", "_"}}
	used := map[uuid.UUID]time.Time{}
	var all []listedClient
	for i := range 28 {
		name := names[i%len(names)]
		c := f.client(func(c *identity.Client) {
			c.ClientID, c.Metadata.Name = fmt.Sprintf("%s%02d", []string{"App", "app"}[i%2], i), name[0]
			c.CreatedAt = f.now.Add(time.Duration(i/3) * time.Microsecond)
		})
		if i%4 != 0 { // the others were never used
			used[c.ID] = f.now.Add(time.Duration(i%3) * time.Hour)
		}
		all = append(all, listedClient{c, cmp.Or(name[1], fmt.Sprintf("app%02d", i)), used[c.ID]})
	}
	f.useClients(used)
	f.useClients(map[uuid.UUID]time.Time{all[1].ID: f.now.AddDate(0, 0, -9)}) // a node reports late of a day before
	return all
}

func clientOrders(r *runner) {
	r.run("every order meets every client once in both directions, also where keys are equal", func(f *fixture) {
		all := f.someClients()
		for order, key := range map[identity.ClientOrderField]func(listedClient) string{
			"":                             func(c listedClient) string { return c.ClientID },
			identity.ClientOrderClientID:   func(c listedClient) string { return c.ClientID },
			identity.ClientOrderName:       func(c listedClient) string { return c.sortName },
			identity.ClientOrderCreatedAt:  func(c listedClient) string { return c.CreatedAt.Format("2006-01-02T15:04:05.000000") },
			identity.ClientOrderLastUsedAt: func(c listedClient) string { return c.used.Format("2006-01-02T15:04:05.000000") },
		} {
			slices.SortFunc(all, func(a, b listedClient) int {
				return cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ID.String(), b.ID.String()))
			})
			ascending := make([]uuid.UUID, len(all))
			for i, c := range all {
				ascending[i] = c.ID
			}
			f.walks(ascending, func(asc bool, page identity.KeysetRange) (keys []identity.CursorKey) {
				q := identity.ClientQuery{Order: order, Descending: !asc, Range: page}
				for _, row := range must(f.store.ClientsPage(f.ctx, q))(f) {
					keys = append(keys, row.CursorKey)
				}
				return keys
			})
		}
		_, err := f.store.ClientsPage(f.ctx, identity.ClientQuery{Order: "SHOE_SIZE", Range: identity.KeysetRange{Limit: 1}})
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "order" {
			f.Errorf("an unknown order: %v", err)
		}
	})
	r.run("an update changes what a client is sorted and selected by", func(f *fixture) {
		c := f.client(func(c *identity.Client) { c.ClientID, c.Metadata.Name = "b", "zebra" })
		f.client(func(c *identity.Client) { c.ClientID, c.Metadata.Name = "a", "mule" })
		byName := func(filter identity.ClientFilter) []string {
			return f.walkClients(identity.ClientQuery{
				Order: identity.ClientOrderName, Filter: filter, Range: identity.KeysetRange{Limit: 3},
			})
		}
		f.equal(byName(identity.ClientFilter{}), []string{"a", "b"})
		c.Metadata.Name, c.Metadata.GrantTypes = "ape", []identity.GrantType{identity.GrantPassword, identity.GrantPassword}
		c.Metadata.TokenEndpointAuthMethod, c.Policy.ServiceAdmin = identity.AuthPrivateKeyJWT, true
		f.noError(f.store.UpdateClient(f.ctx, c))
		f.equal(byName(identity.ClientFilter{}), []string{"b", "a"})
		yes := true
		f.equal(byName(identity.ClientFilter{
			GrantType: identity.GrantPassword, AuthMethod: identity.AuthPrivateKeyJWT, ServiceAdmin: &yes,
		}), []string{"b"})
		f.useClients(map[uuid.UUID]time.Time{c.ID: f.now})
		f.noError(f.store.DeleteClient(f.ctx, c.ID))
		f.equal(byName(identity.ClientFilter{GrantType: identity.GrantPassword}), []string(nil))
	})
	r.run("clients are selected by what they are registered for, and by times", clientSelections)
}

func clientSelections(f *fixture) {
	hour := func(n int) time.Time { return f.now.Add(time.Duration(n) * time.Hour) }
	add := func(id string, at time.Time, method identity.AuthMethod, scope string, grants ...identity.GrantType) uuid.UUID {
		return f.client(func(c *identity.Client) {
			c.ClientID, c.CreatedAt, c.Metadata.TokenEndpointAuthMethod, c.Metadata.GrantTypes = id, at, method, grants
			c.Metadata.Scope, c.Policy.ServiceAdmin = scope, id == "job"
		}).ID
	}
	web := add("web", hour(0), identity.AuthClientSecretBasic, "openid", identity.GrantAuthorizationCode, identity.GrantRefreshToken)
	add("spa", hour(1), identity.AuthNone, "openid", identity.GrantAuthorizationCode)
	job := add("job", hour(2), identity.AuthClientSecretBasic, "tea", identity.GrantClientCredentials)
	add("bare", hour(3), "", "")
	f.useClients(map[uuid.UUID]time.Time{web: hour(5), job: hour(6)})
	yes, no := true, false
	from, before := hour(1), hour(3)
	six := hour(6)
	for name, c := range map[string]struct {
		filter identity.ClientFilter
		want   []string
	}{
		"a grant type":                 {identity.ClientFilter{GrantType: identity.GrantAuthorizationCode}, []string{"spa", "web"}},
		"a grant type that nobody has": {identity.ClientFilter{GrantType: identity.GrantPassword}, nil},
		"a part of a grant type":       {identity.ClientFilter{GrantType: "authorization"}, nil},
		"a scope and a grant type":     {identity.ClientFilter{GrantType: identity.GrantRefreshToken, Scope: "openid"}, []string{"web"}},
		"a method":                     {identity.ClientFilter{AuthMethod: identity.AuthClientSecretBasic}, []string{"job", "web"}},
		"a service administrator":      {identity.ClientFilter{ServiceAdmin: &yes}, []string{"job"}},
		"no service administrator":     {identity.ClientFilter{ServiceAdmin: &no}, []string{"bare", "spa", "web"}},
		"made between":                 {identity.ClientFilter{CreatedAt: &identity.TimeMatch{From: &from, Before: &before}}, []string{"job", "spa"}},
		"never used":                   {identity.ClientFilter{LastUsedAt: &identity.TimeMatch{IsNull: &yes}}, []string{"bare", "spa"}},
		"ever used":                    {identity.ClientFilter{LastUsedAt: &identity.TimeMatch{IsNull: &no}}, []string{"job", "web"}},
		"not used since":               {identity.ClientFilter{LastUsedAt: &identity.TimeMatch{Before: &six}}, []string{"web"}},
		"used since":                   {identity.ClientFilter{LastUsedAt: &identity.TimeMatch{From: &six}}, []string{"job"}},
		"all at once": {identity.ClientFilter{
			Active: &yes, Scope: "tea", GrantType: identity.GrantClientCredentials, AuthMethod: identity.AuthClientSecretBasic, ServiceAdmin: &yes,
			CreatedAt: &identity.TimeMatch{From: &from}, LastUsedAt: &identity.TimeMatch{From: &six}, Search: "J",
		}, []string{"job"}},
	} {
		for _, order := range []identity.ClientOrderField{"", identity.ClientOrderName, identity.ClientOrderLastUsedAt} {
			got := f.walkClients(identity.ClientQuery{Filter: c.filter, Order: order, Range: identity.KeysetRange{Limit: 2}})
			if slices.Sort(got); !slices.Equal(got, c.want) {
				f.Errorf("%s by %s: got %q, want %q", name, order, got, c.want)
			}
		}
		f.equal(must(f.store.CountClients(f.ctx, c.filter, 10))(f), len(c.want))
	}
}
