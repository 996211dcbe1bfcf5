package identity

import (
	"time"

	"github.com/google/uuid"
)

// Eligibility is whether tokens may be had at present, and if not, why: the zero value is yes. It is the one answer for
// sign-in, codes, refresh tokens, the password grant, introspection, UserInfo and administration.
type Eligibility string

// The results. Those about a user are also the reasons that the audit trail has for a refused sign-in.
const (
	Eligible          Eligibility = ""
	GrantEnded        Eligibility = "grant_ended"
	TokenRevoked      Eligibility = "token_revoked"
	ClientInactive    Eligibility = "client_inactive"
	UserUnknown       Eligibility = "unknown_user"
	UserInactive      Eligibility = "inactive"
	UserUnverified    Eligibility = "unverified"
	PasswordChangeDue Eligibility = "password_change"
	SessionEnded      Eligibility = "session_ended"
)

// Eligibility reports whether tokens may be had under the grant at the present time.
func (s *GrantStatus) Eligibility(policy *Settings, now time.Time) Eligibility {
	switch {
	case s.Grant.EndedAt != nil:
		return GrantEnded
	case s.TokenRevoked:
		return TokenRevoked
	case !s.Client.ActiveAt(now):
		return ClientInactive
	}
	if reason := s.User.eligibility(policy); reason != Eligible {
		return reason
	}
	if !s.SessionActive {
		return SessionEnded
	}
	return Eligible
}

// eligibility reports whether the user may have tokens. An address that must be verified and a password that must be changed come
// last: they alone do not keep a person from signing in, since both are done in a session.
func (u *User) eligibility(policy *Settings) Eligibility {
	switch {
	case u.ID == uuid.Nil:
		return UserUnknown
	case !u.Active:
		return UserInactive
	case policy.RequireVerified && !u.Verified:
		return UserUnverified
	case policy.PasswordDue(*u):
		return PasswordChangeDue
	}
	return Eligible
}

// check returns ErrInvalidGrant in the words for clients unless it is Eligible.
func (e Eligibility) check() error {
	if e == Eligible {
		return nil
	}
	return e.refusal().Expecting("Not " + string(e) + ".")
}

func (e Eligibility) refusal() *Error {
	switch e {
	case UserUnknown:
		return invalidGrant(RuleGrantActive, "The user of the grant no longer exists.")
	case UserInactive, UserUnverified, PasswordChangeDue:
		return invalidGrant(RuleGrantActive, "The user of the grant may not have tokens at present.")
	case SessionEnded:
		return invalidGrant(RuleGrantActive, "The session of the grant has ended.")
	case Eligible, GrantEnded, TokenRevoked, ClientInactive:
	}
	return invalidGrant(RuleGrantActive, "The grant was ended.")
}
