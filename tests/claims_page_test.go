package tests

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTheTableOfClaimsIsWhatComes compares docs/claims.md with the four places, for a client with id_token_claims and for
// one without.
func TestTheTableOfClaimsIsWhatComes(t *testing.T) {
	t.Parallel()
	places, page := readClaims(t)
	n := harness.Start(t, harness.SQLite(t))
	full := harness.WebClient("full")
	full.Policy.IDTokenClaims = true
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{full, harness.WebClient("plain")}})
	for _, client := range []string{"full", "plain"} {
		p := harness.NewParty(t, n, client, "openid", "profile", "email", "address", "phone", "groups", "roles")
		token := p.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		id, _ := token.Extra("id_token").(string)
		came := map[string]map[string]any{
			"ID token": harness.JWT(t, id, 1), "UserInfo": n.UserInfo(t, token.AccessToken).Body,
			"Access token": harness.JWT(t, token.AccessToken, 1), "Introspection": n.Introspect(t, client, token.AccessToken).Body,
		}
		for _, place := range places {
			have := map[string]bool{}
			for name := range came[place] {
				have[name] = true
			}
			want := map[string]bool{}
			for name, how := range page[place] {
				if client == "full" || how != "`id_token_claims`" {
					want[name] = true
				}
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("%s of the client %s (-page +program):\n%s", place, client, diff)
			}
		}
	}
}

// readClaims reads the table: for each place, the claims that come there and how.
func readClaims(t *testing.T) (places []string, claims map[string]map[string]string) {
	t.Helper()
	text, err := os.ReadFile("../docs/claims.md")
	if err != nil {
		t.Fatal(err)
	}
	claims = map[string]map[string]string{}
	for line := range strings.SplitSeq(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "Claim":
			places = cells[1:]
			for _, place := range places {
				claims[place] = map[string]string{}
			}
		case len(places) > 0 && len(cells) == len(places)+1 && strings.HasPrefix(cells[0], "`"):
			for i, how := range cells[1:] {
				if how != "" {
					claims[places[i]][strings.Trim(cells[0], "`")] = how
				}
			}
		}
	}
	if len(places) != 4 {
		t.Fatalf("the page has %d places", len(places))
	}
	return places, claims
}
