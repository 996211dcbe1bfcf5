package identity

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// checkRedirectURI refuses what must never be registered: fragments, user information, wildcards, script schemes, and
// plain http but to this very machine (RFC 9700 §2.1, §4.1; RFC 8252 §7).
func checkRedirectURI(field, uri, application string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil, len(uri) > maxURL, strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f }):
		return InvalidField(field, "Must be a URI of at most %d printable ASCII characters.", maxURL)
	case u.Scheme == "":
		return InvalidField(field, "Must be an absolute URI.")
	case strings.Contains(uri, "#"):
		return InvalidField(field, "Must not have a fragment.")
	case u.User != nil:
		return InvalidField(field, "Must not have user information.")
	case strings.ContainsAny(uri, `*\`):
		return InvalidField(field, "Must not have a wildcard or a backslash.")
	}
	switch scheme := strings.ToLower(u.Scheme); scheme {
	case "https", "http":
		if u.Hostname() == "" {
			return InvalidField(field, "Must have a host.")
		}
		if !plainHost(u.Hostname()) {
			return InvalidField(field, "Must have a host that is a name of letters, digits and hyphens, or an IP address in its usual spelling.")
		}
		if !validPort(u) {
			return InvalidField(field, "Must have a port of 1 to 65535, or none.")
		}
		if scheme == "http" && !Loopback(u.Hostname()) {
			return InvalidField(field, "Must be https: http leads to this very machine only.")
		}
	default:
		// RFC 8252 §7.1: private-use schemes are reverse domain names, so they have a dot; javascript, data and their kin
		// have none.
		if application != "native" || !strings.Contains(scheme, ".") {
			return InvalidField(field, "Must have the scheme https, or a private-use scheme with a dot for native applications.")
		}
	}
	return nil
}

// plainHost reports whether a host means the same to everybody. Browsers read 127.1, 0x7f.1 and 2130706433 as addresses
// (WHATWG URL, host parsing), and decode what is escaped.
func plainHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Zone() == ""
	}
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// Loopback reports whether a host, a name or an address without brackets, is this very machine (RFC 6761 §6.3 for the
// names).
func Loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// secureURL reports whether a text is an https URL to call, or an http one of this very machine.
func secureURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || !webURL(text) || u.User != nil || strings.Contains(text, "#") {
		return false
	}
	return u.Scheme == "https" || Loopback(u.Hostname())
}

// onDevice reports whether a redirect URI leads to whatever listens on the person's own device: a loopback address or
// name, with TLS or without, or a private-use scheme.
func onDevice(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return true
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	ip := net.ParseIP(host)
	return Loopback(host) || ip != nil && ip.IsUnspecified() || slices.Contains(hostsOfDevice, host)
}

// hostsOfDevice are further names that the hosts files of common systems give the loopback.
var hostsOfDevice = []string{"localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback"}

// RedirectURI decides where an authorization answer may go. requested empty means the only registered one. Comparison
// is exact, but for the port of a loopback IP of a native application (RFC 8252 §7.3).
func (c Client) RedirectURI(requested string) (string, bool) {
	registered := c.Metadata.RedirectURIs
	if len(requested) > maxURL {
		return "", false
	}
	if requested == "" {
		if len(registered) == 1 {
			return registered[0], true
		}
		return "", false
	}
	for _, uri := range registered {
		if uri == requested || c.Metadata.ApplicationType == "native" && sameLoopback(uri, requested) {
			return requested, true
		}
	}
	return "", false
}

// PostLogoutRedirectURI reports whether the browser may be sent there after logout; exact comparison.
func (c Client) PostLogoutRedirectURI(requested string) bool {
	return slices.Contains(c.Metadata.PostLogoutRedirectURIs, requested)
}

// sameLoopback compares two http URIs of a loopback IP literal that differ in their ports only.
func sameLoopback(registered, requested string) bool {
	a, err := url.Parse(registered)
	if err != nil || a.Scheme != "http" || net.ParseIP(a.Hostname()) == nil || !Loopback(a.Hostname()) {
		return false
	}
	b, err := url.Parse(requested)
	if err != nil || b.User != nil || strings.ContainsAny(requested, "#\\") {
		return false
	}
	// What follows the authority must be equal to the byte.
	restA, okA := strings.CutPrefix(registered, "http://"+a.Host)
	restB, okB := strings.CutPrefix(requested, "http://"+b.Host)
	return okA && okB && a.Hostname() == b.Hostname() && restA == restB && validPort(b)
}

// validPort reports whether a URI names no port or one that a connection can have, in its one spelling.
func validPort(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}
