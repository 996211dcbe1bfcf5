package identity_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/password"
	"github.com/authly/authly/store/storetest"
)

// BenchmarkPeople is what people cause who sign in without a password or have lost one: the work behind the pages, from
// what the browser sent to the commit, with the budgets of docs/performance.md.
func BenchmarkPeople(b *testing.B) {
	eachDatabase(b, func(b *testing.B, f *fixture) {
		b.Run("passkey", f.benchPasskey)
		b.Run("app", f.benchApp)
		b.Run("recovery", f.benchRecovery)
		b.Run("registration", f.benchRegistration)
	})
}

// eachDatabase runs benchmarks on a server of either database that is open to registration.
func eachDatabase(b *testing.B, run func(b *testing.B, f *fixture)) {
	b.Helper()
	opened := func(s *identity.Settings) { s.Registration = identity.RegistrationOpen }
	for name, store := range map[string]func() identity.Store{
		"SQLite":     func() identity.Store { s, _ := storetest.SQLite(b); return s },
		"PostgreSQL": func() identity.Store { s, _ := storetest.Postgres(b); return s },
	} {
		b.Run(name, func(b *testing.B) {
			f, _ := withLetterboxOn(b, store(), opened)
			run(b, f)
		})
	}
}

// measure times one operation after another; what before returns is done untimed, an hour after the last, so that no
// throttle is in the way.
func (f *fixture) measure(b *testing.B, before func(n int) func() error) {
	b.Helper()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		f.advance(time.Hour)
		n++
		operation := before(n)
		b.StartTimer()
		noError(b, operation())
	}
}

func (f *fixture) newName(b *testing.B) string {
	b.Helper()
	return fmt.Sprint("bench", f.Now().Unix())
}

// benchPasskey: the response is verified, and there is a session.
func (f *fixture) benchPasskey(b *testing.B) {
	d, _ := f.addPasskey(b, f.signIn(b, f.user(b, f.newName(b))))
	f.measure(b, func(int) func() error {
		attempt := d.attempt(b)
		return func() error { _, err := f.SignIn.Passkey(f.ctx, attempt); return err }
	})
}

// benchApp: the code of an authenticator app after a password is verified, and there is a session.
func (f *fixture) benchApp(b *testing.B) {
	u, client := f.user(b, f.newName(b)), f.client(b, f.newName(b))
	app, _ := f.enrol(b, f.signIn(b, u))
	f.measure(b, func(int) func() error {
		i := f.pending(b, u.Username, f.Interactions.NewAuthorize(client, params("openid")))
		step := identity.SecondStep{Code: app.code(0)}
		return func() error { _, err := f.SignIn.SecondFactor(f.ctx, i, nil, step); return err }
	})
}

// benchRecovery: a link for an account is asked for, and its message waits to be sent.
func (f *fixture) benchRecovery(b *testing.B) {
	u := f.user(b, f.newName(b))
	f.measure(b, func(int) func() error {
		ctx := f.at("198.51.100.7")
		return func() error { return f.Recovery.Request(ctx, u.Username, "") }
	})
}

// benchRegistration: a code for an address is asked for, and its message waits to be sent.
func (f *fixture) benchRegistration(b *testing.B) {
	name := f.newName(b)
	f.measure(b, func(n int) func() error {
		ctx, request := f.at("198.51.100.7"), identity.RegistrationRequest{Email: fmt.Sprintf("%s.%d@example.org", name, n)}
		return func() error { _, err := f.Registrations.Begin(ctx, request); return err }
	})
}

// BenchmarkWhatStrangersCanTime is how long whoever asks about an account waits, in the median, by what there is of it: by the clock
// nobody may learn more than by the pages. Who waits longest waits at most a tenth longer than who waits least.
func BenchmarkWhatStrangersCanTime(b *testing.B) {
	eachDatabase(b, func(b *testing.B, f *fixture) {
		f.deps.Hasher = password.New(password.DefaultParams, 0).Paced(identity.SystemSource().Clock, password.Sleep)
		f.Domain = identity.New(f.deps)
		f.admin = admin.New(f.deps, f.Domain.SigningKeys)
		f.user(b, "known")
		f.user(b, "left", func(n *admin.NewUser) { n.Inactive = true })
		f.user(b, "unproven", func(n *admin.NewUser) { n.Verified = false })
		names, ask := []string{"known", "left", "unproven", "nobody"}, f.at("198.51.100.7")
		b.Run("login", func(b *testing.B) {
			f.medians(b, names, func(name string) { _ = f.guess("198.51.100.7", name, "wrong password") })
		})
		b.Run("recovery", func(b *testing.B) {
			f.medians(b, names, func(name string) { noError(b, f.Recovery.Request(ask, name, "")) })
		})
		b.Run("registration", func(b *testing.B) {
			f.medians(b, []string{"known", "nobody"}, func(name string) {
				_, err := f.Registrations.Begin(ask, identity.RegistrationRequest{Email: name + "@example.org"})
				noError(b, err)
			})
		})
	})
}

// timedPerName is how often each name is asked about, at least.
const timedPerName = 9

// medians does something for each name in turn, an hour after the last, and reports the median for each and how far they are apart.
func (f *fixture) medians(b *testing.B, names []string, do func(name string)) {
	b.Helper()
	took, clock := map[string][]time.Duration{}, identity.SystemSource().Clock
	for b.Loop() {
		for at := range timedPerName * len(names) {
			name := names[at%len(names)]
			f.advance(time.Hour)
			begun := clock()
			do(name)
			took[name] = append(took[name], clock().Sub(begun))
		}
	}
	var all []time.Duration
	for _, name := range names {
		slices.Sort(took[name])
		median := took[name][len(took[name])/2]
		all = append(all, median)
		b.ReportMetric(median.Seconds()*1000, name+"-ms")
	}
	b.ReportMetric(100*(slices.Max(all).Seconds()/slices.Min(all).Seconds()-1), "%-apart")
}
