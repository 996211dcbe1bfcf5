package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAClientRegistersItselfAndSignsIn: RFC 7591 §3.2.1 and RFC 7592, from the metadata to the end of the client.
func TestAClientRegistersItselfAndSignsIn(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"))
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		if got := n.Get(t, path).String("registration_endpoint"); got != n.Issuer+registerPath {
			t.Errorf("%s: %q", path, got)
		}
	}
	before := n.Clock.Now().Unix()
	a := registered(t, n, initialToken(t, n, 1), `{"client_name":"Notes","redirect_uris":["https://notes.example/cb"],
		"contacts":["ops@notes.example"],"policy_uri":"https://notes.example/privacy","software_id":"notes","unknown":{"a":[1]}}`)
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("%v", a.Header)
	}
	id, secret, token, address := a.String("client_id"), a.String("client_secret"), a.String("registration_access_token"), a.String("registration_client_uri")
	issued, _ := a.Body["client_id_issued_at"].(float64)
	if address != n.Issuer+registerPath+"/"+id || len(secret) != 43 || len(token) != 43 || a.Body["client_secret_expires_at"] != 0.0 ||
		int64(issued) < before || int64(issued) > n.Clock.Now().Unix() {
		t.Errorf("%s", a.Text)
	}
	want := map[string]any{
		"client_name": "Notes", "redirect_uris": []any{"https://notes.example/cb"}, "contacts": []any{"ops@notes.example"},
		"policy_uri": "https://notes.example/privacy", "software_id": "notes", "application_type": "web",
		"grant_types": []any{"authorization_code", "refresh_token"}, "response_types": []any{"code"},
		"token_endpoint_auth_method": "client_secret_basic", "scope": "openid profile email address phone offline_access",
		"subject_type": "public", "id_token_signed_response_alg": "RS256", "access_token_signed_response_alg": "ES256",
	}
	wantMembers(t, a, want, "client_id", "client_secret", "registration_access_token", "registration_client_uri", "client_secret_expires_at",
		"client_id_issued_at")

	party := harness.NewParty(t, n, id, "openid", "offline_access")
	party.Config.ClientSecret, party.Config.RedirectURL = secret, "https://notes.example/cb"
	browser := harness.NewBrowser(t, n)
	tokens := party.Tokens(browser, "alice", harness.AlicePassword)
	if got := n.UserInfo(t, tokens.AccessToken); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Text)
	}

	read := sendRegistration(t, n, http.MethodGet, address, token, "")
	wantMembers(t, read, want, "client_id", "registration_access_token", "registration_client_uri", "client_id_issued_at")
	if read.Status != http.StatusOK || read.Header.Get("Cache-Control") != "no-store" || read.String("registration_access_token") != token {
		t.Errorf("%d %s", read.Status, read.Text)
	}
	updated := sendRegistration(t, n, http.MethodPut, address, token, `{"client_id":"`+id+`","redirect_uris":["https://notes.example/new"]}`)
	if updated.Status != http.StatusOK || updated.Body["client_name"] != nil || updated.Body["client_secret"] != nil ||
		!slices.Equal(updated.Body["redirect_uris"].([]any), []any{"https://notes.example/new"}) {
		t.Errorf("%d %s", updated.Status, updated.Text)
	}
	if gone := sendRegistration(t, n, http.MethodDelete, address, token, ""); gone.Status != http.StatusNoContent || gone.Text != "" {
		t.Errorf("%d %s", gone.Status, gone.Text)
	}
	if got := n.UserInfo(t, tokens.AccessToken); got.Status != http.StatusUnauthorized {
		t.Errorf("%d %s", got.Status, got.Text)
	}
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		refusedRegistration(t, method, sendRegistration(t, n, method, address, token, `{}`), true)
	}
	if _, err := party.Config.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token(); err == nil {
		t.Error("a client that is gone has got a token")
	}
}

// wantMembers checks that an answer has exactly these members, and others with any value.
func wantMembers(t *testing.T, a harness.Answer, want map[string]any, others ...string) {
	t.Helper()
	for name, value := range want {
		if got, _ := json.Marshal(a.Body[name]); string(got) != string(must(json.Marshal(value))) {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range others {
		if a.Body[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	for name := range a.Body {
		if _, known := want[name]; !known && !slices.Contains(others, name) {
			t.Errorf("%s was not expected: %v", name, a.Body[name])
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// refusedRegistration checks the refusal of a token, or of a request without one (RFC 6750 §3).
func refusedRegistration(t *testing.T, name string, a harness.Answer, presented bool) {
	t.Helper()
	challenge := a.Header.Get("WWW-Authenticate")
	if a.Status != http.StatusUnauthorized || a.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(challenge, `Bearer realm="`) ||
		strings.Contains(challenge, `error="invalid_token"`) != presented || a.String("error") != "invalid_token" {
		t.Errorf("%s: %d %s %s", name, a.Status, challenge, a.Text)
	}
}

// TestBadRegistrationsAreRefusedAsTheStandardSays: RFC 7591 §3.2.2.
func TestBadRegistrationsAreRefusedAsTheStandardSays(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"), harness.Env("AUTHLY_THROTTLE", "client_registration=1000/1us"),
		harness.Env("AUTHLY_CLIENT_REGISTRATION_HOSTS", "*.example"))
	const good = `"redirect_uris":["https://notes.example/cb"]`
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"no JSON":              {`redirect_uris=https://notes.example/cb`, 400, "invalid_client_metadata"},
		"a list":               {`[]`, 400, "invalid_client_metadata"},
		"too long":             {`{"x":"` + strings.Repeat("x", 65<<10) + `"}`, 413, "invalid_client_metadata"},
		"a fragment":           {`{"redirect_uris":["https://notes.example/cb#x"]}`, 400, "invalid_redirect_uri"},
		"no redirect URI":      {`{}`, 400, "invalid_redirect_uri"},
		"another host":         {`{"redirect_uris":["https://notes.evil/cb"]}`, 400, "invalid_redirect_uri"},
		"too many":             {`{"redirect_uris":[` + strings.TrimSuffix(strings.Repeat(`"com.example:/",`, 101), ",") + `]}`, 400, "invalid_redirect_uri"},
		"implicit":             {`{` + good + `,"grant_types":["implicit"]}`, 400, "invalid_client_metadata"},
		"an algorithm":         {`{` + good + `,"id_token_signed_response_alg":"HS256"}`, 400, "invalid_client_metadata"},
		"encryption":           {`{` + good + `,"id_token_encrypted_response_alg":"RSA-OAEP"}`, 400, "invalid_client_metadata"},
		"enc without alg":      {`{` + good + `,"userinfo_encrypted_response_enc":"A128GCM"}`, 400, "invalid_client_metadata"},
		"an unknown enc":       {`{` + good + `,"request_object_encryption_alg":"ECDH-ES","request_object_encryption_enc":"A192GCM"}`, 400, "invalid_client_metadata"},
		"no key to encrypt to": {`{` + good + `,"authorization_encrypted_response_alg":"ECDH-ES"}`, 400, "invalid_client_metadata"},
		"a private key":        {`{` + good + `,"jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"AAAA"}]},"id_token_encrypted_response_alg":"ECDH-ES"}`, 400, "invalid_client_metadata"},
		"administration":       {`{` + good + `,"scope":"openid admin:users:write"}`, 400, "invalid_client_metadata"},
		"a software statement": {`{` + good + `,"software_statement":"e30.e30.e30"}`, 400, "unapproved_software_statement"},
		"keys in two places":   {`{` + good + `,"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[]},"jwks_uri":"https://notes.example/k"}`, 400, "invalid_client_metadata"},
	} {
		oauthError(t, name, sendRegistration(t, n, http.MethodPost, registerPath, "", c.body), c.status, c.code)
	}
	form := sendRegistration(t, n, http.MethodPost, registerPath, "", `{`+good+`}`, "Content-Type", "text/plain")
	oauthError(t, "text", form, 400, "invalid_client_metadata")
	refusedRegistration(t, "a wrong token", sendRegistration(t, n, http.MethodPost, registerPath, "wrong", `{`+good+`}`), true)
	refusedRegistration(t, "Basic", sendRegistration(t, n, http.MethodPost, registerPath, "", `{`+good+`}`, "Authorization", "Basic eDp5"), true)
	one := registered(t, n, "", `{`+good+`}`)
	refusedRegistration(t, "no token", sendRegistration(t, n, http.MethodGet, one.String("registration_client_uri"), "", ""), false)
	two := registered(t, n, "", `{`+good+`}`)
	refusedRegistration(t, "another's token",
		sendRegistration(t, n, http.MethodGet, one.String("registration_client_uri"), two.String("registration_access_token"), ""), true)
	refusedRegistration(t, "no such client",
		sendRegistration(t, n, http.MethodGet, registerPath+"/nobody", two.String("registration_access_token"), ""), true)
	oauthError(t, "another client_id", sendRegistration(t, n, http.MethodPut, one.String("registration_client_uri"),
		one.String("registration_access_token"), `{"client_id":"`+two.String("client_id")+`",`+good+`}`), 400, "invalid_client_metadata")
}

// TestNoClientRegistersWhereItIsClosed, which it is unless somebody has opened it; clients of before still manage themselves.
func TestNoClientRegistersWhereItIsClosed(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	before := start(t, db, harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"))
	a := registered(t, before, initialToken(t, before, 2), `{"redirect_uris":["https://notes.example/cb"]}`)
	token := initialToken(t, before, 1)
	n := harness.Start(t, db)
	if got := sendRegistration(t, n, http.MethodPost, registerPath, token, `{"redirect_uris":["https://notes.example/cb"]}`); got.Status != http.StatusNotFound {
		t.Errorf("%d %s", got.Status, got.Text)
	}
	if got := n.Get(t, "/.well-known/openid-configuration"); got.Body["registration_endpoint"] != nil {
		t.Error("closed registration is announced")
	}
	path := registerPath + "/" + a.String("client_id")
	if got := sendRegistration(t, n, http.MethodGet, path, a.String("registration_access_token"), ""); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Text)
	}
	if got := sendRegistration(t, n, http.MethodDelete, path, a.String("registration_access_token"), ""); got.Status != http.StatusNoContent {
		t.Errorf("%d %s", got.Status, got.Text)
	}
}

// TestAnAdministratorHandsOutInitialAccessTokens by GraphQL and at the command line; each is shown once.
func TestAnAdministratorHandsOutInitialAccessTokens(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := start(t, db, harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	a := administration{n, consoleToken(t, n, every()...)}
	made := a.run(t, `mutation{createInitialAccessToken(input:{name:"CI",uses:2}){token initialAccessToken{id name usesLeft createdBy} userErrors{code}}}`)
	token, _ := dig(made, "createInitialAccessToken", "token").(string)
	registered(t, n, token, `{"client_name":"By CI","redirect_uris":["https://notes.example/cb"]}`)
	listed := fmt.Sprint(a.run(t, `{initialAccessTokens{nodes{name uses usesLeft}} clients(filter:{origin:INITIAL_ACCESS_TOKEN}){nodes{name origin}}}`))
	if !strings.Contains(listed, "map[name:CI uses:2 usesLeft:1]") || !strings.Contains(listed, "map[name:By CI origin:INITIAL_ACCESS_TOKEN]") {
		t.Error(listed)
	}
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
	code, out, errs := harness.Command(t, env, "", "initial-access-tokens", "create", "shell", "--uses", "1", "--ttl", "1h")
	if code != 0 {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	registered(t, n, strings.TrimSpace(out), `{"redirect_uris":["https://notes.example/cb"]}`)
	code, out, errs = harness.Command(t, env, "", "initial-access-tokens", "list")
	if code != 0 || !strings.Contains(out, "shell") || !strings.Contains(out, "0 of 1") || strings.Contains(out, token) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	id, _ := dig(made, "createInitialAccessToken", "initialAccessToken", "id").(string)
	code, out, errs = harness.Command(t, env, "", "initial-access-tokens", "delete", strings.TrimPrefix(id, "iat_"))
	if code != 0 || strings.Contains(out, "CI") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	refusedRegistration(t, "ended", sendRegistration(t, n, http.MethodPost, registerPath, token, `{"redirect_uris":["https://notes.example/cb"]}`), true)
}
