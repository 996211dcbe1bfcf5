package tests

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// proofs is how many proofs of possession are sent; -proofs 10000 sends more.
var proofs = flag.Int("proofs", 2000, "proofs that are sent to two nodes at once")

// TestEachOfManyProofsIsAcceptedOnce, on two nodes that share a PostgreSQL, with Redis and without: each proof comes to both at once.
// What is remembered of them is one row each, which goes when the proof could not be used any more.
func TestEachOfManyProofsIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	proofs := *proofs
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("run the tests with make test: AUTHLY_TEST_REDIS_URL is not set")
	}
	for name, opts := range map[string][]harness.Option{"with Redis": {harness.Env("AUTHLY_REDIS_URL", redis)}, "without Redis": nil} {
		t.Run(name, func(t *testing.T) {
			db := harness.Postgres(t)
			first := start(t, db, opts...)
			second := harness.Start(t, db, append(opts, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))...)
			first.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
			key := newClientKey(t, "")
			const workers = 16
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * workers}}
			defer client.CloseIdleConnections()
			send := func(n *harness.Node, proof string) (status int, body string) {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+tokenPath, strings.NewReader("grant_type=client_credentials"))
				if err != nil {
					t.Error(err)
					return 0, ""
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("DPoP", proof)
				r.SetBasicAuth("machine", harness.ClientSecret)
				a := harness.DoWith(t, client, r)
				return a.Status, a.Text
			}
			var next, wrong atomic.Int64
			var all sync.WaitGroup
			for range workers {
				all.Go(func() {
					for next.Add(1) <= int64(proofs) {
						proof := key.proof(t, first, http.MethodPost, tokenPath, "", nil)
						var one, other int
						var text, otherText string
						var both sync.WaitGroup
						both.Go(func() { one, text = send(first, proof) })
						both.Go(func() { other, otherText = send(second, proof) })
						both.Wait()
						refusal := text
						if one == http.StatusOK {
							refusal = otherText
						}
						if one+other != http.StatusOK+http.StatusBadRequest || !strings.Contains(refusal, "invalid_dpop_proof") {
							wrong.Add(1)
						}
					}
				})
			}
			all.Wait()
			if wrong.Load() > 0 {
				t.Errorf("%d of %d proofs were not accepted once", wrong.Load(), proofs)
			}
			const stored = "SELECT count(*) FROM replay_keys"
			if n := db.Count(t, stored); n != proofs {
				t.Errorf("%d rows for %d proofs", n, proofs)
			}
			first.Clock.Advance(2 * time.Minute)
			if _, err := second.Server.Domain.Retention.Sweep(harness.System(t)); err != nil {
				t.Fatal(err)
			}
			if n := db.Count(t, stored); n != 0 {
				t.Errorf("%d rows outlive their proofs", n)
			}
		})
	}
}
