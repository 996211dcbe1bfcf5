package tests

import (
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheUsageOfAClientOutlivesItsNodes: what two nodes have counted adds up when they stop.
func TestTheUsageOfAClientOutlivesItsNodes(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	first := start(t, db)
	withAPIs(t, first)
	second := start(t, db, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
	third := administer(t, db, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
	for _, n := range []*harness.Node{first, second, second} {
		if got := n.Token(t, "machine", "grant_type", "client_credentials"); got.Status != 200 {
			t.Fatalf("%d %s", got.Status, got.Body)
		}
	}
	second.Token(t, "machine", "grant_type", "client_credentials", "scope", "nothing") // refused
	second.Token(t, "stranger", "grant_type", "client_credentials")
	first.Stop()
	second.Stop()
	usage := dig(third.run(t, `{client(by:{clientId:"machine"}){usage(days:2){lastUsedAt tokens refusals}}}`), "client", "usage")
	if dig(usage, "tokens") != 3.0 || dig(usage, "refusals") != 1.0 || dig(usage, "lastUsedAt") == nil {
		t.Errorf("%v", usage)
	}
}
