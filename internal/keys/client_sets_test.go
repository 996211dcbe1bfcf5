package keys_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/keys"
)

// publisher answers for every jwks_uri and records what it was asked for.
type publisher struct {
	verifier *keys.ClientKeys
	private  *ecdsa.PrivateKey
	now      time.Time

	mu      sync.Mutex
	fetched []string
	text    string
	err     error
	hangs   chan struct{} // until it is closed, if there is one
}

func newPublisher(t *testing.T) *publisher {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: "k1"}}})
	if err != nil {
		t.Fatal(err)
	}
	p := &publisher{private: private, text: string(set), now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	p.verifier = keys.NewClientKeys(p.fetch, identity.Source{Clock: func() time.Time { return p.now }, Random: rand.Reader})
	return p
}

func (p *publisher) fetch(ctx context.Context, address string) ([]byte, error) {
	p.mu.Lock()
	p.fetched = append(p.fetched, address)
	p.mu.Unlock()
	if p.hangs != nil {
		select {
		case <-p.hangs:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return []byte(p.text), p.err
}

// verify reports whether what the client at an address signed is accepted.
func (p *publisher) verify(t *testing.T, address, kid string) bool {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"iss": "robot"})
	token.Header["kid"] = kid
	signed, err := token.SignedString(p.private)
	if err != nil {
		t.Error(err)
	}
	var client identity.Client
	client.Metadata.JWKSURI = address
	_, err = p.verifier.VerifyAssertion(t.Context(), client, signed)
	if err != nil && !errors.Is(err, identity.ErrInvalidToken) {
		t.Error(err)
	}
	return err == nil
}

// times is how often a document was fetched since the last look.
func (p *publisher) times() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.fetched)
	p.fetched = nil
	return n
}

const keysOfRobot = "https://robot.example/jwks"

func TestManyRequestsShareOneFetchOfAKeySet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPublisher(t)
		p.hangs = make(chan struct{})
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if !p.verify(t, keysOfRobot, "k1") {
					t.Error("refused")
				}
			})
		}
		synctest.Wait()
		if n := p.times(); n != 1 {
			t.Errorf("%d fetches while one hangs", n)
		}
		close(p.hangs)
		all.Wait()
		if n := p.times(); n != 0 {
			t.Errorf("%d more fetches", n)
		}
	})
}

func TestAHostThatHangsGetsFewFetchesAndHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPublisher(t)
		p.hangs = make(chan struct{})
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() { p.verify(t, fmt.Sprintf("https://robot.example:%d/jwks", 8000+i), "k1") })
		}
		synctest.Wait()
		if n := p.times(); n != 4 {
			t.Errorf("%d fetches from one host", n)
		}
		all.Go(func() { p.verify(t, "https://other.example/jwks", "k1") })
		synctest.Wait()
		if n := p.times(); n != 1 {
			t.Error("another host was not asked")
		}
		close(p.hangs)
		all.Wait()
	})
}

func TestAFailedFetchOfAKeySetIsRememberedForLongerEachTime(t *testing.T) {
	t.Parallel()
	const key = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",` +
		`"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`
	for name, breaks := range map[string]func(*publisher){
		"no answer":     func(p *publisher) { p.err = errors.New("no answer") },
		"nonsense":      func(p *publisher) { p.text = "<html>" },
		"too many keys": func(p *publisher) { p.text = `{"keys":[` + key + strings.Repeat(","+key, 100) + `]}` },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPublisher(t)
			good := p.text
			breaks(p)
			for _, pause := range []time.Duration{10, 20, 40, 80, 160, 320, 600, 600} {
				for range 5 {
					if p.verify(t, keysOfRobot, "k1") {
						t.Fatal("accepted")
					}
				}
				p.now = p.now.Add(pause*time.Second - 1)
				p.verify(t, keysOfRobot, "another")
				if n := p.times(); n != 1 {
					t.Errorf("%d fetches in a pause of %d s", n, pause)
				}
				p.now = p.now.Add(1)
			}
			p.text, p.err = good, nil
			if !p.verify(t, keysOfRobot, "k1") || p.times() != 1 {
				t.Error("the client does not recover")
			}
		})
	}
}

func TestAKeySetThatCannotBeFetchedAgainServesForAnHour(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	p.verify(t, keysOfRobot, "k1")
	p.err = errors.New("no answer")
	p.now = p.now.Add(time.Hour - 1)
	if !p.verify(t, keysOfRobot, "k1") || p.times() != 2 {
		t.Error("what was known does not serve")
	}
	p.now = p.now.Add(1)
	if p.verify(t, keysOfRobot, "k1") || p.times() != 0 {
		t.Error("a key that may be revoked long since serves on")
	}
}

func TestAFullCacheOfKeySetsDropsOnlyTheOneThatWasIdleLongest(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	address := func(i int) string { return "https://robot.example/" + strconv.Itoa(i) }
	for i := range 1000 {
		p.verify(t, address(i), "k1")
		p.now = p.now.Add(time.Millisecond)
	}
	p.verify(t, address(0), "k1") // now 1 is the oldest
	p.now = p.now.Add(time.Millisecond)
	p.verify(t, address(1000), "k1")
	p.times()
	for _, i := range []int{0, 2, 500, 999, 1000} {
		p.verify(t, address(i), "k1")
	}
	if n := p.times(); n != 0 {
		t.Errorf("%d sets were dropped besides", n)
	}
	if p.verify(t, address(1), "k1"); p.times() != 1 {
		t.Error("nothing was dropped")
	}
}

// TestAFreshCertificateIsFetched: one that a client has published since is found at its first use, and one that was taken away is gone.
func TestAFreshCertificateIsFetched(t *testing.T) {
	t.Parallel()
	p := newPublisher(t)
	publish := func() (der []byte) {
		template := &x509.Certificate{SerialNumber: big.NewInt(1)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, p.private.Public(), p.private)
		if err != nil {
			t.Fatal(err)
		}
		set, err := json.Marshal(map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-384", "x5c": [][]byte{der}}}})
		if err != nil {
			t.Fatal(err)
		}
		p.text = string(set)
		return der
	}
	var client identity.Client
	client.Metadata.JWKSURI = keysOfRobot
	has := func(der []byte) bool {
		ok, err := p.verifier.HasCertificate(t.Context(), client, der)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	first := publish()
	if found, again := has(first), has(first); !found || !again || p.times() != 1 {
		t.Error("a published certificate is not found, or fetched twice")
	}
	second := publish()
	if has(second) || p.times() != 0 {
		t.Error("an unknown certificate makes a set be fetched at once")
	}
	p.now = p.now.Add(10 * time.Second)
	if !has(second) || has(first) || p.times() != 1 {
		t.Error("a fresh certificate is not found, or the old one still is")
	}
	p.text, client.Metadata.JWKSURI = "<html>", "https://robot.example/none"
	if _, err := p.verifier.HasCertificate(t.Context(), client, first); !errors.Is(err, identity.ErrInvalidToken) {
		t.Errorf("a set that cannot be read: %v", err)
	}
}
