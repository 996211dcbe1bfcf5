package model

import (
	"strings"

	"github.com/google/uuid"
)

// Kind is the prefix of a global id that tells what it names.
type Kind string

// The kinds.
const (
	KindUser    Kind = "usr_"
	KindSession Kind = "ses_"
	KindClient  Kind = "cli_"
	KindGrant   Kind = "gra_"
	KindAudit   Kind = "aud_"
	KindGroup   Kind = "grp_"
	KindRefusal Kind = "ref_"
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
