package model

import (
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Kind is the prefix of a global id that tells what it names.
type Kind string

// The kinds.
const (
	KindUser      Kind = "usr_"
	KindSession   Kind = "ses_"
	KindClient    Kind = "cli_"
	KindGrant     Kind = "gra_"
	KindConsent   Kind = "con_" // of two ids: see ConsentID
	KindAudit     Kind = "aud_"
	KindGroup     Kind = "grp_"
	KindRole      Kind = "rol_"
	KindRefusal   Kind = "ref_"
	KindAttribute Kind = "atr_"
	KindJob       Kind = "job_"
	KindMail      Kind = "mai_"
	KindInvite    Kind = "inv_"
	KindInitial   Kind = "iat_"
	KindSecret    Kind = "sec_" // of a client; no Node: it is found by its client
	KindProvider  Kind = "idp_"
	KindTrusted   Kind = "tri_"
	KindLinked    Kind = "lid_" // of a user; no Node: it is found by its user
	KindPasskey   Kind = "psk_" // of a user; no Node: it is found by its user
	KindKey       Kind = "sky_" // a security key; as KindPasskey
)

// ID makes the global id of an object.
func (k Kind) ID(id uuid.UUID) string { return string(k) + id.String() }

// Parse reads a global id of this kind. Any other text is not ok: it names nothing. Neither does the nil UUID, which
// means "any" in selections of the domain.
func (k Kind) Parse(text string) (id uuid.UUID, ok bool) {
	rest, ok := strings.CutPrefix(text, string(k))
	if !ok {
		return uuid.UUID{}, false
	}
	id, ok = parseUUID(rest)
	return id, ok && id != uuid.Nil
}

// ConsentID makes the global id of a consent, which has none of its own: that of its user and that of its client.
func ConsentID(key identity.ConsentKey) string {
	return KindConsent.ID(key.UserID) + "_" + key.ClientID.String()
}

// ParseConsentID reads the global id of a consent.
func ParseConsentID(text string) (key identity.ConsentKey, ok bool) {
	user, client, found := strings.Cut(strings.TrimPrefix(text, string(KindConsent)), "_")
	if !found {
		return identity.ConsentKey{}, false
	}
	if key.UserID, ok = KindConsent.Parse(string(KindConsent) + user); !ok || !strings.HasPrefix(text, string(KindConsent)) {
		return identity.ConsentKey{}, false
	}
	key.ClientID, ok = KindClient.Parse(string(KindClient) + client)
	return key, ok
}
