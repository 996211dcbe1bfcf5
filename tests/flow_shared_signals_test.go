package tests

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const (
	sessionRevoked   = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
	credentialChange = "https://schemas.openid.net/secevent/caep/event-type/credential-change"
	verification     = "https://schemas.openid.net/secevent/ssf/event-type/verification"
)

// signalClient is an application that may have an event stream.
func signalClient(id string) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken, identity.GrantClientCredentials}
	c.Metadata.Scope += " ssf.read ssf.manage"
	return c
}

// withSignals starts a node with shared signals and applications that may have event streams.
func withSignals(t *testing.T, db harness.Database, opts ...harness.Option) *harness.Node {
	t.Helper()
	n := start(t, db, append(opts, harness.Env("AUTHLY_SHARED_SIGNALS", "true"), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))...)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{signalClient("gate"), signalClient("shop")}})
	return n
}

// streamToken is an access token of a client of its own, with a scope.
func streamToken(t *testing.T, n *harness.Node, client, scope string) string {
	t.Helper()
	a := n.Token(t, client, "grant_type", "client_credentials", "scope", scope)
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	return a.String("access_token")
}

// sendJSON sends a JSON body with a bearer token.
func sendJSON(t *testing.T, n *harness.Node, method, path, token, body string) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, n.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return harness.Do(t, request)
}

// newStream makes the stream of a client.
func newStream(t *testing.T, n *harness.Node, token, delivery string) harness.Answer {
	t.Helper()
	a := sendJSON(t, n, http.MethodPost, "/ssf/stream", token,
		`{"events_requested":["`+sessionRevoked+`","`+credentialChange+`","urn:other"]`+delivery+`}`)
	if a.Status != http.StatusCreated {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	return a
}

// listStreams asks for the streams of a client.
func listStreams(t *testing.T, n *harness.Node, token string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL+"/ssf/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%d %v", response.StatusCode, err)
	}
	return string(text)
}

// pollSETs polls a stream, and returns the claims of what came by jti, each signed by a key of the server.
func pollSETs(t *testing.T, n *harness.Node, token, stream, body string) (map[string]map[string]any, harness.Answer) {
	t.Helper()
	a := sendJSON(t, n, http.MethodPost, "/ssf/poll?stream_id="+stream, token, body)
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	sets, _ := a.Body["sets"].(map[string]any)
	out := map[string]map[string]any{}
	for jti, set := range sets {
		if err := signedByServer(t, n, set.(string)); err != nil {
			t.Errorf("%s: %v", jti, err)
		}
		out[jti] = harness.JWT(t, set.(string), 1)
		if head := harness.JWT(t, set.(string), 0); head["typ"] != "secevent+jwt" || head["alg"] != "RS256" || out[jti]["jti"] != jti {
			t.Errorf("header %v of %s", head, jti)
		}
	}
	return out, a
}

// signedByServer checks the signature of a token with RS256 by the key set that the configuration names.
func signedByServer(t *testing.T, n *harness.Node, token string) error {
	t.Helper()
	head, signature, _ := strings.Cut(token[strings.Index(token, ".")+1:], ".")
	signed := sha256.Sum256([]byte(token[:strings.Index(token, ".")+1] + head))
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return err
	}
	for _, jwk := range n.JWKS(t) {
		if jwk["kid"] == harness.JWT(t, token, 0)["kid"] {
			return rsa.VerifyPKCS1v15(harness.RSAKey(t, jwk), crypto.SHA256, signed[:], raw)
		}
	}
	return errors.New("no key")
}

// eventOf returns the one event of a token, by its type.
func eventOf(set map[string]any) (kind string, event map[string]any) {
	events, _ := set["events"].(map[string]any)
	for kind, content := range events {
		event, _ = content.(map[string]any)
		if len(events) == 1 {
			return kind, event
		}
	}
	return "", nil
}

func TestTheConfigurationOfATransmitter(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	a := n.Get(t, "/.well-known/ssf-configuration")
	for name, want := range map[string]string{
		"spec_version": "1_0", "issuer": n.Issuer, "jwks_uri": n.Issuer + "/.well-known/jwks.json", "default_subjects": "ALL",
		"configuration_endpoint": n.Issuer + "/ssf/stream", "status_endpoint": n.Issuer + "/ssf/status",
		"add_subject_endpoint": n.Issuer + "/ssf/subjects:add", "remove_subject_endpoint": n.Issuer + "/ssf/subjects:remove",
		"verification_endpoint": n.Issuer + "/ssf/verify",
	} {
		if a.String(name) != want {
			t.Errorf("%s is %v", name, a.Body[name])
		}
	}
	for _, want := range []string{
		`"delivery_methods_supported":["urn:ietf:rfc:8935","urn:ietf:rfc:8936"]`, `"authorization_schemes":[{"spec_urn":"urn:ietf:rfc:6749"}]`,
		`"critical_subject_members":["user","session"]`,
	} {
		if !strings.Contains(a.Text, want) {
			t.Errorf("no %s in %s", want, a.Text)
		}
	}
	off := start(t, harness.SQLite(t))
	for _, path := range []string{"/.well-known/ssf-configuration", "/ssf/stream"} {
		if a := off.Get(t, path); a.Status != http.StatusNotFound {
			t.Errorf("switched off: %s: %d", path, a.Status)
		}
	}
	if strings.Contains(off.Get(t, "/.well-known/oauth-protected-resource").Text, "ssf.") {
		t.Error("switched off, the scopes are there")
	}
}

// TestAnEventStreamIsManaged as SSF 1.0 §8.1.1 and §8.1.2 say.
func TestAnEventStreamIsManaged(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := withSignals(t, db)
		token := streamToken(t, n, "gate", "ssf.manage")
		if list := listStreams(t, n, token); list != "[]" {
			t.Errorf("no stream: %s", list)
		}
		made := newStream(t, n, token, `,"description":"Gate","delivery":{"method":"urn:ietf:rfc:8935",
			"endpoint_url":"https://receiver.example.org/events","authorization_header":"Bearer secret-of-the-receiver"}`)
		id := made.String("stream_id")
		const want = `"events_delivered":["` + sessionRevoked + `","` + credentialChange + `"]`
		if made.String("iss") != n.Issuer || made.String("aud") != "gate" || !strings.Contains(made.Text, want) ||
			!strings.Contains(made.Text, "urn:other") || made.Body["min_verification_interval"] != 60.0 {
			t.Error(made.Text)
		}
		if a := sendJSON(t, n, http.MethodPost, "/ssf/stream", token, `{}`); a.Status != http.StatusConflict {
			t.Errorf("a second one: %d %s", a.Status, a.Text)
		}
		read := n.Get(t, "/ssf/stream?stream_id="+id, "Authorization", "Bearer "+streamToken(t, n, "gate", "ssf.read"))
		if read.Text != made.Text || strings.Contains(read.Text, "secret-of-the-receiver") {
			t.Errorf("%s\n%s", read.Text, made.Text)
		}
		if strings.Contains(db.Dump(t), "secret-of-the-receiver") {
			t.Error("the header is in clear in the database")
		}
		if list := listStreams(t, n, token); list != "["+made.Text+"]" {
			t.Error(list)
		}
		changed := sendJSON(t, n, http.MethodPatch, "/ssf/stream", token,
			`{"stream_id":"`+id+`","iss":"`+n.Issuer+`","events_requested":["`+sessionRevoked+`"]}`)
		if changed.Status != 200 || changed.String("description") != "Gate" || strings.Contains(changed.Text, "urn:other") ||
			!strings.Contains(changed.Text, "receiver.example.org") {
			t.Errorf("%d %s", changed.Status, changed.Text)
		}
		// What was read can be sent back whole.
		if a := sendJSON(t, n, http.MethodPut, "/ssf/stream", token, changed.Text); a.Status != 200 || a.Text != changed.Text {
			t.Errorf("%d %s", a.Status, a.Text)
		}
		replaced := sendJSON(t, n, http.MethodPut, "/ssf/stream", token, `{"stream_id":"`+id+`"}`)
		if !strings.Contains(replaced.Text, `"events_requested":[],"events_delivered":[]`) || replaced.Body["description"] != nil ||
			!strings.Contains(replaced.Text, `{"method":"urn:ietf:rfc:8936","endpoint_url":"`+n.Issuer+`/ssf/poll?stream_id=`+id+`"}`) {
			t.Errorf("%d %s", replaced.Status, replaced.Text)
		}
		for _, status := range []string{"paused", "disabled", "enabled"} {
			a := sendJSON(t, n, http.MethodPost, "/ssf/status", token, `{"stream_id":"`+id+`","status":"`+status+`","reason":"Night"}`)
			b := n.Get(t, "/ssf/status?stream_id="+id, "Authorization", "Bearer "+token)
			if a.Status != 200 || a.String("status") != status || a.String("reason") != "Night" || b.Text != a.Text {
				t.Errorf("%d %s, %s", a.Status, a.Text, b.Text)
			}
		}
		if a := sendJSON(t, n, http.MethodDelete, "/ssf/stream?stream_id="+id, token, ""); a.Status != http.StatusNoContent || a.Text != "" {
			t.Errorf("%d %s", a.Status, a.Text)
		}
		if a := n.Get(t, "/ssf/stream?stream_id="+id, "Authorization", "Bearer "+token); a.Status != http.StatusNotFound {
			t.Errorf("%d %s", a.Status, a.Text)
		}
		for action, want := range map[string]int{"created": 1, "updated": 6, "deleted": 1} {
			if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'event_stream."+action+"' AND actor_name = 'gate'"); got != want {
				t.Errorf("%d events %s, want %d", got, action, want)
			}
		}
	})
}

// TestAReceiverPolls: what happens on one node is polled at another, until it is acknowledged, by the client that it concerns.
func TestAReceiverPolls(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := withSignals(t, db)
		other := n
		if db.Name == "postgres" {
			other = harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock), harness.Env("AUTHLY_SHARED_SIGNALS", "true"))
		}
		token, foreign := streamToken(t, n, "gate", "ssf.manage"), streamToken(t, n, "shop", "ssf.manage")
		id, shop := newStream(t, n, token, "").String("stream_id"), newStream(t, n, foreign, "").String("stream_id")
		browser := harness.NewBrowser(t, n)
		tokens := harness.NewParty(t, n, "gate").Tokens(browser, "alice", harness.AlicePassword)
		claims := harness.JWT(t, idToken(tokens), 1)
		browser.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {idToken(tokens)}}.Encode())

		sets, _ := pollSETs(t, other, token, id, `{"returnImmediately":true}`)
		if len(sets) != 1 {
			t.Fatalf("%d events", len(sets))
		}
		for jti, set := range sets {
			kind, event := eventOf(set)
			subject, _ := json.Marshal(set["sub_id"])
			want := `{"format":"complex","session":{"format":"opaque","id":"` + claims["sid"].(string) + `"},"user":{"format":"iss_sub","iss":"` +
				n.Issuer + `","sub":"` + claims["sub"].(string) + `"}}`
			reason, _ := json.Marshal(event["reason_admin"])
			if kind != sessionRevoked || string(subject) != want || event["initiating_entity"] != "user" || event["event_timestamp"] == nil ||
				string(reason) != `{"en":"The session has ended: logout."}` {
				t.Errorf("%s %v about %s", kind, event, subject)
			}
			if set["iss"] != n.Issuer || set["aud"] != "gate" || set["txn"] == nil || set["iat"] == nil || set["sub"] != nil || set["exp"] != nil {
				t.Errorf("%v", set)
			}
			// It comes until it is acknowledged.
			if again, _ := pollSETs(t, n, token, id, `{}`); again[jti] == nil {
				t.Error("it is gone")
			}
			if after, _ := pollSETs(t, other, token, id, `{"ack":["`+jti+`","unknown"]}`); len(after) != 0 {
				t.Errorf("acknowledged, %d", len(after))
			}
		}
		if sets, _ := pollSETs(t, n, foreign, shop, `{}`); len(sets) != 0 {
			t.Errorf("a client whom Alice has never met hears %d events", len(sets))
		}
	})
}

// TestAPollIsBounded by maxEvents, says that there are more, and takes refusals (RFC 8936 §2.2, §2.6).
func TestAPollIsBounded(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	harness.NewParty(t, n, "gate").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	n.Change(t, "alice", admin.UserChange{Password: new("another long password of hers")})
	if sets, a := pollSETs(t, n, token, id, `{"maxEvents":0}`); len(sets) != 0 || a.Body["moreAvailable"] != true {
		t.Errorf("%s", a.Text)
	}
	first, a := pollSETs(t, n, token, id, `{"maxEvents":1}`)
	if len(first) != 1 || a.Body["moreAvailable"] != true {
		t.Errorf("%s", a.Text)
	}
	all, a := pollSETs(t, n, token, id, `{}`)
	if len(all) != 2 || a.Body["moreAvailable"] != nil {
		t.Errorf("%s", a.Text)
	}
	kinds, txns := map[string]map[string]any{}, map[any]bool{}
	for _, set := range all {
		kind, event := eventOf(set)
		kinds[kind], txns[set["txn"]] = event, true
	}
	if e := kinds[credentialChange]; e["credential_type"] != "password" || e["change_type"] != "update" || e["initiating_entity"] != "system" {
		t.Errorf("%v", kinds)
	}
	if kinds[sessionRevoked] == nil || len(txns) != 1 {
		t.Errorf("%v in %v", kinds, txns)
	}
	for jti := range first {
		after, _ := pollSETs(t, n, token, id, `{"setErrs":{"`+jti+`":{"err":"invalid_key","description":"x"}}}`)
		if len(after) != 1 || after[jti] != nil {
			t.Errorf("%v", after)
		}
	}
	// Of a stream that is paused events are held, and of one that is disabled they are not.
	for _, step := range []struct {
		status string
		want   int
	}{{"paused", 0}, {"enabled", 1}, {"disabled", 0}, {"enabled", 0}} {
		sendJSON(t, n, http.MethodPost, "/ssf/status", token, `{"stream_id":"`+id+`","status":"`+step.status+`"}`)
		if sets, _ := pollSETs(t, n, token, id, `{}`); len(sets) != step.want {
			t.Errorf("%s: %d events", step.status, len(sets))
		}
	}
}

// eventReceiver is a receiver to which events are pushed, which can be out of order.
type eventReceiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	reply  string
	got    []string // tokens that it has taken
	heard  chan string
}

func newEventReceiver(t *testing.T) *eventReceiver {
	t.Helper()
	r := &eventReceiver{status: http.StatusAccepted, heard: make(chan string, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body := make([]byte, 64<<10)
		n, _ := req.Body.Read(body)
		r.mu.Lock()
		defer r.mu.Unlock()
		w.WriteHeader(r.status)
		_, _ = w.Write([]byte(r.reply))
		if r.status == http.StatusAccepted {
			r.got = append(r.got, string(body[:n]))
		}
		r.heard <- req.Method + " " + req.Header.Get("Content-Type") + " " + req.Header.Get("Accept") + " " + req.Header.Get("Authorization")
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *eventReceiver) answer(status int, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.reply = status, reply
}

func (r *eventReceiver) wait(t *testing.T) string {
	t.Helper()
	select {
	case request := <-r.heard:
		return request
	case <-time.After(20 * time.Second):
		t.Fatal("the receiver heard nothing")
		return ""
	}
}

func (r *eventReceiver) tokens() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.got...)
}

// TestEventsArePushed, each once by two nodes, with the header of the receiver (RFC 8935 §2).
func TestEventsArePushed(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		r := newEventReceiver(t)
		n := withSignals(t, db)
		if db.Name == "postgres" {
			harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock), harness.Env("AUTHLY_SHARED_SIGNALS", "true"),
				harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		}
		token := streamToken(t, n, "gate", "ssf.manage")
		id := newStream(t, n, token, `,"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"`+r.URL+`/events","authorization_header":"Bearer of-gate"}`).
			String("stream_id")
		if a := sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`","state":"abc"}`); a.Status != http.StatusNoContent {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		if got := r.wait(t); got != "POST application/secevent+jwt application/json Bearer of-gate" {
			t.Error(got)
		}
		set := harness.JWT(t, r.tokens()[0], 1)
		kind, event := eventOf(set)
		subject, _ := json.Marshal(set["sub_id"])
		if kind != verification || event["state"] != "abc" || string(subject) != `{"format":"opaque","id":"`+id+`"}` {
			t.Errorf("%v", set)
		}
		harness.NewParty(t, n, "gate").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		n.Change(t, "alice", admin.UserChange{Password: new("another long password of hers")})
		r.wait(t)
		r.wait(t)
		seen := map[string]bool{}
		for _, text := range r.tokens() {
			kind, _ := eventOf(harness.JWT(t, text, 1))
			seen[kind] = true
		}
		if len(r.tokens()) != 3 || !seen[sessionRevoked] || !seen[credentialChange] {
			t.Errorf("%d tokens of %v", len(r.tokens()), seen)
		}
		if !eventually(func() bool { return db.Count(t, "SELECT count(*) FROM security_events") == 0 }) {
			t.Error("what was pushed is still there")
		}
	})
}

// TestAPushIsTriedAgain when the receiver is back, in the order of the events; and not when it has refused an event for good (RFC 8935
// §2.3).
func TestAPushIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := newEventReceiver(t)
	db := harness.SQLite(t)
	n := withSignals(t, db)
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, `,"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"`+r.URL+`/events"}`).String("stream_id")
	verify := func(state string) {
		t.Helper()
		if a := sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`","state":"`+state+`"}`); a.Status != http.StatusNoContent {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
	}
	states := func() string {
		var out []string
		for _, text := range r.tokens() {
			_, event := eventOf(harness.JWT(t, text, 1))
			out = append(out, event["state"].(string))
		}
		return strings.Join(out, " ")
	}
	for _, fault := range []struct {
		status int
		reply  string
	}{{http.StatusServiceUnavailable, ""}, {http.StatusBadRequest, `{"err":"authentication_failed"}`}} {
		r.answer(fault.status, fault.reply)
		if fault.status == http.StatusServiceUnavailable {
			verify("first")
			n.Advance(t, 0)
		}
		n.Clock.Advance(2 * time.Minute)
		r.wait(t)
	}
	verify("second")
	r.answer(http.StatusAccepted, "")
	n.Clock.Advance(2 * time.Minute)
	r.wait(t)
	r.wait(t)
	if got := states(); got != "first second" {
		t.Errorf("%q came", got)
	}
	r.answer(http.StatusBadRequest, `{"err":"invalid_issuer","description":"no"}`)
	n.Clock.Advance(2 * time.Minute)
	verify("third")
	r.wait(t)
	if !eventually(func() bool {
		return db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'security_event.refused' AND reason = 'invalid_issuer'") == 1
	}) || db.Count(t, "SELECT count(*) FROM security_events") != 0 {
		t.Error("a refusal is not settled")
	}
}

// TestAUserIsTakenOutOfAStream and let in again, by each of the names that a receiver has (SSF 1.0 §8.1.3).
func TestAUserIsTakenOutOfAStream(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	tokens := harness.NewParty(t, n, "gate").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	sub := harness.JWT(t, idToken(tokens), 1)["sub"].(string)
	send := func(what, subject string) int {
		t.Helper()
		return sendJSON(t, n, http.MethodPost, "/ssf/subjects:"+what, token, `{"stream_id":"`+id+`","subject":`+subject+`}`).Status
	}
	heard := func(password string) bool {
		t.Helper()
		n.Change(t, "alice", admin.UserChange{Password: &password})
		sets, _ := pollSETs(t, n, token, id, `{}`)
		jtis := []string{}
		for jti := range sets {
			jtis = append(jtis, jti)
		}
		ack, _ := json.Marshal(map[string]any{"ack": jtis, "maxEvents": 0})
		pollSETs(t, n, token, id, string(ack))
		return len(sets) > 0
	}
	for i, subject := range []string{
		`{"format":"iss_sub","iss":"` + n.Issuer + `","sub":"` + sub + `"}`, `{"format":"email","email":"alice@example.org"}`,
		`{"format":"opaque","id":"` + sub + `"}`,
	} {
		letter := string(rune('a' + i))
		if status := send("remove", subject); status != http.StatusNoContent || heard("one long password without her "+letter) {
			t.Errorf("%s: removed: %d", subject, status)
		}
		if status := send("add", subject); status != http.StatusOK || !heard("one long password with her "+letter) {
			t.Errorf("%s: added: %d", subject, status)
		}
	}
	// Nothing tells who is known here.
	for subject, want := range map[string]int{
		`{"format":"email","email":"nobody@example.org"}`:                                            http.StatusNoContent,
		`{"format":"iss_sub","iss":"https://other.example","sub":"` + sub + `"}`:                     http.StatusNoContent,
		`{"format":"iss_sub","iss":"` + n.Issuer + `","sub":"00000000-0000-7000-8000-000000000000"}`: http.StatusNoContent,
		`{"format":"phone_number","phone_number":"+1"}`:                                              http.StatusBadRequest,
		`null`: http.StatusBadRequest,
	} {
		if status := send("remove", subject); status != want {
			t.Errorf("%s: %d", subject, status)
		}
	}
	if !heard("one last long password") {
		t.Error("Alice was removed by another's name")
	}
}
