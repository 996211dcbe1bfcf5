package identity

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Grant is one authorization by one user to one client. Its code, its refresh tokens and its access tokens end with
// it.
//
// The row holds the whole lifecycle: first a code that can be spent once, then a refresh family that stands at a generation.
// A refresh token is derived from (grant, generation), so the database holds no token and a rotation is one statement.
type Grant struct {
	ID        uuid.UUID
	UserID    uuid.UUID
	ClientID  uuid.UUID
	SessionID *uuid.UUID // the browser session in which it was given
	Scopes    []string
	Resources []string             // audiences (RFC 8707)
	Details   AuthorizationDetails // RFC 9396
	Claims    json.RawMessage      // the claims request parameter (OIDC Core §5.5), or nil
	AuthTime  time.Time
	AMR       []string
	ACR       string
	Offline   bool // offline_access: outlives the session

	// FrontChannel says that tokens were handed out with the authorization response: the grant lives though nobody redeems its code,
	// if it has one at all.
	FrontChannel bool

	CreatedAt time.Time
	EndedAt   *time.Time
	EndReason EndReason

	// Sender is what the code, and the refresh tokens of a public client, are bound to (RFC 9449 §5, §10; RFC 8705 §4).
	Sender SenderConstraint

	Code    *CodeState // nil once it is of no more interest
	Refresh RefreshState
}

// CodeState is the authorization code of a grant (RFC 6749 §4.1.2).
type CodeState struct {
	Digest        []byte // keyed digest of the code
	ExpiresAt     time.Time
	SpentAt       *time.Time
	RedirectURI   string // as sent in the authorization request; empty if it was not sent
	CodeChallenge string // S256; empty if none was sent
	Nonce         string
}

// RefreshState is where the refresh family of a grant stands. Generation 0 means that no refresh token was issued.
type RefreshState struct {
	Generation    int // the generation of the only refresh token that rotates
	RotatedAt     *time.Time
	GraceUses     int        // how often the previous generation was answered again
	Overlaps      int        // after how many rotations one was, in the lifetime of the family
	ExpiresAt     *time.Time // absolute
	IdleExpiresAt *time.Time
}

// RepeatLimits bound how often the generation before the present one is answered again.
type RepeatLimits struct {
	Uses     int // after one rotation
	Overlaps int // rotations after which that happens at all, in the lifetime of the family
}

// repeatLimits returns the limits of a family that moved on from a generation. A client that loses an answer now and
// then, or whose tabs refresh at the same moment, has one rotation in ten for good; two devices that alternate with one
// family overlap at nearly every rotation, and run out.
func (s *Settings) repeatLimits(from int) RepeatLimits {
	return RepeatLimits{Uses: s.RefreshGraceUses, Overlaps: s.RefreshOverlaps + from/10}
}

// inTime reports whether the family has neither expired nor been unused for too long.
func (r RefreshState) inTime(now time.Time) bool {
	return r.ExpiresAt != nil && r.ExpiresAt.After(now) && r.IdleExpiresAt.After(now)
}

// GrantBasis is what a grant for a browser session was decided on, beside the grant's user, client and session
// themselves. All of it must still hold at the moment of insertion: a grant that was begun before a password was
// changed, a session ended, a consent withdrawn or a client switched off must not outlive that.
type GrantBasis struct {
	SessionDigest     []byte     // of the cookie that the browser came with, which must not have been renewed
	PasswordChangedAt *time.Time // of the user, as it was read
	Consent           bool       // a consent must be remembered
}

// GrantSelection names grants to end. All set conditions must hold. OnlySessionBound spares grants with
// offline_access, OnlyUnspent those whose code was redeemed.
type GrantSelection struct {
	IDs              []uuid.UUID
	UserID           uuid.UUID
	UserIDs          []uuid.UUID // of any of them
	ClientID         uuid.UUID
	SessionIDs       []uuid.UUID
	OnlySessionBound bool
	OnlyUnspent      bool
}

// GrantStatus is what decides whether tokens may be had under a grant, read in one statement.
type GrantStatus struct {
	Grant         Grant
	User          User      // zero when the user is gone, or the grant has none
	Client        Client    // zero where the port says so
	SessionActive bool      // the grant has no session, or it is active, or the grant is offline
	ActiveUntil   time.Time // when that ends by itself; zero = it does not
	TokenRevoked  bool
}

// Consent remembers which scopes a user has allowed a client.
type Consent struct {
	UserID    uuid.UUID
	ClientID  uuid.UUID
	Scopes    []string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Class is the claim acr (OIDC Core §2): the class of the sign-in, or that of the least that ever gave a grant when the
// grant is older than classes, or than their names.
func (g Grant) Class() string {
	if g.ACR == "" || g.ACR == formerClass {
		return classes[LevelOne]
	}
	return g.ACR
}

// formerClass is what servers of the version before call LevelOne.
const formerClass = "1"
