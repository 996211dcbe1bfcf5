package middleware

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

const (
	requestIDHeader = "X-Request-ID"
	maxRequestID    = 64  // bytes
	maxUserAgent    = 512 // bytes
)

type peerKey struct{}

// PeerAddr returns the address at the other end of the connection, whatever forwarding headers say; the zero Addr if
// unknown.
func PeerAddr(ctx context.Context) netip.Addr {
	addr, _ := ctx.Value(peerKey{}).(netip.Addr)
	return addr
}

// RequestContext puts an anonymous identity.Actor with request id, client address and user agent into the context, and
// the request id into the response. The client address is that of the peer. If the peer is in trusted, a sane X-Request-ID
// is taken over, and the address is the rightmost of X-Forwarded-For that is not trusted, or else X-Real-IP: what a
// stranger writes there reaches neither log nor audit trail.
func RequestContext(source identity.Source, trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			peer := parseAddr(r.RemoteAddr)
			id := r.Header.Get(requestIDHeader)
			if !contains(trusted, peer) || !saneRequestID(id) {
				id = source.NewID().String()
			}
			w.Header().Set(requestIDHeader, id)

			actor := identity.Actor{Kind: identity.ActorAnonymous, RequestID: id, UserAgent: userAgent(r)}
			if client := clientAddr(r, peer, trusted); client.IsValid() {
				actor.IP = client.String()
			}
			ctx := context.WithValue(r.Context(), peerKey{}, peer)
			next.ServeHTTP(w, r.WithContext(identity.WithActor(ctx, actor)))
		})
	}
}

func saneRequestID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	return !strings.ContainsFunc(id, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-'
	})
}

// userAgent is cut and made valid UTF-8: PostgreSQL refuses other text.
func userAgent(r *http.Request) string {
	agent := r.UserAgent()
	if len(agent) > maxUserAgent {
		agent = agent[:maxUserAgent]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(agent, ""), "\x00", "")
}

// clientAddr walks X-Forwarded-For from the right: each trusted hop vouches for the entry to its left. An entry that is
// not an address ends the walk at the hop that wrote it.
func clientAddr(r *http.Request, peer netip.Addr, trusted []netip.Prefix) netip.Addr {
	if !contains(trusted, peer) {
		return peer
	}
	forwarded := r.Header.Values("X-Forwarded-For")
	if len(forwarded) == 0 {
		if addr := parseAddr(r.Header.Get("X-Real-IP")); addr.IsValid() {
			return addr
		}
		return peer
	}
	client := peer
	for _, entry := range slices.Backward(strings.Split(strings.Join(forwarded, ","), ",")) {
		addr := parseAddr(entry)
		if !addr.IsValid() {
			return client
		}
		client = addr
		if !contains(trusted, addr) {
			return client
		}
	}
	return client
}

// parseAddr reads an address with or without port, brackets and zone; the zero Addr if it is none.
func parseAddr(text string) netip.Addr {
	text = strings.TrimSpace(text)
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}
		}
		addr = withPort.Addr()
	}
	return addr.Unmap().WithZone("")
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}
