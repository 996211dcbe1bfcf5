package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// pollInterval is how long a client must wait between two questions (RFC 8628 §3.2, CIBA Core §7.3), and what both standards mean
// where nothing is said.
const pollInterval = 5 * time.Second

// DecisionRetention is how long a client that polls is still told that its code has expired.
const DecisionRetention = 24 * time.Hour

// pollLimit is how fast replies may follow one another: not all are as fast.
var pollLimit = Rate{1, pollInterval - time.Second}

// polling is how the clients of a grant ask what a person has decided in a browser of theirs (RFC 8628 §3.5, CIBA Core §11).
type polling struct {
	grants *Grants
	guard  *guard
	limit  Limit

	pending, slowDown, expired *Error
}

// errDeniedElsewhere tells a client that polls that the person has refused.
var errDeniedElsewhere = Errorf(Invalid, CodeAccessDenied, "The person has refused.").Breaks(RuleDenied)

// decision is what a client waits for.
type decision struct {
	id        uuid.UUID
	digests   [][]byte // of the code that the client has
	expiresAt time.Time
	denied    bool
	grantID   *uuid.UUID
}

// redeem returns what was decided: a refusal, or a grant, once. Until then nothing is written. As with other codes, one that is
// presented again ends its grant. sender is what the client has proven to hold.
func (p polling) redeem(ctx context.Context, client Client, d decision, sender SenderConstraint) (Issuance, error) {
	now := p.grants.source.Now()
	switch {
	case d.denied:
		return Issuance{}, errDeniedElsewhere
	case !d.expiresAt.After(now):
		return Issuance{}, p.expired
	case d.grantID == nil:
		if p.guard.throttle.Take(ctx, p.guard.bucket(p.limit, d.id.String())).Refused() {
			return Issuance{}, p.slowDown
		}
		return Issuance{}, p.pending
	}
	status, err := p.grants.store.GrantStatusByCode(ctx, d.digests, now)
	if errors.Is(err, ErrGrantNotFound) {
		return Issuance{}, invalidGrant(RuleGrantActive, "What the person has allowed has ended since.")
	}
	if err != nil {
		return Issuance{}, fmt.Errorf("find grant of what was decided: %w", err)
	}
	status.Client = client
	issuance, err := p.grants.spendCode(ctx, status, CodeProof{Sender: sender}, now)
	return issuance, ofUser(err, status.User)
}
