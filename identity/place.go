package identity

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"
)

// How long a user is known on a browser and in a network since the last sign-in there, and on how many at once: the
// oldest ones are forgotten.
const (
	browserKnownFor = 180 * 24 * time.Hour
	NetworkKnownFor = 90 * 24 * time.Hour
	// MaxKnownBrowsers and MaxKnownNetworks bound the rows of a user.
	MaxKnownBrowsers = 20
	MaxKnownNetworks = 20
)

// Familiarity is what is known of the place of an attempt: whether the user has signed in with this browser, and in
// this network.
type Familiarity struct {
	Browser bool
	Network bool
	Trusted bool // the browser spares the user the second factor
}

// KnownBrowser is a browser on which a user was seen. It has no name: it is known by a digest of its cookie alone.
type KnownBrowser struct {
	LastSeenAt   time.Time
	TrustedUntil *time.Time // it spares the user the second factor until then
}

// Place is where a user signs in.
type Place struct {
	UserID  uuid.UUID
	Browser []byte   // digest of the browser's device cookie, or nil: without a browser
	Former  [][]byte // digests by which the browser was known before, if it got a new cookie
	Network string   // wide, or empty: as before
	At      time.Time
	Until   *time.Time // until when the user is known on the browser; nil = for as long as after a sign-in
	Trusted *time.Time // until when the browser spares the user the second factor; nil = as before
}

// A device cookie is a random secret, and a code that shows without a look at the database that this server made it:
// only somebody who has signed in here has one.
const deviceCodeLength = 16

// newDevice makes a device cookie.
func newDevice(source Source, keys *Keyring) string {
	secret := source.NewSecret()
	code := keys.MAC(PurposeDeviceCode, []byte(secret))[:deviceCodeLength]
	return secret + "." + base64.RawURLEncoding.EncodeToString(code)
}

// genuineDevice reports whether this server made the device cookie.
func genuineDevice(keys *Keyring, cookie string) bool {
	secret, text, ok := strings.Cut(cookie, ".")
	code, err := base64.RawURLEncoding.DecodeString(text)
	return ok && err == nil && len(code) == deviceCodeLength && keys.Verify(PurposeDeviceCode, []byte(secret), code)
}

// KnownDevice returns the device cookie if this server made it, else "".
func (s *SignIn) KnownDevice(cookie string) string {
	if cookie == "" || !genuineDevice(s.keys, cookie) {
		return ""
	}
	return cookie
}

// thisBrowser returns the digests of a browser by its device cookie; none when there is no such cookie.
func (s *SignIn) thisBrowser(cookie string) [][]byte {
	if s.KnownDevice(cookie) == "" {
		return nil
	}
	return s.keys.Digests(PurposeDevice, cookie)
}
