package identity

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// A code that is mailed is typed in the browser that asked for it: whoever opens messages, or has one sent on, gains nothing.
const (
	mailedCodeTTL    = 10 * time.Minute // until it is typed
	mailedCodeTries  = 5                // of one
	mailedCodeDigits = 8
)

// newMailedCode makes a code.
func (s Source) newMailedCode() string { return s.newText(digits, mailedCodeDigits) }

// spellMailedCode returns a code as messages show it.
func spellMailedCode(code string) string { return code[:4] + " " + code[4:] }

// readMailedCode returns a code as it was typed without what people put between its digits; ErrInvalidCode for what can be none.
func readMailedCode(typed string) (string, error) {
	code := strings.NewReplacer(" ", "", "-", "").Replace(typed)
	if len(code) != mailedCodeDigits {
		return "", ErrInvalidCode
	}
	return code, nil
}

// codeDigest is the keyed digest of a code that was mailed for the row with the id, to which that binds it.
func (k *Keyring) codeDigest(id uuid.UUID, code string) []byte {
	return k.Digest(PurposeOneTimeToken, codeText(id, code))
}

// isCode reports whether a code is that of the row with the id, also under a former root key.
func (k *Keyring) isCode(id uuid.UUID, code string, digest []byte) bool {
	right := false
	for _, d := range k.Digests(PurposeOneTimeToken, codeText(id, code)) {
		right = right || sameDigest(d, digest)
	}
	return right
}

func codeText(id uuid.UUID, code string) string { return id.String() + ":" + code }
