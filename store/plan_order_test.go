package store_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

func TestOtherOrdersAndFiltersWalkTheirIndex(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTrail(t, s, 300, 8)
		trail := func(f identity.AuditFilter) func() (string, error) {
			return func() (string, error) {
				return s.ListAuditSQL(identity.AuditQuery{Filter: f, Range: identity.KeysetRange{Limit: 26}})
			}
		}
		for _, c := range []struct {
			name  string
			index []string // any of them
			build func() (string, error)
		}{
			{"sessions by activity", []string{"sessions_active"}, func() (string, error) {
				return s.ListSessionsSQL(identity.SessionQuery{
					Order: identity.SessionOrderLastActiveAt, Range: identity.KeysetRange{Limit: 26}, Now: now,
				})
			}},
			{"active sessions by activity", []string{"sessions_open_active"}, func() (string, error) {
				return s.ListSessionsSQL(identity.SessionQuery{
					Filter: identity.SessionFilter{Active: identity.OnlyActive(true)}, Order: identity.SessionOrderLastActiveAt,
					Range: identity.KeysetRange{Limit: 26}, Now: now,
				})
			}},
			{"trail of a name", []string{"audit_events_actor_name"}, trail(identity.AuditFilter{ActorName: "ann"})},
			{"trail of an address", []string{"audit_events_ip"}, trail(identity.AuditFilter{IP: "192.0.2.1"})},
			{"clients", []string{"clients_client_id_unique", "sqlite_autoindex_clients_2"}, func() (string, error) {
				return s.ListClientsSQL(identity.ClientQuery{Range: identity.KeysetRange{Limit: 26, After: &identity.CursorKey{Key: "client"}}})
			}},
		} {
			if c.name == "clients" {
				withoutScans(t, s) // there is but one
			}
			statement, err := c.build()
			if err != nil {
				t.Fatal(err)
			}
			got, used := plan(t, s, statement), false
			for _, index := range c.index {
				used = used || strings.Contains(got, index)
			}
			if !used || scans(got) || strings.Contains(got, "TEMP B-TREE") {
				t.Errorf("%s:\n%s", c.name, got)
			}
		}
	})
}
