package tests

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// administration is an administrator at work: a node, and a token with every scope of administration.
type administration struct {
	*harness.Node
	token string
}

// administer starts a node with Alice, the clients web and console, and an administrator.
func administer(t *testing.T, db harness.Database, opts ...harness.Option) administration {
	t.Helper()
	n := start(t, db, opts...)
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	return administration{Node: n, token: consoleToken(t, n, every()...)}
}

// every is every scope of administration.
func every() []string {
	var scopes []string
	for _, s := range identity.BuiltInScopes() {
		if identity.IsAdminScope(s.Name) {
			scopes = append(scopes, s.Name)
		}
	}
	return scopes
}

// object is a JSON object.
type object = map[string]any

// run sends an operation that must succeed, with variables as name, value pairs, and returns the data. The bucket of
// points is full each time.
func (a administration) run(t *testing.T, document string, variables ...any) object {
	t.Helper()
	answer := a.try(t, document, variables...)
	data, ok := answer.Body["data"].(object)
	if !ok || answer.Body["errors"] != nil {
		t.Fatalf("%s: %d %.600s", document, answer.Status, answer.Text)
	}
	return data
}

// try sends an operation.
func (a administration) try(t *testing.T, document string, variables ...any) harness.Answer {
	t.Helper()
	a.Clock.Advance(6 * time.Second) // 600 points
	return a.GraphQL(t, a.token, document, pairs(variables))
}

func pairs(list []any) object {
	out := object{}
	for i := 0; i+1 < len(list); i += 2 {
		out[list[i].(string)] = list[i+1]
	}
	return out
}

// dig walks into JSON by names and places.
func dig(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			o, _ := value.(object)
			value = o[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}

// problems returns the codes of the userErrors of a payload, each with its path, such as "USER_NOT_FOUND id".
func problems(payload any) string {
	list, _ := dig(payload, "userErrors").([]any)
	texts := []string{}
	for _, item := range list {
		path, _ := dig(item, "path").([]any)
		text, _ := dig(item, "code").(string)
		for _, step := range path[min(1, len(path)):] {
			text += " " + step.(string)
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return strings.Join(texts, ", ")
}

const createDocument = `mutation($input:CreateUserInput!){createUser(input:$input){
	user{id sub username email active verified admin requiresPasswordChange activeSessionCount version name givenName familyName middleName
	nickname preferredUsername profile picture website gender birthdate zoneinfo locale phoneNumber phoneNumberVerified createdBy
	address{formatted streetAddress locality region postalCode country}} temporaryPassword userErrors{code message path}}}`

// create adds a user with further members of the input, and returns the payload.
func (a administration) create(t *testing.T, username string, more object) any {
	t.Helper()
	input := object{"username": username, "email": username + "@example.org", "password": object{"password": harness.BobPassword}}
	for name, value := range more {
		input[name] = value
	}
	return a.run(t, createDocument, "input", input)["createUser"]
}

// added is the id of a new user.
func (a administration) added(t *testing.T, username string, more object) string {
	t.Helper()
	payload := a.create(t, username, more)
	id, ok := dig(payload, "user", "id").(string)
	if !ok {
		t.Fatalf("create %s: %v", username, payload)
	}
	return id
}

// update changes a user by members in JSON, and returns the payload.
func (a administration) update(t *testing.T, id, members string) any {
	t.Helper()
	return a.run(t, `mutation($input:UpdateUserInput!){updateUser(input:$input){user{username email active verified admin
		requiresPasswordChange version givenName nickname birthdate locale} userErrors{code message path}}}`,
		"input", json.RawMessage(`{"id":"`+id+`",`+members+`}`))["updateUser"]
}

// remove deletes a user and returns the payload.
func (a administration) remove(t *testing.T, id string) any {
	t.Helper()
	return a.run(t, `mutation($id:ID!){deleteUser(input:{id:$id}){deletedUserId removed{sessions grants consents} userErrors{code message path}}}`,
		"id", id)["deleteUser"]
}

// refuses checks that a field without its scope is refused by name, that a token is needed, and that it must be an
// administrator's.
func (a administration) refuses(t *testing.T, scope, document string, variables ...any) {
	t.Helper()
	a.refusesWithout(t, []string{scope}, document, variables...)
}

// refusesWithout is refuses for a field that each of some scopes opens.
func (a administration) refusesWithout(t *testing.T, scopes []string, document string, variables ...any) {
	t.Helper()
	others := slices.DeleteFunc(every(), func(s string) bool { return slices.Contains(scopes, s) })
	answer := a.GraphQL(t, consoleToken(t, a.Node, others...), document, pairs(variables))
	if answer.Status != http.StatusForbidden || !strings.Contains(answer.Text, `"INSUFFICIENT_PRIVILEGES"`) ||
		!strings.Contains(answer.Text, `"requiredScopes":[["`+strings.Join(scopes, `"],["`)+`"]]`) {
		t.Errorf("without %s: %d %s", scopes, answer.Status, answer.Text)
	}
	answer = a.GraphQL(t, "", document, pairs(variables))
	if answer.Status != http.StatusUnauthorized || !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Bearer resource_metadata=") ||
		!strings.Contains(answer.Text, `"UNAUTHORIZED"`) {
		t.Errorf("without a token: %d %s", answer.Status, answer.Text)
	}
	party := harness.NewParty(t, a.Node, "console", append([]string{"openid"}, scopes...)...)
	token := party.Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword).AccessToken
	answer = a.GraphQL(t, token, document, pairs(variables))
	if answer.Status != http.StatusForbidden || !strings.Contains(answer.Text, `"INSUFFICIENT_PRIVILEGES"`) {
		t.Errorf("not an administrator: %d %s", answer.Status, answer.Text)
	}
}

// refusesWithoutOneOf checks that a document is refused to callers who lack one of the scopes that it needs together.
func (a administration) refusesWithoutOneOf(t *testing.T, scopes []string, document string, variables ...any) {
	t.Helper()
	for _, missing := range scopes {
		others := slices.DeleteFunc(every(), func(s string) bool { return s == missing })
		answer := a.GraphQL(t, consoleToken(t, a.Node, others...), document, pairs(variables))
		if answer.Status != http.StatusForbidden || !strings.Contains(answer.Text, `"INSUFFICIENT_PRIVILEGES"`) ||
			!strings.Contains(answer.Text, `"requiredScopes":[["`+strings.Join(scopes, `","`)+`"]]`) {
			t.Errorf("without %s: %d %s", missing, answer.Status, answer.Text)
		}
	}
}

// signIn signs a user in at the client web, and returns the browser and the tokens.
func (a administration) signIn(t *testing.T, username, password string) (*harness.Browser, tokens) {
	t.Helper()
	b := harness.NewBrowser(t, a.Node)
	token := harness.NewParty(t, a.Node, "web").Tokens(b, username, password)
	return b, tokens{access: token.AccessToken, refresh: token.RefreshToken}
}

// tokens are those of a grant of the client web.
type tokens struct{ access, refresh string }

// oauth returns them to a check.
func oauth(k tokens) *oauth2.Token {
	return &oauth2.Token{AccessToken: k.access, RefreshToken: k.refresh}
}

// refusedAt checks that neither token works at a node.
func (k tokens) refusedAt(t *testing.T, n *harness.Node) {
	t.Helper()
	if answer := n.UserInfo(t, k.access); answer.Status != http.StatusUnauthorized {
		t.Errorf("the access token: %d %s", answer.Status, answer.Text)
	}
	oauthError(t, "the refresh token", n.Refresh(t, "web", k.refresh), 400, "invalid_grant")
}
