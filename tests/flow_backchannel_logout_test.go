package tests

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// receiver is a client's back-channel logout endpoint, which can be out of order.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	down   bool
	tokens []string
	tries  int
	told   chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{told: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.tries++
		if r.down {
			w.WriteHeader(http.StatusServiceUnavailable)
		} else if err := req.ParseForm(); err == nil && len(req.PostForm) == 1 {
			r.tokens = append(r.tokens, req.PostForm.Get("logout_token"))
		}
		r.told <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

func (r *receiver) wait(t *testing.T) {
	t.Helper()
	select {
	case <-r.told:
	case <-time.After(20 * time.Second):
		t.Fatal("the client was not told")
	}
}

func listener(r *receiver) admin.NewClient {
	c := harness.WebClient("listener")
	c.Metadata.BackchannelLogoutURI = r.URL + "/backchannel"
	c.Metadata.BackchannelNeedsSession = true
	return c
}

func TestBackChannelLogout(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		r := newReceiver(t)
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{listener(r)}})
		browser := harness.NewBrowser(t, n)
		tokens := harness.NewParty(t, n, "listener").Tokens(browser, "alice", harness.AlicePassword)
		idToken, _ := tokens.Extra("id_token").(string)
		claims := harness.JWT(t, idToken, 1)

		browser.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {idToken}}.Encode())
		r.wait(t)
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.tokens) != 1 {
			t.Fatalf("%d tokens", len(r.tokens))
		}
		header, payload := harness.JWT(t, r.tokens[0], 0), harness.JWT(t, r.tokens[0], 1)
		if header["typ"] != "logout+jwt" || header["kid"] == "" {
			t.Errorf("header %v", header)
		}
		for name, want := range map[string]any{"iss": n.Issuer, "aud": "listener", "sub": claims["sub"], "sid": claims["sid"]} {
			if payload[name] != want {
				t.Errorf("%s is %v, want %v", name, payload[name], want)
			}
		}
		events, _ := payload["events"].(map[string]any)
		event, _ := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any)
		if len(events) != 1 || event == nil || len(event) != 0 || payload["nonce"] != nil || payload["jti"] == "" || payload["iat"] == nil {
			t.Errorf("payload %v", payload)
		}
	})
}

// TestALogoutIsDeliveredWhenTheReceiverIsBack: the receiver is down, the server is restarted, and the token still
// arrives, once.
func TestALogoutIsDeliveredWhenTheReceiverIsBack(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.setDown(true)
	db := harness.SQLite(t)
	allow := harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true")
	n := start(t, db, allow)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{listener(r)}})
	browser := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "listener").Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(n.URL + "/logout")
	browser.Submit("logout-confirm", nil)
	r.wait(t)
	n.Stop()

	r.setDown(false)
	again := harness.Start(t, db, allow, harness.WithClock(n.Clock))
	again.Clock.Advance(2 * time.Minute)
	r.wait(t)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tokens) != 1 || r.tries < 2 {
		t.Errorf("%d tokens in %d tries", len(r.tokens), r.tries)
	}
}

// TestASlowReceiverDelaysOnlyItself: 120 logout tokens wait for a receiver that does not answer, and then one for another.
func TestASlowReceiverDelaysOnlyItself(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var calls atomic.Int32
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		calls.Add(1)
		<-release
	}))
	t.Cleanup(slow.Close)
	t.Cleanup(func() { close(release) })
	r := newReceiver(t)
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{listener(r)}})
	client, err := n.Server.Store.ClientByClientID(t.Context(), "listener")
	if err != nil {
		t.Fatal(err)
	}
	source := identity.SystemSource()
	var jobs []identity.Job
	for i := range 121 {
		uri, lane := slow.URL, slow.Listener.Addr().String()
		if i == 120 {
			uri, lane = r.URL, r.Listener.Addr().String()
		}
		job, err := identity.NewJob(source, "logout.deliver", map[string]any{
			"client_id": client.ID, "session_id": source.NewID(), "user_id": source.NewID(), "uri": uri,
		})
		if err != nil {
			t.Fatal(err)
		}
		job.Lane = lane
		jobs = append(jobs, job)
	}
	if err := n.Server.Store.InsertJobs(t.Context(), jobs...); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.told:
	case <-time.After(time.Minute):
		t.Fatal("the other receiver is never told")
	}
	if n := calls.Load(); n > 4 {
		t.Errorf("the slow one was called %d times first", n)
	}
}
