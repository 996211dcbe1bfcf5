package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// TestWhoNamesAScopeIsFoundByName: no other names are read, however many there are.
func TestWhoNamesAScopeIsFoundByName(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
			for i := range 500 {
				c := identity.Client{ID: uuid.New(), ClientID: fmt.Sprint("app", i), Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
				c.Metadata.Scope = fmt.Sprintf("openid tea%d", i%50)
				if err := tx.InsertClient(ctx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = s.Analyze(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.ListClientsSQL(identity.ClientQuery{
			Filter: identity.ClientFilter{Scope: "tea7"}, Range: identity.KeysetRange{Limit: 26, After: &identity.CursorKey{Key: "client"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, statement := range map[string]string{"a page": page, "first pages": s.NamingSQL([]string{"tea7", "tea8"})} {
			got := plan(t, s, statement)
			if !strings.Contains(got, "client_uses_pkey") && !strings.Contains(got, "USING PRIMARY KEY (kind=? AND name=?") {
				t.Errorf("%s:\n%s", name, got)
			}
		}
	})
}
