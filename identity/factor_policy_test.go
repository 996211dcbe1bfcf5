package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestThePolicyLeadsToTheSecondFactor: who administers at once, everybody else when their grace is over, and nobody who
// may do without.
func TestThePolicyLeadsToTheSecondFactor(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for name, test := range map[string]struct {
		policy identity.FactorPolicy
		admin  bool
		grace  time.Duration
		later  time.Duration
		want   identity.Step
	}{
		"who wants to":                      {identity.FactorOptional, true, 0, 0, identity.StepIssue},
		"administrators: one of them":       {identity.FactorRequiredForAdmins, true, week, 0, identity.StepEnrol},
		"administrators: somebody else":     {identity.FactorRequiredForAdmins, false, 0, 0, identity.StepIssue},
		"everybody: an administrator":       {identity.FactorRequired, true, week, 0, identity.StepEnrol},
		"everybody: somebody else":          {identity.FactorRequired, false, 0, 0, identity.StepEnrol},
		"everybody: in the time of grace":   {identity.FactorRequired, false, week, week - time.Second, identity.StepIssue},
		"everybody: when that is over":      {identity.FactorRequired, false, week, week, identity.StepEnrol},
		"everybody: it does not begin anew": {identity.FactorRequired, false, week, 2 * week, identity.StepEnrol},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.configure(func(s *identity.Settings) { s.SecondFactors, s.SecondFactorGrace = test.policy, test.grace })
			client := f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
			u := f.user(t, "alice")
			if test.admin {
				yes := true
				_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Admin: &yes}, nil)
				noError(t, err)
			}
			f.signIn(t, u)
			f.advance(test.later)
			u, err := f.store.UserByID(f.ctx, u.ID)
			noError(t, err)
			b := f.signIn(t, u)
			for kind, i := range map[identity.Step]identity.Interaction{
				test.want:           f.Interactions.NewAuthorize(client, params("openid")),
				identity.StepReturn: f.Interactions.NewAccount(identity.ReturnToHome),
			} {
				if step, err := f.Interactions.Next(f.ctx, i, &b); err != nil || step != kind {
					t.Errorf("next is %q, %v; want %q", step, err, kind)
				}
			}
			if grace := test.policy == identity.FactorRequired && test.later < test.grace && !test.admin; grace {
				i, err := f.Interactions.SignedIn(f.ctx, f.Interactions.NewAuthorize(client, params("openid")), b)
				noError(t, err)
				for _, want := range []identity.Step{identity.StepOffer, identity.StepIssue} { // and when it is declined
					if step, err := f.Interactions.Next(f.ctx, i, &b); err != nil || step != want {
						t.Errorf("just signed in: next is %q, %v; want %q", step, err, want)
					}
					i.Declined = true
					i, err = f.Interactions.Seal(i)
					noError(t, err)
					i, err = f.Interactions.Load(f.ctx, i.Handle)
					noError(t, err)
				}
			}
			if test.want != identity.StepEnrol {
				return
			}
			_, b = f.enrol(t, b)
			if step, err := f.Interactions.Next(f.ctx, f.Interactions.NewAuthorize(client, params("openid")), &b); err != nil || step != identity.StepIssue {
				t.Errorf("with the factor next is %q, %v", step, err)
			}
		})
	}
}
