package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// keySetCopy is a client's copy of the key set, fetched again only when its max-age is over.
type keySetCopy struct {
	node *harness.Node

	mu      sync.Mutex
	fetched time.Time
	keys    map[string]*ecdsa.PublicKey
}

func (c *keySetCopy) key(t *testing.T, kid string) *ecdsa.PublicKey {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.node.Clock.Now()
	if c.keys == nil || now.Sub(c.fetched) >= identity.KeySetMaxAge {
		text, err := c.node.Server.Domain.Signer.KeySet(t.Context())
		if err != nil {
			t.Error(err)
			return nil
		}
		c.keys, c.fetched = ecKeys(t, text), now
	}
	return c.keys[kid]
}

func ecKeys(t *testing.T, text []byte) map[string]*ecdsa.PublicKey {
	t.Helper()
	var set struct {
		Keys []struct{ Kty, Kid, X, Y string } `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		t.Error(err)
	}
	keys := map[string]*ecdsa.PublicKey{}
	for _, k := range set.Keys {
		if k.Kty == "EC" {
			x, _ := base64.RawURLEncoding.DecodeString(k.X)
			y, _ := base64.RawURLEncoding.DecodeString(k.Y)
			public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
			if err != nil {
				t.Error(err)
			}
			keys[k.Kid] = public
		}
	}
	return keys
}

func (c *keySetCopy) verify(t *testing.T, token string) bool {
	t.Helper()
	parts := strings.Split(token, ".")
	kid, _ := harness.JWT(t, token, 0)["kid"].(string)
	key := c.key(t, kid)
	if key == nil {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return ecdsa.Verify(key, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
}

// TestNoClientMeetsAnUnknownKey issues 10 000 tokens on two nodes across three rotations; each verifies with a copy of
// the key set that is kept for its max-age, on either node.
func TestNoClientMeetsAnUnknownKey(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	a := harness.Start(t, db)
	b := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", a.Issuer), harness.WithClock(a.Clock))
	nodes := []*harness.Node{a, b}
	client := identity.Client{ClientID: "robot"}
	copies := []*keySetCopy{{node: a}, {node: b}}
	const rounds, workers, perWorker = 40, 10, 25
	kids := sync.Map{}
	for round := range rounds {
		var all sync.WaitGroup
		for w := range workers {
			all.Go(func() {
				for i := range perWorker {
					token, err := nodes[(w+i)%2].Server.Domain.Tokens.Issue(t.Context(), identity.Issuance{Client: client}, nil)
					if err != nil {
						t.Error(err)
						return
					}
					kids.Store(harness.JWT(t, token.Value, 0)["kid"], true)
					if !copies[w%2].verify(t, token.Value) {
						t.Errorf("round %d: a token does not verify", round)
						return
					}
				}
			})
		}
		if round%10 == 9 && round < rounds-1 {
			// In the middle of the load, on a node that the tokens come from too.
			if _, err := nodes[round%2].Server.Admin.SigningKeys.Rotate(harness.System(t), false); err != nil {
				t.Error(err)
			}
		}
		all.Wait()
		a.Clock.Advance(50 * time.Second)
	}
	count := 0
	kids.Range(func(any, any) bool { count++; return true })
	if count != 4 {
		t.Errorf("%d keys have signed, want 4 across three rotations", count)
	}
}

func TestARotationWaitsUntilClientsKnowTheNextKey(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	keys := n.Server.Domain.SigningKeys
	if err := keys.Rotate(harness.System(t)); identity.AsError(err).Code != identity.CodeKeyTooYoung {
		t.Errorf("a key that nobody knows signs: %v", err)
	}
	n.Clock.Advance(10 * time.Minute)
	before, err := keys.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Rotate(harness.System(t)); err != nil {
		t.Fatal(err)
	}
	after, err := keys.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	states := map[identity.KeyState]int{}
	for _, k := range after {
		states[k.State]++
	}
	n3 := len(identity.StandingAlgorithms())
	if len(after) != len(before)+n3 || states[identity.KeyActive] != n3 || states[identity.KeyNext] != n3 ||
		states[identity.KeyRetired] != n3 {
		t.Errorf("states %v", states)
	}
	// Nothing is due until the active key has signed for its whole life; then it happens by itself.
	if err := keys.RotateDue(harness.System(t)); err != nil {
		t.Fatal(err)
	}
	if same, _ := keys.List(t.Context()); len(same) != len(after) {
		t.Error("a rotation before its time")
	}
	n.Clock.Advance(91 * 24 * time.Hour)
	if err := keys.RotateDue(harness.System(t)); err != nil {
		t.Fatal(err)
	}
	last, err := keys.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range last {
		for _, old := range after {
			if k.KID == old.KID && old.State == identity.KeyActive && k.State != identity.KeyRetired {
				t.Errorf("key %s still %s after 91 days", k.Algorithm, k.State)
			}
		}
	}
}
