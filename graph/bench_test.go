package graph

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/graph-gophers/dataloader/v7"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// BenchmarkRequests measures whole requests, with the token check and SQLite in memory, but without HTTP.
func BenchmarkRequests(b *testing.B) {
	a := newAPI(b, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(b, a.admin, everything()...)
	for i := range 200 {
		user := a.user(b, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(b, user, false)
	}
	const fields = "id username email active admin name createdAt activeSessionCount"
	for _, c := range []struct{ name, document string }{
		{"typename", "{__typename}"},
		{"user", `{user(by:{id:\"` + model.KindUser.ID(a.admin.ID) + `\"}){` + fields + `}}`},
		{"users25", "{users(first:25){nodes{" + fields + "}}}"},
		{"users25edges", "{users(first:25){edges{cursor node{" + fields + "}}}}"},
		{"users100", "{users(first:100){nodes{" + fields + "}}}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := a.send(b.Context(), token, `{"query":"`+c.document+`"}`); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

// BenchmarkChildrenOfAList measures the two ways to fetch something for all objects of a list: here the sessions of a
// page of users, each asked for on its own goroutine as the executor does. Decision 0027 has the figures.
func BenchmarkChildrenOfAList(b *testing.B) {
	a := newAPI(b, nil)
	var all []uuid.UUID
	for i := range loaderCapacity {
		user := a.user(b, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(b, user, false)
		all = append(all, user.ID)
	}
	ctx := identity.WithActor(b.Context(), identity.SystemActor("benchmark"))
	type page = admin.Page[identity.Session]
	fetch := func(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]page, error) {
		return a.services.Sessions.ByUsers(ctx, ids, true, nestedPageSize)
	}
	batch := func(ids []uuid.UUID) func(uuid.UUID) error {
		batch := model.NewBatch(ids)
		return func(uuid.UUID) error {
			_, err := model.Load(batch, batchKey{list: "sessions", size: nestedPageSize}, func(ids []uuid.UUID) (map[uuid.UUID]page, error) {
				return fetch(ctx, ids)
			})
			return err
		}
	}
	loader := func(wait time.Duration) func([]uuid.UUID) func(uuid.UUID) error {
		return func([]uuid.UUID) func(uuid.UUID) error {
			loader := dataloader.NewBatchedLoader(batchFunc(fetch),
				dataloader.WithWait[uuid.UUID, page](wait), dataloader.WithBatchCapacity[uuid.UUID, page](loaderCapacity))
			return func(id uuid.UUID) error {
				_, err := loader.Load(ctx, id)()
				return err
			}
		}
	}
	for _, way := range []struct {
		name string
		load func(ids []uuid.UUID) func(uuid.UUID) error
	}{
		{"batch", batch}, {"dataloader", loader(loaderWait)}, {"dataloaderWithoutWait", loader(0)},
	} {
		for _, size := range []int{25, 100} {
			b.Run(fmt.Sprintf("%s%d", way.name, size), func(b *testing.B) {
				b.ReportAllocs()
				before := a.statements.Load()
				for b.Loop() {
					load := way.load(all[:size])
					var done sync.WaitGroup
					for _, id := range all[:size] {
						done.Go(func() {
							if err := load(id); err != nil {
								b.Error(err)
							}
						})
					}
					done.Wait()
				}
				b.ReportMetric(float64(a.statements.Load()-before)/float64(b.N), "statements/op")
			})
		}
	}
}

// BenchmarkLists measures the lists of administration as tests/load asks for them, on SQLite in memory and without HTTP: 500
// sessions with a grant and a consent, of as many clients, none of which ended.
func BenchmarkLists(b *testing.B) {
	a := newAPI(b, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(b, a.admin, everything()...)
	var last identity.Client
	for i := range 500 {
		client := a.client
		client.ID, client.ClientID, client.Metadata.Name = a.domain.Source.NewID(), fmt.Sprintf("app-%d", i), fmt.Sprintf("App %d", i)
		check(b, a.store.InsertClient(b.Context(), client))
		user := a.insertUser(b, fmt.Sprintf("user%d", i))
		session := a.session(b, user, false)
		check(b, a.store.InsertGrant(b.Context(), identity.Grant{
			ID: a.domain.Source.NewID(), UserID: user.ID, ClientID: client.ID, SessionID: &session.ID, Scopes: []string{"openid"},
			AuthTime: a.now, CreatedAt: a.now,
		}))
		check(b, a.store.SaveConsent(b.Context(), identity.Consent{
			UserID: user.ID, ClientID: client.ID, Scopes: []string{"openid"}, CreatedAt: a.now, UpdatedAt: a.now,
		}))
		last = client
	}
	for _, c := range []struct{ name, document string }{
		{"client", `query B($n: String!) { __type(name: $n) { name } client(by: { id: \"` + model.KindClient.ID(last.ID) + `\" }) {
			id clientId name description active builtIn public uri logoUri policyUri tosUri contacts applicationType redirectUris
			postLogoutRedirectUris grantTypes responseTypes tokenEndpointAuthMethod tokenEndpointAuthSigningAlg scopes jwks jwksUri
			idTokenSignedResponseAlg userinfoSignedResponseAlg accessTokenSignedResponseAlg subjectType defaultMaxAge requireAuthTime
			backchannelLogoutUri backchannelLogoutSessionRequired softwareId softwareVersion requirePkce refreshTokenRotation skipConsent
			serviceAdmin accessTokenTtl idTokenTtl refreshTokenTtl assertionAudience audiences idTokenClaims defaultResource groupsClaim
			groupsPrefix rolesClaim rolesPrefix ownRolesOnly advice { rule standard clause field problem repair }
			secrets { id createdAt expiresAt } roles { id name } version createdAt updatedAt } }`},
		{"clients100", `query B($n: DateTime!) { clients(first: 100, filter: { createdAt: { gte: $n } }) {
			pageInfo { hasNextPage endCursor } nodes { id clientId name active grantTypes tokenEndpointAuthMethod createdAt updatedAt
			usage { lastUsedAt tokens refusals } } } }`},
		{"sessions", `query B($n: DateTime!) { sessions(first: 20, filter: { active: true, createdAt: { gte: $n } }) {
			pageInfo { hasNextPage endCursor } nodes { id createdAt lastActiveAt expiresAt active ip userAgent amr
			device { browser system kind } user { id username } } } }`},
		{"grants", `query B($n: DateTime!) { grants(first: 20, filter: { createdAt: { gte: $n } }) { pageInfo { hasNextPage endCursor }
			nodes { id createdAt lastUsedAt expiresAt offline active scopes user { id username } client { id name } } } }`},
		{"grantsActive", `query B($n: DateTime!) { grants(first: 20, filter: { active: true, createdAt: { gte: $n } }) {
			pageInfo { hasNextPage endCursor } nodes { id createdAt lastUsedAt expiresAt offline active scopes user { id username } client { id name } } } }`},
		{"consents", `query B($n: DateTime!) { consents(first: 20, filter: { updatedAt: { gte: $n } }) { pageInfo { hasNextPage endCursor }
			nodes { id createdAt updatedAt scopes user { id username } client { id name } } } }`},
	} {
		document := strings.Join(strings.Fields(c.document), " ")
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				at := time.Unix(int64(n), 0).UTC().Format(time.RFC3339)
				if w := a.send(b.Context(), token, `{"query":"`+document+`","variables":{"n":"`+at+`"}}`); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}

func (a *api) insertUser(tb testing.TB, name string) identity.User {
	tb.Helper()
	u := identity.User{
		ID: a.domain.Source.NewID(), Username: name, Email: name + "@id.example", Active: true, CreatedAt: a.now, UpdatedAt: a.now, Version: 1,
	}
	check(tb, a.store.InsertUser(tb.Context(), u))
	return u
}
