package identity

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ThrottleWatch hears what is counted in metrics. It is safe for concurrent use.
type ThrottleWatch interface {
	// Refused counts an attempt that a limit refused, or that only was noticed.
	Refused(limit Limit)
	// SignIn counts an attempt whose password was looked at; reason is "" when it was right.
	SignIn(reason string)
}

// guard is the throttle with what its refusals lead to: each is counted, and the first of an episode is audited.
type guard struct {
	throttle Throttle
	keys     *Keyring
	source   Source
	store    Transactor
	settings *LiveSettings
	watch    Watch
}

func newGuard(d Deps) *guard {
	return &guard{throttle: d.Throttle, keys: d.Keys, source: d.Source, store: d.Store, settings: d.Settings, watch: d.watch()}
}

// quiet is how long nobody must have been refused until the next refusal begins a new episode.
const quiet = time.Hour

// bucket returns the bucket of a limit for what the parts name. Its key tells nobody what that is.
func (g *guard) bucket(limit Limit, parts ...string) Bucket {
	return Bucket{Key: g.key(limit, parts...), Rate: g.rate(limit)}
}

func (g *guard) rate(limit Limit) Rate { return g.settings.Get().Limits[limit] }

func (g *guard) key(limit Limit, parts ...string) string {
	code := g.keys.MAC(PurposeThrottle, []byte(string(limit)+"\x00"+strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(code[:16])
}

// strangersMail returns the limits of codes to one address that strangers ask for. That of the network comes first and is the
// slowest: whoever asks for the same address again and again uses up their own.
func (g *guard) strangersMail(n Network, about ...string) ([]Limit, []Bucket) {
	return []Limit{LimitMailPair, LimitMail, LimitMails}, []Bucket{
		g.bucket(LimitMailPair, append(about, n.Wide)...), g.bucket(LimitMail, about...), g.bucket(LimitMails, about...),
	}
}

// subject is who a limit is about.
type subject struct {
	key    string // what the episode is told by
	target TargetKind
	id     string // empty for what does not exist, and for a network, which the event has as its address
	name   string
}

func userSubject(key string, u User) subject {
	s := subject{key: key, target: TargetUser}
	if u.ID != uuid.Nil {
		s.id, s.name = u.ID.String(), u.Username
	}
	return s
}

// notice counts that a limit was reached and audits the first time of an episode. The work is the same whether the
// subject exists or not.
func (g *guard) notice(ctx context.Context, limit Limit, about subject) error {
	g.watch.Refused(limit)
	return g.sample(ctx, ActionThrottleEngaged, about, string(limit))
}

// sample audits a failure that somebody can cause as often as they like: the first of an episode, and of all episodes so many
// a minute (LimitEpisodes). The others are only in the metrics.
func (g *guard) sample(ctx context.Context, action Action, about subject, reason string) error {
	if !g.throttle.Begins(ctx, g.key(LimitEpisodes, string(action), reason, about.key), quiet) {
		return nil
	}
	if g.throttle.Take(ctx, g.bucket(LimitEpisodes)).Refused() {
		return nil
	}
	err := g.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		return tx.InsertAudit(ctx, NewEvent(ctx, g.source, action, about.target, about.id, about.name).Failed(reason))
	})
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

// refuse is notice for an attempt that goes no further, and returns the refusal.
func (g *guard) refuse(ctx context.Context, limit Limit, about subject, wait time.Duration) error {
	if err := g.notice(ctx, limit, about); err != nil {
		return err
	}
	return TooManyAttempts(wait)
}

// TooManyAttempts is the refusal of what was tried too often: the same words for everybody.
func TooManyAttempts(wait time.Duration) *Error {
	return rateLimited("Too many attempts. Try again in %s.", wait)
}

// TooManyRequests is the refusal of a network that asks for too much of a node.
func TooManyRequests(wait time.Duration) *Error {
	return rateLimited("Too many requests come from your network. Try again in %s.", wait)
}

func rateLimited(format string, wait time.Duration) *Error {
	e := Errorf(RateLimited, CodeRateLimited, format, Wait(wait))
	e.RetryAfter = wait
	return e
}

// Wait is how long people are told to wait.
type Wait time.Duration

// Rounded returns a wait in whole seconds, or in whole minutes if it is longer than one and a half, rounded up.
func (w Wait) Rounded() (n int, minutes bool) {
	d := time.Duration(w)
	if d > 90*time.Second {
		return int((d + time.Minute - 1) / time.Minute), true
	}
	return max(1, int((d+time.Second-1)/time.Second)), false
}

// String says it in English.
func (w Wait) String() string {
	n, minutes := w.Rounded()
	unit := "second"
	if minutes {
		unit = "minute"
	}
	if n == 1 {
		return "a " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
