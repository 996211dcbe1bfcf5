package identity

import "time"

// SignInDemand is what the sign-in behind an access token must have been (RFC 9470 §3). The zero value demands nothing.
type SignInDemand struct {
	Class  string        // an authentication context class (OIDC Core §2), or a higher one; "" = any
	MaxAge time.Duration // since a first factor was proven; 0 = any time
}

// MetBy reports whether an actor has signed in as is demanded. Only people sign in: a client on its own behalf, and the operator,
// meet every demand.
func (d SignInDemand) MetBy(a Actor, now time.Time) bool {
	if a.Kind != ActorUser {
		return true
	}
	return (d.Class == "" || levelOf(a.Class) >= levelOf(d.Class)) && (d.MaxAge == 0 || now.Sub(a.AuthTime) <= d.MaxAge)
}

// Within returns the demand for a sign-in that is at most as old as given.
func (d SignInDemand) Within(age time.Duration) SignInDemand {
	if d.MaxAge == 0 || age < d.MaxAge {
		d.MaxAge = age
	}
	return d
}
