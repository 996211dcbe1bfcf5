package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// inFrames is a client whose page at /bye the browser loads when a session ends.
func inFrames(id, origin string) admin.NewClient {
	client := harness.WebClient(id)
	client.Metadata.RedirectURIs = append(client.Metadata.RedirectURIs, origin+"/callback")
	client.Metadata.PostLogoutRedirectURIs = []string{origin + "/out"}
	client.Metadata.FrontchannelLogoutURI = origin + "/bye?tenant=a"
	client.Metadata.FrontchannelNeedsSID = true
	return client
}

// framesOf returns the addresses that a page has the browser load, and checks that it may load nothing else.
func framesOf(t *testing.T, b *harness.Browser) []string {
	t.Helper()
	var frames, plain []string
	for _, frame := range b.Page.Find("[data-frame]").EachIter() {
		frames = append(frames, frame.AttrOr("data-frame", ""))
	}
	for _, part := range strings.Split(b.Page.Find("noscript").Text(), `<iframe class="told" src="`)[1:] {
		address, _, _ := strings.Cut(part, `"`)
		plain = append(plain, strings.ReplaceAll(address, "&amp;", "&"))
	}
	if !slices.Equal(plain, frames) {
		t.Errorf("without scripts %q, with them %q", plain, frames)
	}
	policy := b.Header.Get("Content-Security-Policy")
	allowed := ""
	for _, directive := range strings.Split(policy, "; ") {
		if list, ok := strings.CutPrefix(directive, "frame-src "); ok {
			allowed = list
		}
	}
	for _, frame := range frames {
		if !slices.Contains(strings.Fields(allowed), identity.WebOrigin(frame)) {
			t.Errorf("%s is not in %q", frame, policy)
		}
	}
	if len(strings.Fields(allowed)) > len(frames) || strings.Contains(policy, "*") {
		t.Errorf("policy %q for %q", policy, frames)
	}
	return frames
}

// wantFrame checks that one frame is the page of a client, with iss and sid and what it had.
func wantFrame(t *testing.T, n *harness.Node, frame, origin string, tokens *oauth2.Token) {
	t.Helper()
	want := url.Values{"iss": {n.Issuer}, "sid": {harness.JWT(t, idToken(tokens), 1)["sid"].(string)}, "tenant": {"a"}}
	u, err := url.Parse(frame)
	if err != nil || u.Query().Encode() != want.Encode() || origin+"/bye" != u.Scheme+"://"+u.Host+u.Path {
		t.Errorf("frame %q, want %s with %v", frame, origin, want)
	}
}

// TestASessionEndsInFrames: OIDC Front-Channel Logout 1.0, by each way in which a session ends that a browser knows of or comes to know.
func TestASessionEndsInFrames(t *testing.T) {
	t.Parallel()
	const one, two = "https://one.example", "https://two.example:8443"
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db)
		n := api.Node
		device := harness.PublicClient("device")
		device.Metadata.ApplicationType = "native"
		device.Metadata.RedirectURIs = []string{"com.example.app:/cb"}
		device.Metadata.PostLogoutRedirectURIs = []string{"com.example.app:/out"}
		n.Apply(t, admin.Desired{
			Clients: []admin.NewClient{inFrames("one", one), inFrames("two", two), device}, Users: []admin.DesiredUser{harness.Bob()},
		})
		var first, second *oauth2.Token
		signIn := func(t *testing.T) *harness.Browser {
			t.Helper()
			b := harness.NewBrowser(t, n)
			first = harness.NewParty(t, n, "one").Tokens(b, "bob", harness.BobPassword)
			second = harness.NewParty(t, n, "two").Tokens(b, "", "")
			harness.NewParty(t, n, "web").Tokens(b, "", "") // has no address for it
			return b
		}
		bothIn := func(t *testing.T, b *harness.Browser) {
			t.Helper()
			frames := framesOf(t, b)
			if len(frames) != 2 {
				t.Fatalf("frames %q at %s: %s", frames, b.URL, b.Text())
			}
			wantFrame(t, n, frames[0], one, first)
			wantFrame(t, n, frames[1], two, second)
		}
		t.Run("a client asks for it", func(t *testing.T) {
			b := signIn(t)
			b.Get(n.URL + "/oidc/logout?" + harness.Values("id_token_hint", idToken(first), "post_logout_redirect_uri", one+"/out", "state", "s").Encode())
			bothIn(t, b)
			if next := b.Page.Find("#told").AttrOr("data-next", ""); next != one+"/out?state=s" || b.Page.Find("#next").AttrOr("href", "") != next {
				t.Errorf("goes on to %q", next)
			}
			b.Get(n.URL + "/logout")
			if frames := framesOf(t, b); len(frames) != 0 {
				t.Errorf("again: %q", frames)
			}
		})
		t.Run("a client asks for it that is an application on the device", func(t *testing.T) {
			b := signIn(t)
			b.Get(n.URL + "/oidc/logout?" + harness.Values("client_id", "device", "post_logout_redirect_uri", "com.example.app:/out").Encode())
			b.Submit("logout-confirm", nil)
			bothIn(t, b)
			if next := b.Page.Find("#next").AttrOr("href", ""); next != "com.example.app:/out" {
				t.Errorf("goes on to %q", next)
			}
		})
		t.Run("on the page", func(t *testing.T) {
			b := signIn(t)
			b.Get(n.URL + "/logout")
			b.Submit("logout-confirm", nil)
			bothIn(t, b)
			if !strings.Contains(b.Text(), "You are signed out") || b.Has("next") {
				t.Error(b.Text())
			}
		})
		t.Run("an administrator, and the browser comes back", func(t *testing.T) {
			b := signIn(t)
			api.run(t, `mutation($id:ID!){revokeUserSessions(input:{id:$id}){endedSessions userErrors{code}}}`, "id",
				model.KindUser.ID(n.User(t, "bob").ID))
			party := harness.NewParty(t, n, "web")
			b.Get(party.AuthURL())
			bothIn(t, b)
			if b.Has("login-submit") || b.Page.Find("input[type=password]").Length() != 0 {
				t.Error("a password beside frames")
			}
			b.Get(n.URL + b.Page.Find("#next").AttrOr("href", ""))
			b.SignIn("bob", harness.BobPassword)
			if code := party.Code(b); code == "" || len(b.Cookies(n.URL)) == 0 {
				t.Error("no code")
			}
		})
		t.Run("somebody else signs in", func(t *testing.T) {
			b := signIn(t)
			party := harness.NewParty(t, n, "web")
			b.Get(party.AuthURL("prompt", "login"))
			b.SignIn("alice", harness.AlicePassword)
			bothIn(t, b)
			b.Get(n.URL + b.Page.Find("#next").AttrOr("href", ""))
			b.Submit("approve", nil)
			tokens, err := party.Exchange(party.Code(b))
			if err != nil || harness.JWT(t, idToken(tokens), 1)["sub"] == harness.JWT(t, idToken(first), 1)["sub"] {
				t.Errorf("%v: %v", tokens, err)
			}
		})
		t.Run("without the browser nothing is loaded", func(t *testing.T) {
			b := signIn(t)
			stranger := harness.NewBrowser(t, n)
			stranger.Get(n.URL + "/oidc/logout?" + harness.Values("id_token_hint", idToken(first)).Encode())
			if frames := framesOf(t, stranger); len(frames) != 0 || strings.Contains(stranger.Text(), "one") {
				t.Errorf("%q: %s", frames, stranger.Text())
			}
			b.Get(n.URL + "/account")
			bothIn(t, b)
		})
		t.Run("the account is deleted", func(t *testing.T) {
			b := signIn(t)
			b.Get(n.URL + "/account/delete")
			if b.Has("login-submit") {
				b.SignIn("bob", harness.BobPassword)
			}
			b.Submit("delete-submit", map[string]string{"confirm_username": "bob"})
			if !b.Has("deleted") {
				t.Fatal(b.Text())
			}
			bothIn(t, b)
		})
	})
}

// TestAPageSaysWhoCouldNotBeReached: the clients of a session, by how far they have heard of its end; a link that was changed says nothing.
func TestAPageSaysWhoCouldNotBeReached(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.setDown(true)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	silent := listener(r)
	silent.Metadata.Name = "Silent"
	framed := inFrames("framed", "https://framed.example")
	framed.Metadata.Name = "Framed"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{silent, framed}})
	b := harness.NewBrowser(t, n)
	for _, id := range []string{"listener", "framed"} {
		harness.NewParty(t, n, id).Tokens(b, "alice", harness.AlicePassword)
	}
	b.Get(n.URL + "/logout")
	b.Submit("logout-confirm", nil)
	again := b.Page.Find("#again").AttrOr("href", "")
	if again == "" || b.Page.Find("#told").AttrOr("data-again", "") != again {
		t.Fatal(b.Text())
	}
	if !eventually(func() bool {
		b.Get(n.URL + again + "&missed=0&missed=7&missed=x")
		return strings.Contains(b.Text(), "Silent could not be reached")
	}) {
		t.Fatal(b.Text())
	}
	if !strings.Contains(b.Text(), "Framed could not be reached") || len(framesOf(t, b)) != 0 {
		t.Errorf("%s", b.Text())
	}
	b.Get(n.URL + again)
	if !strings.Contains(b.Text(), "Framed signed out") {
		t.Errorf("%s", b.Text())
	}
	for _, forged := range []string{"/logout?ended=", "/logout?ended=AAAA", strings.Replace(again, "ended=", "ended=x", 1), again + "A"} {
		b.Get(n.URL + forged)
		if b.Status != http.StatusOK || strings.Contains(b.Text(), "Silent") || !strings.Contains(b.Text(), "You are signed out") {
			t.Errorf("%s: %d %s", forged, b.Status, b.Text())
		}
	}
}
