package identity_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// incompressible is text that no compression makes shorter than its bits.
func incompressible(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw)[:n]
}

func TestAHandleTellsNothingAndCannotBeMade(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	p := params("openid")
	p.State, p.LoginHint = strings.Repeat("state", 300), "alice@example.org"
	for _, p := range []identity.AuthorizationParams{p, params("openid")} {
		i, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, p))
		noError(t, err)
		raw, err := base64.RawURLEncoding.DecodeString(i.Handle)
		noError(t, err)
		if strings.Contains(string(raw), "alice") || strings.Contains(string(raw), "state") {
			t.Error("the handle can be read")
		}
		loaded, err := f.Interactions.Load(f.ctx, i.Handle)
		noError(t, err)
		wantSame(t, loaded, i)
		for at := range raw {
			changed := append([]byte(nil), raw...)
			changed[at] ^= 1
			_, err := f.Interactions.Load(f.ctx, base64.RawURLEncoding.EncodeToString(changed))
			wantError(t, err, identity.ErrInteractionNotFound)
		}
	}
}

func TestAHandleOutlivesARotationOfTheRootKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	i, err := f.Interactions.Seal(f.Interactions.NewAuthorize(f.client(t, "app"), params("openid")))
	noError(t, err)
	for _, test := range []struct {
		ring *identity.Keyring
		want error
	}{{keyring(t, root('b'), root('a')), nil}, {keyring(t, root('b')), identity.ErrInteractionNotFound}} {
		deps := f.deps
		deps.Keys = test.ring
		loaded, err := identity.New(deps).Interactions.Load(f.ctx, i.Handle)
		wantError(t, err, test.want)
		if err == nil {
			wantSame(t, loaded, i)
		}
	}
}

// TestARequestHasTheSizeOfItsHandle: what a page could not carry on is refused at once, whether or not there will be one.
func TestARequestHasTheSizeOfItsHandle(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	check := func(p identity.AuthorizationParams, want bool) {
		t.Helper()
		i := f.Interactions.NewAuthorize(app, p)
		sealed, err := f.Interactions.Seal(i)
		if (err == nil) != want || (f.Interactions.CheckSize(i) == nil) != want {
			t.Fatalf("size %d: %v, %v", len(p.State), err, f.Interactions.CheckSize(i))
		}
		if err != nil && identity.AsError(err).Kind != identity.Invalid {
			t.Errorf("refused with %v", err)
		}
		if len(sealed.Handle) > 6<<10 {
			t.Errorf("a handle of %d characters", len(sealed.Handle))
		}
	}
	p := params("openid", "profile", "email", "offline_access")
	text := incompressible(4096 + 2000)
	p.State = text[:4096] // the longest that is taken
	check(p, true)
	p.Claims = []byte(fmt.Sprintf("%q", text[4096:]))
	check(p, false)
	p.Claims, p.State = nil, strings.Repeat("\x01", 4096) // six bytes each in JSON
	check(p, true)
	p.State = strings.Repeat("x", 40_000) // compresses well, but is too much to carry
	check(p, false)
	// What is taken for granted is so for the worst of texts.
	p = identity.AuthorizationParams{}
	control := incompressible(700)
	for i := range control {
		p.State += string(rune(control[i]%31 + 1))
	}
	check(p, true)
}

// TestAnExpiredInteractionBeginsAnew: nothing that was done in it counts, and the client must still be allowed to ask.
func TestAnExpiredInteractionBeginsAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	draft := f.Interactions.NewAuthorize(app, params("openid", "email"))
	draft.Params.Prompt = []string{"login"}
	old, err := f.Interactions.Seal(draft)
	noError(t, err)
	old, err = f.Interactions.SignedIn(f.ctx, old, b)
	noError(t, err)
	load := func() (identity.Interaction, error) { return f.Interactions.Load(f.ctx, old.Handle) }

	f.advance(f.Settings.Get().InteractionTTL - time.Microsecond)
	still, err := load()
	noError(t, err)
	wantSame(t, still.ID, old.ID)
	f.advance(time.Microsecond)
	anew, err := load()
	noError(t, err)
	if anew.ID == old.ID || anew.Handle == old.Handle || anew.AuthenticatedAt != nil || anew.SessionID != nil || anew.DoneAt != nil {
		t.Errorf("begins anew as %+v", anew)
	}
	wantSame(t, anew.Params, old.Params)
	wantSame(t, anew.ExpiresAt, f.clock.Now().Add(f.Settings.Get().InteractionTTL))
	if step, err := f.Interactions.Next(f.ctx, anew, &b); err != nil || step != identity.StepFirstFactor {
		t.Errorf("goes on to %q, %v", step, err)
	}
	again, err := f.Interactions.Load(f.ctx, anew.Handle)
	noError(t, err)
	wantSame(t, again, anew)

	metadata := app.Metadata
	metadata.Scope = "openid"
	_, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &metadata}, nil)
	noError(t, err)
	anew, err = load()
	noError(t, err)
	wantSame(t, anew.Params.Scopes, []string{"openid"})
	metadata.RedirectURIs = []string{"https://app.example.org/other"}
	_, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &metadata}, nil)
	noError(t, err)
	_, err = load()
	wantError(t, err, identity.ErrInteractionNotFound)

	account, err := f.Interactions.Seal(f.Interactions.NewAccount(identity.ReturnToPassword))
	noError(t, err)
	f.advance(25 * time.Hour)
	anew, err = f.Interactions.Load(f.ctx, account.Handle)
	noError(t, err)
	wantSame(t, anew.ReturnPath, identity.ReturnToPassword)
	f.advance(time.Microsecond)
	_, err = f.Interactions.Load(f.ctx, account.Handle)
	wantError(t, err, identity.ErrInteractionNotFound)
}

// TestAFinishedInteractionLeadsOnInItsSession: with another code, of which only the last can be redeemed.
func TestAFinishedInteractionLeadsOnInItsSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	b, other := f.signIn(t, u), f.signIn(t, u)
	load := func(i identity.Interaction) identity.Interaction {
		t.Helper()
		i, err := f.Interactions.Load(f.ctx, i.Handle)
		noError(t, err)
		return i
	}
	next := func(i identity.Interaction, b *identity.BrowserSession, want identity.Step) {
		t.Helper()
		step, err := f.Interactions.Next(f.ctx, i, b)
		if step != want || (want == "") != (err != nil) {
			t.Fatalf("goes on to %q, %v", step, err)
		}
		if err != nil {
			wantError(t, err, identity.ErrInteractionNotFound)
		}
	}
	redeem := func(code string, want error) {
		t.Helper()
		_, err := f.Grants.Exchange(f.ctx, app, proof(code))
		wantError(t, err, want)
	}
	i, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	noError(t, f.Authorizations.Approve(f.ctx, i, b))
	first, err := f.Authorizations.Issue(f.ctx, load(i), b)
	noError(t, err)
	next(load(i), &b, identity.StepRepeat)
	next(load(i), &other, "")
	next(load(i), nil, "")
	second, err := f.Authorizations.Repeat(f.ctx, load(i), b)
	noError(t, err)
	redeem(first.Code, identity.ErrInvalidGrant)
	redeem(second.Code, nil)
	third, err := f.Authorizations.Repeat(f.ctx, load(i), b) // the answer of the client to the second was never seen
	noError(t, err)
	redeem(second.Code, identity.ErrInvalidGrant)
	redeem(third.Code, nil)

	mustChange := b
	mustChange.User.RequiresPasswordChange = true
	next(load(i), &mustChange, "")

	stale := load(i)
	issued := make([]identity.Issuance, 6)
	var group sync.WaitGroup
	for n := range issued {
		group.Go(func() { issued[n], _ = f.Authorizations.Repeat(f.ctx, stale, b) })
	}
	group.Wait()
	usable := 0
	for _, answer := range issued {
		if _, err := f.Grants.Exchange(f.ctx, app, proof(answer.Code)); err == nil {
			usable++
		}
	}
	if usable != 1 {
		t.Errorf("%d codes can be redeemed", usable)
	}

	denied, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	noError(t, f.Authorizations.Deny(f.ctx, denied, b))
	next(load(denied), &b, identity.StepRepeat)
	next(load(denied), &other, "")
	_, err = f.Authorizations.Repeat(f.ctx, load(stale), other)
	wantError(t, err, identity.ErrInteractionNotFound)
}

// TestAStoredRequestOfTheVersionBeforeGoesOn: it was stored whole, under the digest of a handle of 43 characters.
func TestAStoredRequestOfTheVersionBeforeGoesOn(t *testing.T) {
	t.Parallel()
	storage, _ := storetest.SQLite(t)
	f := newFixtureOn(t, storage)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	i := f.Interactions.NewAuthorize(app, params("openid"))
	i.Handle = f.Source.NewSecret()
	i.Digest = f.deps.Keys.Digest(identity.PurposeInteraction, i.Handle)
	noError(t, storage.SaveInteraction(f.ctx, i))
	loaded, err := f.Interactions.Load(f.ctx, i.Handle)
	noError(t, err)
	wantSame(t, loaded, i)
	loaded, err = f.Interactions.SignedIn(f.ctx, loaded, b)
	noError(t, err)
	noError(t, f.Authorizations.Approve(f.ctx, loaded, b))
	loaded, err = f.Interactions.Load(f.ctx, i.Handle)
	noError(t, err)
	if step, err := f.Interactions.Next(f.ctx, loaded, &b); err != nil || step != identity.StepIssue {
		t.Errorf("goes on to %q, %v", step, err)
	}
	_, err = f.Authorizations.Issue(f.ctx, loaded, b)
	noError(t, err)
	_, err = f.Authorizations.Issue(f.ctx, loaded, b)
	wantError(t, err, identity.ErrInteractionNotFound)
}

// TestNothingIsStoredBeforeAPersonActs: what is stored then has nothing of what was asked.
func TestNothingIsStoredBeforeAPersonActs(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	ctx, counter := store.CountStatements(context.WithoutCancel(f.ctx))
	i, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	i, err = f.Interactions.Load(ctx, i.Handle)
	noError(t, err)
	_, err = f.Interactions.Next(ctx, i, nil)
	noError(t, err)
	for _, operation := range counter.Operations() {
		if !strings.HasPrefix(operation, "select ") {
			t.Errorf("a stranger caused %q", operation)
		}
	}
	_, err = f.Interactions.SignedIn(f.ctx, i, b)
	noError(t, err)
	stored, err := f.store.InteractionByID(f.ctx, i.ID)
	noError(t, err)
	wantSame(t, stored.Params, identity.AuthorizationParams{})
	if !stored.ExpiresAt.After(i.ExpiresAt) {
		t.Error("the row is swept while the handle is good")
	}
}
