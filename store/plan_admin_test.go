package store_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// fillTrail inserts users, some sessions with a grant for each of them, and events.
func fillTrail(t *testing.T, s *store.Store, users, each int) {
	t.Helper()
	client := identity.Client{ID: uuid.New(), ClientID: "client", Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		if err := tx.InsertClient(ctx, client); err != nil {
			return err
		}
		for i := range users {
			if err := tx.InsertUser(ctx, user(i)); err != nil {
				return err
			}
			for n := range each {
				at := now.Add(-time.Duration(i*each+n) * time.Second)
				session := identity.Session{
					ID: uuid.New(), Digest: fmt.Appendf(nil, "%d.%d", i, n), UserID: user(i).ID, CreatedAt: at, LastActiveAt: at, AuthTime: at,
					ExpiresAt: at.Add(time.Hour), MaxExpiresAt: at.Add(time.Hour), Level: identity.LevelOne,
				}
				if n%2 == 0 {
					session.EndedAt = &at
				}
				if err := tx.InsertSession(ctx, session); err != nil {
					return err
				}
				grant := identity.Grant{
					ID: uuid.New(), UserID: user(i).ID, ClientID: client.ID, SessionID: &session.ID, AuthTime: at, CreatedAt: at,
					EndedAt: session.EndedAt,
				}
				if err := tx.InsertGrant(ctx, grant); err != nil {
					return err
				}
				action := identity.ActionSignedIn
				if i%10 == 0 && n == 0 {
					action = identity.ActionUserUnlocked // rarely
				}
				if err := tx.InsertAudit(ctx, identity.AuditEvent{
					ID: uuid.New(), OccurredAt: at, ActorKind: identity.ActorUser, ActorID: user(i).ID.String(), Target: identity.TargetUser,
					TargetID: user(i).ID.String(), Action: action, Outcome: identity.OutcomeSuccess, RequestID: fmt.Sprint(i, ".", n),
				}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
}

var (
	scanned = regexp.MustCompile(`(?m)^SCAN (\w+)$`) // without an index, on SQLite
	sorted  = regexp.MustCompile(`Sort|TEMP B-TREE`)
)

// scans reports whether a plan reads a table from end to end; a part of the statement itself is none.
func scans(plan string) bool {
	for _, m := range scanned.FindAllStringSubmatch(plan, -1) {
		if !strings.Contains(plan, "CO-ROUTINE "+m[1]) {
			return true
		}
	}
	return strings.Contains(plan, "Seq Scan")
}

func TestListsOfAdministrationWalkTheirIndex(t *testing.T) {
	t.Parallel()
	yes := true
	one := user(7).ID
	middle := &identity.CursorKey{Key: now.Add(-1200 * time.Second).Format(time.RFC3339Nano), ID: one}
	from := &identity.TimeMatch{From: ptr(now.Add(-time.Hour))}
	sessions := map[string]struct {
		filter identity.SessionFilter
		index  string
	}{
		"sessions":           {identity.SessionFilter{}, "sessions_created"},
		"active sessions":    {identity.SessionFilter{Active: &yes}, "sessions_open_created"},
		"sessions of a user": {identity.SessionFilter{UserID: one}, "sessions_user"},
		"sessions of a time": {identity.SessionFilter{CreatedAt: from}, "sessions_created"},
		"sessions of an ip":  {identity.SessionFilter{IP: "192.0.2.7"}, "sessions_ip"},
	}
	events := map[string]struct {
		filter identity.AuditFilter
		index  string
	}{
		"trail":              {identity.AuditFilter{}, "audit_events_occurred"},
		"trail of a time":    {identity.AuditFilter{OccurredAt: &identity.TimeMatch{From: ptr(now.Add(-time.Hour)), Before: &now}}, "audit_events_occurred"},
		"trail of an action": {identity.AuditFilter{Actions: []identity.Action{identity.ActionUserUnlocked}}, "audit_events_action"},
		"trail of a target":  {identity.AuditFilter{Target: identity.TargetUser, TargetID: one.String()}, "audit_events_target"},
		"trail of an actor":  {identity.AuditFilter{ActorID: one.String()}, "audit_events_actor"},
	}
	grants := map[string]struct {
		filter identity.GrantFilter
		index  map[identity.GrantOrderField]string
	}{
		"grants":           {identity.GrantFilter{}, grantIndexes("grants_created", "grants_last_used")},
		"active grants":    {identity.GrantFilter{Active: &yes}, grantIndexes("grants_created", "grants_last_used")},
		"bound grants":     {identity.GrantFilter{Offline: new(bool)}, grantIndexes("grants_created", "grants_last_used")},
		"grants of a time": {identity.GrantFilter{CreatedAt: from}, grantIndexes("grants_created", "grants_")},
		"grants of a user": {identity.GrantFilter{UserID: one}, grantIndexes("grants_user", "grants_user")},
	}
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTrail(t, s, 300, 8)
		check := func(name, index, statement string, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			got := plan(t, s, statement)
			// PostgreSQL may sort the few rows of one user.
			sorts := sorted.MatchString(got) && (s.Dialect() == "sqlite" || !strings.Contains(name, " of a"))
			if !strings.Contains(got, index) || sorts || scans(got) {
				t.Errorf("%s:\n%s", name, got)
			}
		}
		for _, page := range []identity.KeysetRange{
			{Limit: 26, After: middle}, {Limit: 26, Before: middle, Backward: true}, {Limit: 26}, {Limit: 26, Backward: true},
		} {
			for _, ascending := range []bool{false, true} {
				for name, c := range sessions {
					q := identity.SessionQuery{Filter: c.filter, Ascending: ascending, Range: page, Now: now}
					statement, err := s.ListSessionsSQL(q)
					check(name, c.index, statement, err)
				}
				for name, c := range grants {
					for order, index := range c.index {
						if order == identity.GrantOrderLastUsedAt && strings.Contains(name, " of a") {
							continue // the few of one user, or a part of the index, are sorted
						}
						q := identity.GrantQuery{Filter: c.filter, Order: order, Ascending: ascending, Range: page, Now: now}
						statement, err := s.ListGrantsSQL(q)
						check(name+" by "+string(order), index, statement, err)
					}
				}
				for name, c := range events {
					statement, err := s.ListAuditSQL(identity.AuditQuery{Filter: c.filter, Ascending: ascending, Range: page})
					check(name, c.index, statement, err)
				}
			}
		}
	})
}

func grantIndexes(created, used string) map[identity.GrantOrderField]string {
	return map[identity.GrantOrderField]string{identity.GrantOrderCreatedAt: created, identity.GrantOrderLastUsedAt: used}
}

// TestGrantsOfAClientWalkItsIndex: a client may have most of the grants.
func TestGrantsOfAClientWalkItsIndex(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTrail(t, s, 300, 8)
		for range 20 { // so that an index of all is no substitute
			fillClient(t, s, user(1).ID, 60)
		}
		client := fillClient(t, s, user(2).ID, 60)
		if err := s.Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		withoutScans(t, s)
		for index, f := range map[string]identity.ConsentFilter{"consents_updated": {}, "consents_client_updated": {ClientID: client}} {
			statement, err := s.ListConsentsSQL(identity.ConsentQuery{Filter: f, Range: identity.KeysetRange{Limit: 26}})
			if err != nil {
				t.Fatal(err)
			}
			got := plan(t, s, statement)
			sorts := s.Dialect() == "sqlite" && sorted.MatchString(got) // PostgreSQL may sort the few of one client
			if !strings.Contains(got, index) || sorts || scans(got) {
				t.Errorf("consents:\n%s", got)
			}
		}
		for order, index := range grantIndexes("grants_client_created", "grants_client_last_used") {
			for _, page := range []identity.KeysetRange{{Limit: 26}, {Limit: 26, Backward: true}} {
				statement, err := s.ListGrantsSQL(identity.GrantQuery{
					Filter: identity.GrantFilter{ClientID: client}, Order: order, Range: page, Now: now,
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := plan(t, s, statement); !strings.Contains(got, index) || sorted.MatchString(got) || scans(got) {
					t.Errorf("%s:\n%s", order, got)
				}
			}
		}
	})
}

// fillClient inserts a client with grants of a user and returns its id.
func fillClient(t *testing.T, s *store.Store, userID uuid.UUID, grants int) uuid.UUID {
	t.Helper()
	id := uuid.New()
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		c := identity.Client{ID: id, ClientID: id.String(), Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := tx.InsertClient(ctx, c); err != nil {
			return err
		}
		for i := range grants {
			at := now.Add(-time.Duration(i) * time.Minute)
			consent := identity.Consent{UserID: user(i).ID, ClientID: id, CreatedAt: at, UpdatedAt: at}
			if err := tx.SaveConsent(ctx, consent); err != nil {
				return err
			}
			grant := identity.Grant{ID: uuid.New(), UserID: userID, ClientID: id, AuthTime: at, CreatedAt: at}
			grant.Refresh.RotatedAt = &at
			if err := tx.InsertGrant(ctx, grant); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestListsOfManyOwnersScanNoTable(t *testing.T) {
	t.Parallel()
	yes := true
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillTrail(t, s, 300, 8)
		statements := s.NestedSQL([]uuid.UUID{user(1).ID, user(2).ID, user(3).ID}, now.Add(-time.Hour))
		index := map[string]string{
			"NewestSessions": "sessions_user", "NewestSessions active": "sessions_user", "GrantsOfSessions": "grants_session",
			"NewestGrants": "grants_user", "EndedSessions": "sessions_user", "TransfersChanged": "transfers_updated", "NewestAuditOf": "audit_events_target", "AuditDays": "audit_events_",
			"a request": "audit_events_request", "history of a user": "audit_events_actor", "active sessions of a user": "sessions_user", "sessions of a client": "grants_",
		}
		var err error
		for name, f := range map[string]identity.SessionFilter{
			"sessions of a client": {ClientID: user(1).ID}, "active sessions of a user": {UserID: user(1).ID, Active: &yes},
		} {
			q := identity.SessionQuery{Filter: f, Range: identity.KeysetRange{Limit: 26}, Now: now}
			if statements[name], err = s.ListSessionsSQL(q); err != nil {
				t.Fatal(err)
			}
		}
		for name, f := range map[string]identity.AuditFilter{
			"a request": {RequestID: "7.1"}, "history of a user": {UserID: user(1).ID},
		} {
			q := identity.AuditQuery{Filter: f, Range: identity.KeysetRange{Limit: 26}}
			if statements[name], err = s.ListAuditSQL(q); err != nil {
				t.Fatal(err)
			}
		}
		withoutScans(t, s)
		for name, statement := range statements {
			if got := plan(t, s, statement); !strings.Contains(got, index[name]) || scans(got) {
				t.Errorf("%s:\n%s", name, got)
			} else {
				t.Logf("%s:\n%s", name, got)
			}
		}
	})
}
