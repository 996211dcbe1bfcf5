package graph

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const duplicateDocument = `mutation($input:DuplicateClientInput!){duplicateClient(input:$input){clientSecret ` +
	`client{id clientId active builtIn secrets{id} version %} ` + clientProblems + `}}`

// duplicateClient sends duplicateClient with an input.
func (a *api) duplicateClient(tb testing.TB, token string, input map[string]any) reply {
	tb.Helper()
	document := strings.Replace(duplicateDocument, "%", strings.Join(storedClientFields(), " "), 1)
	return a.query(tb, token, document, map[string]any{"input": input})
}

// TestACopyOfAClientHasEverythingButItsCredentials: every stored field is the same, and nothing of the one opens the other.
func TestACopyOfAClientHasEverythingButItsCredentials(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		full := maps.Clone(fullClientShown(t))
		full["clientId"] = "full"
		made := a.createClient(t, token, full)
		id, _ := made.at("createClient", "client", "id").(string)
		want := registration(made.at("createClient", "client"))

		refused := a.duplicateClient(t, token, map[string]any{"id": id})
		missing := []string{"VALIDATION_FAILED input.jwks"}
		if diff := cmp.Diff(missing, paths(refused.problems(t, "duplicateClient"))); diff != "" {
			t.Errorf("its keys were copied: %s %s", diff, refused.body)
		}
		const elsewhere = "https://copy.example/jwks"
		got := a.duplicateClient(t, token, map[string]any{"id": id, "clientId": "copy", "jwksUri": elsewhere, "name": "Copy", "active": false})
		want["jwks"], want["jwksUri"], want["name"] = nil, elsewhere, "Copy"
		want["localized"] = map[string]any{"tos_uri#de": "https://full.example/de"} // its other name would still be the first one's
		want["assertionIssuer"], want["assertionSubject"] = nil, nil
		if diff := cmp.Diff(want, registration(got.at("duplicateClient", "client"))); diff != "" || len(got.problems(t, "duplicateClient")) > 0 {
			t.Error(diff, got.body)
		}
		if got.at("duplicateClient", "client", "active") != false || got.at("duplicateClient", "client", "clientId") != "copy" ||
			got.at("duplicateClient", "clientSecret") != nil || got.at("duplicateClient", "client", "id") == id {
			t.Error(got.body)
		}

		first := a.createClient(t, token, map[string]any{"clientId": "shop", "redirectUris": []string{"https://shop.example/cb"}})
		shop, _ := first.at("createClient", "client", "id").(string)
		second := a.duplicateClient(t, token, map[string]any{"id": shop, "expectedVersion": 1})
		clientID, _ := second.at("duplicateClient", "client", "clientId").(string)
		secret, _ := second.at("duplicateClient", "clientSecret").(string)
		old, _ := first.at("createClient", "clientSecret").(string)
		if len(secret) < 32 || secret == old || clientID == "shop" || len(second.at("duplicateClient", "client", "secrets").([]any)) != 1 {
			t.Fatal(second.body)
		}
		copied, err := a.domain.ClientAuth.Find(t.Context(), clientID)
		check(t, err)
		if !a.domain.ClientAuth.ProveSecret(copied, secret) || a.domain.ClientAuth.ProveSecret(copied, old) {
			t.Error("the copy has not its own secret")
		}
		if events := a.events(t, identity.ActionClientCreated); events < 4 {
			t.Errorf("%d events", events)
		}
	})
}

func TestBadCopiesOfClients(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	app := model.KindClient.ID(a.client.ID)
	for name, c := range map[string]struct {
		input map[string]any
		want  []string
	}{
		"unknown":      {map[string]any{"id": model.KindClient.ID(a.admin.ID)}, []string{"CLIENT_NOT_FOUND input.id"}},
		"another kind": {map[string]any{"id": model.KindUser.ID(a.admin.ID)}, []string{"CLIENT_NOT_FOUND input.id"}},
		"stale":        {map[string]any{"id": app, "expectedVersion": 7}, []string{"VERSION_CONFLICT input.expectedVersion"}},
		"taken":        {map[string]any{"id": app, "clientId": "app"}, []string{"CLIENT_ALREADY_EXISTS input.clientId"}},
		"several faults": {
			map[string]any{"id": app, "clientId": "a b", "name": "a\nb", "jwksUri": "ftp://x", "jwks": 5},
			[]string{
				"VALIDATION_FAILED input.clientId", "VALIDATION_FAILED input.jwks", "VALIDATION_FAILED input.jwksUri",
				"VALIDATION_FAILED input.name",
			},
		},
	} {
		got := a.duplicateClient(t, token, c.input)
		found := paths(got.problems(t, "duplicateClient"))
		if slices.Sort(found); !slices.Equal(found, c.want) || got.at("duplicateClient", "client") != nil {
			t.Errorf("%s: %q, want %q: %s", name, found, c.want, got.body)
		}
	}
}

// TestNobodyCopiesWhatTheyMayNotMake: a client of administration needs the right to make one, and each of its scopes.
func TestNobodyCopiesWhatTheyMayNotMake(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	var metadata identity.ClientMetadata
	metadata.RedirectURIs, metadata.Scope = []string{"https://console.example/cb"}, "openid "+identity.ScopeUsersRead
	console, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
		admin.NewClient{ClientID: "console", Metadata: metadata})
	check(t, err)
	input := map[string]any{"id": model.KindClient.ID(console.ID)}
	for name, scopes := range map[string][]string{
		"without the right":  {identity.ScopeClientsWrite, identity.ScopeUsersRead},
		"without its scope":  {identity.ScopeClientsWrite, identity.ScopeAdminsWrite},
		"without the write":  {identity.ScopeClientsRead, identity.ScopeUsersRead, identity.ScopeAdminsWrite},
		"with all of it, ok": {identity.ScopeClientsWrite, identity.ScopeUsersRead, identity.ScopeAdminsWrite},
	} {
		got := a.duplicateClient(t, a.token(t, a.admin, scopes...), input)
		if refused := strings.Contains(got.body, `"INSUFFICIENT_PRIVILEGES"`); refused != !strings.HasSuffix(name, "ok") {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

// paths returns the codes of userErrors with where they are.
func paths(problems []any) []string {
	var list []string
	for _, p := range problems {
		members := p.(map[string]any)
		var path []string
		for _, part := range members["path"].([]any) {
			path = append(path, part.(string))
		}
		list = append(list, members["code"].(string)+" "+strings.Join(path, "."))
	}
	return list
}
