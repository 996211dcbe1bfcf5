package identity

import (
	"regexp"
	"slices"
	"strings"
)

// maxStyle is the size of a style sheet in bytes.
const maxStyle = 16 << 10

// styleFunctions are the functions of values that a style sheet may use. Not one of them loads anything; those that do
// (url, src, image, image-set, cross-fade, element) and those that read the document (attr) are not here.
var styleFunctions = []string{
	"abs", "blur", "brightness", "calc", "circle", "clamp", "color-mix", "conic-gradient", "contrast", "cubic-bezier", "drop-shadow",
	"ellipse", "env", "fit-content", "grayscale", "hsl", "hsla", "hwb", "inset", "invert", "lab", "lch", "light-dark", "linear-gradient",
	"max", "min", "minmax", "oklab", "oklch", "opacity", "polygon", "radial-gradient", "repeat", "repeating-linear-gradient",
	"repeating-radial-gradient", "rgb", "rgba", "rotate", "saturate", "scale", "scalex", "scaley", "sepia", "skew", "steps", "translate",
	"translatex", "translatey", "var",
}

// stylePseudos are the functions of selectors that it may use.
var stylePseudos = []string{"not", "is", "where", "has", "lang", "dir", "nth-child", "nth-last-child", "nth-of-type"}

// The tokens of what a style sheet may hold. They are a part of CSS Syntax Level 3 in which nothing has two meanings: there are no
// escapes, and a text has neither a colon nor a slash, so that it is no address.
var (
	styleProperty = regexp.MustCompile(`^(?:--)?[a-zA-Z][a-zA-Z0-9-]{0,60}$`)
	styleValue    = regexp.MustCompile(`^(?:\s+|[,/+*-]|!important|#[0-9a-fA-F]{3,8}|[+-]?(?:[0-9]*\.)?[0-9]+(?:%|[a-zA-Z]{1,5})?|` +
		`-{0,2}[a-zA-Z][a-zA-Z0-9_-]*\(?|\(|\)|"[a-zA-Z0-9 ,._-]*"|'[a-zA-Z0-9 ,._-]*')`)
	styleSelector = regexp.MustCompile(`^(?:\s+|[.#][a-zA-Z_-][a-zA-Z0-9_-]*|::?[a-zA-Z-]+\(?|` +
		`\[[a-zA-Z-]+(?:[~|^$*]?=(?:"[a-zA-Z0-9 _-]*"|'[a-zA-Z0-9 _-]*'))?\]|` +
		`[a-zA-Z][a-zA-Z0-9]*|[0-9]+n?|[,>+~*)-])`)
	styleMedia = regexp.MustCompile(`^(?:\s+|[a-zA-Z][a-zA-Z-]*|[(),:]|[<>]=?|=|[0-9]*\.?[0-9]+[a-zA-Z]{0,5}|/)`)
)

// style reads a style sheet.
type style struct {
	field string
	text  string // what is left, without comments
	line  int
}

// checkStyle refuses a style sheet that is not made of rules and @media alone, with values that load nothing. It is a list of what
// may be, not of what may not: what nobody has thought of is refused (docs/decisions/0102).
func checkStyle(css string) error {
	const field = "css"
	if len(css) > maxStyle {
		return InvalidField(field, "Must be at most %d bytes.", maxStyle)
	}
	text, ok := withoutComments(css)
	s := &style{field: field, text: text, line: 1}
	switch {
	case strings.ContainsRune(css, '\\'):
		return InvalidField(field, "Must not have escapes (a backslash).")
	case !ok:
		return InvalidField(field, "Must close its comments and its texts; these may have letters, digits, spaces, and , . _ - alone.")
	case strings.Contains(strings.ToLower(text), "url("):
		return InvalidField(field, "Must load nothing: url() is refused, whatever it names.")
	case strings.ContainsFunc(css, func(r rune) bool { return r > '~' || r < ' ' && !strings.ContainsRune("\t\n\r", r) }):
		return InvalidField(field, "Must be printable ASCII.")
	}
	return s.rules(false)
}

// styleText is a text, a comment, or what is neither, at the beginning of a style sheet. A text with the mark of a comment in it is
// none of these: browsers see a text there.
var styleText = regexp.MustCompile(`^(?:"[a-zA-Z0-9 ,._-]*"|'[a-zA-Z0-9 ,._-]*'|(?s:/\*.*?\*/)|[^"'/]+|/)`)

// withoutComments puts a space and its lines for each comment; false if a comment or a text does not end, or a text is none that
// may be.
func withoutComments(css string) (string, bool) {
	var out strings.Builder
	for css != "" {
		found := styleText.FindString(css)
		css = css[len(found):]
		switch {
		case found == "", found == "/" && strings.HasPrefix(css, "*"):
			return "", false
		case strings.HasPrefix(found, "/*"):
			out.WriteString(" " + strings.Repeat("\n", strings.Count(found, "\n")))
		default:
			out.WriteString(found)
		}
	}
	return out.String(), true
}

// rules reads rules up to the end, or up to the brace that ends a block.
func (s *style) rules(inMedia bool) error {
	for {
		s.take(len(s.text) - len(strings.TrimLeft(s.text, " \t\r\n")))
		switch {
		case s.text == "" && !inMedia:
			return nil
		case s.text == "":
			return s.fault("Must close every brace")
		case s.text[0] == '}' && inMedia:
			s.take(1)
			return nil
		case s.text[0] == '@':
			if err := s.media(inMedia); err != nil {
				return err
			}
		default:
			if err := s.rule(); err != nil {
				return err
			}
		}
	}
}

// media reads @media with its rules.
func (s *style) media(inMedia bool) error {
	if len(s.text) < 7 || !strings.EqualFold(s.text[:6], "@media") || !strings.ContainsRune(" \t\r\n(", rune(s.text[6])) || inMedia {
		return s.fault("Must have no other at-rule than media, and not one in another: nothing is imported")
	}
	s.take(6)
	if err := s.upTo('{', styleMedia, nil); err != nil {
		return err
	}
	return s.rules(true)
}

// rule reads selectors and their declarations.
func (s *style) rule() error {
	if strings.HasPrefix(s.text, "{") {
		return s.fault("Must have a selector before a brace")
	}
	if err := s.upTo('{', styleSelector, stylePseudos); err != nil {
		return err
	}
	for {
		end := strings.IndexAny(s.text, ";}")
		if end < 0 {
			return s.fault("Must close every brace")
		}
		last := s.text[end] == '}'
		if err := s.declaration(s.text[:end], last); err != nil {
			return err
		}
		s.take(1)
		if last {
			return nil
		}
	}
}

// declaration reads a property with its value, or nothing before the brace that ends a rule.
func (s *style) declaration(text string, last bool) error {
	if strings.TrimSpace(text) == "" && last {
		s.take(len(text))
		return nil
	}
	property, value, found := strings.Cut(text, ":")
	if !found || !styleProperty.MatchString(strings.TrimSpace(property)) || strings.TrimSpace(value) == "" {
		return s.fault("Must have declarations of a property and a value")
	}
	s.take(len(property) + 1)
	end := byte(';')
	if last {
		end = '}'
	}
	return s.tokens(len(value), end, styleValue, styleFunctions)
}

// upTo reads tokens up to a brace, and the brace.
func (s *style) upTo(end byte, token *regexp.Regexp, functions []string) error {
	at := strings.IndexByte(s.text, end)
	if at < 0 {
		return s.fault("Must have a block after each selector")
	}
	if err := s.tokens(at, end, token, functions); err != nil {
		return err
	}
	s.take(1)
	return nil
}

// tokens reads so many bytes of tokens, with every parenthesis closed. Names before one must be among functions.
func (s *style) tokens(length int, end byte, token *regexp.Regexp, functions []string) error {
	for open := 0; ; {
		if length == 0 {
			if open != 0 || s.text == "" || s.text[0] != end {
				return s.fault("Must close every parenthesis")
			}
			return nil
		}
		found := token.FindString(s.text[:length])
		name, function := strings.CutSuffix(strings.TrimLeft(found, ":"), "(")
		switch {
		case found == "":
			return s.fault("Has something that a style sheet of a brand may not have")
		case function && name != "" && functions != nil && !slices.Contains(functions, strings.ToLower(name)):
			return s.fault("Must not use " + name + "(), but only functions that load nothing")
		case strings.HasSuffix(found, "("):
			open++
		case found == ")":
			open--
		}
		if open < 0 {
			return s.fault("Must close every parenthesis")
		}
		s.take(len(found))
		length -= len(found)
	}
}

// take goes on behind so many bytes.
func (s *style) take(n int) {
	s.line += strings.Count(s.text[:n], "\n")
	s.text = s.text[n:]
}

func (s *style) fault(what string) error { return InvalidField(s.field, "%s (line %d).", what, s.line) }
