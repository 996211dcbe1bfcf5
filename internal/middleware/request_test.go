package middleware

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

func noon() time.Time { return time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC) }

func source() identity.Source {
	s := identity.SystemSource()
	s.Clock = noon
	return s
}

// actorOf runs RequestContext on the request and returns what the handler saw.
func actorOf(t *testing.T, r *http.Request, trusted ...string) (identity.Actor, netip.Addr, http.Header) {
	t.Helper()
	var prefixes []netip.Prefix
	for _, p := range trusted {
		prefixes = append(prefixes, netip.MustParsePrefix(p))
	}
	var actor identity.Actor
	var peer netip.Addr
	w := httptest.NewRecorder()
	RequestContext(source(), prefixes)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		actor, peer = identity.ActorFrom(r.Context()), PeerAddr(r.Context())
	})).ServeHTTP(w, r)
	return actor, peer, w.Result().Header
}

func request(method, target string) *http.Request {
	return httptest.NewRequest(method, target, http.NoBody)
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	for given, taken := range map[string]bool{
		"": false, "abc-DEF_1.2": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false,
		"a b": false, "a\"b": false, "a/b": false, "é": false, "a,b": false,
	} {
		r := request(http.MethodGet, "/")
		r.Header.Set("X-Request-ID", given)
		for _, trusted := range [][]string{nil, {"192.0.2.0/24"}} { // httptest's peer is 192.0.2.1
			actor, _, header := actorOf(t, r, trusted...)
			if header.Get("X-Request-ID") != actor.RequestID {
				t.Errorf("%q: header %q, context %q", given, header.Get("X-Request-ID"), actor.RequestID)
			}
			taken := taken && trusted != nil
			if _, err := uuid.Parse(actor.RequestID); taken && actor.RequestID != given || !taken && err != nil {
				t.Errorf("%q became %q, trusted %v", given, actor.RequestID, trusted)
			}
		}
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		realIP    string
		want      string
	}{
		"without a proxy":                       {"192.0.2.1:1234", nil, "", "192.0.2.1"},
		"a stranger's headers are not believed": {"192.0.2.1:1234", []string{"198.51.100.7"}, "198.51.100.8", "192.0.2.1"},
		"a trusted proxy":                       {"10.0.0.1:1234", []string{"198.51.100.7"}, "", "198.51.100.7"},
		"what the client wrote is skipped":      {"10.0.0.1:1234", []string{"127.0.0.1, 203.0.113.9, 198.51.100.7"}, "", "198.51.100.7"},
		"two trusted proxies":                   {"10.0.0.1:1234", []string{"127.0.0.1, 198.51.100.7, 10.0.0.2"}, "", "198.51.100.7"},
		"several headers are one list":          {"10.0.0.1:1234", []string{"127.0.0.1", "198.51.100.7", "10.0.0.2"}, "", "198.51.100.7"},
		"only trusted addresses":                {"10.0.0.1:1234", []string{"10.0.0.3, 10.0.0.2"}, "", "10.0.0.3"},
		"rubbish ends the walk":                 {"10.0.0.1:1234", []string{"198.51.100.7, unknown, 10.0.0.2"}, "", "10.0.0.2"},
		"an empty header":                       {"10.0.0.1:1234", []string{""}, "198.51.100.8", "10.0.0.1"},
		"with ports and brackets":               {"[2001:db8::1]:1", []string{"198.51.100.7:99, [2001:db8::2]:80"}, "", "198.51.100.7"},
		"X-Real-IP of a trusted proxy":          {"10.0.0.1:1234", nil, "198.51.100.8", "198.51.100.8"},
		"a broken X-Real-IP":                    {"10.0.0.1:1234", nil, "nobody", "10.0.0.1"},
		"X-Forwarded-For goes before X-Real-IP": {"10.0.0.1:1234", []string{"198.51.100.7"}, "198.51.100.8", "198.51.100.7"},
		"IPv4 in IPv6 is IPv4":                  {"[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.7"}, "", "198.51.100.7"},
		"a unix socket":                         {"@", []string{"198.51.100.7"}, "", ""},
	} {
		r := request(http.MethodGet, "/")
		r.RemoteAddr = test.peer
		for _, value := range test.forwarded {
			r.Header.Add("X-Forwarded-For", value)
		}
		r.Header.Set("X-Real-IP", test.realIP)
		actor, peer, _ := actorOf(t, r, "10.0.0.0/8", "2001:db8::/64")
		if actor.IP != test.want {
			t.Errorf("%s: %q, want %q", name, actor.IP, test.want)
		}
		if peer != parseAddr(test.peer) {
			t.Errorf("%s: peer %v", name, peer)
		}
	}
}

func TestActorIsAnonymousAndItsAgentIsBounded(t *testing.T) {
	t.Parallel()
	r := request(http.MethodGet, "/")
	r.Header.Set("User-Agent", strings.Repeat("a", 511)+"é\xff")
	actor, _, _ := actorOf(t, r)
	if actor.Kind != identity.ActorAnonymous || actor.Admin {
		t.Errorf("actor %+v", actor)
	}
	if actor.UserAgent != strings.Repeat("a", 511) || !utf8.ValidString(actor.UserAgent) {
		t.Errorf("user agent of %d bytes: %q", len(actor.UserAgent), actor.UserAgent)
	}
}

func FuzzClientAddress(f *testing.F) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Add("1.2.3.4, [::1]:80,,unknown")
	f.Fuzz(func(t *testing.T, forwarded string) {
		r := request(http.MethodGet, "/")
		r.Header["X-Forwarded-For"] = []string{forwarded}
		growth.Linear(t, growth.Repeated(forwarded, ","), func(text string) {
			r := request(http.MethodGet, "/")
			r.Header["X-Forwarded-For"] = []string{text}
			clientAddr(r, netip.MustParseAddr("10.0.0.1"), trusted)
		})
		if addr := clientAddr(r, netip.MustParseAddr("10.0.0.1"), trusted); !addr.IsValid() || addr.Zone() != "" {
			t.Fatalf("%q gave %v", forwarded, addr)
		}
	})
}
