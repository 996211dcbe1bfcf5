package tests

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// streamRequests are the requests of a receiver that name a stream.
func streamRequests(id string) [][3]string {
	return [][3]string{
		{http.MethodGet, "/ssf/stream?stream_id=" + id, ""},
		{http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","description":"theirs"}`},
		{http.MethodPut, "/ssf/stream", `{"stream_id":"` + id + `"}`},
		{http.MethodDelete, "/ssf/stream?stream_id=" + id, ""},
		{http.MethodGet, "/ssf/status?stream_id=" + id, ""},
		{http.MethodPost, "/ssf/status", `{"stream_id":"` + id + `","status":"disabled"}`},
		{http.MethodPost, "/ssf/subjects:add", `{"stream_id":"` + id + `","subject":{"format":"email","email":"alice@example.org"}}`},
		{http.MethodPost, "/ssf/subjects:remove", `{"stream_id":"` + id + `","subject":{"format":"email","email":"alice@example.org"}}`},
		{http.MethodPost, "/ssf/verify", `{"stream_id":"` + id + `"}`},
		{http.MethodPost, "/ssf/poll?stream_id=" + id, `{}`},
	}
}

// TestAStreamIsItsClientsAlone: to any other client it is not there, and without a token of the client's own nothing is.
func TestAStreamIsItsClientsAlone(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := withSignals(t, db)
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	person := harness.NewParty(t, n, "gate", "openid", "ssf.manage").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
	if scope := n.Introspect(t, "gate", person).String("scope"); scope != "openid" {
		t.Errorf("a person has granted %q", scope)
	}
	events := db.Count(t, "SELECT count(*) FROM audit_events WHERE action LIKE 'event_stream%'")
	for name, c := range map[string]struct {
		token  string
		status int
		code   string
	}{
		"another client":      {streamToken(t, n, "shop", "ssf.manage"), http.StatusNotFound, "not_found"},
		"no token":            {"", http.StatusUnauthorized, ""},
		"no token of ours":    {"guess", http.StatusUnauthorized, "invalid_token"},
		"a person's token":    {person, http.StatusForbidden, "insufficient_scope"},
		"a token without it":  {noStreamToken(t, n), http.StatusForbidden, "insufficient_scope"},
		"a token for reading": {streamToken(t, n, "gate", "ssf.read"), http.StatusForbidden, "insufficient_scope"},
	} {
		for _, r := range streamRequests(id) {
			if name == "a token for reading" && r[0] == http.MethodGet {
				continue
			}
			a := sendJSON(t, n, r[0], r[1], c.token, r[2])
			if a.Status != c.status || c.code != "" && a.String("error") != c.code {
				t.Errorf("%s: %s %s: %d %s", name, r[0], r[1], a.Status, a.Text)
			}
			if challenge := a.Header.Get("WWW-Authenticate"); (c.status == http.StatusNotFound) != (challenge == "") {
				t.Errorf("%s: challenge %q", name, challenge)
			}
		}
	}
	// A token in the address counts for nothing (RFC 6750 §2.3).
	if a := n.Get(t, "/ssf/stream?access_token="+token); a.Status != http.StatusUnauthorized {
		t.Errorf("a token in the query: %d", a.Status)
	}
	if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action LIKE 'event_stream%'"); got != events {
		t.Errorf("%d changes", got-events)
	}
	if a := n.Get(t, "/ssf/stream?stream_id="+id, "Authorization", "Bearer "+token); a.Status != http.StatusOK || a.Body["description"] != nil {
		t.Errorf("%d %s", a.Status, a.Text)
	}
}

// noStreamToken is a token of a client of its own without the scopes of streams.
func noStreamToken(t *testing.T, n *harness.Node) string {
	t.Helper()
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("robot", "")}})
	a := n.Token(t, "robot", "grant_type", "client_credentials")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	return a.String("access_token")
}

// TestTheBoundsOfAnEventStream: what is at a bound is taken, and what is above is refused and changes nothing.
func TestTheBoundsOfAnEventStream(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	list := func(n int, element string) string {
		return `["` + strings.TrimSuffix(strings.Repeat(element+`","`, n), `","`) + `"]`
	}
	events := func(list string) string { return `{"stream_id":"` + id + `","events_requested":` + list + `}` }
	push := func(to, header string) string {
		return `{"stream_id":"` + id + `","delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"` + to + `","authorization_header":"` + header + `"}}`
	}
	const address = "https://receiver.example.org/"
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"50 event types":             {http.MethodPatch, "/ssf/stream", events(list(50, "a")), 200},
		"51 event types":             {http.MethodPatch, "/ssf/stream", events(list(51, "a")), 400},
		"an event type of 255":       {http.MethodPatch, "/ssf/stream", events(list(1, strings.Repeat("a", 255))), 200},
		"an event type of 256":       {http.MethodPatch, "/ssf/stream", events(list(1, strings.Repeat("a", 256))), 400},
		"an empty event type":        {http.MethodPatch, "/ssf/stream", events(`[""]`), 400},
		"event types that are none":  {http.MethodPatch, "/ssf/stream", events(`"` + sessionRevoked + `"`), 400},
		"a description of 255":       {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","description":"` + strings.Repeat("é", 255) + `"}`, 200},
		"a description of 256":       {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","description":"` + strings.Repeat("é", 256) + `"}`, 400},
		"a header of 2048":           {http.MethodPatch, "/ssf/stream", push(address, strings.Repeat("a", 2048)), 200},
		"a header of 2049":           {http.MethodPatch, "/ssf/stream", push(address, strings.Repeat("a", 2049)), 400},
		"a header of two lines":      {http.MethodPatch, "/ssf/stream", push(address, `a\r\nX-Other: b`), 400},
		"an address without TLS":     {http.MethodPatch, "/ssf/stream", push("http://receiver.example.org/", ""), 400},
		"an address with a password": {http.MethodPatch, "/ssf/stream", push("https://a:b@receiver.example.org/", ""), 400},
		"no address":                 {http.MethodPatch, "/ssf/stream", push("", ""), 400},
		"another way":                {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","delivery":{"method":"mail"}}`, 400},
		"a header for a poll":        {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","delivery":{"method":"urn:ietf:rfc:8936","authorization_header":"a"}}`, 400},
		"an address for a poll":      {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"` + address + `"}}`, 400},
		"another issuer":             {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","iss":"https://other.example"}`, 400},
		"another audience":           {http.MethodPut, "/ssf/stream", `{"stream_id":"` + id + `","aud":"shop"}`, 400},
		"other events":               {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","events_delivered":["x"]}`, 400},
		"a shorter interval":         {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","min_verification_interval":1}`, 400},
		"no stream":                  {http.MethodPatch, "/ssf/stream", `{}`, 400},
		"an array":                   {http.MethodPatch, "/ssf/stream", `[]`, 400},
		"null":                       {http.MethodPatch, "/ssf/stream", `null`, 400},
		"an unknown status":          {http.MethodPost, "/ssf/status", `{"stream_id":"` + id + `","status":"asleep"}`, 400},
		"a reason of 256":            {http.MethodPost, "/ssf/status", `{"stream_id":"` + id + `","status":"paused","reason":"` + strings.Repeat("a", 256) + `"}`, 400},
		"a state of 1025":            {http.MethodPost, "/ssf/verify", `{"stream_id":"` + id + `","state":"` + strings.Repeat("a", 1025) + `"}`, 400},
		"a state of 1024":            {http.MethodPost, "/ssf/verify", `{"stream_id":"` + id + `","state":"` + strings.Repeat("a", 1024) + `"}`, 204},
		"a body of more than 64 KiB": {http.MethodPatch, "/ssf/stream", `{"stream_id":"` + id + `","x":"` + strings.Repeat("a", 64<<10) + `"}`, 400},
		"an id in another spelling":  {http.MethodGet, "/ssf/stream?stream_id=" + strings.ToUpper(id), "", 404},
		"an id that is none":         {http.MethodGet, "/ssf/stream?stream_id=%27", "", 404},
		"nothing to delete":          {http.MethodDelete, "/ssf/stream", "", 404},
	} {
		a := sendJSON(t, n, c.method, c.path, token, c.body)
		if a.Status != c.status {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
		if a.Status == 400 && a.String("error") != "invalid_request" {
			t.Errorf("%s: %s", name, a.Text)
		}
	}
}

// TestTheBoundsOfAPoll: what is at a bound is taken, and what is above is refused (RFC 8936 §2.2).
func TestTheBoundsOfAPoll(t *testing.T) {
	t.Parallel()
	db := harness.SQLite(t)
	n := withSignals(t, db)
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	for body, want := range map[string]int{
		`{"ack":["` + strings.Repeat(`a","`, 999) + `a"]}`:                                           http.StatusOK,
		`{"ack":["` + strings.Repeat(`a","`, 999) + `a"],"setErrs":{"x":{"err":"invalid_request"}}}`: http.StatusBadRequest,
		`{"maxEvents":0}`:  http.StatusOK,
		`{"maxEvents":-1}`: http.StatusBadRequest,
		`{"ack":"a"}`:      http.StatusBadRequest,
	} {
		if a := sendJSON(t, n, http.MethodPost, "/ssf/poll?stream_id="+id, token, body); a.Status != want {
			t.Errorf("%.40s: %d %s", body, a.Status, a.Text)
		}
	}
	db.Execute(t, `INSERT INTO security_events (id, stream_id, type, event, txn, created_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		SELECT printf('00000000-0000-7000-8000-%012d', i), '`+id+`', 't', '{}', '', '2026-01-01 00:00:00+00:00' FROM n`)
	if sets, a := pollSETs(t, n, token, id, `{"maxEvents":1000}`); len(sets) != 100 || a.Body["moreAvailable"] != true {
		t.Errorf("%d events", len(sets))
	}
	// The stream is full: what comes now is lost, and the change is made all the same.
	sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`"}`)
	if waiting := db.Count(t, "SELECT count(*) FROM security_events"); waiting != 10000 {
		t.Errorf("%d events wait", waiting)
	}
}

// TestAReceiverDoesNotAskForVerificationAllTheTime: min_verification_interval (SSF 1.0 §8.1.4.2).
func TestAReceiverDoesNotAskForVerificationAllTheTime(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	verify := func(want int) harness.Answer {
		t.Helper()
		a := sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`"}`)
		if a.Status != want {
			t.Errorf("%d %s, want %d", a.Status, a.Text, want)
		}
		return a
	}
	verify(http.StatusNoContent)
	if after := verify(http.StatusTooManyRequests).Header.Get("Retry-After"); after != "60" {
		t.Errorf("again after %q", after)
	}
	n.Clock.Advance(time.Minute)
	verify(http.StatusNoContent)
	if sets, _ := pollSETs(t, n, token, id, `{}`); len(sets) != 2 {
		t.Errorf("%d events", len(sets))
	}
	sendJSON(t, n, http.MethodPost, "/ssf/status", token, `{"stream_id":"`+id+`","status":"disabled"}`)
	n.Clock.Advance(time.Minute)
	verify(http.StatusBadRequest)
}

// TestNoEventIsPushedToAPrivateAddress (attack B-O2).
func TestNoEventIsPushedToAPrivateAddress(t *testing.T) {
	t.Parallel()
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	db := harness.SQLite(t)
	n := start(t, db, harness.Env("AUTHLY_SHARED_SIGNALS", "true"))
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	for i, address := range []string{inside.URL, "https://localhost" + port, "https://[::1]" + port, "https://169.254.169.254/latest", "http://127.0.0.1" + port} {
		client := "gate" + strconv.Itoa(i)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{signalClient(client)}})
		token := streamToken(t, n, client, "ssf.manage")
		id := newStream(t, n, token, `,"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"`+address+`"}`).String("stream_id")
		if a := sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`"}`); a.Status != http.StatusNoContent {
			t.Errorf("%s: %d %s", address, a.Status, a.Text)
		}
		tried := "SELECT count(*) FROM jobs WHERE kind = 'signals.push' AND attempts > 0 AND error_code <> '' AND payload LIKE '%" + id + "%'"
		if !eventually(func() bool { return db.Count(t, tried) == 1 }) {
			t.Errorf("%s was not tried", address)
		}
	}
	if reached {
		t.Error("a private address was reached")
	}
}

// TestAReceiverKnowsPeopleByItsOwnNames, as with ID tokens: two sectors find nothing in their events that is the same.
func TestAReceiverKnowsPeopleByItsOwnNames(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	for _, name := range []string{"left", "right"} {
		c := signalClient(name)
		c.Metadata.RedirectURIs, c.Metadata.SubjectType = []string{"https://" + name + ".example/callback"}, "pairwise"
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{c}})
	}
	browser := harness.NewBrowser(t, n)
	streams, tokens, subs := map[string]string{}, map[string]string{}, map[string]string{}
	for _, name := range []string{"left", "right"} {
		tokens[name] = streamToken(t, n, name, "ssf.manage")
		streams[name] = newStream(t, n, tokens[name], "").String("stream_id")
		party := harness.NewParty(t, n, name)
		party.Config.RedirectURL = "https://" + name + ".example/callback"
		subs[name] = harness.JWT(t, idToken(party.Tokens(browser, "alice", harness.AlicePassword)), 1)["sub"].(string)
	}
	n.Change(t, "alice", admin.UserChange{Password: new("another long password of hers")})
	seen := map[string]string{}
	for name, stream := range streams {
		sets, _ := pollSETs(t, n, tokens[name], stream, `{}`)
		if len(sets) != 2 {
			t.Fatalf("%s: %d events", name, len(sets))
		}
		for jti, set := range sets {
			text, err := json.Marshal(set)
			if err != nil || !strings.Contains(string(text), subs[name]) {
				t.Errorf("%s: not about %s: %s", name, subs[name], text)
			}
			for _, value := range []string{jti, set["txn"].(string), subs[name]} {
				if of := seen[value]; of != "" && of != name {
					t.Errorf("%s and %s share %s", of, name, value)
				}
				seen[value] = name
			}
			if session, ok := set["sub_id"].(map[string]any)["session"].(map[string]any); ok {
				if of := seen[session["id"].(string)]; of != "" {
					t.Errorf("%s and %s share a sid", of, name)
				}
				seen[session["id"].(string)] = name
			}
		}
	}
}

// TestAReceiverLosesWhomItLost: a person who takes the access back from an application is its concern no more.
func TestAReceiverLosesWhomItLost(t *testing.T) {
	t.Parallel()
	n := withSignals(t, harness.SQLite(t))
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, "").String("stream_id")
	browser := harness.NewBrowser(t, n)
	tokens := harness.NewParty(t, n, "gate").Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {idToken(tokens)}}.Encode())
	if sets, _ := pollSETs(t, n, token, id, `{}`); len(sets) != 1 {
		t.Errorf("%d events of the end of a session", len(sets))
	}
	sendJSON(t, n, http.MethodPost, "/ssf/status", token, `{"stream_id":"`+id+`","status":"disabled"}`)
	sendJSON(t, n, http.MethodPost, "/ssf/status", token, `{"stream_id":"`+id+`","status":"enabled"}`)
	harness.NewParty(t, n, "gate").Tokens(browser, "alice", harness.AlicePassword)
	button := "application-" + n.Client(t, "gate").ID.String() + "-revoke"
	at(t, n, browser, "/account/applications", button)
	browser.Submit(button, nil)
	n.Change(t, "alice", admin.UserChange{Password: new("another long password of hers")})
	if sets, _ := pollSETs(t, n, token, id, `{}`); len(sets) != 0 {
		t.Errorf("%d events", len(sets))
	}
}

// TestAClientThatLostTheScopeHearsNothing, although its stream is there and its token has not expired.
func TestAClientThatLostTheScopeHearsNothing(t *testing.T) {
	t.Parallel()
	r := newEventReceiver(t)
	db := harness.SQLite(t)
	n := withSignals(t, db)
	token := streamToken(t, n, "gate", "ssf.manage")
	id := newStream(t, n, token, `,"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"`+r.URL+`"}`).String("stream_id")
	harness.NewParty(t, n, "gate").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	loses := func(m *identity.ClientMetadata, _ *identity.ClientPolicy) { m.Scope = "openid ssf.read" }
	if _, _, err := n.Server.Admin.Clients.Update(harness.System(t), n.Client(t, "gate").ID, admin.ClientChange{Patch: loses}, nil); err != nil {
		t.Fatal(err)
	}
	n.Change(t, "alice", admin.UserChange{Password: new("another long password of hers")})
	const over = "SELECT count(*) FROM jobs WHERE kind = 'signals.push' AND outcome = 'success'"
	if !eventually(func() bool { return db.Count(t, over) > 0 }) || len(r.tokens()) != 0 || db.Count(t, "SELECT count(*) FROM security_events") == 0 {
		t.Errorf("%d tokens were pushed", len(r.tokens()))
	}
	if a := sendJSON(t, n, http.MethodPost, "/ssf/verify", token, `{"stream_id":"`+id+`"}`); a.Status != http.StatusForbidden {
		t.Errorf("%d %s", a.Status, a.Text)
	}
}
