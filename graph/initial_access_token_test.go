package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// initialAccessToken stores a token and returns its id.
func (a *api) initialAccessToken(t *testing.T) uuid.UUID {
	t.Helper()
	id := a.domain.Source.NewID()
	check(t, a.store.InsertInitialAccessToken(t.Context(), identity.InitialAccessToken{
		ID: id, Digest: id[:], Name: "build server", Uses: 3, UsesLeft: 2, CreatedBy: "root", CreatedAt: a.now, ExpiresAt: a.now.Add(time.Hour),
	}))
	return id
}

// TestInitialAccessTokensAreShown without what is presented, to who reads clients; who writes them makes and ends tokens.
func TestInitialAccessTokensAreShown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		id := model.KindInitial.ID(a.initialAccessToken(t))
		reader, writer := a.token(t, a.admin, "admin:clients:read"), a.token(t, a.admin, "admin:clients:write")
		one := a.query(t, reader, `{initialAccessToken(id:"`+id+`"){name uses usesLeft createdBy} node(id:"`+id+`"){__typename}
			initialAccessTokens(orderBy:{field:CREATED_AT,direction:ASC}){totalCount{value} nodes{id} edges{node{id}}}}`, nil)
		if one.at("initialAccessToken", "usesLeft") != 2.0 || one.at("node", "__typename") != "InitialAccessToken" ||
			one.at("initialAccessTokens", "totalCount", "value") != 1.0 || !strings.Contains(one.body, `"nodes":[{"id":"`+id+`"}],"edges":[{"node":{"id":"`+id+`"}}]`) {
			t.Errorf("one: %s", one.body)
		}
		for _, token := range []string{reader, a.token(t, a.admin, "admin:users:write")} {
			if got := a.query(t, token, `mutation{createInitialAccessToken(input:{name:"x"}){token}}`, nil); len(got.Errors) == 0 {
				t.Errorf("without the scope: %s", got.body)
			}
		}
		for input, problem := range map[string]string{
			`{name:"",uses:1}`:      `"code":"MISSING_REQUIRED_FIELD","path":["input","name"]`,
			`{name:"a\u202e"}`:      `"path":["input","name"]`,
			`{name:"x",uses:10001}`: "uses",
			`{name:"x",hours:8761}`: "hours",
		} {
			got := a.query(t, writer, `mutation{createInitialAccessToken(input:`+input+`){token userErrors{code path}}}`, nil)
			if !strings.Contains(got.body, problem) {
				t.Errorf("%s: %s", input, got.body)
			}
		}
		if got := a.query(t, writer, `mutation{deleteInitialAccessToken(input:{id:"`+id+`"}){deletedInitialAccessTokenId}}`, nil); got.at(
			"deleteInitialAccessToken", "deletedInitialAccessTokenId") != id {
			t.Errorf("delete: %s", got.body)
		}
	})
}
