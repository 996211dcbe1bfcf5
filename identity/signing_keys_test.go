package identity_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// kids returns the key ids by algorithm and state, as "ES256 active".
func (f *fixture) kids(t *testing.T) map[string][]string {
	t.Helper()
	list, err := f.SigningKeys.List(f.ctx)
	noError(t, err)
	kids := map[string][]string{}
	for _, k := range list {
		name := string(k.Algorithm) + " " + string(k.State)
		kids[name] = append(kids[name], k.KID)
	}
	return kids
}

func wantOneOfEach(t *testing.T, kids map[string][]string) {
	t.Helper()
	for _, alg := range identity.StandingAlgorithms() {
		for _, state := range []identity.KeyState{identity.KeyActive, identity.KeyNext} {
			if n := len(kids[string(alg)+" "+string(state)]); n != 1 {
				t.Errorf("%d %s keys are %s", n, alg, state)
			}
		}
	}
}

func TestEnsureSigningKeys(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.SigningKeys.Ensure(f.ctx))
	list, err := f.SigningKeys.List(f.ctx)
	noError(t, err)
	for _, k := range list {
		if (k.ActivatedAt != nil) != (k.State == identity.KeyActive) || !k.CreatedAt.Equal(start) || k.ExpiresAt != nil {
			t.Errorf("key %s is %s, activated at %v, expires at %v", k.KID, k.State, k.ActivatedAt, k.ExpiresAt)
		}
	}
	first, events := f.kids(t), len(f.audit(t, identity.ActionKeyCreated))
	wantOneOfEach(t, first)
	if events != len(list) {
		t.Errorf("%d events about %d keys", events, len(list))
	}
	noError(t, f.SigningKeys.Ensure(f.ctx))
	wantSame(t, f.kids(t), first)
	if len(f.audit(t, "")) != events {
		t.Error("the second time something was audited")
	}
}

func TestTwoNodesAgreeOnSigningKeys(t *testing.T) {
	t.Parallel()
	one, address := storetest.SQLite(t)
	other, err := store.Open(t.Context(), address, store.Options{})
	noError(t, err)
	t.Cleanup(func() { _ = other.Close() })
	nodes := []*fixture{newFixtureOn(t, one), newFixtureOn(t, other)}
	var group sync.WaitGroup
	for _, node := range nodes {
		group.Go(func() {
			if err := node.SigningKeys.Ensure(node.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	wantOneOfEach(t, nodes[0].kids(t))
	token, err := nodes[0].Signer.Sign(nodes[0].ctx, identity.ES256, identity.TypeIDToken, map[string]any{
		"iss": issuer, "iat": start.Unix(), "exp": start.Unix() + 60,
	})
	noError(t, err)
	var claims map[string]any
	noError(t, nodes[1].Signer.Verify(nodes[1].ctx, token, identity.TypeIDToken, &claims))
}

func TestRotation(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.SigningKeys.Ensure(f.ctx))
	before := f.kids(t)
	wantError(t, f.SigningKeys.Rotate(f.ctx), identity.ErrKeyTooYoung)
	wantSame(t, f.kids(t), before)

	f.advance(identity.KeySetMaxAge + 2*time.Minute)
	token, err := f.Signer.Sign(f.ctx, identity.ES256, identity.TypeIDToken, map[string]any{"iss": issuer})
	noError(t, err)
	noError(t, f.SigningKeys.Rotate(f.ctx, identity.ES256))
	after := f.kids(t)
	wantOneOfEach(t, after)
	wantSame(t, after["ES256 retired"], before["ES256 active"])
	wantSame(t, after["ES256 active"], before["ES256 next"])
	wantSame(t, after["RS256 active"], before["RS256 active"])
	f.advance(time.Minute) // what is in memory is read again
	set, err := f.Signer.KeySet(f.ctx)
	noError(t, err)
	if !strings.Contains(string(set), before["ES256 active"][0]) {
		t.Error("the retired key is no longer published")
	}
	var claims map[string]any
	noError(t, f.Signer.VerifyIgnoringTime(f.ctx, token, identity.TypeIDToken, &claims))
	wantError(t, f.SigningKeys.Rotate(f.ctx, identity.ES256), identity.ErrKeyTooYoung)

	f.advance(30 * 24 * time.Hour)
	if kids := f.kids(t); len(kids["ES256 retired"]) != 0 {
		t.Error("the retired key never goes")
	}
}

func TestKeysRotateByThemselves(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.SigningKeys.RotateDue(f.ctx))
	before := f.kids(t)
	f.advance(90*24*time.Hour - time.Second)
	noError(t, f.SigningKeys.RotateDue(f.ctx))
	wantSame(t, f.kids(t), before)
	f.advance(time.Second)
	noError(t, f.SigningKeys.RotateDue(f.ctx))
	after := f.kids(t)
	wantOneOfEach(t, after)
	for _, alg := range identity.StandingAlgorithms() {
		wantSame(t, after[string(alg)+" active"], before[string(alg)+" next"])
	}
}

// TestManyAdministratorsChangeKeysAtOnce: whatever they do, each algorithm has one key that signs and one that is next.
func TestManyAdministratorsChangeKeysAtOnce(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func() identity.Store{
		"SQLite": func() identity.Store { s, _ := storetest.SQLite(t); return s },
		"PostgreSQL": func() identity.Store {
			s, _ := storetest.Postgres(t, store.Options{})
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixtureOn(t, open())
			noError(t, f.SigningKeys.Ensure(f.ctx))
			for range 10 {
				kids := f.kids(t)
				var group sync.WaitGroup
				for _, change := range []func() error{
					func() error { _, err := f.admin.SigningKeys.Rotate(f.ctx, true, identity.ES256); return err },
					func() error { _, err := f.admin.SigningKeys.Rotate(f.ctx, true, identity.ES256); return err },
					func() error {
						_, err := f.admin.SigningKeys.Retire(f.ctx, kids["ES256 active"][0], identity.Retirement{Remove: true})
						return err
					},
					func() error {
						_, err := f.admin.SigningKeys.Retire(f.ctx, kids["ES256 next"][0], identity.Retirement{Emergency: true})
						return err
					},
					func() error { return f.SigningKeys.RotateDue(f.ctx) },
				} {
					group.Go(func() {
						if err := change(); err != nil && identity.AsError(err).Code != identity.CodeKeyNotFound {
							t.Error(err)
						}
					})
				}
				group.Wait()
				wantOneOfEach(t, f.kids(t))
			}
		})
	}
}
