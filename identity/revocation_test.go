package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestRevoke(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
	one, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	two, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	live := func(token string) bool {
		t.Helper()
		state, err := f.Tokens.Introspect(f.ctx, app, token)
		noError(t, err)
		return state != nil
	}
	for _, token := range []string{one.Value, r.RefreshToken, "unknown", ""} {
		noError(t, f.Grants.Revoke(f.ctx, other, token))
	}
	if !live(one.Value) || !live(r.RefreshToken) {
		t.Fatal("another client can revoke")
	}

	noError(t, f.Grants.Revoke(f.ctx, app, one.Value))
	noError(t, f.Grants.Revoke(f.ctx, app, one.Value))
	if live(one.Value) || !live(two.Value) || !live(r.RefreshToken) {
		t.Error("an access token does not die alone")
	}
	noError(t, f.Grants.Revoke(f.ctx, app, r.RefreshToken))
	noError(t, f.Grants.Revoke(f.ctx, app, r.RefreshToken))
	if live(two.Value) || live(r.RefreshToken) {
		t.Error("the grant lives on without its refresh token")
	}
	if g := f.grant(t, r.Grant.ID); g.EndReason != identity.EndClientRevoked {
		t.Errorf("the grant ended as %q", g.EndReason)
	}
	if events := f.audit(t, identity.ActionGrantEnded); len(events) != 1 || events[0].Outcome != identity.OutcomeSuccess {
		t.Errorf("audited as %+v", events)
	}
}

func TestInspectRefreshToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	r := f.redeem(t, app, f.signIn(t, u), "openid", "offline_access")
	f.advance(time.Hour)
	next, err := f.refresh(app, r.RefreshToken)
	noError(t, err)
	state, err := f.Tokens.Introspect(f.ctx, app, next.RefreshToken)
	noError(t, err)
	wantSame(t, state, &identity.TokenState{
		TokenType: "refresh_token", Issuer: issuer, Subject: u.ID.String(), Username: "alice", ClientID: "app", Audience: identity.Audience{"app"},
		Scope: "openid offline_access", IssuedAt: f.Now().Unix(), ExpiresAt: f.Now().Add(14 * 24 * time.Hour).Unix(), AuthTime: start.Unix(), ACR: levelOne,
	})
	old, err := f.Tokens.Introspect(f.ctx, app, r.RefreshToken)
	noError(t, err)
	if old != nil {
		t.Errorf("the previous token is introspected as %+v", old)
	}
	if f.grant(t, r.Grant.ID).EndedAt != nil {
		t.Error("introspection counts as use")
	}
}

func TestInspectAccessToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	r := f.redeem(t, app, f.signIn(t, u), "openid")
	issued, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	state, err := f.Tokens.Introspect(f.ctx, app, issued.Value)
	noError(t, err)
	_, claims := payload(t, issued.Value)
	wantSame(t, state, &identity.TokenState{
		TokenType: "Bearer", Issuer: issuer, Subject: u.ID.String(), Username: "alice", ClientID: "app", Audience: identity.Audience{issuer},
		Scope: "openid", ID: claims["jti"].(string), IssuedAt: start.Unix(), ExpiresAt: start.Add(10 * time.Minute).Unix(), AuthTime: start.Unix(), ACR: levelOne,
	})
}
