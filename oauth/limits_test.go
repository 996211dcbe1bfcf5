package oauth

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestTheBoundOfTheState: above it the person is told, because an answer without the state would be refused by the client
// or taken for another's.
func TestTheBoundOfTheState(t *testing.T) {
	t.Parallel()
	c := &CheckedRequest{proven: true, Params: url.Values{paramState: {strings.Repeat("s", maxState)}}}
	if err := c.state(); err != nil || !c.proven || len(c.Out.State) != maxState {
		t.Errorf("at the bound: %v", err)
	}
	c = &CheckedRequest{proven: true, Params: url.Values{paramState: {strings.Repeat("s", maxState+1)}}}
	if err := c.state(); err == nil || c.proven {
		t.Errorf("above the bound: %v, redirected: %v", err, c.proven)
	}
}

// TestTheBoundsOfClientCredentials: a header and an assertion are looked at up to their bounds.
func TestTheBoundsOfClientCredentials(t *testing.T) {
	t.Parallel()
	header := func(n int) string { return basic("app:" + strings.Repeat("s", n-4)) }
	raw := base64.StdEncoding.DecodedLen(maxBasic)
	if _, ok := parseBasic(header(raw)); !ok {
		t.Errorf("a header of %d bytes is refused", maxBasic)
	}
	if _, ok := parseBasic(header(raw + 1)); ok {
		t.Errorf("a header of more than %d bytes is read", maxBasic)
	}
	longest := url.QueryEscape(strings.Repeat("é", identity.MaxText/2))
	if _, ok := parseBasic(basic(longest + ":" + longest)); !ok {
		t.Error("the longest escaped id and secret do not fit")
	}
	assertion := func(n int) url.Values {
		const head, payload = "e30.", "eyJzdWIiOiJyb2JvdCJ9."
		return url.Values{
			paramClientAssertionType: {assertionType},
			paramClientAssertion:     {head + payload + strings.Repeat("A", n-len(head)-len(payload))},
		}
	}
	if _, err := assertedCredentials(assertion(maxAssertion)); err != nil {
		t.Errorf("an assertion of %d bytes: %v", maxAssertion, err)
	}
	if _, err := assertedCredentials(assertion(maxAssertion + 1)); err == nil {
		t.Errorf("an assertion of %d bytes is read", maxAssertion+1)
	}
}

// TestTheCostOfAnAuthorizationRequestIsBounded: the largest of each parameter that a stranger may send costs a number of
// allocations that grows with its size, and a refusal costs none of it.
func TestTheCostOfAnAuthorizationRequestIsBounded(t *testing.T) {
	query := func(n int) string {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("scope%d", i)
		}
		return "scope=" + strings.Join(names, "+") + "&state=" + strings.Repeat("s", 40*n)
	}
	cost := func(text string) float64 {
		return testing.AllocsPerRun(20, func() {
			r := httptest.NewRequest(http.MethodGet, AuthorizePath+"?"+text, nil)
			params, err := readRequest(r)
			if err == nil {
				_, _ = identity.ParseScope(params.Get(paramScope))
			}
		})
	}
	half, full := cost(query(identity.MaxScopeValues/2)), cost(query(identity.MaxScopeValues))
	if full > 2.5*half {
		t.Errorf("half costs %.0f allocations, all %.0f", half, full)
	}
	if refused := cost("scope=" + strings.Repeat("x+", 30<<10)); refused > full+5 {
		t.Errorf("a scope of 60 KB costs %.0f allocations, the largest that is taken %.0f", refused, full)
	}
}

// TestTheCostOfAnAssertionGrowsWithItsSize counts allocations for the longest client assertion that is read, full of members,
// and for one of half its size.
func TestTheCostOfAnAssertionGrowsWithItsSize(t *testing.T) {
	cost := func(size int) float64 {
		payload := `{"sub":"robot"`
		for i := 0; base64.RawURLEncoding.EncodedLen(len(payload)) < size-100; i++ {
			payload += fmt.Sprintf(`,"member%d":[%d]`, i, i)
		}
		form := url.Values{
			paramClientAssertionType: {assertionType},
			paramClientAssertion:     {"e30." + base64.RawURLEncoding.EncodeToString([]byte(payload+"}")) + ".AA"},
		}
		return testing.AllocsPerRun(20, func() {
			if _, err := assertedCredentials(form); err != nil {
				t.Fatal(err)
			}
		})
	}
	if half, full := cost(maxAssertion/2), cost(maxAssertion); full > 2.5*half+5 {
		t.Errorf("half costs %.0f allocations, all %.0f", half, full)
	}
	long := url.Values{paramClientAssertionType: {assertionType}, paramClientAssertion: {strings.Repeat("A.", maxAssertion)}}
	if refused := testing.AllocsPerRun(20, func() { _, _ = assertedCredentials(long) }); refused > 5 {
		t.Errorf("a refusal costs %.0f allocations", refused)
	}
}
