package outbound

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard says which addresses may be dialled. It looks at the address that is really dialled, so that a name cannot resolve
// to something else afterwards.
type guard struct{ allowed *ssrf.Guardian }

// publicOnly takes what is in none of IANA's registries of special addresses (RFC 6890 and its updates).
var publicOnly = guard{ssrf.New(ssrf.WithAnyPort())}

// privateToo also takes the networks in which an installation may have its applications, named one by one: what links,
// groups and nobody have (link-local, multicast, unspecified, broadcast) serves no application, and the first of them
// hands out the credentials of machines.
var privateToo = guard{ssrf.New(ssrf.WithAnyPort(),
	ssrf.WithAllowedV4Prefixes(
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"), // RFC 1918
		netip.MustParsePrefix("100.64.0.0/10"), // RFC 6598
		netip.MustParsePrefix("127.0.0.0/8"),   // RFC 1122 §3.2.1.3
	),
	ssrf.WithAllowedV6Prefixes(
		netip.MustParsePrefix("fc00::/7"), // RFC 4193
		netip.MustParsePrefix("::1/128"),  // RFC 4291 §2.5.3
	),
)}

// machineServices are where clouds tell a machine its own credentials, outside of the link-local addresses that most of them
// take. They lie in private and in public networks, and are refused always.
var machineServices = []netip.Prefix{
	netip.MustParsePrefix("100.100.100.200/32"),     // Alibaba
	netip.MustParsePrefix("168.63.129.16/32"),       // Azure
	netip.MustParsePrefix("fd00:42::42/128"),        // Scaleway
	netip.MustParsePrefix("fd00:c1::a9fe:a9fe/128"), // Oracle
	netip.MustParsePrefix("fd00:a9fe:a9fe::1/128"),  // Akamai
	netip.MustParsePrefix("fd00:ec2::/32"),          // AWS: ::254, and for containers ::23
	netip.MustParsePrefix("fd20:ce::254/128"),       // Google
}

// control is the Control function of a dialer.
func (g guard) control(network, address string, conn syscall.RawConn) error {
	err := g.allowed.Safe(network, address, conn)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForbiddenAddress, err)
	}
	ip := addr.Addr().Unmap().WithZone("") // no prefix contains an address with a zone
	if slices.ContainsFunc(machineServices, func(p netip.Prefix) bool { return p.Contains(ip) }) {
		return fmt.Errorf("%w: %s tells machines their credentials", ErrForbiddenAddress, ip)
	}
	return nil
}
