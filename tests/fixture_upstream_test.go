package tests

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// upstream is an identity provider that says what a test wants it to.
type upstream struct {
	*httptest.Server
	t   *testing.T
	now func() time.Time

	mu       sync.Mutex
	key      *rsa.PrivateKey // that signs
	kid      string
	keys     []map[string]any // that are published
	metadata map[string]any   // over the honest document
	header   map[string]any   // over the honest header of ID tokens
	claims   map[string]any   // over the honest claims of ID tokens; nil drops one
	sign     harness.Sign     // instead of the key
	token    map[string]any   // over the honest answer of the token endpoint
	document map[string]any   // what UserInfo, or the API, says
	emails   []map[string]any // what the API of GitHub says
	form     url.Values       // that the token endpoint was sent last
	secret   string           // and the secret that came with it
	served   map[string]int   // requests by path
	handle   http.HandlerFunc // instead of all
	silent   string           // path that is not answered
	prefix   string           // of paths, which is left out
}

// withUpstream starts a node and a provider of it.
func withUpstream(t *testing.T, db harness.Database, change ...func(p *identity.IdentityProvider)) (*harness.Node, *upstream) {
	t.Helper()
	n := start(t, db)
	u := newUpstream(t, n)
	u.provider(n, change...)
	return n, u
}

// newUpstream starts a provider on the loopback.
func newUpstream(t *testing.T, n *harness.Node) *upstream {
	t.Helper()
	u := &upstream{t: t, now: n.Clock.Now, served: map[string]int{}}
	u.publish(commonKey())
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

// commonKey is what providers sign with at first: making one takes long.
var commonKey = sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// publish lets the provider sign with a key, and publish it alone.
func (u *upstream) publish(key *rsa.PrivateKey) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.key, u.kid = key, fmt.Sprintf("key-%d", len(u.kid)+len(u.keys))
	u.keys = []map[string]any{{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": u.kid, "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}
}

// lie changes what the provider says.
func (u *upstream) lie(change func(u *upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	change(u)
}

// ServeHTTP implements http.Handler.
func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.mu.Lock()
	defer u.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, u.prefix)
	if path == u.silent {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that the client goes
		<-r.Context().Done()
		return
	}
	u.served[path]++
	if u.handle != nil {
		u.handle(w, r)
		return
	}
	var body any
	switch path {
	case "/.well-known/openid-configuration":
		body = over(map[string]any{
			"issuer": u.URL, "authorization_endpoint": u.URL + "/authorize", "token_endpoint": u.URL + "/token", "jwks_uri": u.URL + "/jwks",
			"userinfo_endpoint": u.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"RS256"},
		}, u.metadata)
	case "/jwks":
		body = map[string]any{"keys": u.keys}
	case "/token", "/login/oauth/access_token":
		_ = r.ParseForm()
		u.form = r.PostForm
		_, u.secret, _ = r.BasicAuth()
		body = over(map[string]any{"access_token": "upstream-access-token", "token_type": "Bearer", "id_token": u.idToken(r.PostForm.Get("code"))}, u.token)
	case "/userinfo", "/api/v3/user":
		body = u.document
	case "/api/v3/user/emails":
		body = u.emails
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// idToken is what the code is redeemed for: the code names nonce and client, as the tests have read them in the request.
func (u *upstream) idToken(code string) string {
	nonce, client, _ := strings.Cut(code, "|")
	now := u.now()
	claims := over(map[string]any{
		"iss": u.URL, "sub": "kim-at-upstream", "aud": client, "nonce": nonce, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"email": "kim@upstream.example", "email_verified": true, "auth_time": now.Unix(),
	}, u.claims)
	sign := u.sign
	if sign == nil {
		sign = harness.RS256(u.t, u.key)
	}
	return harness.Forge(u.t, over(map[string]any{"alg": "RS256", "kid": u.kid}, u.header), claims, sign)
}

// over lays changes over a document; nil drops a member.
func over(document, changes map[string]any) map[string]any {
	out := maps.Clone(document)
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

const upstreamSecret = "secret-of-this-server-at-the-provider"

// provider is one at the upstream, enabled, of which a test changes what it wants to.
func (u *upstream) provider(n *harness.Node, change ...func(p *identity.IdentityProvider)) identity.IdentityProvider {
	u.t.Helper()
	p := identity.IdentityProvider{
		Slug: "up", Kind: identity.ProviderOIDC, Name: "Upstream", Enabled: true, Issuer: u.URL, ClientID: "authly-here",
	}
	for _, c := range change {
		c(&p)
	}
	created, err := n.Server.Admin.Providers.Create(harness.System(u.t), p, upstreamSecret)
	if err != nil {
		u.t.Fatal(err)
	}
	return created
}

// goUpstream presses the link of the provider and returns what the provider is asked.
func goUpstream(t *testing.T, n *harness.Node, b *harness.Browser, slug string) url.Values {
	t.Helper()
	link, ok := b.Page.Find("#provider-" + slug).Attr("href")
	if !ok {
		t.Fatalf("no link to the provider at %s: %s", b.URL, b.Text())
	}
	b.Get(n.URL + link)
	return b.URL.Query()
}

// callback is where the provider sends the browser back to.
func callback(n *harness.Node, slug string, asked url.Values, more ...string) string {
	answer := url.Values{"state": {asked.Get("state")}, "code": {asked.Get("nonce") + "|" + asked.Get("client_id")}}
	for i := 0; i+1 < len(more); i += 2 {
		answer.Set(more[i], more[i+1])
	}
	return n.URL + "/login/callback/" + slug + "?" + answer.Encode()
}

// throughUpstream signs a browser in at the provider.
func throughUpstream(t *testing.T, n *harness.Node, b *harness.Browser, slug string) {
	t.Helper()
	b.Get(n.URL + "/login")
	b.Get(callback(n, slug, goUpstream(t, n, b, slug)))
}

// connected is a browser in which Alice has connected her account with the provider of a slug.
func connected(t *testing.T, n *harness.Node, slug string) *harness.Browser {
	t.Helper()
	b := harness.NewBrowser(t, n)
	throughUpstream(t, n, b, slug)
	if !b.Has("connect") {
		t.Fatalf("nobody is asked to sign in at %s: %d %s", b.URL, b.Status, b.Text())
	}
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("link-submit", nil)
	if !b.Has("sign-out") {
		t.Fatalf("connecting ends at %s: %d %s", b.URL, b.Status, b.Text())
	}
	return b
}
