package identity

import (
	"context"
	"time"
)

// NewJobs lets tests run kinds of their own.
var NewJobs = newJobs

// StrangerWaits returns for how long a stranger may not try an account that has had so many failures, and for how long
// nobody may, without a database. A guess is wrong and costs what it took; anything else gives it back.
func StrangerWaits(ctx context.Context, d *Domain, account string, failures int, guess bool) (wait, all time.Duration) {
	a := admission{account: account, network: ActorFrom(ctx).Network(), user: User{Username: account, FailedAttempts: failures}}
	if err := d.SignIn.classify(ctx, &a, false); err != nil {
		_, buckets := d.SignIn.strangerLimits(ctx, &a)
		return AsError(err).RetryAfter, d.SignIn.guard.throttle.Wait(ctx, buckets[1])
	}
	if !guess {
		d.SignIn.giveBack(ctx, a)
	}
	return 0, 0
}

// ReadUserCode and SpellUserCode read and spell the code that a device shows.
var ReadUserCode, SpellUserCode = readUserCode, spellUserCode

// TOTPCode returns what an authenticator app shows in a step.
var TOTPCode = totpCode
