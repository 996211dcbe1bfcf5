package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const clientSecretFields = "client{version secrets{id expiresAt}} " + clientProblems

// secret sends a mutation of the secrets of a client.
func (a *api) secret(tb testing.TB, token, field, members, more string) reply {
	tb.Helper()
	return a.query(tb, token, "mutation{"+field+"(input:{"+members+"}){"+more+" "+clientSecretFields+"}}", nil)
}

func TestRotateClientSecret(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeClientsWrite, identity.ScopeAdminsWrite)
	const document = `mutation($id:ID!,$grace:Int!){rotateClientSecret(input:{id:$id,graceSeconds:$grace}){
		client{clientId version secrets{createdAt expiresAt}} clientSecret userErrors{__typename code message path}}}`
	a.now = a.now.Add(time.Minute)
	got := a.query(t, token, document, map[string]any{"id": model.KindClient.ID(a.client.ID), "grace": 60})
	want := map[string]any{"clientId": "app", "version": 2.0, "secrets": []any{
		map[string]any{"createdAt": "2026-11-01T12:01:00.000Z", "expiresAt": nil},
		map[string]any{"createdAt": "2026-11-01T12:00:00.000Z", "expiresAt": "2026-11-01T12:02:00.000Z"},
	}}
	secret, _ := got.at("rotateClientSecret", "clientSecret").(string)
	if diff := cmp.Diff(want, got.at("rotateClientSecret", "client")); diff != "" || len(secret) < 32 {
		t.Error(diff, got.body)
	}
	client, err := a.domain.ClientAuth.Find(t.Context(), "app")
	check(t, err)
	if !a.domain.ClientAuth.ProveSecret(client, secret) {
		t.Error("the secret does not work")
	}
	var metadata identity.ClientMetadata
	metadata.RedirectURIs, metadata.TokenEndpointAuthMethod = []string{"https://app.example/cb"}, identity.AuthNone
	public, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
		admin.NewClient{ClientID: "public", Metadata: metadata})
	check(t, err)
	got = a.query(t, token, document, map[string]any{"id": model.KindClient.ID(public.ID), "grace": 0})
	refused := []any{problem("InvalidInput", "CLIENT_INVALID_CONFIG", nil, "input", "id")}
	if diff := cmp.Diff(refused, got.problems(t, "rotateClientSecret")); diff != "" {
		t.Error(diff)
	}
	got = a.secret(t, token, "addClientSecret", `id:"`+model.KindClient.ID(public.ID)+`"`, "secretId clientSecret")
	if diff := cmp.Diff(refused, got.problems(t, "addClientSecret")); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsOfAClientAreAddedAndEndedByTheirIds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		chosen := strings.Repeat("chosen-", 5)
		made := a.createClient(t, token, map[string]any{"redirectUris": []string{"https://x.example/cb"}, "clientSecret": chosen})
		id, _ := made.at("createClient", "client", "id").(string)
		clientID, _ := made.at("createClient", "client", "clientId").(string)
		works := func(secret string) bool {
			client, err := a.domain.ClientAuth.Find(t.Context(), clientID)
			check(t, err)
			return a.domain.ClientAuth.ProveSecret(client, secret)
		}
		if !works(chosen) || made.at("createClient", "clientSecret") != nil {
			t.Errorf("the chosen secret does not work, or is shown: %s", made.body)
		}
		stored, err := a.store.ClientByClientID(t.Context(), clientID)
		check(t, err)
		first := model.KindSecret.ID(stored.Secrets[0].ID)
		of := `id:"` + id + `"`
		added := a.secret(t, token, "addClientSecret", of+`,expiresAt:"2026-11-01T13:00:00Z",expectedVersion:1`, "secretId clientSecret")
		value, _ := added.at("addClientSecret", "clientSecret").(string)
		want := map[string]any{"version": 2.0, "secrets": []any{
			map[string]any{"id": added.at("addClientSecret", "secretId"), "expiresAt": "2026-11-01T13:00:00.000Z"},
			map[string]any{"id": first, "expiresAt": nil},
		}}
		if diff := cmp.Diff(any(want), added.at("addClientSecret", "client")); diff != "" || !works(value) {
			t.Error(diff, added.body)
		}
		second, _ := added.at("addClientSecret", "secretId").(string)
		for _, test := range []struct {
			field, members string
			want           []any
		}{
			{"addClientSecret", of, []any{problem("InvalidInput", "CLIENT_SECRET_LIMIT", nil, "input", "id")}},
			{"addClientSecret", of + `,clientSecret:"short",expiresAt:"2026-11-01T12:00:00Z"`, []any{
				problem("InvalidInput", "CLIENT_SECRET_LIMIT", nil, "input", "id"),
				problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "clientSecret"),
				problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "expiresAt"),
			}},
			{"addClientSecret", of + `,expectedVersion:1`, []any{
				problem("VersionConflict", "VERSION_CONFLICT", map[string]any{"currentVersion": 2.0}, "input", "expectedVersion"),
			}},
			{"endClientSecret", `id:"cli_x",secretId:"` + second + `"`, []any{
				problem("NotFound", "CLIENT_NOT_FOUND", map[string]any{"id": "cli_x"}, "input", "id"),
			}},
			{"endClientSecret", of + `,secretId:"` + id + `"`, []any{
				problem("NotFound", "CLIENT_SECRET_NOT_FOUND", map[string]any{"id": id}, "input", "secretId"),
			}},
			{"endClientSecret", `id:"` + model.KindClient.ID(a.client.ID) + `",secretId:"` + second + `"`, []any{
				problem("NotFound", "CLIENT_SECRET_NOT_FOUND", map[string]any{"id": second}, "input", "secretId"),
			}},
			{"endClientSecret", of + `,secretId:"` + first + `",expectedVersion:2`, nil},
			{"endClientSecret", of + `,secretId:"` + second + `"`, []any{
				problem("InvalidInput", "LAST_CLIENT_SECRET", nil, "input", "secretId"),
			}},
		} {
			got := a.secret(t, token, test.field, test.members, "")
			if diff := cmp.Diff(test.want, nilIfNone(got.problems(t, test.field))); diff != "" {
				t.Errorf("%s %s: %s", test.field, test.members, diff)
			}
		}
		if works(chosen) || !works(value) {
			t.Error("the secret that was ended works, or the other does not")
		}
		if log := a.log.String(); strings.Contains(log, chosen) || strings.Contains(log, value) {
			t.Error("a secret is in the log")
		}
	})
}

func nilIfNone(problems []any) []any {
	if len(problems) == 0 {
		return nil
	}
	return problems
}

// TestAChosenSecretIsCheckedEverywhereAlike: createClient, addClientSecret and a declaration refuse the same.
func TestAChosenSecretIsCheckedEverywhereAlike(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	system := identity.WithActor(t.Context(), identity.SystemActor("test"))
	want := []any{problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "clientSecret")}
	for _, secret := range []string{strings.Repeat("x", 31), strings.Repeat("x", 256), strings.Repeat("x", 32) + "\n"} {
		input := map[string]any{"redirectUris": []string{"https://x.example/cb"}, "clientSecret": secret}
		if diff := cmp.Diff(want, a.createClient(t, token, input).problems(t, "createClient")); diff != "" {
			t.Error(diff)
		}
		got := a.query(t, token, "mutation($id:ID!,$secret:String){addClientSecret(input:{id:$id,clientSecret:$secret}){"+clientProblems+"}}",
			map[string]any{"id": model.KindClient.ID(a.client.ID), "secret": secret})
		if diff := cmp.Diff(want, got.problems(t, "addClientSecret")); diff != "" {
			t.Error(diff)
		}
		var metadata identity.ClientMetadata
		metadata.RedirectURIs = []string{"https://x.example/cb"}
		declared := admin.Desired{Clients: []admin.NewClient{{ClientID: "x", Secret: secret, Metadata: metadata}}}
		_, err := a.services.Declarations.Apply(system, declared, true)
		if e := identity.AllErrors(err); len(e) != 1 || e[0].Field != "clients[0].client_secret" {
			t.Error(err)
		}
	}
	public := map[string]any{
		"redirectUris": []string{"https://x.example/cb"}, "tokenEndpointAuthMethod": "none", "clientSecret": strings.Repeat("x", 32),
	}
	if diff := cmp.Diff(want, a.createClient(t, token, public).problems(t, "createClient")); diff != "" {
		t.Error(diff)
	}
}
