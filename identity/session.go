package identity

import (
	"time"

	"github.com/google/uuid"
)

// Session is one signed-in browser or device. Its id is the claim sid.
type Session struct {
	ID           uuid.UUID
	Digest       []byte // keyed digest of the cookie's secret
	UserID       uuid.UUID
	CreatedAt    time.Time
	LastActiveAt time.Time
	AuthTime     time.Time // when the user last proved who they are
	ExpiresAt    time.Time // idle or absolute expiry, whichever comes first; moves with activity
	MaxExpiresAt time.Time // absolute expiry
	IP           string
	UserAgent    string
	AMR          []string // RFC 8176
	ACR          string
	EndedAt      *time.Time
	EndReason    EndReason
}

// Active reports whether the session counts at the given time.
func (s Session) Active(now time.Time) bool { return s.EndedAt == nil && s.ExpiresAt.After(now) }

// EndReason says why a session or a grant ended.
type EndReason string

// The reasons.
const (
	EndLogout          EndReason = "logout"           // the user signed out
	EndReplaced        EndReason = "replaced"         // another sign-in in the same browser
	EndRevoked         EndReason = "revoked"          // by an administrator
	EndClientRevoked   EndReason = "client_revoked"   // the client revoked its token (RFC 7009)
	EndPasswordChanged EndReason = "password_changed" // by the user
	EndPasswordReset   EndReason = "password_reset"   // by an administrator
	EndDeactivated     EndReason = "deactivated"
	EndDemoted         EndReason = "demoted"
	EndDeleted         EndReason = "deleted"
	EndCodeReplayed    EndReason = "code_replayed"
	EndRefreshReused   EndReason = "refresh_reused"
)

// SessionSelection names sessions to end: those with the ids, of the user, or both conditions. Except is spared.
type SessionSelection struct {
	IDs    []uuid.UUID
	UserID uuid.UUID
	Except uuid.UUID
}

// SessionFilter selects sessions. Set conditions must all hold.
type SessionFilter struct {
	UserID   uuid.UUID
	ClientID uuid.UUID // with a live grant of this client
	Active   *bool
}

// SessionOrderField is a time that a list of sessions can be ordered by.
type SessionOrderField string

// The order fields of sessions.
const (
	SessionOrderCreatedAt    SessionOrderField = "CREATED_AT" // also when none is given
	SessionOrderLastActiveAt SessionOrderField = "LAST_ACTIVE_AT"
)

// SessionQuery is what a store is asked for; newest first unless Ascending.
type SessionQuery struct {
	Filter    SessionFilter
	Order     SessionOrderField
	Ascending bool
	Range     KeysetRange
	Now       time.Time
}
