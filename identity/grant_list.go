package identity

import (
	"time"

	"github.com/google/uuid"
)

// GrantFilter selects grants. Set conditions must all hold.
type GrantFilter struct {
	UserID     uuid.UUID
	ClientID   uuid.UUID
	SessionID  uuid.UUID // given in it
	Offline    *bool
	Active     *bool // Grant.InTime, and the session that it is bound to is active
	Ended      *bool // whether or not it has expired
	CreatedAt  *TimeMatch
	LastUsedAt *TimeMatch
}

// GrantOrderField is a time that a list of grants can be ordered by.
type GrantOrderField string

// The order fields of grants.
const (
	GrantOrderCreatedAt  GrantOrderField = "CREATED_AT" // also when none is given
	GrantOrderLastUsedAt GrantOrderField = "LAST_USED_AT"
)

// GrantQuery is what a store is asked for; newest first unless Ascending. A grant that was never used comes before all
// others in an ascending order by last use.
type GrantQuery struct {
	Filter    GrantFilter
	Order     GrantOrderField
	Ascending bool
	Range     KeysetRange
	Now       time.Time
}

// LiveGrants counts grants that have not ended.
type LiveGrants struct {
	All            int
	Administrators int // of users who are administrators
}

// InTime reports whether the grant has neither ended nor expired: its code while that was not redeemed and is all that was handed
// out, then its refresh tokens if it has any.
func (g Grant) InTime(now time.Time) bool {
	unredeemed := g.Code != nil && g.Code.SpentAt == nil && !g.FrontChannel
	switch {
	case g.EndedAt != nil, unredeemed && !g.Code.ExpiresAt.After(now):
		return false
	default:
		return g.Refresh.Generation == 0 || g.Refresh.inTime(now)
	}
}

// Bound returns the session that the grant does not outlive, if there is one.
func (g Grant) Bound() (session uuid.UUID, ok bool) {
	if g.SessionID == nil || g.Offline {
		return uuid.Nil, false
	}
	return *g.SessionID, true
}
