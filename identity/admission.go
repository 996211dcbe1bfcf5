package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// class is on whose account an attempt counts. It is decided before the password is looked at.
type class string

const (
	fromBrowser  class = "browser"     // a browser on which the user has signed in
	fromNetwork  class = "own_network" // a network in which the user has signed in
	fromStranger class = "stranger"    // everybody else, and whoever tries a name that nobody has
	inSession    class = "session"     // who is signed in, and is asked for the present password
)

// admission is an attempt that may be made. What it took of the limits is given back when the password is right.
type admission struct {
	user    User // the zero User: nobody has the name
	account string
	class   class
	limits  []Limit
	buckets []Bucket
	left    []Left
	common  []Bucket // of the network
	network Network
	device  string // genuine device cookie, or empty
	known   Familiarity
	trust   bool // the browser shall spare the second factor from now on
	session Session
}

// mailbox is what messages count under: name and address of a user lead to one.
func (a *admission) mailbox() string {
	if a.user.ID != uuid.Nil {
		return a.user.ID.String()
	}
	return a.account
}

// admit decides whether an attempt may be made: nothing is hashed, counted or written for one that may not. What the
// network has left is asked before anything is read; who holds a device cookie of this server is looked up all the same,
// because others in their network must not be able to shut them out.
func (s *SignIn) admit(ctx context.Context, login, device string) (admission, error) {
	a := admission{network: ActorFrom(ctx).Network()}
	a.common = []Bucket{s.guard.bucket(LimitNetwork, a.network.Narrow), s.guard.bucket(LimitWideNetwork, a.network.Wide)}
	taken := s.guard.throttle.Take(ctx, a.common...)
	crowded := taken.Refused()
	a.device = s.KnownDevice(device)
	if crowded && a.device == "" {
		return admission{}, s.refuseNetwork(ctx, a.network, taken)
	}
	if err := s.recognise(ctx, &a, login); err != nil {
		if !crowded {
			s.guard.throttle.Give(ctx, a.common...)
		}
		return admission{}, err
	}
	switch err := s.classify(ctx, &a, crowded); {
	case err == nil:
		return a, nil
	case crowded:
		return admission{}, s.refuseNetwork(ctx, a.network, taken)
	default:
		s.guard.throttle.Give(ctx, a.common...)
		return admission{}, err
	}
}

func (s *SignIn) refuseNetwork(ctx context.Context, n Network, taken Taken) error {
	limit, about := LimitNetwork, subject{key: n.Narrow, target: TargetUser}
	if taken.Empty == 1 {
		limit, about.key = LimitWideNetwork, n.Wide
	}
	return s.guard.refuse(ctx, limit, about, taken.Wait)
}

// recognise finds out whom an attempt is about and whether they are known at the place. The work is the same for a name
// that nobody has.
func (s *SignIn) recognise(ctx context.Context, a *admission, login string) error {
	var err error
	if a.user, err = s.find(ctx, login); err != nil && !errors.Is(err, ErrUserNotFound) {
		return err
	}
	a.account = accountName(login, a.user)
	id := a.user.ID
	if err != nil {
		a.user, id = User{}, s.source.NewID()
	}
	return s.locate(ctx, a, id)
}

// locate finds out whether a user is known at the place of an attempt.
func (s *SignIn) locate(ctx context.Context, a *admission, id uuid.UUID) (err error) {
	var digests [][]byte
	if a.device != "" {
		digests = s.keys.Digests(PurposeDevice, a.device)
	}
	now := s.source.Now()
	a.known, err = s.store.Familiarity(ctx, id, digests, a.network.Wide, now, now.Add(-browserKnownFor), now.Add(-NetworkKnownFor))
	if err != nil {
		return fmt.Errorf("recognise the place: %w", err)
	}
	return nil
}

// accountName is what strangers' attempts count under: what was typed, in the one spelling that finds the user. Name and
// address count apart, so that nobody learns from the limits which belong together.
func accountName(login string, u User) string {
	switch {
	case len(login) > maxEmail || !utf8.ValidString(login):
		return "invalid"
	case u.Username != "" && strings.Contains(login, "@"):
		return strings.ToLower(u.Email)
	case u.Username != "":
		return strings.ToLower(u.Username)
	}
	return strings.ToLower(login)
}

// classify takes from the limits of the best class that has something left. In a crowded network only a known browser
// gets on.
func (s *SignIn) classify(ctx context.Context, a *admission, crowded bool) error {
	type option struct {
		class  class
		known  bool
		limits func() ([]Limit, []Bucket)
	}
	id := a.user.ID.String()
	var refused Taken
	var limit Limit
	for _, o := range []option{
		{fromBrowser, a.known.Browser, func() ([]Limit, []Bucket) {
			return []Limit{LimitBrowser}, []Bucket{s.guard.bucket(LimitBrowser, id, a.device)}
		}},
		{fromNetwork, a.known.Network && !crowded, func() ([]Limit, []Bucket) {
			return []Limit{LimitOwnNetwork}, []Bucket{s.guard.bucket(LimitOwnNetwork, id, a.network.Wide)}
		}},
		{fromStranger, !crowded, func() ([]Limit, []Bucket) { return s.strangerLimits(ctx, a) }},
	} {
		if !o.known {
			continue
		}
		limits, buckets := o.limits()
		taken := s.guard.throttle.Take(ctx, buckets...)
		if !taken.Refused() {
			a.class, a.limits, a.buckets, a.left = o.class, limits, buckets, taken.Left
			if o.class == fromBrowser && !crowded { // who is known pays for nobody else
				s.guard.throttle.Give(ctx, a.common...)
			}
			if o.class == fromBrowser {
				a.common = nil
			}
			return nil
		}
		if limit == "" || taken.Wait < refused.Wait {
			refused, limit = taken, limits[taken.Empty]
		}
	}
	if limit == "" { // of a crowded network, and not known here: the caller says for how long
		return TooManyAttempts(0)
	}
	return s.guard.refuse(ctx, limit, userSubject(a.account, a.user), refused.Wait)
}

// strangerLimits returns the limits of an account for strangers: strict ones after many failures in a row. An
// administrator who unlocks the user starts them anew.
func (s *SignIn) strangerLimits(ctx context.Context, a *admission) ([]Limit, []Bucket) {
	pair, account := LimitPair, LimitAccount
	failed := s.guard.throttle.Wait(ctx, s.failures(a)) > 0
	if a.user.Username != "" {
		failed = a.user.FailedAttempts >= strictAfter
	}
	era := era(a.user.UnlockedAt)
	buckets := []Bucket{
		s.guard.bucket(LimitPair, a.account, a.network.Wide, era), s.guard.bucket(LimitAccount, a.account, era),
	}
	if failed {
		pair, account = LimitPairStrict, LimitAccountStrict
		buckets[0].Rate, buckets[1].Rate = s.guard.rate(pair), s.guard.rate(account)
	}
	return []Limit{pair, account}, buckets
}

// failures is the bucket that counts the failures of an account in a row. It decides for names that nobody has.
func (s *SignIn) failures(a *admission) Bucket {
	return Bucket{Key: s.guard.key(failureLimit, a.account), Rate: failureRate}
}

// slowedUntil returns until when strangers are refused after this attempt of one, or nil.
func (a *admission) slowedUntil(now time.Time) *time.Time {
	if a.class != fromStranger || a.left[1].Next == 0 {
		return nil
	}
	until := now.Add(a.left[1].Next)
	return &until
}

// firstAtAccount reports whether nobody else in the network has tried this account lately.
func (a *admission) firstAtAccount() bool {
	return (a.class == fromStranger || a.class == fromNetwork) && a.left[0].First
}

// admitSession is admit for the present password of who is signed in.
func (s *SignIn) admitSession(ctx context.Context, session Session, user User) (admission, error) {
	a := admission{
		user: user, account: accountName(user.Username, user), class: inSession, session: session, network: ActorFrom(ctx).Network(),
		limits: []Limit{LimitSession, LimitSessionEnd},
		buckets: []Bucket{
			s.guard.bucket(LimitSession, session.ID.String()), s.guard.bucket(LimitSessionEnd, session.ID.String()),
		},
	}
	taken := s.guard.throttle.Take(ctx, a.buckets...)
	if taken.Refused() {
		return admission{}, s.guard.refuse(ctx, a.limits[taken.Empty], userSubject(session.ID.String(), user), taken.Wait)
	}
	a.left = taken.Left
	return a, nil
}

// exhausted reports whether a session has had its last wrong password.
func (a *admission) exhausted() bool { return a.class == inSession && a.left[1].Next > 0 }

// giveBack returns what the attempt took: it was no guess.
func (s *SignIn) giveBack(ctx context.Context, a admission) {
	s.guard.throttle.Give(ctx, append(a.common, a.buckets...)...)
	if a.class == inSession {
		s.guard.throttle.Clear(ctx, a.buckets[1].Key) // only failures in a row count
	}
}

// remember notes that the user has signed in at this place, inside tx, and returns the device cookie of the browser. A
// browser on which the user was not known gets a new one: one that was planted there must not become known.
func (s *SignIn) remember(ctx context.Context, tx Store, a admission, browser bool) (device string, err error) {
	place := Place{UserID: a.user.ID, Network: a.network.Wide, At: s.source.Now()}
	if browser {
		device = a.device
		if device != "" {
			place.Former = s.keys.Digests(PurposeDevice, device)
		}
		if !a.known.Browser {
			device = newDevice(s.source, s.keys)
		} else {
			place.Former = place.Former[1:] // made under former root keys
		}
		place.Browser = s.keys.Digest(PurposeDevice, device)
	}
	if !a.trust || !browser {
		return device, tx.RememberPlace(ctx, place)
	}
	until := place.At.Add(s.settings.Get().TrustBrowser)
	place.Trusted = &until
	if err := tx.RememberPlace(ctx, place); err != nil {
		return "", err
	}
	event := NewEvent(ctx, s.source, ActionBrowserTrusted, TargetUser, a.user.ID.String(), a.user.Username).By(a.user)
	return device, tx.InsertAudit(ctx, event)
}
