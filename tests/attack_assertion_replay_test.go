package tests

import (
	"net/http"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAnAssertionIsUsedOnceOverTwoNodes presents one assertion to two nodes at the same time.
func TestAnAssertionIsUsedOnceOverTwoNodes(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	a := harness.Start(t, db)
	b := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", a.Issuer), harness.WithClock(a.Clock))
	key := newClientKey(t, "k1")
	a.Apply(t, admin.Desired{
		Scopes:  []identity.Scope{{Name: "reports"}},
		Clients: []admin.NewClient{serviceClient("robot", func(m *identity.ClientMetadata) { m.JWKS = key.JWKS(t) })},
	})
	assertion := key.assertion(t, a, "robot", nil)
	var all sync.WaitGroup
	statuses := make([]int, 40)
	for i := range statuses {
		node := []*harness.Node{a, b}[i%2]
		all.Go(func() { statuses[i] = withAssertion(node, t, assertion).Status })
	}
	all.Wait()
	accepted := 0
	for _, status := range statuses {
		if status == http.StatusOK {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("accepted %d times", accepted)
	}
}
