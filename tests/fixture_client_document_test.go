package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// publisher is the host of a client: it has a document at each path, and counts who asks.
type publisher struct {
	*httptest.Server

	mu        sync.Mutex
	documents map[string]string
	status    int // of every answer, if not 200
	asked     map[string]int
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	p := &publisher{documents: map[string]string{}, asked: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path]++
	text, ok := p.documents[r.URL.Path]
	switch {
	case p.status != 0:
		w.Header().Set("Location", p.URL+"/elsewhere")
		w.WriteHeader(p.status)
	case !ok:
		http.NotFound(w, r)
	default:
		_, _ = w.Write([]byte(text))
	}
}

// publish puts a document at a path and returns its address. ADDRESS in it becomes the address, HOST the origin.
func (p *publisher) publish(path, text string) string {
	p.put(path, strings.NewReplacer("ADDRESS", p.URL+path, "HOST", p.URL).Replace(text))
	return p.URL + path
}

// put puts a document at a path as it is.
func (p *publisher) put(path, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.documents[path] = text
}

func (p *publisher) fail(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = status
}

func (p *publisher) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// takesDocuments starts a node that takes the documents of the publisher, which is on this machine.
func takesDocuments(t *testing.T, db harness.Database, hosts string) *harness.Node {
	t.Helper()
	return start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"), harness.Env("AUTHLY_CLIENT_DOCUMENT_HOSTS", hosts))
}

// described is a public party whose client_id is the address of a document.
func described(t *testing.T, n *harness.Node, address string, scopes ...string) *harness.Party {
	t.Helper()
	party := harness.NewPublicParty(t, n, address, scopes...)
	party.Config.RedirectURL = address[:strings.LastIndexByte(address, '/')] + "/cb"
	return party
}

const aDocument = `{"client_id":"ADDRESS","client_name":"Notes","redirect_uris":["HOST/cb"],"grant_types":["authorization_code","refresh_token"]}`
