package upstream_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/upstream"
)

// limits notes until when each call may take, and fails it.
type limits struct{ until []time.Time }

var errNoAnswer = errors.New("no answer")

// RoundTrip implements http.RoundTripper.
func (l *limits) RoundTrip(request *http.Request) (*http.Response, error) {
	if until, bounded := request.Context().Deadline(); bounded {
		l.until = append(l.until, until)
	}
	return nil, errNoAnswer
}

// after is the time that lies so far ahead.
func after(t *testing.T, d time.Duration) time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	at, _ := ctx.Deadline()
	return at
}

// TestACallForAPageEndsAfterTheDeadline, whatever the transport allows: the page is there within the six seconds that people wait.
func TestACallForAPageEndsAfterTheDeadline(t *testing.T) {
	t.Parallel()
	if upstream.Deadline > 6*time.Second {
		t.Errorf("a page waits for %s", upstream.Deadline)
	}
	for name, do := range map[string]func(u *upstream.Upstream, p identity.UpstreamProvider) error{
		"on the way there": func(u *upstream.Upstream, p identity.UpstreamProvider) error {
			_, err := u.AuthorizationURL(t.Context(), p, identity.UpstreamRequest{})
			return err
		},
		"on the way back": func(u *upstream.Upstream, p identity.UpstreamProvider) error {
			_, err := u.Identify(t.Context(), p, identity.UpstreamRequest{}, identity.UpstreamAnswer{Code: "code"})
			return err
		},
	} {
		for _, kind := range []identity.ProviderKind{identity.ProviderOIDC, identity.ProviderGitHub} {
			seen := &limits{}
			still := func() time.Time { return time.Unix(1_800_000_000, 0) }
			u := upstream.New(func(...string) http.RoundTripper { return seen }, still, upstream.Deadline)
			p := identity.UpstreamProvider{IdentityProvider: identity.IdentityProvider{ID: uuid.New(), Kind: kind, Issuer: "https://idp.example"}}
			err := do(u, p)
			latest := after(t, upstream.Deadline)
			if calls := kind == identity.ProviderOIDC || name == "on the way back"; !calls {
				continue
			}
			if identity.AsError(err).Code != identity.CodeProviderUnreachable || len(seen.until) != 1 || seen.until[0].After(latest) {
				t.Errorf("%s, %s: %v, until %v", kind, name, err, seen.until)
			}
		}
	}
}
