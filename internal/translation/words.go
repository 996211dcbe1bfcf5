package translation

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

//go:embed texts
var files embed.FS

// Words are the texts of one language. They are safe for concurrent use.
type Words struct {
	Language
	printer *message.Printer
	own     map[string]string // of the operator, by the English text
}

// form is a text, or the texts by plural category (Unicode CLDR).
type form map[string]string

// UnmarshalJSON reads a text, or an object with "one" and "other".
func (f *form) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*f = form{"": text}
		return nil
	}
	return json.Unmarshal(data, (*map[string]string)(f))
}

// message makes what the catalogue has of the form of a key.
func (f form) message(key string) catalog.Message {
	if text, ok := f[""]; ok {
		return catalog.String(text)
	}
	var cases []any
	for _, category := range []string{"one", "other"} {
		if text, ok := f[category]; ok {
			cases = append(cases, category, text)
		}
	}
	return plural.Selectf(counted(key), "%d", cases...)
}

var verb = regexp.MustCompile(`%(\[\d+\])?[sd]`)

// counted returns which argument of a key is the number that changes the text, from 1.
func counted(key string) int {
	for i, v := range verb.FindAllString(key, -1) {
		if strings.HasSuffix(v, "d") {
			return i + 1
		}
	}
	return 1
}

// read returns the texts of a language by their keys.
func read(code string) (map[string]form, error) {
	names, err := fs.Glob(files, "texts/"+code+"/*.json")
	if err != nil {
		return nil, err
	}
	texts := map[string]form{}
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var some map[string]form
		if err := json.Unmarshal(content, &some); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, f := range some {
			if _, twice := texts[key]; twice {
				return nil, fmt.Errorf("%s: %q is in another file, too", path.Base(name), key)
			}
			texts[key] = f
		}
	}
	return texts, nil
}

// words are those of each language. Its texts are read when something is said in it first: most servers speak a language or two.
var words = func() map[string]func() *Words {
	all := map[string]func() *Words{}
	for _, l := range languages {
		all[l.Code] = sync.OnceValue(func() *Words { return newWords(l) })
	}
	return all
}()

// newWords reads the texts of a language. They are embedded, so a fault cannot depend on where the program runs.
func newWords(l Language) *Words {
	texts, err := read(l.Code)
	if err != nil {
		panic("translation: " + err.Error())
	}
	tag := language.MustParse(l.Code)
	builder := catalog.NewBuilder(catalog.Fallback(language.English))
	for key, f := range texts {
		if err := builder.Set(tag, key, f.message(key)); err != nil {
			panic(fmt.Sprintf("translation: %s: %q: %s", l.Code, key, err))
		}
	}
	return &Words{Language: l, printer: message.NewPrinter(tag, message.Catalog(builder))}
}

// known returns the texts that there are, which are those of any language but English.
var known = sync.OnceValue(func() map[string]bool {
	texts, err := read(languages[1].Code)
	if err != nil {
		panic("translation: " + err.Error())
	}
	known := make(map[string]bool, len(texts))
	for key := range texts {
		known[key] = true
	}
	return known
})

// In returns the words of a language that there is, else those of English.
func In(code string) *Words {
	if w, ok := words[code]; ok {
		return w()
	}
	return words[languages[0].Code]()
}

// Knows reports whether the catalogues have a text.
func Knows(text string) bool { return known()[text] }

// Direction is that of writing, as HTML names it.
func (*Words) Direction() string { return "ltr" }

// Say returns a text in the language with args for its verbs. One that the catalogues do not have stays what it is.
func (w *Words) Say(text string, args ...any) string {
	if own, ok := w.own[text]; ok && known()[text] {
		if len(args) == 0 {
			return own
		}
		return fmt.Sprintf(own, args...)
	}
	if len(args) == 0 && !known()[text] {
		return text
	}
	return w.printer.Sprintf(text, args...)
}

// Time writes a time for people whose time zone is not known.
func (w *Words) Time(t time.Time) string {
	t = t.UTC()
	return w.Say("%[1]s %[2]s %[3]s, %[4]s UTC", t.Format("2"), w.Say(t.Month().String()), t.Format("2006"), t.Format("15:04"))
}

// Texts returns all that the catalogues have, in no order.
func Texts() []string { return slices.Collect(maps.Keys(known())) }
