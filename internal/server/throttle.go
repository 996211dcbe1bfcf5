package server

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/middleware"
	"github.com/authly/authly/internal/password"
	"github.com/authly/authly/internal/throttle"
)

// openThrottle prepares to count attempts: in Redis when there is one, for all nodes.
func (s *Server) openThrottle(ctx context.Context) error {
	s.requests = throttle.NewMemory(s.source.Clock)
	s.wait = password.Sleep
	switch {
	case s.config.Throttle.Off:
		s.logger.WarnContext(ctx, "AUTHLY_THROTTLE is off: passwords and secrets can be guessed without a limit")
		s.throttle, s.requests = throttle.Off{}, throttle.Off{}
	case s.config.RedisURL != "":
		shared, err := throttle.NewShared(string(s.config.RedisURL), s.config.Issuer, s.source.Clock, s.logger)
		if err != nil {
			return err
		}
		s.throttle = shared
	default:
		s.throttle = throttle.NewMemory(s.source.Clock)
	}
	return nil
}

// closeThrottle closes what openThrottle opened.
func (s *Server) closeThrottle() error {
	if closer, ok := s.throttle.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// limits returns the default limits with the operator's changes.
func limits(changed config.Throttle) identity.Limits {
	limits := identity.DefaultLimits()
	for name, rate := range changed.Rates {
		limits[identity.Limit(name)] = identity.Rate(rate)
	}
	return limits
}

// newHasher returns the hasher of passwords. Cheap ones are for tests, which must not wait either.
func (s *Server) newHasher(cheap bool) *password.Hasher {
	if cheap {
		s.wait = func(context.Context, time.Duration) {}
		return password.New(password.Params{Memory: 64, Time: 1, Threads: 1}, 0)
	}
	return password.New(password.DefaultParams, 0).Paced(s.source.Clock, password.Sleep)
}

// throttleMetrics are what operators watch of attempts. The only names in labels are limits and reasons.
type throttleMetrics struct {
	refused *prometheus.CounterVec
	signIns *prometheus.CounterVec
}

func newThrottleMetrics() throttleMetrics {
	return throttleMetrics{
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_throttle_total", Help: "Attempts and requests beyond a limit: refused, or noticed for many_accounts.",
		}, []string{"limit"}),
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_sign_ins_total", Help: "Passwords that were looked at, by outcome: success, or why not.",
		}, []string{"outcome"}),
	}
}

// Refused implements identity.ThrottleWatch.
func (m throttleMetrics) Refused(limit identity.Limit) {
	m.refused.WithLabelValues(string(limit)).Inc()
}

// SignIn implements identity.ThrottleWatch.
func (m throttleMetrics) SignIn(reason string) {
	if reason == "" {
		reason = "success"
	}
	m.signIns.WithLabelValues(reason).Inc()
}

// watchThrottle adds what was refused, what was hashed, and whether this node counts by itself.
func (m *metrics) watchThrottle(hasher *password.Hasher, counting identity.Throttle) {
	for _, limit := range []identity.Limit{identity.LimitAccount, identity.LimitNetwork, identity.LimitManyAccounts} {
		m.watch.refused.WithLabelValues(string(limit)) // what alarms are set on is there from the start
	}
	m.registry.MustRegister(
		m.watch.refused, m.watch.signIns,
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "authly_password_hashes_total", Help: "Password hashes computed.",
		}, func() float64 { return float64(hasher.Hashes()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "authly_throttle_degraded", Help: "1 while Redis is away and this node counts attempts by itself, with half of each limit.",
		}, func() float64 {
			if shared, ok := counting.(*throttle.Shared); ok && shared.Degraded() {
				return 1
			}
			return 0
		}),
	)
}

// A network that has no requests left waits for its answers: a flood over so many connections is as many requests a
// second. The number of those who wait is bounded, others are answered at once and lose their connection.
const (
	heldFor = time.Second
	maxHeld = 512
)

// hold is middleware.Budget.Hold.
func (s *Server) hold(ctx context.Context) {
	defer s.held.Add(-1)
	if s.held.Add(1) <= maxHeld {
		s.wait(ctx, heldFor)
	}
}

// rate returns how often something may be tried at present.
func (s *Server) rate(limit identity.Limit) identity.Rate {
	return s.Domain.Settings.Get().Limits[limit]
}

// budget bounds what networks ask of this node.
func (s *Server) budget(device cookie.SessionCookie) *middleware.Budget {
	return &middleware.Budget{
		Throttle: s.requests, Rate: s.rate, Watch: s.metrics.watch, Hold: s.hold,
		Known: func(r *http.Request) string { return s.Domain.SignIn.KnownDevice(device.Get(r)) },
	}
}

// tooManyRequests answers programs.
func tooManyRequests(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	plain(w, r, http.StatusTooManyRequests, "temporarily_unavailable")
}
