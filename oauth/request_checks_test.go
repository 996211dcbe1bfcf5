package oauth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/authly/authly/identity"
)

// names lists the checks that concern an endpoint, in their order.
func names(checks []RequestCheck, at Endpoints) []string {
	var list []string
	for _, c := range checks {
		if c.At&at != 0 {
			list = append(list, c.Name)
		}
	}
	return list
}

// TestEachEndpointHasItsChecks: the same list serves every endpoint that takes an authorization request. A pushed request is
// checked as the one that it stands for, by a client that is proven already; a device has no browser to send anywhere, so
// nothing of the way back is asked of it.
func TestEachEndpointHasItsChecks(t *testing.T) {
	t.Parallel()
	all := names(requestChecks, AtAuthorize)
	// Of one alone: it finds its client, and sends away who must push; FAPI 1.0 Advanced wants a challenge of what was pushed.
	apart := func(name string) bool {
		return name == "client_id" || name == "pushed requests" || name == "challenge of a pushed request"
	}
	pushed := names(requestChecks, AtPAR)
	if !slices.Equal(slices.DeleteFunc(slices.Clone(all), apart), slices.DeleteFunc(slices.Clone(pushed), apart)) {
		t.Errorf("authorize has %q, pushed requests have %q", all, pushed)
	}
	if slices.Contains(pushed, "client_id") || slices.Contains(pushed, "pushed requests") || slices.Contains(all, "challenge of a pushed request") {
		t.Errorf("authorize has %q, pushed requests have %q", all, pushed)
	}
	want := []string{"repeated parameters", "device_code grant", "scope", "resource", "no authorization_details"}
	if got := names(requestChecks, AtDevice); !slices.Equal(got, want) {
		t.Errorf("device authorization has %q, want %q", got, want)
	}
	want = []string{
		"signed authentication request", "repeated parameters", "ciba grant", "one hint", "scope", "resource", "openid", "authorization_details",
	}
	if got := names(requestChecks, AtCIBA); !slices.Equal(got, want) {
		t.Errorf("backchannel authentication has %q, want %q", got, want)
	}
	// Errors may be redirected only after the client and its URI are known, and the mode says how (RFC 6749 §4.1.2.1). All but the client
	// is in the request object, if there is one.
	first := []string{"client_id", "request", "redirect_uri", "default response mode", "state", "response_mode"}
	if !slices.Equal(all[:len(first)], first) {
		t.Errorf("the checks begin with %q, want %q", all[:len(first)], first)
	}
}

func TestChecksRunInOrderUpToTheFirstRefusal(t *testing.T) {
	t.Parallel()
	var ran []string
	refusal := errors.New("refused")
	row := func(name string, at Endpoints, err error) RequestCheck {
		return RequestCheck{name, at, func(*CheckedRequest) error { ran = append(ran, name); return err }}
	}
	h := &Handler{checks: []RequestCheck{
		row("a", everywhere, nil), row("b", withRedirect, refusal), row("c", everywhere, nil), row("d", AtDevice, refusal),
		row("e", everywhere, nil),
	}}
	for at, want := range map[Endpoints][]string{AtAuthorize: {"a", "b"}, AtPAR: {"a", "b"}, AtDevice: {"a", "c", "d"}} {
		ran = nil
		c := &CheckedRequest{Request: httptest.NewRequest(http.MethodGet, "/", nil), Params: url.Values{}, h: h}
		if err := c.run(at); !errors.Is(err, refusal) || !slices.Equal(ran, want) {
			t.Errorf("endpoint %b: ran %q with %v, want %q", at, ran, err, want)
		}
	}
}

func TestChallengesOfARequest(t *testing.T) {
	t.Parallel()
	const good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	for name, c := range map[string]struct {
		required, ok      bool
		challenge, method string
	}{
		"a good one":              {true, true, good, "S256"},
		"none where required":     {true, false, "", ""},
		"none where not required": {false, true, "", ""},
		"a method alone":          {false, false, "", "S256"},
		"plain":                   {false, false, good, "plain"},
		"no method":               {false, false, good, ""},
		"a short one":             {false, false, good[1:], "S256"},
	} {
		request := &CheckedRequest{
			Params: url.Values{paramCodeChallenge: {c.challenge}, paramChallengeMethod: {c.method}},
			Client: identity.Client{Policy: identity.ClientPolicy{RequirePKCE: c.required}},
		}
		err := request.pkce()
		if (err == nil) != c.ok || err != nil && FromError(err).Code != "invalid_request" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
