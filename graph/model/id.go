package model

import (
	"strings"

	"github.com/google/uuid"
)

// Kind is the prefix of a global id that tells what it names.
type Kind string

// KindUser is the kind of users.
const KindUser Kind = "usr_"

// ID makes the global id of an object.
func (k Kind) ID(id uuid.UUID) string { return string(k) + id.String() }

// Parse reads a global id of this kind. Any other text is not ok: it names nothing.
func (k Kind) Parse(text string) (id uuid.UUID, ok bool) {
	rest, ok := strings.CutPrefix(text, string(k))
	if !ok {
		return uuid.UUID{}, false
	}
	return parseUUID(rest)
}
