package identity_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/password"
)

var tooMany = coded(identity.CodeRateLimited)

// counting wraps the fixture's hasher to count what is hashed.
func counting(f *fixture) *password.Hasher {
	h := password.New(cheap, 0)
	f.deps.Hasher = h
	f.Domain = identity.New(f.deps)
	return h
}

// waits asserts a refusal and returns how long it says to wait.
func waits(t *testing.T, err error) time.Duration {
	t.Helper()
	wantError(t, err, tooMany)
	e := identity.AsError(err)
	if e.RetryAfter <= 0 || !strings.HasPrefix(e.Detail, "Too many attempts. Try again in ") {
		t.Errorf("%v after %v", e, e.RetryAfter)
	}
	return e.RetryAfter
}

// TestWhereTheUserHasSignedInStrangersChangeNothing: must-show 4. The owner's browser and network are served at once
// while guesses come from 1,000 networks; a new browser elsewhere is told how long to wait, and is served then.
func TestWhereTheUserHasSignedInStrangersChangeNothing(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		h := counting(f)
		u := f.user(t, "alice")
		home, err := f.SignIn.Password(f.at("192.0.2.7"), identity.SignInAttempt{Login: u.Username, Password: passphrase})
		noError(t, err)
		before := h.Hashes()
		for i := range 10_000 {
			ip := fmt.Sprintf("10.%d.%d.1", i%1000/256, i%1000%256)
			if err := f.guess(ip, u.Username, "wrong"); err == nil {
				t.Fatal("signed in")
			}
		}
		if hashes := h.Hashes() - before; hashes != 20 {
			t.Errorf("%d guesses were looked at", hashes)
		}
		after := f.reread(t, u)
		if after.FailedAttempts != 20 || !after.Locked(f.Now()) || !after.LockedUntil.Equal(f.Now().Add(10*time.Minute)) {
			t.Errorf("%d failures, slowed until %v", after.FailedAttempts, after.LockedUntil)
		}
		_, err = f.SignIn.Password(f.at("203.0.113.9"), identity.SignInAttempt{Login: u.Username, Password: passphrase, Device: home.Device})
		noError(t, err) // own browser, elsewhere
		noError(t, f.guess("192.0.2.200", u.Username, passphrase))
		if after := f.reread(t, u); after.FailedAttempts != 0 || !after.Locked(f.Now()) {
			t.Errorf("after success: %+v", after)
		}
		wait := waits(t, f.guess("198.51.100.1", u.Username, passphrase))
		if wait != 10*time.Minute {
			t.Errorf("a stranger waits for %v", wait)
		}
		f.advance(wait)
		noError(t, f.guess("198.51.100.1", u.Username, passphrase))
		events := f.audit(t, identity.ActionThrottleEngaged)
		if len(events) == 0 || events[0].Reason != "account" || events[0].TargetID != u.ID.String() || events[0].Outcome != identity.OutcomeFailure {
			t.Errorf("audited as %+v", events)
		}
	})
}

// TestAnEpisodeIsAuditedOnce: ten thousand refusals are one event, and a refusal after an hour of quiet is another.
func TestAnEpisodeIsAuditedOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	for i, events := range []int{1, 1, 2} {
		for range 50 {
			_ = f.guess("192.0.2.1", "alice", "wrong")
		}
		if got := f.audit(t, identity.ActionThrottleEngaged); len(got) != events || got[0].Reason != "pair" || got[0].IP != "192.0.2.1" {
			t.Errorf("%d events, %+v", len(got), got)
		}
		f.advance(time.Duration(50+60*i) * time.Minute)
	}
}

// TestSimulation reproduces the table of docs/security/throttling.md: a guess every two seconds for seven days from so
// many networks, an absent owner, and who could sign in at each hour.
func TestSimulation(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		networks int
		guesses  [7]int // looked at on each day
		stranger int    // of 168 hours, those in which a new browser in a new network could sign in
	}{
		{1, [7]int{28, 24, 24, 24, 6, 6, 6}, 168},
		{4, [7]int{104, 24, 24, 24, 24, 24, 24}, 168},
		{6, [7]int{119, 36, 36, 36, 36, 36, 36}, 164},
		{8, [7]int{124, 48, 48, 48, 48, 48, 48}, 12},
		{1000, [7]int{124, 48, 48, 48, 48, 48, 48}, 0},
	} {
		t.Run(fmt.Sprint(test.networks, " networks"), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user(t, "alice")
			s := simulation{f: f, until: make([]time.Time, test.networks)}
			for second := 0; second < 7*24*3600; second += 2 {
				s.guess(second)
				if second%3600 == 1800 { // at half past, after the guesser: at other minutes it is 0 to 14 for eight networks and more
					s.probe()
				}
				f.advance(2 * time.Second)
			}
			if s.guesses != test.guesses || s.stranger != test.stranger {
				t.Errorf("%v guesses were looked at; a stranger could sign in in %d of 168 hours", s.guesses, s.stranger)
			}
		})
	}
}

type simulation struct {
	f        *fixture
	failures int
	guesses  [7]int
	stranger int
	until    []time.Time // when each network is served again: a try before changes nothing
	all      time.Time   // when any is
}

func (s *simulation) guess(second int) {
	i, now := second/2%len(s.until), s.f.Now()
	if now.Before(s.all) || now.Before(s.until[i]) {
		return
	}
	wait, all := identity.StrangerWaits(s.f.at(fmt.Sprintf("10.%d.%d.1", i/256, i%256)), s.f.Domain, "alice", s.failures, true)
	if wait > 0 {
		s.until[i], s.all = now.Add(wait), now.Add(all)
		return
	}
	s.guesses[second/86400]++
	s.failures++
}

// probe asks whether the owner could sign in from elsewhere, and gives back what it took: an owner who does sign in
// begins the count of failures anew.
func (s *simulation) probe() {
	if wait, _ := identity.StrangerWaits(s.f.at("198.51.100.1"), s.f.Domain, "alice", s.failures, false); wait == 0 {
		s.stranger++
	}
}

// TestUnknownNamesAreRefusedAlike: for a name that nobody has, each answer is that for one that somebody has, also after
// a hundred failures, and no more is written.
func TestUnknownNamesAreRefusedAlike(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	h := counting(f)
	alice := f.user(t, "alice")
	for i := range 3000 {
		ip := fmt.Sprintf("10.0.%d.1", i%40)
		f.advance(37 * time.Second)
		before := h.Hashes()
		known := f.guess(ip, "alice", "wrong")
		between := h.Hashes()
		unknown := f.guess(ip, "zelda", "wrong")
		if known.Error() != unknown.Error() || identity.AsError(known).RetryAfter != identity.AsError(unknown).RetryAfter {
			t.Fatalf("try %d: %v (%v), %v (%v)", i, known, identity.AsError(known).RetryAfter, unknown, identity.AsError(unknown).RetryAfter)
		}
		if between-before != h.Hashes()-between {
			t.Fatalf("try %d: %d hashes, %d", i, between-before, h.Hashes()-between)
		}
	}
	if n := f.reread(t, alice).FailedAttempts; n < 110 {
		t.Errorf("only %d failures: the strict limits were not reached", n)
	}
}

// TestTheTrailIsBoundedForNamesThatNobodyHas: 10,000 names from 1,000 addresses write no more than their limit.
func TestTheTrailIsBoundedForNamesThatNobodyHas(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for i := range 3000 {
		wantError(t, f.guess(fmt.Sprintf("10.%d.%d.1", i%1000/256, i%1000%256), fmt.Sprint("name", i), "x"), identity.ErrInvalidCredentials)
	}
	if n := len(f.audit(t, identity.ActionSignInFailed)); n != 100 {
		t.Errorf("%d events", n)
	}
}

// TestOneAddressOverManyAccountsIsSlowedAndNoticed: must-show 4.
func TestOneAddressOverManyAccountsIsSlowedAndNoticed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	h := counting(f)
	f.user(t, "alice")
	watch := &watched{}
	f.deps.Watch = watch
	f.Domain = identity.New(f.deps)
	refused := 0
	for i := range 10_000 {
		if identity.AsError(f.guess("192.0.2.1", fmt.Sprint("name", i), "wrong")).Kind == identity.RateLimited {
			refused++
		}
		f.advance(100 * time.Millisecond)
	}
	if looked := h.Hashes(); looked != 50+1000/6 || refused != 10_000-int(looked) {
		t.Errorf("%d were looked at, %d refused", looked, refused)
	}
	reasons := map[string]int{}
	for _, e := range f.audit(t, identity.ActionThrottleEngaged) {
		reasons[e.Reason]++
		if e.IP != "192.0.2.1" {
			t.Errorf("from %q", e.IP)
		}
	}
	if reasons["network"] != 1 || reasons["many_accounts"] != 1 || len(reasons) != 2 {
		t.Errorf("audited %v", reasons)
	}
	if watch.refused[identity.LimitNetwork] != refused || watch.refused[identity.LimitManyAccounts] == 0 {
		t.Errorf("counted %v", watch.refused)
	}
	// The whole network is slow, whatever the names; another one is not.
	waits(t, f.guess("192.0.2.1", "alice", passphrase))
	noError(t, f.guess("192.0.2.2", "alice", passphrase))
}

type watched struct {
	identity.Watch
	mu      sync.Mutex
	refused map[identity.Limit]int
	signIns map[string]int
}

func (w *watched) Refused(limit identity.Limit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused == nil {
		w.refused = map[identity.Limit]int{}
	}
	w.refused[limit]++
}

func (w *watched) SignIn(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.signIns == nil {
		w.signIns = map[string]int{}
	}
	w.signIns[reason]++
}

// TestNeighboursDoNotShutOutAKnownBrowser: in a network that has nothing left, whoever has signed in there by this browser
// is served, and a device cookie helps nobody else.
func TestNeighboursDoNotShutOutAKnownBrowser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice, mallory := f.user(t, "alice"), f.user(t, "mallory")
	device := func(u identity.User) string {
		started, err := f.SignIn.Password(f.at("192.0.2.1"), identity.SignInAttempt{Login: u.Username, Password: passphrase})
		noError(t, err)
		return started.Device
	}
	hers, his := device(alice), device(mallory)
	for i := range 60 {
		_ = f.guess("192.0.2.1", fmt.Sprint("name", i), "wrong")
	}
	try := func(cookie string) error {
		_, err := f.SignIn.Password(f.at("192.0.2.1"), identity.SignInAttempt{Login: "alice", Password: passphrase, Device: cookie})
		return err
	}
	noError(t, try(hers))
	forged := strings.Repeat("A", 43) + "." + strings.Repeat("A", 22)
	for _, cookie := range []string{"", his, forged, hers[:43], hers + "A", strings.ToUpper(hers)} {
		waits(t, try(cookie))
	}
}

// TestABrowserIsKnownByACookieThatWasMadeForIt: one that was planted does not become known, and a new password makes the
// other browsers unknown.
func TestABrowserIsKnownByACookieThatWasMadeForIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t, slowAfterThree)
	alice := f.user(t, "alice")
	f.user(t, "mallory")
	signIn := func(ip, login, device string) identity.NewSession {
		t.Helper()
		started, err := f.SignIn.Password(f.at(ip), identity.SignInAttempt{Login: login, Password: passphrase, Device: device})
		noError(t, err)
		return started
	}
	planted := signIn("10.0.0.1", "mallory", "").Device
	hers := signIn("192.0.2.1", "alice", planted)
	again := signIn("192.0.2.1", "alice", hers.Device)
	if hers.Device == planted || again.Device != hers.Device {
		t.Error("the planted cookie was kept, or her own was not")
	}
	for range 3 {
		_ = f.guess("203.0.113.1", "alice", "wrong")
	}
	try := func(ip, device string) error {
		_, err := f.SignIn.Password(f.at(ip), identity.SignInAttempt{Login: "alice", Password: passphrase, Device: device})
		return err
	}
	waits(t, try("10.0.0.1", planted))
	noError(t, try("198.51.100.1", hers.Device))
	other := signIn("192.0.2.1", "alice", "").Device
	changed, err := f.SignIn.ChangePassword(f.at("192.0.2.1"), hers.Session, identity.PasswordChange{
		Current: passphrase, Next: "another otter 20 river", Device: hers.Device,
	})
	noError(t, err)
	for cookie, known := range map[string]bool{changed.Device: true, hers.Device: false, other: false} {
		familiar, err := f.store.Familiarity(
			f.ctx, alice.ID, f.deps.Keys.Digests(identity.PurposeDevice, cookie), "", start, start.Add(-time.Hour), start.Add(-time.Hour),
		)
		noError(t, err)
		wantSame(t, familiar.Browser, known)
	}
}

// TestAKnownBrowserHasItsOwnLimit: it is slowed for its own wrong guesses, and only for those.
func TestAKnownBrowserHasItsOwnLimit(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	started, err := f.SignIn.Password(f.at("192.0.2.1"), identity.SignInAttempt{Login: "alice", Password: passphrase})
	noError(t, err)
	looked := 0
	for range 40 {
		_, err := f.SignIn.Password(f.at("203.0.113.1"), identity.SignInAttempt{Login: "Alice@example.org", Password: "x", Device: started.Device})
		if identity.AsError(err).Kind == identity.RateLimited {
			wantSame(t, identity.AsError(err).RetryAfter, time.Minute)
			continue
		}
		looked++
	}
	wantSame(t, looked, 15) // ten of a known browser, then as a stranger from that network
}

// TestEverySpellingOfANameIsOneAccount: letter case must not multiply the guesses.
func TestEverySpellingOfANameIsOneAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	h := counting(f)
	f.user(t, "alice")
	for _, login := range []string{"alice", "ALICE", "Alice", "aLICE", "aliCE", "alICe"} {
		_ = f.guess("192.0.2.1", login, "wrong")
	}
	wantSame(t, int(h.Hashes()), 5)
	for _, login := range []string{"zelda", "ZELDA", "Zelda", "zELDA", "zeLDa", "zeldA"} {
		_ = f.guess("192.0.2.1", login, "wrong")
	}
	wantSame(t, int(h.Hashes()), 10)
	for i := range 6 { // what can be no name is one account
		_ = f.guess("192.0.2.1", strings.Repeat("n", 255+i), "wrong")
	}
	wantSame(t, int(h.Hashes()), 15)
}

// TestParallelGuessesAreHashedNoMoreThanThereAreTokens: what is taken before the hash bounds what runs at once.
func TestParallelGuessesAreHashedNoMoreThanThereAreTokens(t *testing.T) {
	t.Parallel()
	for networks, most := range map[int]uint64{1: 5, 200: 20} {
		f := newFixture(t)
		h := counting(f)
		alice := f.user(t, "alice")
		var group sync.WaitGroup
		for i := range 200 {
			group.Go(func() { _ = f.guess(fmt.Sprintf("10.0.%d.1", i%networks), "alice", "wrong") })
		}
		group.Wait()
		wantSame(t, h.Hashes(), most)
		wantSame(t, f.reread(t, alice).FailedAttempts, int(most))
	}
}

// TestARefusedTryProlongsNothing: whoever tries again and again while refused waits no longer.
func TestARefusedTryProlongsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	for range 5 {
		_ = f.guess("192.0.2.1", "alice", "wrong")
	}
	wait := waits(t, f.guess("192.0.2.1", "alice", passphrase))
	for left := wait; left > time.Minute; left -= time.Minute {
		wantSame(t, waits(t, f.guess("192.0.2.1", "alice", passphrase)), left)
		f.advance(time.Minute)
	}
	f.advance(time.Minute)
	noError(t, f.guess("192.0.2.1", "alice", passphrase))
}

// TestThePasswordGrantIsThrottledToo, and is known by its network only.
func TestThePasswordGrantIsThrottledToo(t *testing.T) {
	t.Parallel()
	f := newFixture(t, slowAfterThree)
	f.user(t, "alice")
	app := f.client(t, "app", func(m *clientFields) { m.GrantTypes = append(m.GrantTypes, identity.GrantPassword) })
	grant := func(ip, secret string) error {
		_, err := f.Grants.ForPassword(f.at(ip), app, "alice", secret, []string{"openid"})
		return err
	}
	noError(t, grant("192.0.2.1", passphrase))
	for range 3 {
		wantError(t, grant("10.0.0.1", "wrong"), identity.ErrInvalidCredentials)
	}
	waits(t, grant("10.0.0.1", passphrase))
	noError(t, grant("192.0.2.2", passphrase))
}

// TestNothingIsHashedWhenTheQueueIsFull: what could not be tried costs no token.
func TestNothingIsHashedWhenTheQueueIsFull(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	f.deps.Hasher = busyHasher{f.deps.Hasher}
	domain := identity.New(f.deps)
	for range 100 {
		_, err := domain.SignIn.Password(f.at("192.0.2.1"), identity.SignInAttempt{Login: "alice", Password: "x"})
		wantError(t, err, identity.ErrUnavailable)
	}
	wantError(t, f.guess("192.0.2.1", "alice", "wrong"), identity.ErrInvalidCredentials)
}

// TestEveryRefusalAwaitsTheSameTime: whatever the reason, once, and after what must be written was written.
func TestEveryRefusalAwaitsTheSameTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.RequireVerified = true })
	paced := &pacedHasher{PasswordHasher: f.deps.Hasher, events: func() int { return len(f.audit(t, identity.ActionSignInFailed)) }}
	f.deps.Hasher = paced
	f.Domain = identity.New(f.deps)
	f.user(t, "alice")
	f.user(t, "inactive", func(n *admin.NewUser) { n.Inactive = true })
	f.user(t, "unverified", func(n *admin.NewUser) { n.Verified = false })
	for i, try := range [][2]string{
		{"alice", "wrong"}, {"zelda", "wrong"}, {"inactive", passphrase}, {"unverified", "wrong"}, {"inactive", "wrong"},
	} {
		wantError(t, f.guess(fmt.Sprintf("10.0.%d.1", i), try[0], try[1]), identity.ErrInvalidCredentials)
		if paced.awaited != i+1 || paced.seen != i+1 {
			t.Errorf("%s: awaited %d times, %d events were written before", try[0], paced.awaited, paced.seen)
		}
	}
	noError(t, f.guess("10.0.0.1", "alice", passphrase))
	wantSame(t, paced.awaited, 5)
}

// busyHasher is one whose queue is full.
type busyHasher struct{ identity.PasswordHasher }

func (busyHasher) Verify(context.Context, string, string) (identity.PasswordProof, error) {
	return identity.PasswordProof{}, identity.ErrUnavailable
}

// pacedHasher notes when refusals are awaited, and what was written by then.
type pacedHasher struct {
	identity.PasswordHasher
	events        func() int
	awaited, seen int
}

func (h *pacedHasher) AwaitRefusal(context.Context, identity.PasswordProof) {
	h.awaited++
	h.seen = h.events()
}

// TestAGuesserWhoHangsUpIsCounted: whoever closes the connection during the hash has guessed all the same.
func TestAGuesserWhoHangsUpIsCounted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice")
	ctx, hangUp := context.WithCancel(f.at("192.0.2.1"))
	f.deps.Hasher = &slowHasher{PasswordHasher: f.deps.Hasher, meanwhile: hangUp}
	_, err := identity.New(f.deps).SignIn.Password(ctx, identity.SignInAttempt{Login: "alice", Password: "wrong"})
	wantError(t, err, identity.ErrInvalidCredentials)
	wantSame(t, f.reread(t, alice).FailedAttempts, 1)
	wantSame(t, len(f.audit(t, identity.ActionSignInFailed)), 1)
}
