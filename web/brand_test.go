package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestTheContrastIsThatOfThePages: the grounds against which the colours of a brand are checked are those of the style sheet.
func TestTheContrastIsThatOfThePages(t *testing.T) {
	t.Parallel()
	light, dark, found := strings.Cut(string(style.body), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no dark scheme")
	}
	for _, c := range []struct {
		sheet  string
		scheme identity.Scheme
	}{{light, identity.LightScheme}, {dark, identity.DarkScheme}} {
		for name, colour := range map[string]identity.Colour{
			"page": c.scheme.Page, "card": c.scheme.Card, "field": c.scheme.Field, "quiet": c.scheme.Quiet, "on-accent": c.scheme.OnAccent,
		} {
			if got := regexp.MustCompile(`--` + name + `: (#\w+);`).FindStringSubmatch(c.sheet)[1]; got != colour.String() {
				t.Errorf("--%s of %s pages is %s, not %s", name, c.scheme.Name, got, colour)
			}
		}
	}
	css := brandStyle(&identity.Brand{Accent: "#0b6b3a", AccentDark: "#7fe0a8", CSS: "a{}"})
	for _, want := range []string{
		fmt.Sprintf("--accent: #0b6b3a; --accent-over: %s; --on-accent: #ffffff; --link: #0b6b3a;", identity.LightScheme.Palette(identity.Colour{0x0b, 0x6b, 0x3a}).AccentOver),
		"--accent: #7fe0a8;", "--on-accent: #0f1230;", "\na{}",
	} {
		if !strings.Contains(css, want) {
			t.Errorf("%q is not in %s", want, css)
		}
	}
}
