package graph

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// passkey gives a user a passkey, of which nobody has the key.
func (a *api) passkey(t *testing.T, user identity.User, name string, later ...time.Duration) string {
	t.Helper()
	p := identity.Passkey{
		ID: a.domain.Source.NewID(), UserID: user.ID, Handle: user.ID[:], CredentialID: []byte(name), Record: []byte("{}"), Name: name,
		BackupEligible: true, BackedUp: true, CreatedAt: a.now,
	}
	for _, d := range later {
		p.CreatedAt = p.CreatedAt.Add(d)
	}
	added, err := a.store.InsertPasskey(t.Context(), p)
	check(t, err)
	if !added {
		t.Fatal("the passkey was not added")
	}
	return model.KindPasskey.ID(p.ID)
}

// securityKey gives a user a security key, of which nobody has the key.
func (a *api) securityKey(t *testing.T, user identity.User, name string) string {
	t.Helper()
	p := identity.Passkey{
		ID: a.domain.Source.NewID(), UserID: user.ID, Handle: user.ID[:], CredentialID: []byte(name), Record: []byte("{}"), Name: name,
		SecurityKey: true, CreatedAt: a.now,
	}
	added, err := a.store.InsertPasskey(t.Context(), p)
	check(t, err)
	if !added {
		t.Fatal("the security key was not added")
	}
	return model.KindKey.ID(p.ID)
}

// TestSecurityKeysAreListedBesidePasskeys: with them in one statement, and taken away by themselves.
func TestSecurityKeysAreListedBesidePasskeys(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		passkey, key, other := a.passkey(t, bob, "Phone"), a.securityKey(t, bob, "Blue"), a.securityKey(t, carol, "Red")
		token := a.token(t, a.admin, "admin:users:write", "admin:users:read")
		before := a.statements.Load()
		got := a.query(t, token, `{users(orderBy:{field:USERNAME}){nodes{username secondFactor passkeys{id} securityKeys{id name lastUsedAt cloneSuspectedAt}}}}`, nil)
		if n := a.statements.Load() - before; n != 3 { // the token, the users, both kinds
			t.Errorf("%d statements", n)
		}
		shown := func(username string, passkeys []any, id, name string) map[string]any {
			keys := []any{}
			if id != "" {
				keys = append(keys, map[string]any{"id": id, "name": name, "lastUsedAt": nil, "cloneSuspectedAt": nil})
			}
			return map[string]any{"username": username, "secondFactor": id != "", "passkeys": passkeys, "securityKeys": keys}
		}
		want := []any{
			shown("bob", []any{map[string]any{"id": passkey}}, key, "Blue"), shown("carol", []any{}, other, "Red"), shown("root", []any{}, "", ""),
		}
		if diff := cmp.Diff(any(want), got.at("users", "nodes")); diff != "" {
			t.Error(diff)
		}
		const remove = `mutation($u:ID!,$k:ID!){removeSecurityKey(input:{id:$u,securityKeyId:$k}){user{secondFactor securityKeys{name}} userErrors{code path}}}`
		in := func(key string) map[string]any { return map[string]any{"u": model.KindUser.ID(bob.ID), "k": key} }
		desk := a.token(t, a.admin, "admin:users:reset", "admin:users:read")
		if got := a.query(t, desk, remove, in(key)); len(got.Errors) == 0 {
			t.Errorf("who may reset passwords: %s", got.body)
		}
		for _, none := range []string{other, passkey, "sky_" + passkey[len("psk_"):], "sky_" + uuid.NewString(), "x"} {
			got := a.query(t, token, remove, in(none))
			wrong := []any{map[string]any{"code": "CREDENTIAL_NOT_FOUND", "path": []any{"input", "securityKeyId"}}}
			if diff := cmp.Diff(any(wrong), got.at("removeSecurityKey", "userErrors")); diff != "" {
				t.Errorf("%s: %s", none, diff)
			}
		}
		got = a.query(t, token, remove, in(key))
		if diff := cmp.Diff(any(map[string]any{"secondFactor": false, "securityKeys": []any{}}), got.at("removeSecurityKey", "user")); diff != "" {
			t.Error(diff)
		}
	})
}

// TestPasskeysAreListedForAListAndTakenAway: by one statement for all users, and by who may write users.
func TestPasskeysAreListedForAListAndTakenAway(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		first, other := a.passkey(t, bob, "Phone"), a.passkey(t, carol, "Key")
		a.passkey(t, bob, "Laptop", time.Minute)
		token := a.token(t, a.admin, "admin:users:write", "admin:users:read")
		before := a.statements.Load()
		got := a.query(t, token, `{users(orderBy:{field:USERNAME}){nodes{username passkeys{name lastUsedAt backedUp cloneSuspectedAt}}}}`, nil)
		if n := a.statements.Load() - before; n != 3 { // the token, the users, their passkeys
			t.Errorf("%d statements", n)
		}
		shown := func(names ...string) []any {
			list := []any{}
			for _, name := range names {
				list = append(list, map[string]any{"name": name, "lastUsedAt": nil, "backedUp": true, "cloneSuspectedAt": nil})
			}
			return list
		}
		want := []any{
			map[string]any{"username": "bob", "passkeys": shown("Phone", "Laptop")},
			map[string]any{"username": "carol", "passkeys": shown("Key")},
			map[string]any{"username": "root", "passkeys": shown()},
		}
		if diff := cmp.Diff(any(want), got.at("users", "nodes")); diff != "" {
			t.Error(diff)
		}
		const remove = `mutation($u:ID!,$p:ID!){removePasskey(input:{id:$u,passkeyId:$p}){user{passkeys{name}} userErrors{code path}}}`
		in := func(passkey string) map[string]any {
			return map[string]any{"u": model.KindUser.ID(bob.ID), "p": passkey}
		}
		desk := a.token(t, a.admin, "admin:users:reset", "admin:users:read")
		if got := a.query(t, desk, remove, in(first)); len(got.Errors) == 0 {
			t.Errorf("who may reset passwords: %s", got.body)
		}
		for _, none := range []string{other, "psk_" + uuid.NewString(), "x"} {
			got := a.query(t, token, remove, in(none))
			wrong := []any{map[string]any{"code": "CREDENTIAL_NOT_FOUND", "path": []any{"input", "passkeyId"}}}
			if diff := cmp.Diff(any(wrong), got.at("removePasskey", "userErrors")); diff != "" {
				t.Errorf("%s: %s", none, diff)
			}
		}
		got = a.query(t, token, remove, in(first))
		if diff := cmp.Diff(any([]any{map[string]any{"name": "Laptop"}}), got.at("removePasskey", "user", "passkeys")); diff != "" {
			t.Error(diff)
		}
	})
}
