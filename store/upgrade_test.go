package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// beforeInteractions is the schema of the server before interactions had kinds and sessions a level.
const beforeInteractions = 20261001090000

// The statements of that server about its requests, word for word.
const (
	oldInsertRequest = `INSERT INTO authorization_requests (id, digest, client_id, params, created_at, expires_at, done_at, session_id,
		authenticated_at, consented_at, denied) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	oldProgressRequest = `UPDATE authorization_requests
		SET session_id = $2, authenticated_at = $3, consented_at = $4, denied = $5 WHERE id = $1 AND done_at IS NULL`
	oldFinishRequest = `UPDATE authorization_requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL`
)

// Those about its sessions.
const (
	oldInsertSession = `INSERT INTO sessions (id, digest, user_id, created_at, last_active_at, auth_time, expires_at, max_expires_at, ip,
		user_agent, amr, acr, ended_at, end_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	oldRenewSession = `UPDATE sessions SET digest = $2, last_active_at = $3, auth_time = $4, expires_at = $5, max_expires_at = $6, amr = $7,
		acr = $8 WHERE id = $1 AND ended_at IS NULL`
)

// older is a server of before on the database of a store.
type older struct {
	*testing.T
	store *store.Store
}

func (o older) exec(statement string, args ...any) {
	o.Helper()
	result, err := o.store.Writer().ExecContext(o.Context(), statement, args...)
	if err != nil {
		o.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		o.Fatalf("%d rows, %v: %s", n, err, statement)
	}
}

func (o older) request(client identity.Client, now time.Time) (id uuid.UUID, digest []byte) {
	o.Helper()
	id = uuid.New()
	digest = []byte("digest of " + id.String())
	o.exec(oldInsertRequest, id, digest, client.ID, `{"redirect_uri":"https://app.example/cb","scopes":["openid"]}`, now, now.Add(time.Hour),
		nil, nil, nil, nil, false)
	return id, digest
}

func TestRequestsInFlightOutliveTheirUpgrade(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, url), t.Context(), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		o := older{t, s}
		if err := s.MigrateTo(ctx, beforeInteractions); err != nil {
			t.Fatal(err)
		}
		client := identity.Client{ID: uuid.New(), ClientID: "app", Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
		o.exec(oldInsertClient, client.ID, client.ClientID, true, false, `[]`, `{}`, now)
		session := uuid.New()
		pendingID, pending := o.request(client, now)
		o.exec(oldProgressRequest, pendingID, session, now, now, false)
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}

		want := identity.Interaction{
			ID: pendingID, Kind: identity.InteractionAuthorize, Digest: pending, ClientID: client.ID,
			Params:    identity.AuthorizationParams{RedirectURI: "https://app.example/cb", Scopes: []string{"openid"}},
			CreatedAt: now, ExpiresAt: now.Add(time.Hour), SessionID: &session, AuthenticatedAt: &now, ConsentedAt: &now,
		}
		equal(t, interaction(t, s, pending), want)

		// During a rolling upgrade either server carries on what the other has begun.
		sharedID, shared := o.request(client, now)
		i := interaction(t, s, shared)
		if i.Kind != identity.InteractionAuthorize || i.ClientID != client.ID {
			t.Errorf("a request of an older server reads as %+v", i)
		}
		i.SessionID, i.AuthenticatedAt = &session, &now
		if err := s.SaveInteraction(ctx, i); err != nil {
			t.Fatal(err)
		}
		o.exec(oldProgressRequest, sharedID, session, now, now, false)
		i.ConsentedAt = &now
		equal(t, interaction(t, s, shared), i)
		o.exec(oldFinishRequest, sharedID, now)
		i.DoneAt, want.DoneAt = &now, &now
		if err := s.SaveInteraction(ctx, i); !errors.Is(err, identity.ErrInteractionNotFound) {
			t.Errorf("finished twice: %v", err)
		}
		if err := s.SaveInteraction(ctx, want); err != nil {
			t.Errorf("not finished: %v", err)
		}
		// And the other way round: what the new server has finished the old one does not finish again.
		if result, err := s.Writer().ExecContext(ctx, oldFinishRequest, pendingID, now); err != nil {
			t.Error(err)
		} else if n, err := result.RowsAffected(); n != 0 || err != nil {
			t.Errorf("the older server finishes %d, %v", n, err)
		}

		if err := s.MigrateTo(ctx, beforeInteractions); err != nil {
			t.Fatalf("down: %v", err)
		}
		o.request(client, now)
	})
}

func TestSessionsOutliveTheirUpgrade(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx, now := open(t, url), t.Context(), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
		o, u := older{t, s}, user(1)
		insert := func() (id uuid.UUID) {
			id = uuid.New()
			o.exec(oldInsertSession, id, []byte("digest of "+id.String()), u.ID, now, now, now, now.Add(time.Hour), now.Add(time.Hour), "192.0.2.1",
				"browser", `["pwd"]`, "", nil, "")
			return id
		}
		trusted := func(name string, id uuid.UUID, factors []identity.Factor) {
			t.Helper()
			session, err := s.SessionByID(ctx, id)
			if err != nil || !session.Active(now) || session.Level != identity.LevelOne || len(session.AMR) != 1 || session.AMR[0] != "pwd" {
				t.Errorf("%s: %+v, %v", name, session, err)
			}
			got, err := s.SessionFactors(ctx, id)
			if err != nil {
				t.Error(err)
			}
			equal(t, got, factors)
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.InsertUser(ctx, u); err != nil { // before the way down, so that it has the columns of today
			t.Fatal(err)
		}
		if err := s.MigrateTo(ctx, beforeInteractions); err != nil {
			t.Fatal(err)
		}
		before := insert()
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		trusted("of before", before, nil)
		trusted("of an older server", insert(), nil)

		ours := identity.Session{
			ID: uuid.New(), Digest: []byte("ours"), UserID: u.ID, CreatedAt: now, LastActiveAt: now, AuthTime: now, ExpiresAt: now.Add(time.Hour),
			MaxExpiresAt: now.Add(time.Hour), AMR: []string{"pwd"}, Level: identity.LevelOne,
			Factors: []identity.Factor{{Kind: identity.CredentialPassword, At: now}},
		}
		if err := s.InsertSession(ctx, ours); err != nil {
			t.Fatal(err)
		}
		o.exec(oldRenewSession, ours.ID, []byte("renewed"), now, now, now.Add(time.Hour), now.Add(time.Hour), `["pwd"]`, "")
		trusted("renewed by an older server", ours.ID, ours.Factors)
		if err := s.MigrateTo(ctx, beforeInteractions); err != nil {
			t.Fatalf("down: %v", err)
		}
		insert()
	})
}

func interaction(t *testing.T, s *store.Store, digest []byte) identity.Interaction {
	t.Helper()
	i, err := s.InteractionByDigest(t.Context(), [][]byte{digest})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("want (-) got (+):\n%s", diff)
	}
}

// beforePreferredNames is the schema of the server before a preferred username had to differ from usernames.
const beforePreferredNames = 20261128120000

func TestPreferredUsernamesOfBeforeDifferFromUsernames(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		o := older{t, s}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		owner, impostor, other, self := user(1), user(2), user(3), user(4)
		for _, u := range []identity.User{owner, impostor, other, self} {
			if err := s.InsertUser(ctx, u); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.MigrateTo(ctx, beforePreferredNames); err != nil {
			t.Fatal(err)
		}
		const prefer = `UPDATE users SET preferred_username = $2 WHERE id = $1`
		o.exec(prefer, impostor.ID, "USER1")
		o.exec(prefer, other.ID, "Lissy")
		o.exec(prefer, self.ID, "User4")
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[uuid.UUID]string{impostor.ID: "", other.ID: "Lissy", self.ID: "User4"} {
			if got, err := s.UserByID(ctx, id); err != nil || got.Claims.PreferredUsername != want {
				t.Errorf("%q, %v, want %q", got.Claims.PreferredUsername, err, want)
			}
		}
		lissy := user(5)
		lissy.Username = "lissy"
		if err := s.InsertUser(ctx, lissy); identity.AsError(err).Code != identity.CodeDuplicateUsername {
			t.Errorf("a username that somebody already goes by: %v", err)
		}

		// A server of before, which writes no key, is held to it too.
		if _, err := s.Writer().ExecContext(ctx, prefer, impostor.ID, "uSER1"); err == nil {
			t.Error("an older server stored a preferred username that is a username")
		}
		o.exec(prefer, impostor.ID, "Kim")
		lissy.Username = "KIM"
		if err := s.InsertUser(ctx, lissy); identity.AsError(err).Code != identity.CodeDuplicateUsername {
			t.Errorf("a username that somebody goes by since: %v", err)
		}
	})
}

// beforePublicKeySets is the schema of the server before key sets of clients had public keys only.
const beforePublicKeySets = 20261129095100

func TestPrivateKeysOfClientsGoWithTheUpgrade(t *testing.T) {
	t.Parallel()
	onBothURLs(t, func(t *testing.T, url string) {
		s, ctx := open(t, url), t.Context()
		o := older{t, s}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := s.MigrateTo(ctx, beforePublicKeySets); err != nil {
			t.Fatal(err)
		}
		const ec = `{"kty":"EC","crv":"P-256","kid":"k","x":"eA","y":"eQ"`
		sets := map[string][2]string{
			"mixed": {
				`{"keys":[` + ec + `,"d":"SECRET"},{"kty":"oct","k":"SECRET"},{"kty":"RSA","n":"bg","e":"AQAB","d":"SECRET","p":"SECRET","q":"SECRET",` +
					`"dp":"SECRET","dq":"SECRET","qi":"SECRET","oth":[{"d":"SECRET"}]},{"kty":"AKP","pub":"cA","priv":"SECRET"},"SECRET"],"d":"SECRET"}`,
				`{"keys":[` + ec + `},{"kty":"RSA","n":"bg","e":"AQAB"},{"kty":"AKP","pub":"cA"}]}`,
			},
			"one-key":  {ec + `,"d":"SECRET"}`, ``},
			"a-number": {`5`, ``},
			"public":   {`{"keys":[` + ec + `}]}`, `{"keys":[` + ec + `}]}`},
			"none":     {``, ``},
		}
		for id, set := range sets {
			c := identity.Client{ID: uuid.New(), ClientID: id, Active: true, CreatedAt: now, UpdatedAt: now, Version: 1}
			c.Metadata.Name, c.Metadata.JWKS = id, json.RawMessage(set[0])
			if set[0] == "" {
				c.Metadata.JWKS = nil
			}
			metadata, err := json.Marshal(c.Metadata)
			if err != nil {
				t.Fatal(err)
			}
			o.exec(oldInsertClient, c.ID, c.ClientID, true, false, `[]`, string(metadata), now)
			event := identity.AuditEvent{
				ID: uuid.New(), OccurredAt: now, ActorKind: identity.ActorSystem, Action: identity.ActionClientUpdated,
				Outcome: identity.OutcomeSuccess,
				Changes: map[string]identity.Change{"metadata": {Before: c.Metadata, After: c.Metadata}},
			}
			if err := s.InsertAudit(ctx, event); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		for id, set := range sets {
			got, err := s.ClientByClientID(ctx, id)
			if err != nil || got.Metadata.Name != id {
				t.Fatal(id, got, err)
			}
			var have, want any
			if set[1] != "" {
				if err := json.Unmarshal([]byte(set[1]), &want); err != nil {
					t.Fatal(err)
				}
			}
			if len(got.Metadata.JWKS) > 0 {
				if err := json.Unmarshal(got.Metadata.JWKS, &have); err != nil {
					t.Fatal(err)
				}
			}
			equal(t, have, want)
		}
		var secrets int
		for _, query := range []string{
			`SELECT count(*) FROM audit_events WHERE CAST(changes AS text) LIKE '%SECRET%' OR CAST(changes AS text) NOT LIKE '%client_name%'`,
			`SELECT count(*) FROM clients WHERE CAST(metadata AS text) LIKE '%SECRET%'`,
		} {
			if err := s.Writer().QueryRowContext(ctx, query).Scan(&secrets); err != nil || secrets != 0 {
				t.Errorf("%d rows, %v: %s", secrets, err, query)
			}
		}
	})
}
