package identity

import "time"

// FactorPolicy says who must have a second factor.
type FactorPolicy string

// The policies. Whoever has a second factor is asked for it under each.
const (
	FactorOptional          FactorPolicy = "optional"            // who wants to
	FactorRequiredForAdmins FactorPolicy = "required_for_admins" // who administers this server, by themselves or by roles
	FactorRequired          FactorPolicy = "required"            // everybody
)

// asksSecondFactor reports whether a user, who is no administrator, must have a second factor once the grace is over: everybody
// must, or an administrator has said so of them.
func (s *Settings) asksSecondFactor(u User) bool {
	return s.SecondFactors == FactorRequired || u.SecondFactorRequired
}

// dated returns the user with when a second factor is due, for the record of a sign-in.
func (s *Settings) dated(u User, now time.Time) User {
	if s.asksSecondFactor(u) && u.SecondFactorDueAt == nil {
		due := now.Add(s.SecondFactorGrace)
		u.SecondFactorDueAt = &due
	}
	return u
}

// demandsSecondFactor reports whether the policy demands a second factor of a user who has none. There is no grace for
// administrators: they are those who are worth the trouble. u must have what the user may administer by roles
// (withDelegation).
func (s *Settings) demandsSecondFactor(u User, now time.Time) bool {
	switch {
	case u.SecondFactor():
		return false
	case s.SecondFactors != FactorOptional && u.Administers():
		return true
	}
	return s.asksSecondFactor(u) && u.SecondFactorDueAt != nil && !now.Before(*u.SecondFactorDueAt)
}
