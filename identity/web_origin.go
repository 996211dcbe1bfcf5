package identity

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// WebOrigin returns the origin of an http or https URL as browsers send it (RFC 6454 §6.2), or "" for any other.
func WebOrigin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" || port == "" {
		host = strings.TrimSuffix(strings.TrimSuffix(host, port), ":")
	}
	return u.Scheme + "://" + host
}

// AdminOrigin reports whether scripts of an origin may call the admin API: an active client that may ask for scopes of
// administration has a redirect URI there.
func (s *ClientAuthentication) AdminOrigin(ctx context.Context, origin string) (bool, error) {
	if len(origin) > MaxText {
		return false, nil
	}
	all, err := s.lists.Clients(ctx)
	if err != nil {
		return false, err
	}
	now := s.source.Now()
	return slices.ContainsFunc(all, func(c Client) bool {
		return c.ActiveAt(now) && strings.Contains(c.Metadata.Scope, adminPrefix) && slices.ContainsFunc(c.Scopes(), IsAdminScope) &&
			slices.ContainsFunc(c.Metadata.RedirectURIs, func(uri string) bool { return WebOrigin(uri) == origin })
	}), nil
}
