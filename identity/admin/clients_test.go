package admin_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// metadata is that of f.client, for a change.
func metadata(change ...func(*identity.ClientMetadata)) identity.ClientMetadata {
	var m identity.ClientMetadata
	m.RedirectURIs = []string{callback}
	for _, c := range change {
		c(&m)
	}
	return m
}

func TestCreateClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: metadata()})
	noError(t, err)
	if len(secret) != 43 || len(c.Secrets) != 1 || c.Secrets[0].ExpiresAt != nil {
		t.Fatalf("a secret of %d characters, stored as %+v", len(secret), c.Secrets)
	}
	stored, err := f.ClientAuth.Find(f.ctx, "app")
	noError(t, err)
	want := metadata(func(m *identity.ClientMetadata) {
		m.TokenEndpointAuthMethod, m.ApplicationType, m.SubjectType = identity.AuthClientSecretBasic, "web", "public"
		m.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken}
		m.ResponseTypes, m.IDTokenAlg, m.AccessTokenAlg = []string{"code"}, identity.RS256, identity.ES256
	})
	wantSame(t, stored, identity.Client{
		ID: c.ID, ClientID: "app", Active: true, Secrets: c.Secrets, CreatedAt: start, UpdatedAt: start, Version: 1, Metadata: want,
		Policy: identity.DefaultPolicy(),
	})
	if !f.ClientAuth.ProveSecret(stored, secret) {
		t.Error("the secret does not prove the client")
	}
	for _, wrong := range []string{"", secret[:42], secret + "x", strings.ToUpper(secret)} {
		if f.ClientAuth.ProveSecret(stored, wrong) {
			t.Errorf("%q proves the client", wrong)
		}
	}
	if f.ClientAuth.ProveSecret(identity.Client{}, secret) || f.ClientAuth.ProveSecret(identity.Client{}, "") {
		t.Error("an unknown client is proven")
	}
	if text := f.auditText(t); strings.Contains(text, secret) || !strings.Contains(text, `"client.created"`) {
		t.Error("the creation is not audited, or with the secret")
	}
}

func TestMadeClientIDs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	seen := map[string]bool{}
	for range 20 {
		c, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{Metadata: metadata()})
		noError(t, err)
		if seen[c.ClientID] || !regexp.MustCompile(`^[A-Za-z0-9_-]{20,40}$`).MatchString(c.ClientID) {
			t.Fatalf("client_id %q", c.ClientID)
		}
		seen[c.ClientID] = true
	}
}

func TestCreateClientRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.client(t, "app")
	for name, test := range map[string]struct {
		client admin.NewClient
		want   error
	}{
		"a taken client_id": {admin.NewClient{ClientID: "app", Metadata: metadata()}, coded(identity.CodeDuplicateClient)},
		"a short secret":    {admin.NewClient{ClientID: "b", Secret: strings.Repeat("s", 31), Metadata: metadata()}, coded(identity.CodeValidation)},
		"a long secret":     {admin.NewClient{ClientID: "b", Secret: strings.Repeat("s", 256), Metadata: metadata()}, coded(identity.CodeValidation)},
		"a secret with NUL": {admin.NewClient{ClientID: "b", Secret: strings.Repeat("s", 32) + "\x00", Metadata: metadata()}, coded(identity.CodeValidation)},
		"a secret for a public client": {admin.NewClient{ClientID: "b", Secret: strings.Repeat("s", 32), Metadata: metadata(func(m *identity.ClientMetadata) {
			m.TokenEndpointAuthMethod = identity.AuthNone
		})}, coded(identity.CodeValidation)},
		"bad metadata": {admin.NewClient{ClientID: "b", Metadata: identity.ClientMetadata{}}, coded(identity.CodeValidation)},
	} {
		_, _, err := f.admin.Clients.Create(f.ctx, test.client)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if s := test.client.Secret; s != "" && err != nil && strings.Contains(err.Error(), s) {
			t.Errorf("%s: the error repeats the secret", name)
		}
	}
}

func TestPublicClients(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "spa", Metadata: metadata(func(m *identity.ClientMetadata) {
		m.TokenEndpointAuthMethod = identity.AuthNone
	}), Policy: &identity.ClientPolicy{}})
	noError(t, err)
	if secret != "" || len(c.Secrets) != 0 || !c.Public() || !c.Policy.RequirePKCE {
		t.Errorf("secret %q, client %+v", secret, c)
	}
	if f.ClientAuth.ProveSecret(c, "") {
		t.Error("an empty secret proves a public client")
	}
}

func TestTwoLiveSecrets(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first, second := strings.Repeat("1", 32), strings.Repeat("2", 32)
	expires := start.Add(time.Hour)
	c := identity.Client{Secrets: []identity.ClientSecret{
		{Digest: f.deps.Keys.Digest(identity.PurposeClientSecret, first), ExpiresAt: &expires},
		{Digest: f.deps.Keys.Digest(identity.PurposeClientSecret, second)},
	}}
	f.advance(time.Hour - time.Microsecond)
	if !f.ClientAuth.ProveSecret(c, first) || !f.ClientAuth.ProveSecret(c, second) {
		t.Error("one of two live secrets does not prove the client")
	}
	f.advance(time.Microsecond)
	if f.ClientAuth.ProveSecret(c, first) || !f.ClientAuth.ProveSecret(c, second) {
		t.Error("an expired secret proves the client, or a live one does not")
	}
}

func TestSecretsSurviveRotationOfTheRoot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: metadata()})
	noError(t, err)
	f.deps.Keys = keyring(t, root('b'), root('a'))
	if !identity.New(f.deps).ClientAuth.ProveSecret(c, secret) {
		t.Error("not under a new root")
	}
	f.deps.Keys = keyring(t, root('b'))
	if identity.New(f.deps).ClientAuth.ProveSecret(c, secret) {
		t.Error("without its root")
	}
}

func TestFindClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.client(t, "app")
	_, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "off", Inactive: true, Metadata: metadata()})
	noError(t, err)
	for _, id := range []string{"", "nobody", "off", "APP", "app ", "app\x00", "\xff", strings.Repeat("a", 1<<16)} {
		_, err := f.ClientAuth.Find(f.ctx, id)
		if !errors.Is(err, identity.ErrClientNotFound) {
			t.Errorf("%.20q: %v", id, err)
		}
	}
}

func TestUpdateClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	f.advance(time.Minute)

	same, changed, err := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Active: new(true), Metadata: &app.Metadata}, nil)
	noError(t, err)
	wantSame(t, same, app)
	if changed || len(f.audit(t, identity.ActionClientUpdated)) != 0 {
		t.Error("a change of nothing is a change")
	}

	m := app.Metadata
	m.Name, m.Scope = "Application", "openid"
	after, changed, err := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &m}, new(1))
	noError(t, err)
	stored, err := f.store.ClientByID(f.ctx, app.ID)
	noError(t, err)
	wantSame(t, after, stored)
	if !changed || after.Version != 2 || after.Metadata.Name != "Application" || !after.UpdatedAt.Equal(f.Now()) {
		t.Errorf("became %+v", after)
	}
	_, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Active: new(false)}, new(1))
	var conflict *identity.VersionConflictError
	if !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
		t.Errorf("an old version: %v", err)
	}
	bad := m
	bad.RedirectURIs = []string{"https://*.example.org"}
	_, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &bad}, nil)
	wantField(t, err, "redirect_uris[0]")
	_, _, err = f.admin.Clients.Update(f.ctx, uuid.New(), admin.ClientChange{}, nil)
	wantError(t, err, identity.ErrClientNotFound)
}

func TestChosenSecret(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first, second := strings.Repeat("1", 32), strings.Repeat("2", 32)
	c, generated, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Secret: first, Metadata: metadata()})
	noError(t, err)
	if generated != "" {
		t.Error("a secret was generated")
	}
	_, changed, err := f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Secret: &first}, nil)
	noError(t, err)
	if changed {
		t.Error("the same secret is a change")
	}
	before := c.Secrets[0].ID.String()
	c, changed, err = f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Secret: &second}, nil)
	noError(t, err)
	if !changed || f.ClientAuth.ProveSecret(c, first) || !f.ClientAuth.ProveSecret(c, second) {
		t.Error("the new secret is not the only one")
	}
	wantSame(t, f.audit(t, identity.ActionClientUpdated)[0].Changes, map[string]identity.Change{
		"client_secret": {Before: []any{before}, After: []any{c.Secrets[0].ID.String()}},
	})
	for _, secret := range []string{"", "short"} {
		_, _, err = f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Secret: &secret}, nil)
		wantField(t, err, "client_secret")
	}
	public := metadata(func(m *identity.ClientMetadata) { m.TokenEndpointAuthMethod = identity.AuthNone })
	_, _, err = f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Secret: &first, Metadata: &public}, nil)
	wantField(t, err, "client_secret")
	c, _, err = f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Metadata: &public}, nil)
	noError(t, err)
	if len(c.Secrets) != 0 {
		t.Error("a client that became public keeps its secret")
	}
}

func TestDeactivationOfAClientEndsItsGrants(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	b := f.signIn(t, f.user(t, "alice"))
	r, spared := f.redeem(t, app, b, "openid", "offline_access"), f.redeem(t, other, b, "openid")
	_, _, err := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Active: new(false)}, nil)
	noError(t, err)
	if g := f.grant(t, r.Grant.ID); g.EndReason != identity.EndDeactivated {
		t.Errorf("the grant ended as %q", g.EndReason)
	}
	if f.grant(t, spared.Grant.ID).EndedAt != nil || f.session(t, b.Session.ID).EndedAt != nil {
		t.Error("more ended than the client's grants")
	}
}

func TestDeleteClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid")
	noError(t, f.admin.Clients.Delete(f.ctx, app.ID))
	_, err := f.store.GrantStatusByID(f.ctx, r.Grant.ID, f.clock.Now())
	wantError(t, err, identity.ErrGrantNotFound)
	wantError(t, f.admin.Clients.Delete(f.ctx, app.ID), identity.ErrClientNotFound)
	if events := f.audit(t, identity.ActionClientDeleted); len(events) != 1 || events[0].TargetName != "app" {
		t.Errorf("audited as %+v", events)
	}
}

func TestBuiltInClients(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	public := func(m *identity.ClientMetadata) { m.TokenEndpointAuthMethod = identity.AuthNone }
	for range 2 {
		noError(t, f.admin.Clients.EnsureBuiltIn(f.ctx, "playground", metadata(public), identity.DefaultPolicy()))
	}
	c, err := f.ClientAuth.Find(f.ctx, "playground")
	noError(t, err)
	if !c.BuiltIn || c.Version != 1 || len(f.audit(t, "")) != 1 {
		t.Errorf("made as %+v", c)
	}
	noError(t, f.admin.Clients.EnsureBuiltIn(f.ctx, "playground", metadata(public, func(m *identity.ClientMetadata) { m.Name = "Playground" }), identity.DefaultPolicy()))
	c, err = f.ClientAuth.Find(f.ctx, "playground")
	noError(t, err)
	if c.Metadata.Name != "Playground" || c.Version != 2 {
		t.Errorf("became %+v", c)
	}
	wantField(t, f.admin.Clients.Delete(f.ctx, c.ID), "client_id")
}

// TestADefaultResourceIsRegistered: no client can be left with one that its tokens cannot be made for.
func TestADefaultResourceIsRegistered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	policy := func(uri string) *identity.ClientPolicy {
		p := identity.DefaultPolicy()
		p.DefaultResource = uri
		return &p
	}
	create := func(id, uri string) (identity.Client, error) {
		client, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: id, Metadata: metadata(), Policy: policy(uri)})
		return client, err
	}
	for _, uri := range []string{api, "not a URI", "https://x.example#part"} {
		_, err := create("early", uri)
		wantField(t, err, "default_resource")
	}
	_, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: api})
	noError(t, err)
	client, err := create("app", api)
	noError(t, err)
	_, err = create("own", issuer)
	noError(t, err)
	_, _, err = f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Policy: policy(api + "/other")}, nil)
	wantField(t, err, "default_resource")
	_, changed, err := f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Policy: policy(issuer)}, nil)
	noError(t, err)
	if !changed {
		t.Error("not changed")
	}
}

// TestKeysOfClientsAreNotAudited: no path takes a private one, and of the public ones the trail has the thumbprints.
func TestKeysOfClientsAreNotAudited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const key = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
	signing := func(set string) identity.ClientMetadata {
		return metadata(func(m *identity.ClientMetadata) {
			m.TokenEndpointAuthMethod, m.JWKS = identity.AuthPrivateKeyJWT, json.RawMessage(set)
		})
	}
	client, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: signing(`{"keys":[` + key + `}]}`)})
	noError(t, err)
	for _, set := range []string{`5`, `{"keys":[]}`, `{"keys":[` + key + `,"d":"AA"}]}`, `{"keys":[` + key + `},{"kty":"oct","k":"AA"}]}`} {
		m := signing(set)
		_, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "other", Metadata: m})
		wantField(t, err, "jwks")
		_, _, err = f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Metadata: &m}, nil)
		wantField(t, err, "jwks")
		_, err = f.admin.Declarations.Apply(f.ctx, admin.Desired{Clients: []admin.NewClient{{ClientID: "other", Metadata: m}}}, false)
		wantField(t, err, "clients[0].jwks")
	}
	m := signing(`{"keys":[` + key + `},` + key + `,"kid":"second"}]}`)
	_, _, err = f.admin.Clients.Update(f.ctx, client.ID, admin.ClientChange{Metadata: &m}, nil)
	noError(t, err)
	for _, action := range []identity.Action{identity.ActionClientCreated, identity.ActionClientUpdated} {
		for _, event := range f.audit(t, action) {
			text, err := json.Marshal(event.Changes)
			noError(t, err)
			if s := string(text); strings.Contains(s, "11qYAYKxCrfVS") || !strings.Contains(s, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k") {
				t.Errorf("%s: %s", action, s)
			}
		}
	}
}

// TestAPatchOfAClientIsJudgedLikeADeclaration: what Apply refuses of a client, Create and a Patch refuse, all at once.
func TestAPatchOfAClientIsJudgedLikeADeclaration(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	wrong := func(m *identity.ClientMetadata, p *identity.ClientPolicy) {
		m.Name, m.Scope = "a\nb", "openid nobody:knows"
		m.RedirectURIs = []string{callback, callback}
		p.Audiences, p.DefaultResource = []string{"https://unregistered.example", "HTTPS://unregistered.example"}, "https://other.example"
	}
	n := admin.NewClient{ClientID: "new", Policy: &identity.ClientPolicy{}}
	wrong(&n.Metadata, n.Policy)
	_, _, created := f.admin.Clients.Create(f.ctx, n)
	_, _, updated := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Patch: wrong}, nil)
	_, declared := f.admin.Declarations.Apply(f.ctx, admin.Desired{Clients: []admin.NewClient{n}}, true)
	fields := func(err error) []string {
		var names []string
		for _, e := range identity.AllErrors(err) {
			names = append(names, strings.TrimPrefix(e.Field, "clients[0]."))
		}
		slices.Sort(names)
		return names
	}
	want := []string{"audiences[1]", "client_name", "default_resource", "redirect_uris[1]"}
	wantSame(t, fields(created), want)
	wantSame(t, fields(updated), want)
	wantSame(t, fields(declared), want)
	after, err := f.admin.Clients.Get(f.ctx, app.ID)
	noError(t, err)
	wantSame(t, after, app)
}

func TestADryRunDeletesNoClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	use, err := f.admin.Clients.DeleteWith(f.ctx, app.ID, admin.DeleteClientOptions{DryRun: true})
	noError(t, err)
	wantSame(t, use, admin.ClientUse{})
	_, err = f.admin.Clients.Get(f.ctx, app.ID)
	noError(t, err)
	if strings.Contains(f.auditText(t), `"client.deleted"`) {
		t.Error("the trail says that it is gone")
	}
	_, err = f.admin.Clients.DeleteWith(f.ctx, app.ID, admin.DeleteClientOptions{ExpectedVersion: new(2)})
	var conflict *identity.VersionConflictError
	if !errors.As(err, &conflict) || conflict.CurrentVersion != 1 {
		t.Errorf("got %v", err)
	}
}

// TestTheSameKeySetIsNoChange: PostgreSQL returns a set with its members in another order than it was declared in.
func TestTheSameKeySetIsNoChange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	set := func(text string) *identity.ClientMetadata {
		m := metadata(func(m *identity.ClientMetadata) {
			m.TokenEndpointAuthMethod, m.JWKS = identity.AuthPrivateKeyJWT, json.RawMessage(text)
		})
		return &m
	}
	const x, y = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
	stored := `{"keys": [{"x": "` + x + `", "crv": "Ed25519", "kty": "OKP"}]}`
	c, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "robot", Metadata: *set(stored)})
	noError(t, err)
	for declared, want := range map[string]bool{
		`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}]}`: false, `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"` + y + `"}]}`: true,
	} {
		_, changed, err := f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Metadata: set(declared)}, nil)
		noError(t, err)
		if changed != want {
			t.Errorf("%s: changed %v", declared, changed)
		}
		_, _, err = f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Metadata: set(stored)}, nil)
		noError(t, err)
	}
}
