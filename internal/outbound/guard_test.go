package outbound

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// errNotConnected ends every connection that the guard has allowed: nothing leaves the machine.
var errNotConnected = errors.New("recorded and not connected")

// recorder is a Client whose dialer writes down what it would connect to, and connects to nothing else than connects.
type recorder struct {
	*Client
	connects string // the one address that it really connects to

	mu      sync.Mutex
	dialled []string
}

func record(allowPrivate bool, resolver *net.Resolver, connects string) *recorder {
	r := &recorder{connects: connects}
	dialer := newDialer(allowPrivate)
	allowed := dialer.Control
	dialer.Resolver = resolver
	dialer.Control = func(network, address string, conn syscall.RawConn) error {
		if err := allowed(network, address, conn); err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.dialled = append(r.dialled, address)
		if address == r.connects {
			return nil
		}
		return errNotConnected
	}
	r.Client = newClient(dialer, allowPrivate)
	return r
}

// dials reports whether a client would connect to an address, and fails if it was refused for another reason.
func dials(t *testing.T, allowPrivate bool, text string) bool {
	t.Helper()
	addr := netip.MustParseAddr(text)
	r := record(allowPrivate, nil, "")
	u := url.URL{Scheme: "https", Host: netip.AddrPortFrom(addr, 8443).String(), Path: "/"}
	_, err := r.GetJSON(t.Context(), u.String())
	if dialled := len(r.dialled) == 1; dialled != errors.Is(err, errNotConnected) || dialled == errors.Is(err, ErrForbiddenAddress) {
		t.Errorf("%s: dialled %v, %v", text, r.dialled, err)
	}
	return len(r.dialled) > 0
}

// last returns the last address of a network.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(b)*8; bit++ {
		b[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}

// What of a special network may be dialled where private ones are allowed, and which of its neighbours are public.
const (
	private     = 1 << iota // it may be dialled where private networks are
	publicUnder             // the address before its first is public
	publicAbove             // the address after its last is public
)

// specialNetworks are IANA's registries of special-purpose addresses (RFC 6890, as of 2026), with what they leave out:
// multicast, and the ranges that were given up.
var specialNetworks = map[string]int{
	"0.0.0.0/8":          publicAbove, // this network, RFC 791 §3.2
	"10.0.0.0/8":         private | publicUnder | publicAbove,
	"100.64.0.0/10":      private | publicUnder | publicAbove, // shared address space, RFC 6598
	"127.0.0.0/8":        private | publicUnder | publicAbove,
	"169.254.0.0/16":     publicUnder | publicAbove, // link-local, RFC 3927
	"172.16.0.0/12":      private | publicUnder | publicAbove,
	"192.0.0.0/24":       publicUnder,               // protocol assignments; what lies in it: RFC 7335, 7600, 8155, 7723, 8880
	"192.0.2.0/24":       publicUnder | publicAbove, // documentation, RFC 5737
	"192.31.196.0/24":    publicUnder | publicAbove, // AS112, RFC 7535
	"192.52.193.0/24":    publicUnder | publicAbove, // AMT, RFC 7450
	"192.88.99.0/24":     publicUnder | publicAbove, // 6to4 relays, RFC 7526
	"192.168.0.0/16":     private | publicUnder | publicAbove,
	"192.175.48.0/24":    publicUnder | publicAbove, // AS112, RFC 7534
	"198.18.0.0/15":      publicUnder | publicAbove, // benchmarking, RFC 2544
	"198.51.100.0/24":    publicUnder | publicAbove,
	"203.0.113.0/24":     publicUnder | publicAbove,
	"224.0.0.0/4":        publicUnder, // multicast, RFC 5771
	"240.0.0.0/4":        0,           // reserved, RFC 1112 §4
	"255.255.255.255/32": 0,           // limited broadcast, RFC 8190

	"::/128":            0,
	"::1/128":           private,
	"::/96":             0, // IPv4-compatible, RFC 4291 §2.5.5.1
	"64:ff9b::/96":      0, // NAT64, RFC 6052
	"64:ff9b:1::/48":    0, // NAT64 of a network's own, RFC 8215
	"100::/64":          0, // discard, RFC 6666
	"100:0:0:1::/64":    0, // dummy, RFC 9780
	"2001::/23":         publicAbove,
	"2001::/32":         0, // Teredo, RFC 4380
	"2001:1::1/128":     0, // port control, RFC 7723
	"2001:2::/48":       0, // benchmarking, RFC 5180
	"2001:3::/32":       0, // AMT, RFC 7450
	"2001:4:112::/48":   0, // AS112, RFC 7535
	"2001:10::/28":      0, // ORCHID, RFC 4843
	"2001:20::/28":      0, // ORCHIDv2, RFC 7343
	"2001:30::/28":      0, // drone remote ids, RFC 9374
	"2001:db8::/32":     publicUnder | publicAbove,
	"2002::/16":         publicUnder | publicAbove, // 6to4, RFC 3056
	"2620:4f:8000::/48": publicUnder | publicAbove, // AS112, RFC 7534
	"3fff::/20":         publicUnder,               // documentation, RFC 9637
	"5f00::/16":         0,                         // SRv6 SIDs, RFC 9602
	"fc00::/7":          private,                   // unique local, RFC 4193
	"fe80::/10":         0,                         // link-local, RFC 4291 §2.5.6
	"fec0::/10":         0,                         // site-local, RFC 3879
	"ff00::/8":          0,                         // multicast, RFC 4291 §2.7
}

func TestOnlyThePublicInternetIsPublic(t *testing.T) {
	t.Parallel()
	for text, is := range specialNetworks {
		network := netip.MustParsePrefix(text)
		first, last := network.Addr(), last(network)
		for _, addr := range []netip.Addr{first, last} {
			if dials(t, false, addr.String()) {
				t.Errorf("%s of %s is public", addr, network)
			}
			if text != "::/96" && dials(t, true, addr.String()) != (is&private != 0) { // ::/96 begins with the loopback
				t.Errorf("%s of %s: wrong where private networks are allowed", addr, network)
			}
		}
		for neighbour, public := range map[netip.Addr]bool{first.Prev(): is&publicUnder != 0, last.Next(): is&publicAbove != 0} {
			if public && (!dials(t, false, neighbour.String()) || !dials(t, true, neighbour.String())) {
				t.Errorf("%s, beside %s, is not public", neighbour, network)
			}
		}
	}
	for _, text := range []string{"93.184.216.34", "8.8.8.8", "223.255.255.255", "2606:2800:220:1::1", "2000::1", "2a00::1"} {
		if !dials(t, false, text) || !dials(t, true, text) {
			t.Errorf("%s is not public", text)
		}
	}
}

// TestAnAddressInsideAnotherIsNotDialled: what translates and tunnels would take it out again.
func TestAnAddressInsideAnotherIsNotDialled(t *testing.T) {
	t.Parallel()
	for _, v4 := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "93.184.216.34"} {
		b := netip.MustParseAddr(v4).As4()
		in := func(prefix string, at int) string {
			whole := netip.MustParseAddr(prefix).As16()
			copy(whole[at:], b[:])
			return netip.AddrFrom16(whole).String()
		}
		for _, addr := range []string{
			in("::", 12), in("64:ff9b::", 12), in("64:ff9b:1::", 12), in("2002::", 2), in("2001::", 4), in("2001::", 12),
			in("fe80::5efe:0:0", 12), in("::ffff:0:0:0", 12), // ISATAP (RFC 5214) and SIIT (RFC 2765)
		} {
			if dials(t, false, addr) || dials(t, true, addr) {
				t.Errorf("%s, which holds %s, is dialled", addr, v4)
			}
		}
	}
	for mapped, want := range map[string][2]bool{
		"::ffff:127.0.0.1": {false, true}, "::ffff:10.0.0.1": {false, true}, "::ffff:93.184.216.34": {true, true},
		"::ffff:169.254.169.254": {false, false}, "::ffff:0.0.0.0": {false, false}, "::ffff:224.0.0.1": {false, false},
		"::ffff:100.100.100.200": {false, false},
	} {
		if got := [2]bool{dials(t, false, mapped), dials(t, true, mapped)}; got != want {
			t.Errorf("%s: dialled %v, want %v", mapped, got, want)
		}
		for _, g := range []guard{publicOnly, privateToo} { // if it is not unmapped on the way
			if err := g.control("tcp6", "["+mapped+"]:443", nil); !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("%s: %v", mapped, err)
			}
		}
	}
}

// TestWhatServesNoApplicationIsRefusedAlways, also where private networks are allowed.
func TestWhatServesNoApplicationIsRefusedAlways(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd00:ec2::23",
		"fd20:ce::254", "fd00:42::42", "fd00:a9fe:a9fe::1", "fd00:c1::a9fe:a9fe", "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "fe80::1",
	} {
		if dials(t, false, text) || dials(t, true, text) {
			t.Errorf("%s is dialled", text)
		}
	}
	for _, g := range []guard{publicOnly, privateToo} {
		for _, address := range []string{
			"[fe80::1%eth0]:443", "[fe80::1%1]:443", "[fd00:ec2::254%eth0]:443", "[::1%lo]:443", "[2606:2800:220:1::1%eth0]:443",
			":443", "", "localhost:443", "169.254.169.254", "/run/service.sock",
		} {
			if err := g.control("tcp6", address, nil); !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("%q: %v", address, err)
			}
		}
		for _, network := range []string{"udp4", "unix", "ip4:icmp"} {
			if err := g.control(network, "93.184.216.34:443", nil); !errors.Is(err, ErrForbiddenAddress) {
				t.Errorf("%s: %v", network, err)
			}
		}
	}
	for _, address := range []string{"https://:8443/", "https://[fe80::1%25eth0]:8443/", "https://[::ffff:169.254.169.254]:8443/"} {
		r := record(true, nil, "")
		if _, err := r.GetJSON(t.Context(), address); err == nil || len(r.dialled) > 0 {
			t.Errorf("%s: dialled %v, %v", address, r.dialled, err)
		}
	}
}

// TestEveryAddressOfANameIsLookedAt: the one that is good is dialled, those that are not never.
func TestEveryAddressOfANameIsLookedAt(t *testing.T) {
	t.Parallel()
	const good4, good6 = "93.184.216.34", "2606:2800:220:1::1"
	for _, c := range []struct {
		addresses []string
		private   bool
		want      []string
	}{
		{addresses: []string{"127.0.0.1", good4}, want: []string{good4}},
		{addresses: []string{good4, "10.0.0.1"}, want: []string{good4}},
		{addresses: []string{"::1", good6, "fd00::1", "192.168.0.1"}, want: []string{good6}},
		{addresses: []string{"fec0::1", "64:ff9b::7f00:1", "169.254.169.254"}},
		{addresses: []string{"169.254.169.254", "10.0.0.1"}, private: true, want: []string{"10.0.0.1"}},
		{addresses: []string{"fd00:ec2::254", "169.254.169.254", "fe80::1"}, private: true},
	} {
		r := record(c.private, resolveTo(c.addresses...), "")
		_, err := r.GetJSON(t.Context(), "https://name.test:8443/")
		var want []string
		for _, text := range c.want {
			want = append(want, netip.AddrPortFrom(netip.MustParseAddr(text), 8443).String())
		}
		if !slices.Equal(r.dialled, want) || err == nil {
			t.Errorf("a name with %v: dialled %v, want %v (%v)", c.addresses, r.dialled, want, err)
		}
	}
}

// resolveTo is a resolver for which every name has the addresses (RFC 1035 §4, over a stream: §4.2.2).
func resolveTo(addresses ...string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			answerName(server, addresses)
		}()
		return client, nil
	}}
}

func answerName(conn net.Conn, addresses []string) {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return
	}
	end := 12 + slices.Index(query[12:], 0) + 5 // the header; the name, its zero, type and class
	kind := binary.BigEndian.Uint16(query[end-4:])
	reply := slices.Clone(query[:end])
	reply[2], reply[3] = 0x81, 0x80
	clear(reply[6:12])
	for _, text := range addresses {
		addr := netip.MustParseAddr(text)
		if addr.Is4() != (kind == 1) || addr.Is6() != (kind == 28) {
			continue
		}
		reply[7]++
		reply = append(reply, 0xc0, 12, 0, byte(kind), 0, 1, 0, 0, 0, 0, 0, byte(addr.BitLen()/8))
		reply = append(reply, addr.AsSlice()...)
	}
	_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
}

// TestARedirectLeadsNowhere: not to what is refused, and not to what is not.
func TestARedirectLeadsNowhere(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, target := range []string{"http://169.254.169.254/latest/", "http://127.0.0.1:1/", "https://93.184.216.34/", "/here", "//10.0.0.1/"} {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.Header().Set("Location", target)
				w.WriteHeader(status)
			}))
			own := strings.TrimPrefix(server.URL, "http://")
			r := record(true, nil, own)
			_, got := r.GetJSON(t.Context(), server.URL)
			sent := r.PostForm(t.Context(), server.URL, url.Values{"a": {"b"}})
			server.Close()
			if got == nil || sent == nil || requests != 2 || slices.ContainsFunc(r.dialled, func(a string) bool { return a != own }) {
				t.Errorf("%d to %s: %d requests, dialled %v, %v, %v", status, target, requests, r.dialled, got, sent)
			}
		}
	}
}
