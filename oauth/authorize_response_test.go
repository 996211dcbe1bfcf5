package oauth

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

func TestAppendQuery(t *testing.T) {
	t.Parallel()
	values := url.Values{"code": {"a b&c"}, "state": {"x=1#y"}}
	const added = "code=a+b%26c&state=x%3D1%23y"
	for uri, want := range map[string]string{
		"https://app.example.org/cb":             "https://app.example.org/cb?" + added,
		"https://app.example.org":                "https://app.example.org?" + added,
		"https://app.example.org/cb?":            "https://app.example.org/cb?" + added,
		"https://app.example.org/cb?a=%20b":      "https://app.example.org/cb?a=%20b&" + added,
		"https://app.example.org/cb?a=1&":        "https://app.example.org/cb?a=1&" + added,
		"https://app.example.org/cb?code=mine":   "https://app.example.org/cb?code=mine&" + added,
		"org.example.app:/cb":                    "org.example.app:/cb?" + added,
		"https://app.example.org/c%62?b=B&a=%41": "https://app.example.org/c%62?b=B&a=%41&" + added,
	} {
		if got := AppendQuery(uri, values); got != want {
			t.Errorf("%s became %s", uri, got)
		}
	}
}

func TestPageError(t *testing.T) {
	t.Parallel()
	down := identity.ErrUnavailable.Because(errors.New("disk"))
	if got := pageError(down); !errors.Is(got, identity.ErrUnavailable) {
		t.Errorf("unavailable became %v", got)
	}
	unknown := errors.New("disk")
	if got := pageError(unknown); !errors.Is(got, unknown) || identity.AsError(got).Kind != identity.Internal {
		t.Errorf("an unknown error became %v", got)
	}
	got := identity.AsError(pageError(InvalidRequest(identity.RuleOnce, "The parameter %s is repeated.", "client_id")))
	if got.Kind != identity.Invalid || !strings.Contains(got.Detail, "client_id is repeated") {
		t.Errorf("a protocol error became %+v", got)
	}
}
