package identity_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// registers lets clients register themselves in a mode, with an API scope among what they may ask for.
func registers(mode identity.ClientRegistrationMode, change ...func(*identity.ClientRegistrationPolicy)) func(*identity.Settings) {
	return func(s *identity.Settings) {
		s.ClientRegistration.Mode = mode
		s.ClientRegistration.Hosts = []string{"app.example.org", "*.apps.example.org"}
		for _, c := range change {
			c(&s.ClientRegistration)
		}
	}
}

// request reads a registration request that is good.
func request(t testing.TB, text string) identity.ClientRegistration {
	t.Helper()
	r, err := identity.ReadClientRegistration([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const webApplication = `{"client_name":"App","redirect_uris":["https://app.example.org/callback"],"scope":"openid email"}`

// initialToken makes an initial access token.
func (f *fixture) initialToken(t testing.TB, uses int, ttl time.Duration) (identity.InitialAccessToken, string) {
	t.Helper()
	made, token, err := f.admin.InitialAccess.Create(f.ctx, admin.NewInitialAccessToken{Name: "build server", Uses: uses, TTL: ttl})
	if err != nil {
		t.Fatal(err)
	}
	return made, token
}

// stranger is a request from an address of its own.
func (f *fixture) stranger(n int) context.Context {
	return identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: fmt.Sprintf("2001:db8:%x::1", n)})
}

// TestPKCEIsOptionalForWhoHasATokenAndCredentials where the operator says so, and for nobody else: not for a public client, be it one by a
// later change, and not for a stranger.
func TestPKCEIsOptionalForWhoHasATokenAndCredentials(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen, func(p *identity.ClientRegistrationPolicy) { p.OptionalPKCE = true }))
	_, token := f.initialToken(t, 9, time.Hour)
	public := strings.Replace(webApplication, "{", `{"token_endpoint_auth_method":"none",`, 1)
	for name, c := range map[string]struct {
		text, token string
		required    bool
	}{
		"a token and a secret": {webApplication, token, false}, "a token alone": {public, token, true},
		"a secret alone": {webApplication, "", true}, "nothing": {public, "", true},
	} {
		r, err := f.Clients.Register(f.stranger(len(name)), request(t, c.text), c.token)
		noError(t, err)
		if r.Client.Policy.RequirePKCE != c.required {
			t.Errorf("%s: PKCE is required: %t", name, r.Client.Policy.RequirePKCE)
		}
		if name == "a token and a secret" {
			change := request(t, strings.Replace(public, "{", `{"client_id":"`+r.Client.ClientID+`",`, 1))
			changed, err := f.Clients.Update(f.ctx, r.Client.ClientID, r.AccessToken, change)
			noError(t, err)
			if !changed.Client.Policy.RequirePKCE {
				t.Error("a client that has become public may leave PKCE out")
			}
		}
	}
}

// TestWhoHasAnInitialAccessTokenRegisters so many clients as it has uses, until it has expired or was ended; nobody else does.
func TestWhoHasAnInitialAccessTokenRegisters(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationToken))
	made, token := f.initialToken(t, 2, time.Hour)
	for range 2 {
		r, err := f.Clients.Register(f.stranger(0), request(t, webApplication), token)
		if err != nil {
			t.Fatal(err)
		}
		client, err := f.store.ClientByClientID(f.ctx, r.Client.ClientID)
		if err != nil || !client.Active || client.Origin != identity.OriginToken || client.Metadata.Scope != "openid email" ||
			!client.HasSecret(f.deps.Keys, r.Secret, f.clock.Now()) || client.BuiltIn {
			t.Fatalf("%+v %v", client, err)
		}
		wantSame(t, client.Policy, identity.DefaultPolicy())
		i := slices.IndexFunc(f.audit(t, identity.ActionClientCreated), func(e identity.AuditEvent) bool {
			return e.TargetID == client.ID.String() && e.ActorKind == identity.ActorAnonymous &&
				e.Changes["initial_access_token"].After == "build server"
		})
		if i < 0 {
			t.Errorf("no event: %s", f.auditText(t))
		}
		trail := f.auditText(t)
		for _, secret := range []string{token, r.Secret, r.AccessToken} {
			if strings.Contains(trail, secret) {
				t.Error("the trail has a secret")
			}
		}
	}
	_, expired := f.initialToken(t, 1, time.Hour)
	ended, endedToken := f.initialToken(t, 1, 24*time.Hour)
	f.advance(time.Hour)
	if err := f.admin.InitialAccess.Delete(f.ctx, ended.ID); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{"none": "", "used up": token, "expired": expired, "ended": endedToken, "another": "x" + token} {
		_, err := f.Clients.Register(f.stranger(0), request(t, webApplication), bad)
		if identity.AsError(err).Code != identity.CodeInvalidToken {
			t.Errorf("%s: %v", name, err)
		}
	}
	found, err := f.admin.InitialAccess.ByIDs(f.ctx, []uuid.UUID{made.ID})
	if err != nil || len(found) != 1 || found[0].UsesLeft != 0 || found[0].Uses != 2 {
		t.Errorf("%+v %v", found, err)
	}
	_, good := f.initialToken(t, 1, time.Hour)
	if _, err := f.Clients.Register(f.stranger(0), request(t, `{"redirect_uris":["https://app.example.org#x"]}`), good); err == nil {
		t.Error("a bad request was registered")
	}
	if _, err := f.Clients.Register(f.stranger(0), request(t, webApplication), good); err != nil {
		t.Errorf("what was refused has used the token up: %v", err)
	}
}

// TestOneUseIsOneClient also for 200 who come at once.
func TestOneUseIsOneClient(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.configure(registers(identity.ClientRegistrationToken))
		_, token := f.initialToken(t, 1, time.Hour)
		var wg sync.WaitGroup
		results := make([]error, 200)
		for i := range results {
			wg.Go(func() { _, results[i] = f.Clients.Register(f.stranger(i), request(t, webApplication), token) })
		}
		wg.Wait()
		registered := 0
		for _, err := range results {
			if err == nil {
				registered++
			} else if identity.AsError(err).Code != identity.CodeInvalidToken {
				t.Error(err)
			}
		}
		clients, err := f.store.Clients(f.ctx)
		if err != nil || registered != 1 || len(clients) != 1 {
			t.Errorf("%d were registered, there are %d clients, %v", registered, len(clients), err)
		}
	})
}

// TestWhatIsRegisteredIsWhatMayBe: by the rules of every registration, and by what the operator lets clients register.
func TestWhatIsRegisteredIsWhatMayBe(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen))
	_, token := f.initialToken(t, 100, time.Hour)
	const good = `"redirect_uris":["https://app.example.org/cb"]`
	for name, c := range map[string]struct {
		text, field string // the field that is refused, or ""
		withToken   bool   // the refusal is also that of a client with a token
	}{
		"all of it":                 {`{` + good + `,"scope":"openid offline_access","grant_types":["authorization_code","refresh_token"]}`, "", true},
		"below a host":              {`{"redirect_uris":["https://a.b.apps.example.org/cb"]}`, "", true},
		"native":                    {`{"redirect_uris":["http://127.0.0.1/cb","com.example.app:/cb"]}`, "", true},
		"another host":              {`{"redirect_uris":["https://evil.example/cb"]}`, "redirect_uris[0]", false},
		"a host that ends so":       {`{"redirect_uris":["https://evilapp.example.org/cb"]}`, "redirect_uris[0]", false},
		"a sign-in at another host": {`{` + good + `,"initiate_login_uri":"https://evil.example/login"}`, "initiate_login_uri", false},
		"a sign-in by http":         {`{` + good + `,"initiate_login_uri":"http://app.example.org/login"}`, "initiate_login_uri", true},
		"a sign-in of its own":      {`{` + good + `,"initiate_login_uri":"https://app.example.org/login"}`, "", true},
		"above the hosts":           {`{"redirect_uris":["https://apps.example.org/cb"]}`, "redirect_uris[0]", false},
		"another logout":            {`{` + good + `,"post_logout_redirect_uris":["https://evil.example/"]}`, "post_logout_redirect_uris[0]", false},
		"logout tokens":             {`{` + good + `,"backchannel_logout_uri":"https://evil.example/"}`, "backchannel_logout_uri", false},
		"types of details":          {`{` + good + `,"authorization_details_types":["payment"]}`, "authorization_details_types[0]", true},
		"administration":            {`{` + good + `,"scope":"openid admin:users:read"}`, "scope", true},
		"an API":                    {`{` + good + `,"scope":"payments:write"}`, "scope", true},
		"a service":                 {`{` + good + `,"grant_types":["client_credentials"]}`, "grant_types[0]", true},
		"passwords":                 {`{` + good + `,"grant_types":["authorization_code","password"]}`, "grant_types[1]", true},
		"exchange":                  {`{` + good + `,"grant_types":["urn:ietf:params:oauth:grant-type:token-exchange"]}`, "grant_types[0]", true},
		"implicit":                  {`{` + good + `,"grant_types":["implicit"]}`, "grant_types[0]", true},
		"another response":          {`{` + good + `,"response_types":["code id_token"]}`, "response_types[0]", true},
		"token alone":               {`{` + good + `,"response_types":["token"]}`, "response_types[0]", true},
		"another method":            {`{` + good + `,"token_endpoint_auth_method":"attest_jwt_client_auth"}`, "token_endpoint_auth_method", true},
		"a certificate":             {`{` + good + `,"token_endpoint_auth_method":"tls_client_auth","tls_client_auth_subject_dn":"CN=a"}`, "token_endpoint_auth_method", true},
		"bound to a certificate":    {`{` + good + `,"tls_client_certificate_bound_access_tokens":true}`, "tls_client_certificate_bound_access_tokens", true},
		"a secret to sign with":     {`{` + good + `,"token_endpoint_auth_method":"client_secret_jwt"}`, "token_endpoint_auth_method", true},
		"a method without a key":    {`{` + good + `,"token_endpoint_auth_method":"private_key_jwt"}`, "jwks", true},
		"another algorithm":         {`{` + good + `,"id_token_signed_response_alg":"none"}`, "id_token_signed_response_alg", true},
		"private":                   {`{` + good + `,"subject_type":"private"}`, "subject_type", true},
		"pairwise of the device":    {`{"redirect_uris":["http://127.0.0.1/cb"],"subject_type":"pairwise"}`, "sector_identifier_uri", true},
		"a wildcard":                {`{"redirect_uris":["https://*.apps.example.org/cb"]}`, "redirect_uris[0]", true},
		"a fragment":                {`{"redirect_uris":["https://app.example.org/cb#x"]}`, "redirect_uris[0]", true},
		"a script":                  {`{"redirect_uris":["javascript:alert(1)"]}`, "redirect_uris[0]", true},
		"http":                      {`{"redirect_uris":["http://app.example.org/cb"]}`, "redirect_uris[0]", true},
		"twice":                     {`{"redirect_uris":["https://app.example.org/cb","https://APP.example.org/cb"]}`, "redirect_uris[1]", true},
		"nowhere":                   {`{}`, "redirect_uris", true},
		"a logo":                    {`{` + good + `,"logo_uri":"javascript:alert(1)"}`, "logo_uri", true},
		"a long name":               {`{` + good + `,"client_name":"` + strings.Repeat("x", 256) + `"}`, "client_name", true},
		"a name that turns":         {`{` + good + `,"client_name":"a\u202eb"}`, "client_name", true},
	} {
		for _, initial := range []string{"", token} {
			r, err := f.Clients.Register(f.stranger(len(name)*1000+len(c.text)), request(t, c.text), initial)
			if c.field == "" || initial != "" && !c.withToken {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			if err == nil || identity.AsError(err).Kind != identity.Invalid || identity.AsError(err).Field != c.field {
				t.Errorf("%s (token %t): %v, registered %+v", name, initial != "", err, r.Client.Metadata)
			}
		}
	}
}

// TestNoSettingLetsAClientAdminister: the scopes of administration are given by administrators alone.
func TestNoSettingLetsAClientAdminister(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen, func(p *identity.ClientRegistrationPolicy) {
		p.Scopes = append(p.Scopes, identity.ScopeUsersRead)
	}))
	administration := strings.Replace(webApplication, "openid email", "openid admin:users:read", 1)
	_, err := f.Clients.Register(f.stranger(0), request(t, administration), "")
	wantField(t, err, "scope")
}

// TestStrangersRegisterFewClients in one network, and all together.
func TestStrangersRegisterFewClients(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen), func(s *identity.Settings) {
		s.Limits[identity.LimitClientRegistrations] = identity.Rate{Burst: 15, Interval: time.Minute}
	})
	register := func(n int, token string) error {
		_, err := f.Clients.Register(f.stranger(n), request(t, webApplication), token)
		return err
	}
	for i := range 10 {
		if err := register(1, ""); err != nil {
			t.Fatal(i, err)
		}
	}
	wantError(t, register(1, ""), coded(identity.CodeRateLimited))
	for i := range 5 {
		if err := register(2, ""); err != nil {
			t.Fatal(i, err)
		}
	}
	wantError(t, register(3, ""), coded(identity.CodeRateLimited))
	_, token := f.initialToken(t, 1, time.Hour)
	if err := register(1, token); err != nil {
		t.Errorf("with a token: %v", err)
	}
	f.advance(6 * time.Minute)
	if err := register(1, ""); err != nil {
		t.Errorf("later: %v", err)
	}
}

// TestAClientChangesItsOwnRegistration and no other, within what it may register, and never what the operator says of it.
func TestAClientChangesItsOwnRegistration(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen))
	register := func(n int) identity.RegisteredClient {
		r, err := f.Clients.Register(f.stranger(n), request(t, webApplication), "")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	mine, others := register(1), register(2)
	id, token := mine.Client.ClientID, mine.AccessToken
	change := func(text string) (identity.RegisteredClient, error) {
		return f.Clients.Update(f.stranger(1), id, token, request(t, strings.ReplaceAll(text, "ID", id)))
	}
	for name, bad := range map[string]string{"none": "", "another's": others.AccessToken, "a secret": mine.Secret, "another": token + "x"} {
		_, read := f.Clients.Read(f.ctx, id, bad)
		_, updated := f.Clients.Update(f.ctx, id, bad, request(t, webApplication))
		for _, err := range []error{read, updated, f.Clients.Delete(f.ctx, id, bad)} {
			if identity.AsError(err).Code != identity.CodeInvalidToken {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if read, err := f.Clients.Read(f.ctx, id, token); err != nil || read.Secret != "" || read.Client.ID != mine.Client.ID {
		t.Errorf("%+v %v", read, err)
	}
	for text, field := range map[string]string{
		`{"redirect_uris":["https://app.example.org/cb"]}`:                                                       "client_id",
		`{"client_id":"` + others.Client.ClientID + `","redirect_uris":["https://app.example.org/cb"]}`:          "client_id",
		`{"client_id":"ID","client_secret":"another","redirect_uris":["https://app.example.org/cb"]}`:            "client_secret",
		`{"client_id":"ID","registration_access_token":"x","redirect_uris":["https://app.example.org/cb"]}`:      "registration_access_token",
		`{"client_id":"ID","client_secret_expires_at":0,"redirect_uris":["https://app.example.org/cb"]}`:         "client_secret_expires_at",
		`{"client_id":"ID","redirect_uris":["https://evil.example/cb"]}`:                                         "redirect_uris[0]",
		`{"client_id":"ID","redirect_uris":["https://app.example.org/cb"],"scope":"payments:write"}`:             "scope",
		`{"client_id":"ID","redirect_uris":["https://app.example.org/cb"],"grant_types":["client_credentials"]}`: "grant_types[0]",
	} {
		_, err := change(text)
		wantField(t, err, field)
	}
	changed, err := change(`{"client_id":"ID","client_secret":"` + mine.Secret + `","client_name":"Renamed",` +
		`"redirect_uris":["https://app.example.org/other"],"skip_consent":true,"service_admin":true,"access_token_ttl":86400,"require_pkce":false}`)
	if err != nil || changed.Secret != "" || changed.AccessToken != token {
		t.Fatalf("%+v %v", changed, err)
	}
	after := f.clientNow(t, id)
	if after.Metadata.Name != "Renamed" || after.Metadata.Scope != "openid profile email address phone offline_access" ||
		after.Metadata.RedirectURIs[0] != "https://app.example.org/other" {
		t.Errorf("%+v", after.Metadata)
	}
	wantSame(t, after.Policy, identity.DefaultPolicy())
	if event := f.audit(t, identity.ActionClientUpdated)[0]; event.ActorKind != identity.ActorClient || event.ActorName != id {
		t.Errorf("%+v", event)
	}
	events := len(f.audit(t, ""))
	if _, err := change(`{"client_id":"ID","client_name":"Renamed","redirect_uris":["https://app.example.org/other"]}`); err != nil {
		t.Error(err)
	}
	if len(f.audit(t, "")) != events {
		t.Error("a change of nothing is an event")
	}
	public, err := change(`{"client_id":"ID","redirect_uris":["https://app.example.org/cb"],"token_endpoint_auth_method":"none"}`)
	if err != nil || public.Secret != "" || len(f.clientNow(t, id).Secrets) != 0 {
		t.Errorf("%+v %v", public, err)
	}
	confidential, err := change(`{"client_id":"ID","redirect_uris":["https://app.example.org/cb"]}`)
	if err != nil || !f.clientNow(t, id).HasSecret(f.deps.Keys, confidential.Secret, f.clock.Now()) || confidential.Secret == mine.Secret {
		t.Errorf("%+v %v", confidential, err)
	}
	f.trust(t, after.ID, func(p *identity.ClientPolicy) { p.AccessTokenTTL = 60 })
	if _, err := change(webApplicationOf("ID")); err != nil || f.clientNow(t, id).Policy.AccessTokenTTL != 60 {
		t.Errorf("the operator's lifetime: %v", err)
	}
	f.trust(t, after.ID, func(p *identity.ClientPolicy) { p.SkipConsent = true })
	_, err = change(webApplicationOf("ID"))
	wantError(t, err, coded(identity.CodeForbidden))
	wantError(t, f.Clients.Delete(f.ctx, id, token), coded(identity.CodeForbidden))
	f.trust(t, after.ID, func(p *identity.ClientPolicy) { p.SkipConsent = false })
	if err := f.Clients.Delete(f.ctx, id, token); err != nil {
		t.Error(err)
	}
	wantError(t, f.Clients.Delete(f.ctx, id, token), coded(identity.CodeInvalidToken))
	off := false
	if _, _, err := f.admin.Clients.Update(f.ctx, others.Client.ID, admin.ClientChange{Active: &off}, nil); err != nil {
		t.Fatal(err)
	}
	wantError(t, f.Clients.Delete(f.ctx, others.Client.ClientID, others.AccessToken), coded(identity.CodeInvalidToken))
}

// TestAClientLeavesASecretThatIsSealed behind by itself, and does not come to one: an administrator has given it the method.
func TestAClientLeavesASecretThatIsSealed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen))
	r, err := f.Clients.Register(f.stranger(0), request(t, webApplication), "")
	if err != nil {
		t.Fatal(err)
	}
	id := r.Client.ClientID
	put := func(method string) (identity.RegisteredClient, error) {
		text := strings.TrimSuffix(webApplicationOf(id), "}") + `,"token_endpoint_auth_method":"` + method + `"}`
		return f.Clients.Update(f.stranger(0), id, r.AccessToken, request(t, text))
	}
	_, err = put("client_secret_jwt")
	wantError(t, err, coded(identity.CodeValidation))
	secret := strings.Repeat("s", 64)
	_, _, err = f.admin.Clients.Update(f.ctx, r.Client.ID, admin.ClientChange{Secret: &secret, Patch: func(
		m *identity.ClientMetadata, _ *identity.ClientPolicy,
	) {
		m.TokenEndpointAuthMethod = identity.AuthClientSecretJWT
	}}, nil)
	noError(t, err)
	same, err := put("client_secret_jwt")
	if stored := f.clientNow(t, id); err != nil || same.Secret != "" || !stored.HasSecret(f.deps.Keys, secret, f.clock.Now()) {
		t.Errorf("%v %+v", err, stored.Secrets)
	}
	left, err := put("client_secret_basic")
	stored := f.clientNow(t, id)
	if err != nil || len(stored.Secrets) != 1 || stored.Secrets[0].Sealed != nil ||
		!stored.HasSecret(f.deps.Keys, left.Secret, f.clock.Now()) {
		t.Errorf("%v %+v", err, stored.Secrets)
	}
}

func webApplicationOf(id string) string { return `{"client_id":"` + id + `",` + webApplication[1:] }

func (f *fixture) clientNow(t testing.TB, clientID string) identity.Client {
	t.Helper()
	c, err := f.store.ClientByClientID(f.ctx, clientID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// trust changes the policy of a client as the operator.
func (f *fixture) trust(t testing.TB, id uuid.UUID, change func(*identity.ClientPolicy)) {
	t.Helper()
	patch := func(_ *identity.ClientMetadata, p *identity.ClientPolicy) { change(p) }
	if _, _, err := f.admin.Clients.Update(f.ctx, id, admin.ClientChange{Patch: patch}, nil); err != nil {
		t.Fatal(err)
	}
}

// TestUnusedClientsOfStrangersGo by a job, after the time of the settings; not those that the operator has given something, and not
// those with a token.
func TestUnusedClientsOfStrangersGo(t *testing.T) {
	t.Parallel()
	f := newFixture(t, registers(identity.ClientRegistrationOpen))
	if err := f.Jobs.EnsureRecurring(f.ctx); err != nil {
		t.Fatal(err)
	}
	_, token := f.initialToken(t, 1, time.Hour)
	for i, initial := range []string{"", "", token} {
		r, err := f.Clients.Register(f.stranger(i), request(t, webApplication), initial)
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			f.trust(t, r.Client.ID, func(p *identity.ClientPolicy) { p.SkipConsent = true })
		}
	}
	f.advance(30 * 24 * time.Hour)
	f.runJob(t, "clients.remove_unused")
	if clients, err := f.store.Clients(f.ctx); err != nil || len(clients) != 3 {
		t.Errorf("at the end of the time: %d, %v", len(clients), err)
	}
	f.advance(time.Hour)
	f.runJob(t, "clients.remove_unused")
	if clients, err := f.store.Clients(f.ctx); err != nil || len(clients) != 2 || len(f.audit(t, identity.ActionClientDeleted)) != 1 {
		t.Errorf("later: %d, %v", len(clients), err)
	}
}

// runJob runs a recurring job that is due.
func (f *fixture) runJob(t testing.TB, kind string) {
	t.Helper()
	job, found, err := f.Jobs.Claim(f.ctx, []string{kind}, nil)
	if err != nil || !found {
		t.Fatalf("%s is not due: %v", kind, err)
	}
	if end, err := f.Jobs.Run(f.ctx, job); err != nil || end != identity.JobSucceeded {
		t.Fatalf("%s: %+v %v", kind, end, err)
	}
}
