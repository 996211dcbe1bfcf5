package identity_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// update makes the tests write what they would compare: go test ./identity -run Rule -update.
var update = flag.Bool("update", false, "rewrite the tables of docs/refusals.md and docs/client-advice.md")

// TestTheRulesAreDocumented, each with where it stands and how to repair what breaks it.
func TestTheRulesAreDocumented(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("| Rule | Where it stands | How to repair it |\n|---|---|---|\n")
	seen := map[identity.RuleID]bool{}
	for _, r := range identity.Rules() {
		if seen[r.ID] || r.Clause == "" || !strings.HasSuffix(r.Repair, ".") || r.ID.Rule() != r {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
		clause := r.Clause
		if file, ok := strings.CutPrefix(clause, "docs/"); ok {
			if _, err := os.Stat("../docs/" + file); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
			clause = fmt.Sprintf("[%s](%s)", file, file)
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", r.ID, clause, r.Repair)
	}
	documented(t, "../docs/refusals.md", "<!-- rules: go test ./identity -run Rules -update -->\n", want.String())
}

// documented compares a table with the one of a page, which stands between start and the next mark that ends it.
func documented(t *testing.T, page, start, want string) {
	t.Helper()
	const end = "<!-- end -->\n"
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, foundStart := strings.Cut(string(raw), start)
	have, after, foundEnd := strings.Cut(rest, end)
	if !foundStart || !foundEnd {
		t.Fatalf("%s has no table between %q and %q", page, start, end)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+start+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(have, want); diff != "" {
		t.Errorf("the table of %s is stale; run go test ./identity -run Rule -update (-page +program):\n%s", page, diff)
	}
}

func TestAnErrorNamesTheRuleThatIsNearest(t *testing.T) {
	t.Parallel()
	inner := identity.ErrInvalidGrant.Breaks(identity.RuleCodeOnce).Expecting("nothing")
	for name, c := range map[string]struct {
		err  error
		want identity.Violation
	}{
		"a rule":                 {inner, identity.Violation{Rule: identity.RuleCodeOnce, Expected: "nothing"}},
		"a rule that is wrapped": {fmt.Errorf("exchange: %w", inner), identity.Violation{Rule: identity.RuleCodeOnce, Expected: "nothing"}},
		"another rule around it": {
			identity.ErrInvalidGrant.Breaks(identity.RuleGrantActive).Because(inner), identity.Violation{Rule: identity.RuleGrantActive},
		},
		"what it leaves out": {
			identity.ErrInvalidGrant.Because(inner), identity.Violation{Rule: identity.RuleCodeOnce, Expected: "nothing"},
		},
		"only a code": {identity.ErrInvalidToken, identity.Violation{Rule: identity.RuleTokenActive}},
		"a fault":     {errors.New("disk"), identity.Violation{}},
	} {
		if got := identity.ViolationOf(c.err); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// refusals makes a memory and a clock that moves it.
func refusals(most int) (*identity.Refusals, *clock) {
	c := &clock{now: start}
	return identity.NewRefusals(identity.Source{Clock: c.Now, Random: rand.Reader}, most), c
}

func note(s *identity.Refusals, client uuid.UUID, code string) {
	s.Note(context.Background(), identity.Refusal{Code: code, Violation: identity.Violation{ClientID: client}})
}

func codes(list []identity.Refusal) string {
	var out []string
	for _, r := range list {
		out = append(out, r.Code)
	}
	return strings.Join(out, " ")
}

// TestAFloodDoesNotWashAway what others need to see: each client has its share, and nobody's have one.
func TestAFloodDoesNotWashAway(t *testing.T) {
	t.Parallel()
	s, _ := refusals(16)
	web := uuid.New()
	note(s, web, "mine")
	for i := range 1000 {
		note(s, uuid.Nil, fmt.Sprint("strange", i))
	}
	if got := codes(s.List(identity.RefusalFilter{})); got != "strange999 strange998 mine" {
		t.Error(got)
	}
	for i := range 1000 { // of many clients: the oldest goes
		note(s, uuid.New(), fmt.Sprint(i))
	}
	if got := len(s.List(identity.RefusalFilter{})); got != 16 {
		t.Error(got)
	}
}

func TestRefusalsAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	s, clock := refusals(100)
	note(s, uuid.Nil, "old")
	clock.advance(24 * time.Hour)
	if rows := s.List(identity.RefusalFilter{}); len(rows) != 0 {
		t.Error(codes(rows))
	}
	note(s, uuid.Nil, "new")
	if rows := s.List(identity.RefusalFilter{}); codes(rows) != "new" {
		t.Error(codes(rows))
	}
}

func TestRefusalsAreSelected(t *testing.T) {
	t.Parallel()
	s, _ := refusals(100)
	for i := range 5 {
		note(s, uuid.Nil, fmt.Sprint(i))
	}
	if got := codes(s.List(identity.RefusalFilter{})); got != "4 3 2 1 0" {
		t.Fatal(got)
	}
	if got := codes(s.List(identity.RefusalFilter{Code: "3"})); got != "3" {
		t.Error(got)
	}
}

// TestTheBoundsOfWhatIsRememberedOfARequest: nothing that a stranger sends is remembered but in parts.
func TestTheBoundsOfWhatIsRememberedOfARequest(t *testing.T) {
	t.Parallel()
	values := url.Values{}
	for i := range 30 {
		values.Add(fmt.Sprintf("p_%c%c", 'a'+i/10, 'a'+i%10), "secret")
	}
	if sent := identity.SentParameters(values); len(sent) != 20 || sent[0].Value != "" || !sent[0].Masked || sent[0].Length != 6 {
		t.Errorf("%d: %+v", len(sent), sent[0])
	}
	for name, c := range map[string]struct {
		name, value string
		want        identity.SentParameter
	}{
		"a scope":           {"scope", "openid", identity.SentParameter{Name: "scope", Value: "openid", Length: 6}},
		"a long scope":      {"scope", strings.Repeat("å", 150), identity.SentParameter{Name: "scope", Value: strings.Repeat("å", 98) + "…", Length: 300}},
		"200 bytes":         {"scope", strings.Repeat("a", 200), identity.SentParameter{Name: "scope", Value: strings.Repeat("a", 200), Length: 200}},
		"a control":         {"scope", "a\x00\xff", identity.SentParameter{Name: "scope", Value: "a??", Length: 3}},
		"a secret":          {"client_secret", "s3cret", identity.SentParameter{Name: "client_secret", Length: 6, Masked: true}},
		"a name of 40":      {strings.Repeat("n", 40), "v", identity.SentParameter{Name: strings.Repeat("n", 40), Length: 1, Masked: true}},
		"a name of 41":      {strings.Repeat("n", 41), "v", identity.SentParameter{Name: "(a name of 41 bytes)", Length: 1, Masked: true}},
		"a name as a value": {"p4ssw0rd", "", identity.SentParameter{Name: "(a name of 8 bytes)", Masked: true}},
		"an address": {
			"redirect_uri", "https://u:p@x.example/y?token=t#f", identity.SentParameter{Name: "redirect_uri", Value: "https://x.example/y?", Length: 33},
		},
		"no address": {"redirect_uri", "%zz", identity.SentParameter{Name: "redirect_uri", Length: 3, Masked: true}},
	} {
		if got := identity.SentParameters(url.Values{c.name: {c.value}}); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	s, _ := refusals(1)
	s.Note(t.Context(), identity.Refusal{Message: strings.Repeat("m", 301)})
	if got := s.List(identity.RefusalFilter{})[0].Message; len(got) != 300 {
		t.Error(len(got))
	}
}

func TestNothingIsRememberedWhereItIsOff(t *testing.T) {
	t.Parallel()
	s, _ := refusals(0)
	note(s, uuid.Nil, "x")
	if s.Remembers() || s.List(identity.RefusalFilter{}) != nil {
		t.Error("something was remembered")
	}
}
