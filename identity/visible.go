package identity

import (
	"strings"
	"unicode"
)

// invisible finds the first character of a text that a reader does not see, or that turns the order of others around, so
// that the text could look like another one (UTS #39 §5; Unicode TR 36 §2.5). What scripts need stays: a joiner between
// letters of a script that has joining forms, and a variation selector after what it varies.
func invisible(text string) bool {
	if !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return false
	}
	previous := rune(0)
	runes := []rune(text)
	for i, r := range runes {
		next := rune(0)
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case r <= unicode.MaxASCII:
		case r == 0x200c || r == 0x200d: // ZERO WIDTH NON-JOINER, ZERO WIDTH JOINER
			if !joins(previous) || !joins(next) {
				return true
			}
		case unicode.Is(unicode.Variation_Selector, r):
			if !varies(previous) {
				return true
			}
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point),
			unicode.In(r, unicode.Other_Default_Ignorable_Code_Point), r == 0x2800: // BRAILLE PATTERN BLANK
			return true
		}
		previous = r
	}
	return false
}

// joins reports whether a character is of a script whose words are written with joiners (RFC 5892 appendix A), or part of
// a picture that joins others.
func joins(r rune) bool {
	return unicode.In(
		r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
		unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.So, unicode.Sk,
	) || r == 0xfe0f // the picture form of what stands before it
}

func varies(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sm, unicode.Sk, unicode.Han, unicode.Mongolian) || r == 0x203c || r == 0x2049
}
