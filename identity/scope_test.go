package identity_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

func TestParseScope(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"": nil, " ": nil, "openid": {"openid"}, "b a": {"b", "a"}, "  a   b  ": {"a", "b"}, "a b a": {"a", "b"}, "A a": {"A", "a"},
		"https://api.example.org/read": {"https://api.example.org/read"}, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~": {"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"},
	} {
		got, err := identity.ParseScope(text)
		noError(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
	for _, text := range []string{`a"b`, `a\b`, "a\tb", "a\nb", "a\x00", "\x7f", "é", "a\u00a0b", "\u2028", "\xff"} {
		_, err := identity.ParseScope(text)
		if e := identity.AsError(err); err == nil || e.Code != identity.CodeInvalidScope || e.Field != "scope" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAdminScopes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"admin:users:read": true, "admin:": true, "admin": false, "Admin:x": false, "xadmin:x": false} {
		if got := identity.IsAdminScope(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	seen := map[string]bool{}
	for _, scope := range identity.BuiltInScopes() {
		if !scope.BuiltIn || scope.Description == "" || seen[scope.Name] || scope.Default {
			t.Errorf("%+v", scope)
		}
		seen[scope.Name] = true
	}
}

// FuzzParseScope: what is taken consists of the characters of RFC 6749 §3.3 and reads the same when it is written
// again.
func FuzzParseScope(f *testing.F) {
	for _, seed := range []string{"", "openid email", "  a  a ", `a"`, "\t", "\u00a0", "\xff", "a\\b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		growth.Linear(t, growth.Repeated(text, " "), func(text string) { _, _ = identity.ParseScope(text) })
		names, err := identity.ParseScope(text)
		good := true
		for i := range len(text) {
			c := text[i]
			good = good && (c == 0x20 || c == 0x21 || c >= 0x23 && c <= 0x5b || c >= 0x5d && c <= 0x7e)
		}
		if (err == nil) != good {
			t.Fatalf("%q: %v", text, err)
		}
		for i, name := range names {
			if name == "" || strings.Contains(name, " ") || slices.Contains(names[:i], name) || !slices.Contains(strings.Split(text, " "), name) {
				t.Fatalf("%q: %q", text, names)
			}
		}
		again, err := identity.ParseScope(identity.JoinScope(names))
		if err != nil || !slices.Equal(again, names) {
			t.Fatalf("%q: %q is read again as %q, %v", text, names, again, err)
		}
	})
}
