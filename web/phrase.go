package web

import (
	"fmt"
	"html/template"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
)

// phrase is a text of a page, which is said in the language of the page when that is written.
type phrase struct {
	text     string // English, with the verbs of package fmt
	args     []any  // texts, numbers, phrases, and HTML that was escaped
	refusal  bool   // of the domain, which refuses more than pages explain
	verbatim bool   // it is somebody's own, in whatever language that is
}

// say is a phrase of the catalogues, with args for its verbs. The test of the catalogues reads what stands in its calls.
func say(text string, args ...any) *phrase { return &phrase{text: text, args: args} }

// quote is a text that no catalogue has: the operator or an application has written it.
func quote(text string) *phrase { return &phrase{text: text, verbatim: true} }

// both is one phrase after the other, the first of which may be nil.
func both(first, second *phrase) *phrase {
	if first == nil {
		return second
	}
	return say("%s %s", first, second)
}

// refusal says what the domain refuses, without the name of the field: the page shows it there.
func refusal(e *identity.Error) *phrase {
	text, args := e.Text()
	return &phrase{text: text, args: args, refusal: true}
}

// instead is said in place of a refusal that the catalogues do not have: a page is in one language.
var instead = say("This cannot be accepted.")

// in returns the phrase in a language. With escape every argument is escaped that is not HTML.
func (p *phrase) in(w *translation.Words, escape func(string) string) string {
	switch {
	case p.verbatim, p.text == "":
		return escape(p.text)
	case translation.Knows(p.text):
		args := make([]any, len(p.args))
		for i, arg := range p.args {
			args[i] = argument(w, arg, escape)
		}
		return w.Say(p.text, args...)
	case p.refusal && w.Code != "en":
		return instead.in(w, escape)
	}
	return escape(w.Say(p.text, p.args...))
}

// argument is an argument of a phrase in a language.
func argument(w *translation.Words, arg any, escape func(string) string) any {
	switch arg := arg.(type) {
	case string:
		return escape(arg)
	case template.HTML:
		return string(arg)
	case *phrase:
		return arg.in(w, escape)
	case identity.Wait:
		if n, minutes := arg.Rounded(); minutes {
			return say("%d minutes", n).in(w, escape)
		} else {
			return say("%d seconds", n).in(w, escape)
		}
	case int:
		return arg
	}
	return escape(fmt.Sprint(arg))
}

// plain returns the phrase for what is no HTML.
func (p *phrase) plain(w *translation.Words) string {
	return p.in(w, func(text string) string { return text })
}

// functions are what templates of a language call. What they return is escaped.
func functions(w *translation.Words) template.FuncMap {
	mark := func(before, after string) func(text string) template.HTML {
		return func(text string) template.HTML {
			return template.HTML(before + template.HTMLEscapeString(text) + after) //nolint:gosec // it is escaped
		}
	}
	return template.FuncMap{
		"initial": initial, "bdi": mark("<bdi>", "</bdi>"), "strong": mark(`<bdi class="strong">`, "</bdi>"),
		// t says a text that stands in the template, or a phrase.
		"t": func(text any, args ...any) (template.HTML, error) {
			p, ok := text.(*phrase)
			if !ok {
				literal, ok := text.(string)
				if !ok {
					return "", fmt.Errorf("%T is no text", text)
				}
				p = say(literal, args...)
			}
			if p == nil {
				return "", nil
			}
			return template.HTML(p.in(w, template.HTMLEscapeString)), nil //nolint:gosec // the catalogues have no markup, the rest is escaped
		},
		"time": func(at time.Time) template.HTML {
			return template.HTML(`<time datetime="` + machineTime(at) + `">` + w.Time(at) + `</time>`) //nolint:gosec // of digits and words
		},
		// anchor is a link to a path of ours.
		"anchor": func(path string, text template.HTML) template.HTML {
			return `<a href="` + template.HTML(template.HTMLEscapeString(path)) + `">` + text + `</a>` //nolint:gosec // as above
		},
	}
}

// machineTime writes a time for scripts (HTML, valid global date and time string).
func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
