package tests

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
	"github.com/authly/authly/tests/services/instance"
)

// seen is what a guesser sees of one answer.
type seen struct {
	status int
	text   string
}

// waitTold is how long a page says that one must wait, which goes down while many are answered.
var waitTold = regexp.MustCompile(`Try again in [0-9]+ [a-z]+`)

// guessTogether sends many wrong passwords for a name at once, each from the address of its number, and counts the answers.
func guessTogether(t *testing.T, n *harness.Node, name string, times int, ip func(i int) string) map[seen]int {
	t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: times},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections()
	answers, begin := make([]seen, times), make(chan struct{})
	var all sync.WaitGroup
	for i := range answers {
		form := url.Values{"username": {name}, "password": {"guess " + strconv.Itoa(i)}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/login", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		request.Header.Set("X-Forwarded-For", ip(i))
		all.Go(func() {
			<-begin
			response, err := client.Do(request)
			if err != nil {
				return // counted as an answer without a status
			}
			defer response.Body.Close()
			text, _ := io.ReadAll(response.Body)
			page := waitTold.ReplaceAllString(strings.ReplaceAll(string(text), name, "NAME"), "Try again in WAIT")
			answers[i] = seen{response.StatusCode, page}
		})
	}
	close(begin)
	all.Wait()
	counts := map[seen]int{}
	for _, answer := range answers {
		counts[answer]++
	}
	return counts
}

// TestParallelGuessesAreLookedAtNoMoreThanTheLimits: line 2 of what must be shown. Of 200 guesses at the same moment 5 are looked at from
// one address and 20 from as many networks, by the count of hashes, and a name that nobody has is answered alike.
func TestParallelGuessesAreLookedAtNoMoreThanTheLimits(t *testing.T) {
	t.Parallel()
	address := harness.FreeAddress(t)
	n := start(t, harness.SQLite(t), proxied, harness.Env("AUTHLY_METRICS_ADDR", address), harness.Env("AUTHLY_THROTTLE", "anonymous=10000/1ms"))
	hashes := func() int {
		count, err := strconv.Atoi(metric(t, address, "authly_password_hashes_total"))
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
	oneAddress := func(int) string { return "203.0.113.5" }
	networks := func(i int) string { return fmt.Sprintf("10.0.%d.1", i) }
	var pages map[seen]int
	for _, c := range []struct {
		name string
		from func(int) string
		most int
	}{{"alice", oneAddress, 5}, {"zelda", oneAddress, 5}, {"alice@example.org", networks, 20}, {"zelda@example.org", networks, 20}} {
		before := hashes()
		answers := guessTogether(t, n, c.name, 200, c.from)
		if looked := hashes() - before; looked > c.most || looked == 0 {
			t.Errorf("%s: %d hashes", c.name, looked)
		}
		statuses := map[int]int{}
		for answer, times := range answers {
			statuses[answer.status] += times
		}
		if statuses[http.StatusUnauthorized] != c.most || statuses[http.StatusTooManyRequests] != 200-c.most {
			t.Errorf("%s: %v", c.name, statuses)
		}
		if strings.HasPrefix(c.name, "alice") {
			pages = answers
			continue
		}
		for answer, times := range answers {
			if pages[answer] != times {
				t.Errorf("%s: %d times %d, for a name that somebody has %d: %s", c.name, times, answer.status, pages[answer], answer.text)
			}
		}
	}
}

// TestTheLimitsGoOnWithoutRedis: line 3 of what must be shown. Redis is killed between tries: guesses are limited more strictly, none is
// let through, the owner gets in where they have signed in before, and nothing is a fault, also when it is back.
func TestTheLimitsGoOnWithoutRedis(t *testing.T) {
	t.Parallel()
	redis, err := instance.StartRedis(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Close)
	address := harness.FreeAddress(t)
	n := start(t, harness.SQLite(t), proxied, harness.Env("AUTHLY_REDIS_URL", redis.URL), harness.Env("AUTHLY_METRICS_ADDR", address))
	home := typed{ip: "192.0.2.7", username: "alice", password: harness.AlicePassword}
	home.device = deviceOf(t, n, home.signIn(t, n))
	guesses := func(when, ip string, looked, refused int) {
		t.Helper()
		statuses := map[int]int{}
		for range looked + refused {
			statuses[typed{ip: ip, username: "alice", password: "wrong"}.signIn(t, n).Status]++
		}
		if statuses[http.StatusUnauthorized] != looked || statuses[http.StatusTooManyRequests] != refused {
			t.Errorf("%s: %v", when, statuses)
		}
		if a := home.signIn(t, n); a.Status != http.StatusSeeOther {
			t.Errorf("%s: the owner's browser: %d %s", when, a.Status, a.Text)
		}
	}
	guesses("with Redis", "203.0.113.5", 5, 3)
	redis.Kill()
	guesses("without, from elsewhere", "203.0.114.5", 2, 6) // half of the five
	if metric(t, address, "authly_throttle_degraded") != "1" {
		t.Error("nobody is told that Redis is away")
	}
	if err := redis.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	n.Clock.Advance(5 * time.Second)
	if a := home.signIn(t, n); a.Status != http.StatusSeeOther {
		t.Errorf("when it is back: %d %s", a.Status, a.Text)
	}
	if !eventually(func() bool {
		n.Clock.Advance(5 * time.Second)
		home.signIn(t, n)
		return metric(t, address, "authly_throttle_degraded") == "0"
	}) {
		t.Error("it is not used again")
	}
	guesses("when it is back", "203.0.115.5", 5, 3)
}
