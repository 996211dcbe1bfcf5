package graph

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestTheCostOfADocumentGrowsWithItsSize counts allocations for the largest document and the longest list of variables
// that are taken, and for half of each.
func TestTheCostOfADocumentGrowsWithItsSize(t *testing.T) {
	a := newAPI(t, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(t, a.admin, everything()...)
	limits := DefaultLimits()
	sent := 0
	cost := func(document, variables string) float64 {
		return testing.AllocsPerRun(5, func() {
			sent++ // no document is remembered
			query, err := json.Marshal(fmt.Sprintf("%s #%d", document, sent))
			if err != nil {
				t.Fatal(err)
			}
			w := a.send(t.Context(), token, `{"query":`+string(query)+`,"variables":`+variables+`}`)
			if variables == "{}" && strings.Contains(w.Body.String(), `"errors"`) {
				t.Fatalf("refused: %s", w.Body)
			}
		})
	}
	// Twenty fields of one name, then twenty of as many names, in each fragment.
	const same = "id id id id id id id id id id id id id id id id id id id id "
	const distinct = "id sub version username email verified emailVerified active admin requiresPasswordChange locked failedAttempts " +
		"lockedUntil lastLoginAt lastLoginIp passwordChangedAt createdBy createdAt updatedAt __typename "
	fragments := func(n int, fields string) string {
		document := "...F0}}"
		for i := range n {
			next := fmt.Sprintf("...F%d", i+1)
			if i == n-1 {
				next = ""
			}
			document += fmt.Sprintf(" fragment F%d on User{%s%s}", i, fields, next)
		}
		return "{me{" + document
	}
	items := func(n int) string { return `{"ids":[` + strings.TrimSuffix(strings.Repeat(`"x",`, n), ",") + `]}` }
	const nodes = "query($ids:[ID!]!){nodes(ids:$ids){id}}"
	for name, c := range map[string][2]float64{
		"fields of one name": {cost(fragments(limits.Fragments/2, same), "{}"), cost(fragments(limits.Fragments, same), "{}")},
		"fields":             {cost(fragments(limits.Fragments/2, distinct), "{}"), cost(fragments(limits.Fragments, distinct), "{}")},
		"variables":          {cost(nodes, items(limits.VariableItems/2)), cost(nodes, items(limits.VariableItems))},
	} {
		if c[1] > 2.5*c[0] {
			t.Errorf("%s: half costs %.0f allocations, all %.0f", name, c[0], c[1])
		}
	}
}
