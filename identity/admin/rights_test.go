package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// targets are what a change is tried on; each change has its own.
type targets struct {
	user    identity.User
	session identity.Session
	grant   identity.Grant
	client  identity.Client
}

// change is one way to change something, with the scope that its method asks for.
type change struct {
	scope string
	do    func(ctx context.Context, f *fixture, on targets) error
}

// firstOutcome is the refusal of the only user of an operation on several.
func firstOutcome(outcomes []admin.BulkOutcome, err error) error {
	if err == nil && outcomes[0].Err != nil {
		return outcomes[0].Err
	}
	return err
}

func onUser[T any](do func(ctx context.Context, f *fixture, on targets) (T, error)) change {
	return change{identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := do(ctx, f, on)
		return err
	}}
}

func onSessions[T any](do func(ctx context.Context, f *fixture, on targets) (T, error)) change {
	c := onUser(do)
	c.scope = identity.ScopeSessionsWrite
	return c
}

func updates(c admin.UserChange) change {
	return onUser(func(ctx context.Context, f *fixture, on targets) (identity.User, error) {
		return f.admin.Users.Update(ctx, on.user.ID, c, nil)
	})
}

func flagged(flags identity.UserFlags, dryRun bool) change {
	return change{identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, on targets) error {
		return firstOutcome(f.admin.Users.BulkUpdate(ctx, []uuid.UUID{on.user.ID}, flags, dryRun))
	}}
}

// userChanges are all changes whose target is a user.
var userChanges = map[string]change{
	"username":   updates(admin.UserChange{Username: ptr("renamed")}),
	"email":      updates(admin.UserChange{Email: ptr("elsewhere@example.org")}),
	"password":   updates(admin.UserChange{Password: ptr("another otter 20 river")}),
	"deactivate": updates(admin.UserChange{Active: ptr(false)}),
	"verified":   updates(admin.UserChange{Verified: ptr(false)}),
	"claims":     updates(admin.UserChange{Claims: &identity.Claims{Nickname: "x"}}),
	"reset": onUser(func(ctx context.Context, f *fixture, on targets) (admin.PasswordReset, error) {
		return f.admin.Users.ResetPassword(ctx, on.user.ID)
	}),
	"unlock": onUser(func(ctx context.Context, f *fixture, on targets) (identity.User, error) {
		return f.admin.Users.Unlock(ctx, on.user.ID)
	}),
	"delete": onUser(func(ctx context.Context, f *fixture, on targets) (identity.DeletedCounts, error) {
		return f.admin.Users.Delete(ctx, on.user.ID, admin.DeleteUserOptions{})
	}),
	"bulk flags":      flagged(identity.UserFlags{Verified: ptr(false)}, false),
	"bulk flags, dry": flagged(identity.UserFlags{Active: ptr(false)}, true),
	"bulk reset": {identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, on targets) error {
		return firstOutcome(f.admin.Users.BulkResetPasswords(ctx, []uuid.UUID{on.user.ID}, false))
	}},
	"bulk delete": {identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, on targets) error {
		return firstOutcome(f.admin.Users.BulkDelete(ctx, []uuid.UUID{on.user.ID}, false, false))
	}},
	"bulk sessions": {identity.ScopeSessionsWrite, func(ctx context.Context, f *fixture, on targets) error {
		return firstOutcome(f.admin.Users.BulkRevokeSessions(ctx, []uuid.UUID{on.user.ID}, true, false))
	}},
	"grant": onUser(func(ctx context.Context, f *fixture, on targets) (int, error) {
		return f.admin.Grants.RevokeForUser(ctx, on.user.ID, on.grant.ID, uuid.Nil)
	}),
	"grants of a client": onUser(func(ctx context.Context, f *fixture, on targets) (int, error) {
		return f.admin.Grants.RevokeForUser(ctx, on.user.ID, uuid.Nil, on.grant.ClientID)
	}),
	"grants by id": onSessions(func(ctx context.Context, f *fixture, on targets) (admin.RevokedGrants, error) {
		return f.admin.Grants.Revoke(ctx, admin.RevokeGrants{IDs: []uuid.UUID{on.grant.ID}})
	}),
	"grants by user": onSessions(func(ctx context.Context, f *fixture, on targets) (admin.RevokedGrants, error) {
		return f.admin.Grants.Revoke(ctx, admin.RevokeGrants{UserID: on.user.ID})
	}),
	"sessions": onSessions(func(ctx context.Context, f *fixture, on targets) (identity.RevokedCounts, error) {
		return f.admin.Users.RevokeSessions(ctx, on.user.ID, true)
	}),
	"session": onSessions(func(ctx context.Context, f *fixture, on targets) (identity.RevokedCounts, error) {
		return f.admin.Sessions.Revoke(ctx, admin.RevokeBy{IDs: []uuid.UUID{on.session.ID}})
	}),
	"sessions by user": onSessions(func(ctx context.Context, f *fixture, on targets) (identity.RevokedCounts, error) {
		return f.admin.Sessions.Revoke(ctx, admin.RevokeBy{UserID: on.user.ID})
	}),
	"sessions by client": onSessions(func(ctx context.Context, f *fixture, on targets) (identity.RevokedCounts, error) {
		return f.admin.Sessions.Revoke(ctx, admin.RevokeBy{ClientID: on.grant.ClientID})
	}),
}

// promotions make an administrator where there was none.
var promotions = map[string]change{
	"promote":      updates(admin.UserChange{Admin: ptr(true)}),
	"bulk promote": flagged(identity.UserFlags{Admin: ptr(true)}, false),
	"create": {identity.ScopeUsersWrite, func(ctx context.Context, f *fixture, _ targets) error {
		_, _, err := f.admin.Users.Create(ctx, admin.NewUser{
			Username: "made", Email: "made@example.org", GeneratePassword: true, Admin: true,
		})
		return err
	}},
}

// target makes a user with a session, a grant and a consent.
func (f *fixture) target(t *testing.T, isAdmin bool) targets {
	t.Helper()
	name := "u" + uuid.NewString()[:8]
	on := targets{user: f.user(t, name, func(n *admin.NewUser) { n.Admin = isAdmin })}
	b := f.signIn(t, on.user)
	on.session, on.user = b.Session, f.reread(t, on.user)
	on.grant = f.redeem(t, f.client(t, "c-"+name), b, "openid").Grant
	noError(t, f.store.SaveConsent(f.ctx, identity.Consent{
		UserID: on.user.ID, ClientID: on.grant.ClientID, CreatedAt: f.Now(), UpdatedAt: f.Now(),
	}))
	return on
}

// TestAdministratorsAreChangedOnlyWithAScopeOfTheirOwn: every change × a plain user, an administrator × with and without
// admin:admins:write. What is refused has changed nothing.
func TestAdministratorsAreChangedOnlyWithAScopeOfTheirOwn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root := f.user(t, "root", administrator)
		refused := func(t *testing.T, c change, on targets) {
			t.Helper()
			wantError(t, c.do(f.as(root, c.scope), f, on), coded(identity.CodeInsufficientScope))
			wantError(t, c.do(f.as(root, identity.ScopeAdminsWrite), f, on), coded(identity.CodeInsufficientScope))
			wantSame(t, f.reread(t, on.user), on.user)
			if f.grant(t, on.grant.ID).EndedAt != nil || f.session(t, on.session.ID).EndedAt != nil {
				t.Fatal("the refused change has ended something")
			}
			noError(t, c.do(f.as(root, c.scope, identity.ScopeAdminsWrite), f, on))
		}
		for name, c := range userChanges {
			t.Run(name, func(t *testing.T) {
				plain := f.target(t, false)
				noError(t, c.do(f.as(root, c.scope), f, plain))
				if _, err := f.store.UserByID(f.ctx, plain.user.ID); err == nil { // the new name is free again
					_, err = f.admin.Users.Delete(f.ctx, plain.user.ID, admin.DeleteUserOptions{})
					noError(t, err)
				}
				refused(t, c, f.target(t, true))
			})
		}
		for name, c := range promotions {
			t.Run(name, func(t *testing.T) { refused(t, c, f.target(t, false)) })
		}
	})
}

func edits(edit func(c *identity.Client) admin.ClientChange) change {
	return change{identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, _, err := f.admin.Clients.Update(ctx, on.client.ID, edit(&on.client), nil)
		return err
	}}
}

func editsMetadata(edit func(m *identity.ClientMetadata)) change {
	return edits(func(c *identity.Client) admin.ClientChange {
		edit(&c.Metadata)
		return admin.ClientChange{Metadata: &c.Metadata}
	})
}

// publicKey is that of RFC 8037 appendix A.2.
const publicKey = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`

// clientChanges are all changes whose target is a client.
var clientChanges = map[string]change{
	"name":         editsMetadata(func(m *identity.ClientMetadata) { m.Name = "Other" }),
	"redirect URI": editsMetadata(func(m *identity.ClientMetadata) { m.RedirectURIs = []string{"https://elsewhere.example/cb"} }),
	"keys": editsMetadata(func(m *identity.ClientMetadata) {
		m.TokenEndpointAuthMethod, m.JWKS = identity.AuthPrivateKeyJWT, json.RawMessage(publicKey)
	}),
	"scope":      editsMetadata(func(m *identity.ClientMetadata) { m.Scope = "openid email" }),
	"deactivate": edits(func(*identity.Client) admin.ClientChange { return admin.ClientChange{Active: ptr(false)} }),
	"secret": edits(func(*identity.Client) admin.ClientChange {
		return admin.ClientChange{Secret: ptr("0123456789012345678901234567890123456789")}
	}),
	"rotate": {identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := f.admin.Clients.RotateSecret(ctx, on.client.ID, 0)
		return err
	}},
	"add a secret": {identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := f.admin.Clients.AddSecret(ctx, on.client.ID, admin.NewSecret{})
		return err
	}},
	"end a secret": {identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := f.admin.Clients.EndSecret(ctx, on.client.ID, on.client.Secrets[0].ID, nil)
		if errors.Is(err, coded(identity.CodeLastSecret)) {
			return nil // the right was there
		}
		return err
	}},
	"grants": {identity.ScopeSessionsWrite, func(ctx context.Context, f *fixture, on targets) error {
		_, err := f.admin.Grants.Revoke(ctx, admin.RevokeGrants{ClientID: on.client.ID})
		return err
	}},
	"delete": {identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, on targets) error {
		return f.admin.Clients.Delete(ctx, on.client.ID)
	}},
}

// TestClientsOfAdministrationAreChangedOnlyWithAScopeOfTheirOwn: every change × a plain client, a service administrator, a
// console of administrators × with and without admin:admins:write.
func TestClientsOfAdministrationAreChangedOnlyWithAScopeOfTheirOwn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root := f.user(t, "root", administrator)
		kinds := map[string]func(c *clientFields){
			"plain":   func(c *clientFields) { c.Scope = "openid profile" },
			"marked":  func(c *clientFields) { c.Scope, c.ServiceAdmin = "openid", true },
			"service": func(c *clientFields) { c.Scope, c.ServiceAdmin = "openid admin:users:read", true },
			"console": func(c *clientFields) { c.Scope = "openid admin:users:read" },
		}
		for name, c := range clientChanges {
			for kind, fields := range kinds {
				t.Run(name+" of "+kind, func(t *testing.T) {
					on := targets{client: f.client(t, "c"+uuid.NewString()[:8], fields)}
					err := c.do(f.as(root, c.scope), f, on)
					if kind == "plain" {
						noError(t, err)
						return
					}
					wantError(t, err, coded(identity.CodeInsufficientScope))
					now, err := f.store.ClientByID(f.ctx, on.client.ID)
					noError(t, err)
					wantSame(t, now, on.client)
					noError(t, c.do(f.as(root, c.scope, identity.ScopeAdminsWrite), f, on))
				})
			}
		}
	})
}

// TestNobodyGrantsWhatTheyDoNotHold: a client, new or changed, and a resource get a scope of administration only from
// somebody who has it and admin:admins:write.
func TestNobodyGrantsWhatTheyDoNotHold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	const wanted = identity.ScopeAuditRead
	tries := map[string]change{
		"create": {identity.ScopeClientsWrite, func(ctx context.Context, f *fixture, _ targets) error {
			m := identity.ClientMetadata{GrantTypes: []identity.GrantType{identity.GrantClientCredentials}, Scope: wanted}
			_, _, err := f.admin.Clients.Create(ctx, admin.NewClient{Metadata: m})
			return err
		}},
		"scope": editsMetadata(func(m *identity.ClientMetadata) { m.Scope = "openid " + wanted }),
		"resource": {identity.ScopeScopesWrite, func(ctx context.Context, f *fixture, _ targets) error {
			_, err := f.admin.Scopes.SaveResource(ctx, identity.Resource{URI: api, Name: "API", Scopes: []string{wanted}})
			return err
		}},
	}
	for name, c := range tries {
		t.Run(name, func(t *testing.T) {
			on := targets{client: f.client(t, "c"+uuid.NewString()[:8], func(c *clientFields) { c.Scope = "openid" })}
			all := []string{c.scope, identity.ScopeAdminsWrite, wanted}
			for _, missing := range all {
				have := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == missing })
				wantError(t, c.do(f.as(root, have...), f, on), coded(identity.CodeInsufficientScope))
			}
			noError(t, c.do(f.as(root, all...), f, on))
		})
	}
	wantError(t, f.admin.Scopes.DeleteResource(f.as(root, identity.ScopeScopesWrite), api), coded(identity.CodeInsufficientScope))

	console := targets{client: f.client(t, "console", func(c *clientFields) { c.Scope = wanted })}
	mark := edits(func(c *identity.Client) admin.ClientChange {
		c.Policy.ServiceAdmin = true
		return admin.ClientChange{Policy: &c.Policy}
	})
	both := []string{identity.ScopeClientsWrite, identity.ScopeAdminsWrite}
	wantError(t, mark.do(f.as(root, both...), f, console), coded(identity.CodeInsufficientScope))
	noError(t, mark.do(f.as(root, append(both, wanted)...), f, console))

	builtIn := identity.Scope{Name: wanted, Description: "Read nothing of interest"}
	_, err := f.admin.Scopes.Save(f.as(root, identity.ScopeScopesWrite), builtIn)
	wantError(t, err, coded(identity.CodeInsufficientScope))
	_, err = f.admin.Scopes.Save(f.as(root, identity.ScopeScopesWrite), identity.Scope{Name: "invoices"})
	noError(t, err)
	_, err = f.admin.Scopes.Save(f.as(root, identity.ScopeScopesWrite, identity.ScopeAdminsWrite), builtIn)
	noError(t, err)
}

// TestARepeatedCallNeedsTheRightOfToday: what an earlier call did to an administrator is not told to whoever may not do it
// any more, and a key does not open what is refused.
func TestARepeatedCallNeedsTheRightOfToday(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root, boss := f.user(t, "root", administrator), f.user(t, "boss", administrator)
		service := f.client(t, "service", func(c *clientFields) { c.ServiceAdmin = true })
		for name, c := range map[string]change{
			"update": userChanges["verified"], "reset": userChanges["reset"], "unlock": userChanges["unlock"], "rotate": clientChanges["rotate"],
		} {
			with := func(scopes ...string) error {
				once, err := admin.NewIdempotency(name, "key-"+name, nil)
				noError(t, err)
				return c.do(admin.WithIdempotency(f.as(root, scopes...), once), f, targets{user: boss, client: service})
			}
			wantError(t, with(c.scope), coded(identity.CodeInsufficientScope))
			noError(t, with(c.scope, identity.ScopeAdminsWrite))
			wantError(t, with(c.scope), coded(identity.CodeInsufficientScope))
			noError(t, with(c.scope, identity.ScopeAdminsWrite))
		}
	})
}
