package identity_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

// FuzzBindingMessage: what is shown beside a question is short, of one line and of ASCII, and no address; what is sent in a header of a
// notification is a token that a header can carry.
func FuzzBindingMessage(f *testing.F) {
	for _, seed := range []string{"", "Till 4, no. 17", "https://evil.example", "a\nb", "pay 💶", "а", "a\x00", "me@example.org", strings.Repeat("a", 65), "abc=", "=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		growth.Linear(t, growth.Repeated(text, " "), func(text string) {
			_, _ = identity.ValidBindingMessage(text), identity.ValidNotificationToken(text)
		})
		if identity.ValidBindingMessage(text) &&
			(len(text) > 64 || strings.ContainsAny(text, "/@<>&\"'\\%") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > unicode.MaxASCII })) {
			t.Errorf("%q is shown", text)
		}
		if identity.ValidNotificationToken(text) && (text == "" || len(text) > 1024 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })) {
			t.Errorf("%q is sent", text)
		}
	})
}
