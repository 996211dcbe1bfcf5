package identity

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// Sector returns the host whose clients know a person by one pairwise sub (OIDC Core §8.1): that of sector_identifier_uri, else the one
// that all redirect URIs have. Empty where there is none.
func (m ClientMetadata) Sector() string {
	if m.SectorURI != "" {
		return hostOf(m.SectorURI)
	}
	sector := ""
	for i, uri := range m.RedirectURIs {
		host := hostOf(uri)
		if !strings.HasPrefix(strings.ToLower(uri), "https:") || i > 0 && host != sector {
			return ""
		}
		sector = host
	}
	return sector
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// sectorURIs lists the addresses that show to which sector the client belongs: those that browsers are sent back to, and with CIBA,
// where no browser comes by, that of its keys or of its notifications (CIBA Core §4).
func (m ClientMetadata) sectorURIs() map[string][]string {
	all := map[string][]string{"redirect_uris": m.RedirectURIs}
	if slices.Contains(m.GrantTypes, GrantCIBA) {
		if m.DeliveryMode == DeliveryPing {
			all["backchannel_client_notification_endpoint"] = nonEmpty(m.NotificationURI)
		} else {
			all["jwks_uri"] = nonEmpty(m.JWKSURI)
		}
	}
	return all
}

// checkSubjects checks by which names the client knows people. The host of its redirect URIs says something of a client alone whose codes
// are all brought there: else anybody could register for the sector of another.
func (m ClientMetadata) checkSubjects(faults *Faults) {
	if !slices.Contains(SubjectTypes(), m.SubjectType) {
		faults.Add(InvalidField("subject_type", "Must be public or pairwise."))
	}
	if m.SectorURI != "" && !secureURL(m.SectorURI) {
		faults.Add(InvalidField("sector_identifier_uri",
			"Must be an https URL without a fragment, of at most %d characters; http to this machine only.", maxURL))
		return
	}
	if m.SubjectType != SubjectPairwise || m.SectorURI != "" {
		return
	}
	elsewhere := slices.ContainsFunc(m.GrantTypes, func(g GrantType) bool {
		return !slices.Contains([]GrantType{GrantAuthorizationCode, GrantImplicit, GrantRefreshToken, GrantClientCredentials}, g)
	})
	if m.Sector() == "" || elsewhere {
		faults.Add(InvalidField("sector_identifier_uri", "Must be given for pairwise subjects, unless all redirect URIs are https and of one "+
			"host, and the grant types are authorization_code, implicit, refresh_token and client_credentials alone."))
	}
}

// Sectors checks that sector_identifier_uris list the addresses of the clients that name them (OIDC Registration §5).
type Sectors struct{ documents ClientDocumentReader }

// NewSectors makes Sectors.
func NewSectors(d Deps) Sectors { return Sectors{d.ClientDocuments} }

// Read has the list of a client read before a transaction begins, so that it is at hand inside. What is wrong is for Check to say.
func (s Sectors) Read(ctx context.Context, m ClientMetadata) {
	if m.SectorURI != "" && secureURL(m.SectorURI) {
		_, _ = s.documents.Sector(ctx, m.SectorURI)
	}
}

// Check refuses addresses that the list at sector_identifier_uri does not have, if any of them or the list's address has changed: whoever
// owns the list says who belongs to the sector.
func (s Sectors) Check(ctx context.Context, before, after ClientMetadata) error {
	same := before.SectorURI == after.SectorURI && sameLists(before.sectorURIs(), after.sectorURIs())
	if after.SectorURI == "" || !secureURL(after.SectorURI) || same {
		return nil
	}
	listed, err := s.documents.Sector(ctx, after.SectorURI)
	if err != nil {
		return InvalidField("sector_identifier_uri", "Must be the address of a JSON list of URIs; it could not be read.").Because(err)
	}
	var faults Faults
	for field, uris := range after.sectorURIs() {
		for i, uri := range uris {
			if slices.Contains(listed, uri) {
				continue
			}
			name := field
			if field == "redirect_uris" {
				name = item(field, i)
			}
			faults.Add(InvalidField("sector_identifier_uri", "Must be the address of a list that has %s.", name))
		}
	}
	return faults.Err()
}

func sameLists(one, other map[string][]string) bool {
	if len(one) != len(other) {
		return false
	}
	for name, list := range one {
		if !slices.Equal(list, other[name]) {
			return false
		}
	}
	return true
}
