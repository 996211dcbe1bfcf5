package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// What the server before audiences of resources writes, word for word.
const oldSaveResource = `INSERT INTO resources (uri, name, scopes, created_at, updated_at, access_token_typ) VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (uri) DO UPDATE SET name = EXCLUDED.name, scopes = EXCLUDED.scopes, access_token_typ = EXCLUDED.access_token_typ,
	updated_at = EXCLUDED.updated_at`

// TestAnOlderServerGoesOnWithResources: what it does not know of stays, and what it inserts is nobody else's audience.
func TestAnOlderServerGoesOnWithResources(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		save := func(uri, name string) {
			t.Helper()
			if _, err := s.Writer().ExecContext(ctx, oldSaveResource, uri, name, `["tea"]`, now, now, "at+jwt"); err != nil {
				t.Fatal(err)
			}
		}
		const old, api = "https://old.example", "https://api.example"
		save(old, "")
		r := identity.Resource{
			URI: api, Audiences: []string{"urn:api"}, AccessTokenType: identity.TypeAccessToken, AccessTokenAlg: identity.RS256, AccessTokenTTL: 60,
			CreatedAt: now, UpdatedAt: now,
		}
		if err := s.InsertResource(ctx, r); err != nil {
			t.Fatal(err)
		}
		save(api, "API")
		r.Name, r.Scopes = "API", []string{"tea"}
		got, err := s.LockResources(ctx, []string{api})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got[api]); diff != "" {
			t.Error(diff)
		}
		r.Audiences = []string{old}
		if err := s.SaveResource(ctx, r); !errors.Is(err, &identity.Error{Code: identity.CodeDuplicateResource}) {
			t.Errorf("the URI of another resource as an audience: %v", err)
		}
	})
}
