package identity

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238: the apps know no other, and HMAC does not need it to resist collisions
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TOTP is the authenticator app of a user (RFC 6238): what it shares with the server, and how far its codes are used.
type TOTP struct {
	ID         uuid.UUID
	UserID     uuid.UUID
	Sealed     []byte // secret, under PurposeTOTP and the id
	LastStep   int64  // the time step of the last code that was accepted: none up to it is accepted any more
	Failures   int    // wrong codes in a row
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// What apps support: SHA-1, six digits, thirty seconds.
const (
	totpPeriod = 30
	totpDigits = 6
	totpModulo = 1_000_000
	totpSecret = 20 // bytes, the length of SHA-1's output (RFC 4226 §4, R6)
	totpSkew   = 1  // steps that the clock of a phone may be off, either way (RFC 6238 §5.2)
)

var totpEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// totpStep returns the time step of a time.
func totpStep(at time.Time) int64 { return at.Unix() / totpPeriod }

// totpCode returns the code of a step (RFC 4226 §5.3).
func totpCode(secret []byte, step int64) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // not negative since 1970
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:offset+4]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%totpModulo)
}

// matchTOTP returns the newest step near a time that has the code and is after the last one used. Steps beside each other
// can have the same code. The work is the same for every code.
func matchTOTP(secret []byte, code string, at time.Time, last int64) (step int64, ok bool) {
	now := totpStep(at)
	for candidate := now - totpSkew; candidate <= now+totpSkew; candidate++ {
		if hmac.Equal([]byte(totpCode(secret, candidate)), []byte(code)) && candidate > last {
			step, ok = candidate, true
		}
	}
	return step, ok
}

// cleanCode returns a code as it was shown, of what somebody typed: apps and people set spaces and hyphens.
func cleanCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, typed)
}

// TOTPEnrolment is an authenticator app that is about to be added. Nothing is stored of it: it is sealed into the page
// that shows it, until a code proves that the app has it.
type TOTPEnrolment struct {
	Sealed string // for the page
	Secret string // base32, to be typed
	URI    string // for a QR code (otpauth)
}

// totpContext binds a sealed secret to its row.
func totpContext(id uuid.UUID) string { return "totp:" + id.String() }

// enrolmentContext binds the secret in a page to the session whose page it is.
func enrolmentContext(s Session) string {
	return "enrolment:" + s.ID.String() + ":" + s.UserID.String()
}

// showEnrolment returns what a page shows of a secret.
func (s *SecondFactors) showEnrolment(b BrowserSession, secret []byte) TOTPEnrolment {
	text := totpEncoding.EncodeToString(secret)
	issuer := s.issuerName()
	query := url.Values{"secret": {text}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	label := url.PathEscape(issuer) + ":" + url.PathEscape(b.User.Username)
	return TOTPEnrolment{
		Sealed: base64.RawURLEncoding.EncodeToString(s.keys.Seal(PurposeTOTP, secret, enrolmentContext(b.Session))), Secret: text,
		// Apps read a plus as a plus.
		URI: "otpauth://totp/" + label + "?" + strings.ReplaceAll(query.Encode(), "+", "%20"),
	}
}

// openEnrolment returns the secret of a page.
func (s *SecondFactors) openEnrolment(session Session, sealed string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("enrolment: %w", err)
	}
	return s.keys.Open(PurposeTOTP, raw, enrolmentContext(session))
}

// issuerName is how apps name this server: its host, since a colon ends the name.
func (s *SecondFactors) issuerName() string {
	issuer, err := url.Parse(s.settings.Get().Issuer)
	if err != nil {
		return "Authly"
	}
	return issuer.Hostname()
}
