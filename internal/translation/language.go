package translation

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Language is one that pages and messages are written in.
type Language struct {
	Code string // BCP 47
	Name string // in the language itself
}

// languages are those that there are. English comes first, because the keys are English.
var languages = []Language{
	{"en", "English"},
	{"de", "Deutsch"},
	{"es", "Español"},
	{"fr", "Français"},
	{"ja", "日本語"},
	{"nb", "Norsk bokmål"},
}

// Languages returns the languages that there are.
func Languages() []Language { return slices.Clone(languages) }

// Codes returns the codes of the languages, English first.
func Codes() []string {
	codes := make([]string, len(languages))
	for i, l := range languages {
		codes[i] = l.Code
	}
	return codes
}

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(languages))
	for i, l := range languages {
		tags[i] = language.MustParse(l.Code)
	}
	return language.NewMatcher(tags)
}()

// What is read of a list of wishes. Browsers send a handful of languages; a stranger sends what they like.
const (
	maxWishes     = 200 // bytes
	maxWishedTags = 10
)

// Match returns the code of the language that fits best to wishes, the form of which is that of Accept-Language (RFC 9110
// §12.5.4) or that of ui_locales (OIDC Core §3.1.2.1), in which spaces stand between the tags. It is "" when none fits: a
// relative whose readers understand it does (nb for nn), a mere neighbour does not.
func Match(wishes string) string {
	if len(wishes) > maxWishes {
		wishes = wishes[:maxWishes]
		wishes = wishes[:max(0, strings.LastIndexAny(wishes, ", "))] // half a tag is another one
	}
	type wish struct {
		tag    language.Tag
		weight float32
	}
	var list []wish
	entries := strings.FieldsFunc(wishes, func(r rune) bool { return r == ',' || r == ' ' })
	for _, entry := range entries[:min(len(entries), maxWishedTags)] {
		if tags, weights, err := language.ParseAcceptLanguage(entry); err == nil && len(tags) == 1 {
			list = append(list, wish{tags[0], weights[0]})
		}
	}
	slices.SortStableFunc(list, func(a, b wish) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	tags := make([]language.Tag, len(list))
	for i, w := range list {
		tags[i] = w.tag
	}
	if _, at, confidence := matcher.Match(tags...); confidence >= language.High {
		return languages[at].Code
	}
	return ""
}
