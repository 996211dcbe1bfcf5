package translation

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/authly/authly/identity"
)

// With returns the words of the language with texts of the operator's own, by the English text, in the place of ours.
func (w *Words) With(own map[string]string) *Words {
	if len(own) == 0 {
		return w
	}
	mine := *w
	mine.own = own
	return &mine
}

// Catalogue implements identity.TextCatalogue.
type Catalogue struct{}

// CheckText implements identity.TextCatalogue. A text that takes the place of another has the same verbs and facts: what is put
// there must have a place, and nothing else is evaluated.
func (Catalogue) CheckText(code, text, replacement string) error {
	switch {
	case !slices.Contains(Codes(), code):
		return identity.InvalidField("language", "Must be one of %s.", strings.Join(Codes(), ", "))
	case !known()[text]:
		return identity.InvalidField("text", "Must be a text of the pages or messages, in English, as the catalogues have it.")
	case !slices.Equal(verbs(text), verbs(replacement)) || strings.Contains(verb.ReplaceAllString(replacement, ""), "%"):
		return identity.InvalidField("replacement",
			"Must have the verbs of the text, each as often: %s; and no other percent sign.", or(verbs(text)))
	case !slices.Equal(facts(text), facts(replacement)) || strings.Contains(action.ReplaceAllString(replacement, ""), "{{"):
		return identity.InvalidField("replacement", "Must have what the text has in braces, in the same order: %s.", or(facts(text)))
	}
	return nil
}

func or(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}

// verbs returns the verbs of a text with the numbers of their arguments, sorted.
func verbs(text string) []string {
	list := []string{}
	for i, v := range verb.FindAllString(text, -1) {
		argument := i + 1
		if at := strings.IndexByte(v, ']'); at > 0 {
			if n, err := strconv.Atoi(v[2:at]); err == nil {
				argument = n
			}
		}
		list = append(list, fmt.Sprintf("%%[%d]%s", argument, v[len(v)-1:]))
	}
	slices.Sort(list)
	return list
}

// action is one of a template, in the texts of messages.
var action = regexp.MustCompile(`\{\{.*?\}\}`)

func facts(text string) []string { return action.FindAllString(text, -1) }
