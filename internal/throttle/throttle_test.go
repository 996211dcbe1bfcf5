package throttle_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/throttle"
)

// clock stands still until it is moved.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()) }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// shared opens the Redis of the test run under a prefix of the test's own.
func shared(t *testing.T, c *clock, logs *bytes.Buffer) *throttle.Shared {
	t.Helper()
	s, err := throttle.NewShared(redisURL(t), t.Name()+uuid.NewString(), c.Now, slog.New(slog.NewTextHandler(logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s.NeverMiss()
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func redisURL(t *testing.T) string {
	t.Helper()
	address := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if address == "" {
		t.Fatal("AUTHLY_TEST_REDIS_URL is not set: run the tests by make test")
	}
	return address
}

// onEach runs what every Throttle promises in memory and on a real Redis.
func onEach(t *testing.T, test func(t *testing.T, c *clock, throttle identity.Throttle)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		test(t, c, throttle.NewMemory(c.Now))
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		c, logs := newClock(), &bytes.Buffer{}
		s := shared(t, c, logs)
		test(t, c, s)
		if s.Degraded() {
			t.Errorf("Redis was not used: %s", logs)
		}
	})
}

func bucket(key string, burst int, interval time.Duration) identity.Bucket {
	return identity.Bucket{Key: key, Rate: identity.Rate{Burst: burst, Interval: interval}}
}

func TestABucketGivesItsBurstAndThenOnePerInterval(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *clock, th identity.Throttle) {
		b := bucket("a", 3, time.Minute)
		for i, want := range []identity.Left{{First: true}, {}, {Next: time.Minute}} {
			if got := th.Take(t.Context(), b); got.Refused() || got.Left[0] != want {
				t.Errorf("take %d: %+v", i, got)
			}
		}
		if got := th.Wait(t.Context(), b); got != time.Minute {
			t.Errorf("an empty one has something in %v", got)
		}
		for range 3 { // a refused one costs nothing, however often it is tried
			if got := th.Take(t.Context(), b); got.Empty != 0 || got.Wait != time.Minute {
				t.Errorf("the fourth: %+v", got)
			}
		}
		c.advance(time.Minute - time.Microsecond)
		if got := th.Take(t.Context(), b); got.Wait != time.Microsecond {
			t.Errorf("just before: %+v", got)
		}
		c.advance(time.Microsecond)
		for range 3 {
			if got := th.Wait(t.Context(), b); got != 0 {
				t.Errorf("after the wait it has something in %v", got)
			}
		}
		if got := th.Take(t.Context(), b); got.Refused() || got.Left[0] != (identity.Left{Next: time.Minute}) {
			t.Errorf("after the wait: %+v", got)
		}
		c.advance(time.Hour)
		if got := th.Take(t.Context(), b); got.Refused() || !got.Left[0].First {
			t.Errorf("an hour later it is not full: %+v", got)
		}
	})
}

func TestAllBucketsAreTakenFromOrNone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, _ *clock, th identity.Throttle) {
		one, two, three := bucket("one", 5, time.Hour), bucket("two", 1, time.Minute), bucket("three", 5, time.Hour)
		if got := th.Take(t.Context(), one, two, three); got.Refused() {
			t.Fatalf("%+v", got)
		}
		if got := th.Take(t.Context(), one, two, three); got.Empty != 1 || got.Wait != time.Minute {
			t.Errorf("%+v", got)
		}
		for i := range 4 {
			if got := th.Take(t.Context(), one, three); got.Refused() {
				t.Errorf("the refused take cost one of the others: %d more, %+v", i, got)
			}
		}
		if got := th.Take(t.Context(), one); !got.Refused() {
			t.Error("a sixth")
		}
	})
}

func TestWhatIsGivenBackCanBeTakenAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, _ *clock, th identity.Throttle) {
		a, b := bucket("a", 1, time.Hour), bucket("b", 2, time.Hour)
		for range 5 {
			if got := th.Take(t.Context(), a, b); got.Refused() || !got.Left[0].First || !got.Left[1].First {
				t.Fatalf("%+v", got)
			}
			th.Give(t.Context(), a, b)
		}
		for range 3 { // one that is full stays full
			th.Give(t.Context(), a)
		}
		th.Take(t.Context(), a)
		if got := th.Take(t.Context(), a); !got.Refused() {
			t.Error("more came back than there is room for")
		}
		th.Clear(t.Context(), a.Key)
		if got := th.Take(t.Context(), a); got.Refused() {
			t.Error("it was cleared")
		}
	})
}

// TestAnotherRateOnTheSameBucket: what was spent at one rate stays spent at another, so that the stricter one begins
// nearly empty.
func TestAnotherRateOnTheSameBucket(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *clock, th identity.Throttle) {
		for range 20 {
			th.Take(t.Context(), bucket("a", 20, 10*time.Minute))
		}
		hashes := 0
		for !th.Take(t.Context(), bucket("a", 10, 30*time.Minute)).Refused() {
			hashes++
		}
		if hashes != 3 {
			t.Errorf("%d at the stricter rate", hashes)
		}
		if got := th.Take(t.Context(), bucket("a", 2, time.Minute)); got.Wait != time.Minute {
			t.Errorf("fuller than empty: %+v", got)
		}
		c.advance(-24 * time.Hour) // a clock that was put back must not close it for a day
		if got := th.Take(t.Context(), bucket("a", 2, time.Minute)); got.Wait != time.Minute {
			t.Errorf("after the clock went back: %+v", got)
		}
	})
}

func TestWhatGoesOnBeginsOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *clock, th identity.Throttle) {
		for i := range 5 {
			if got := th.Begins(t.Context(), "a", time.Hour); got != (i == 0) {
				t.Errorf("report %d: %v", i, got)
			}
			c.advance(50 * time.Minute) // each report prolongs it
		}
		c.advance(10 * time.Minute)
		if !th.Begins(t.Context(), "a", time.Hour) {
			t.Error("after an hour of quiet it is not a new one")
		}
	})
}

func TestManyAtOnceTakeNoMoreThanThereIs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, _ *clock, th identity.Throttle) {
		var group sync.WaitGroup
		var granted atomic.Int64
		for i := range 200 {
			group.Go(func() {
				pair := bucket(fmt.Sprint("pair", i%20), 5, time.Hour)
				if !th.Take(t.Context(), pair, bucket("account", 20, 10*time.Minute)).Refused() {
					granted.Add(1)
				}
			})
		}
		group.Wait()
		if got := granted.Load(); got > 20 || got < 15 { // who is refused may hold one for a moment
			t.Errorf("%d were granted", got)
		}
		if left := 20 - granted.Load(); left > 0 {
			for i := range left {
				if th.Take(t.Context(), bucket("account", 20, 10*time.Minute)).Refused() {
					t.Fatalf("only %d of %d are left", i, left)
				}
			}
		}
		if !th.Take(t.Context(), bucket("account", 20, 10*time.Minute)).Refused() {
			t.Error("one more than there is")
		}
	})
}

func TestTheMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	m := throttle.NewMemory(c.Now)
	empty := bucket("the account under attack", 20, 10*time.Minute)
	for range 20 {
		m.Take(t.Context(), empty)
	}
	for i := range 300_000 {
		m.Take(t.Context(), bucket(fmt.Sprint("name ", i), 20, 10*time.Minute))
	}
	if n := m.Len(); n > 200_000 || n < 150_000 {
		t.Errorf("%d buckets", n)
	}
	if got := m.Take(t.Context(), empty); !got.Refused() {
		t.Error("a flood of other names has washed out the bucket that was empty")
	}
	c.advance(24 * time.Hour)
	for i := range 20_000 { // what is full by then goes first
		m.Take(t.Context(), bucket(fmt.Sprint("later ", i), 20, time.Hour))
	}
	if n := m.Len(); n > 200_000 {
		t.Errorf("%d buckets", n)
	}
}

// TestWithoutRedisItIsStricter: half the burst, twice the interval, and never open. It is said once.
func TestWithoutRedisItIsStricter(t *testing.T) {
	t.Parallel()
	c, logs := newClock(), &bytes.Buffer{}
	s, err := throttle.NewShared("redis://127.0.0.1:1/0", t.Name(), c.Now, slog.New(slog.NewTextHandler(logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b := bucket("a", 4, time.Minute)
	for i, refused := range []bool{false, false, true, true} {
		if got := s.Take(t.Context(), b); got.Refused() != refused || refused && got.Wait != 2*time.Minute {
			t.Errorf("take %d: %+v", i, got)
		}
	}
	c.advance(10 * time.Second) // it is tried again, in vain
	if got := s.Take(t.Context(), b); !got.Refused() {
		t.Error("open")
	}
	s.Give(t.Context(), b)
	if got := s.Take(t.Context(), b); got.Refused() {
		t.Error("what was given back is lost")
	}
	if !s.Begins(t.Context(), "x", time.Hour) || s.Begins(t.Context(), "x", time.Hour) {
		t.Error("episodes are not counted")
	}
	if !s.Degraded() || strings.Count(logs.String(), "redis is away") != 1 {
		t.Errorf("degraded %v, logged %s", s.Degraded(), logs)
	}
}

// TestRedisComesAndGoes: who hangs up in the middle does not count as Redis being away, a killed connection does, and
// after the breaker's time nodes count together again.
func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()
	c, logs := newClock(), &bytes.Buffer{}
	s := shared(t, c, logs)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	b := bucket("breakable", 10, time.Minute)
	if s.Take(gone, b).Refused() || s.Degraded() {
		t.Error("somebody hung up, and Redis counts as away")
	}
	options, err := redis.ParseURL(redisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	other := redis.NewClient(options)
	defer other.Close()
	keys, err := other.Keys(t.Context(), "authly:*:throttle:breakable").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("no key in Redis: %v", err)
	}
	for _, key := range keys { // a value that the script cannot read is as good as no answer
		if err := other.LPush(t.Context(), key+"x", "y").Err(); err != nil {
			t.Fatal(err)
		}
		if err := other.Rename(t.Context(), key+"x", key).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if s.Take(t.Context(), b).Refused() || !s.Degraded() {
		t.Error("not degraded")
	}
	for range 4 {
		s.Take(t.Context(), b)
	}
	if !s.Take(t.Context(), b).Refused() {
		t.Error("alone it gives more than half of the burst")
	}
	other.Del(t.Context(), keys...)
	c.advance(5*time.Second - time.Microsecond)
	if s.Take(t.Context(), b); !s.Degraded() {
		t.Error("Redis was asked again before its time")
	}
	c.advance(time.Microsecond)
	if s.Take(t.Context(), b).Refused() || s.Degraded() || !strings.Contains(logs.String(), "redis is back") {
		t.Errorf("still degraded: %s", logs)
	}
}
