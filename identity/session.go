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
	AMR          []string // RFC 8176; as the factors say, or as an older server wrote it
	ACR          string
	Factors      []Factor   // what has been proven in it, when it is written; read by SessionFactors alone
	Level        Level      // what the factors reach
	ProviderID   *uuid.UUID // where the person has signed in last for it; nil = here
	EndedAt      *time.Time
	EndReason    EndReason
}

// Complete reports whether enough was proven for the session to stand for its user.
func (s Session) Complete() bool { return s.Level > LevelNone }

// provenFor is how long what somebody has proven about themselves is fresh: to change what they sign in with, to go on with a
// second step, or to replace a password without typing it again.
const provenFor = 10 * time.Minute

// fresh reports whether the user has proven who they are so lately.
func (s Session) fresh(now time.Time) bool { return now.Sub(s.AuthTime) < provenFor }

// Active reports whether the session counts at the given time.
func (s Session) Active(now time.Time) bool {
	return s.Complete() && s.EndedAt == nil && s.ExpiresAt.After(now)
}

// SetAssurance records what has been proven, and what follows from that.
func (s *Session) SetAssurance(a Assurance) {
	s.Factors, s.Level, s.AMR, s.ACR, s.AuthTime = a.Factors, a.Level, a.AMR(), a.ACR(), a.AuthTime()
}

// EndReason says why a session or a grant ended.
type EndReason string

// The reasons.
const (
	EndLogout          EndReason = "logout"           // the user signed out
	EndReplaced        EndReason = "replaced"         // another sign-in in the same browser
	EndRevoked         EndReason = "revoked"          // by an administrator, or by the user what a client had
	EndClientRevoked   EndReason = "client_revoked"   // the client revoked its token (RFC 7009)
	EndPasswordChanged EndReason = "password_changed" // by the user
	EndPasswordReset   EndReason = "password_reset"   // by an administrator
	EndRecovered       EndReason = "recovered"        // the user has replaced a forgotten password by mail
	EndAddressUndone   EndReason = "address_undone"   // the owner of the former address has taken it back
	EndDeactivated     EndReason = "deactivated"
	EndDemoted         EndReason = "demoted"
	EndDeleted         EndReason = "deleted"
	EndCodeReplayed    EndReason = "code_replayed"
	EndRefreshReused   EndReason = "refresh_reused"
	EndPasswordGuessed EndReason = "password_guessed" // too many wrong current passwords in a row
	EndSurplus         EndReason = "surplus"          // newer ones took its place
	EndProvider        EndReason = "provider_disabled"
	EndUnlinked        EndReason = "identity_unlinked" // what it was begun with is no longer connected
)

// MaxSessions is how many sessions of a user are live at once. Another sign-in ends the one that was idle longest.
const MaxSessions = 100

// SessionSelection names sessions to end: those with the ids, of the user, or both conditions. Except is spared.
type SessionSelection struct {
	IDs    []uuid.UUID
	UserID uuid.UUID
	Except uuid.UUID
}

// OnlyActive is the condition Active of a filter that selects what is active, or everything.
func OnlyActive(only bool) *bool {
	if !only {
		return nil
	}
	return &only
}

// SessionFilter selects sessions. Set conditions must all hold.
type SessionFilter struct {
	UserID   uuid.UUID
	ClientID uuid.UUID // with a live grant of this client
	Active   *bool
	IP       string // from which it was begun

	CreatedAt    *TimeMatch
	LastActiveAt *TimeMatch
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
