package identity

import (
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
)

// Colour is one of sRGB, without transparency.
type Colour [3]uint8

// String returns the colour as CSS has it, such as #3f4fd2.
func (c Colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

var colourPattern = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// ParseColour reads #rrggbb, in lower case; false: it is none.
func ParseColour(text string) (Colour, bool) {
	if !colourPattern.MatchString(text) {
		return Colour{}, false
	}
	var c Colour
	_, err := hex.Decode(c[:], []byte(text[1:]))
	return c, err == nil
}

// over returns a colour of which so much, from 0 to 1, is laid over another.
func (c Colour) over(ground Colour, much float64) Colour {
	var mixed Colour
	for i := range c {
		mixed[i] = uint8(math.Round(float64(c[i])*much + float64(ground[i])*(1-much)))
	}
	return mixed
}

// luminance is the relative luminance of WCAG 2.2.
func (c Colour) luminance() float64 {
	linear := func(value uint8) float64 {
		v := float64(value) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// Contrast returns the contrast ratio of two colours (WCAG 2.2), from 1 to 21.
func Contrast(a, b Colour) float64 {
	first, second := a.luminance(), b.luminance()
	return (max(first, second) + 0.05) / (min(first, second) + 0.05)
}

// minContrast is that of text (WCAG 2.2, SC 1.4.3, level AA).
const minContrast = 4.5

// Scheme is what the colour of a brand is seen with: pages are light or dark, as the browser asks. The style sheet of the pages
// has the same colours.
type Scheme struct {
	Name              string
	Page, Card, Field Colour  // grounds
	Quiet, OnAccent   Colour  // letters
	extreme           Colour  // that the accent goes to under the pointer
	tint              float64 // how much of the accent is in the tint and in the glow
}

// The schemes.
var (
	LightScheme = Scheme{
		Name: "light", Page: Colour{0xf3, 0xf4, 0xf9}, Card: Colour{0xff, 0xff, 0xff}, Field: Colour{0xff, 0xff, 0xff},
		Quiet: Colour{0x55, 0x5d, 0x6e}, OnAccent: Colour{0xff, 0xff, 0xff}, extreme: Colour{0, 0, 0}, tint: 0.08,
	}
	DarkScheme = Scheme{
		Name: "dark", Page: Colour{0x0e, 0x10, 0x15}, Card: Colour{0x17, 0x1a, 0x21}, Field: Colour{0x10, 0x13, 0x19},
		Quiet: Colour{0xa6, 0xae, 0xbf}, OnAccent: Colour{0x0f, 0x12, 0x30}, extreme: Colour{0xff, 0xff, 0xff}, tint: 0.1,
	}
)

// Palette are the colours that follow from that of a brand.
type Palette struct {
	Accent     Colour // buttons and links
	AccentOver Colour // a button under the pointer
	OnAccent   Colour // letters on a button
	Tint       Colour // ground of what stands out
	Glow       Colour // top of the page
}

// Palette returns the colours that follow from an accent.
func (s Scheme) Palette(accent Colour) Palette {
	return Palette{
		Accent: accent, AccentOver: accent.over(s.extreme, 0.85), OnAccent: s.OnAccent,
		Tint: accent.over(s.Card, s.tint), Glow: accent.over(s.Page, s.tint),
	}
}

// checkAccent refuses a colour with which somebody could not read a page. It names the first pair that is too weak.
func checkAccent(field, text string, s Scheme) error {
	if text == "" {
		return nil
	}
	accent, ok := ParseColour(text)
	if !ok {
		return InvalidField(field, "Must be a colour such as #3f4fd2, in lower case.")
	}
	p := s.Palette(accent)
	for _, pair := range []struct {
		what            string
		letters, ground Colour
	}{
		{"links on the card", p.Accent, s.Card},
		{"links on the page", p.Accent, s.Page},
		{"links in a field", p.Accent, s.Field},
		{"links on the tint", p.Accent, p.Tint},
		{"links on the glow", p.Accent, p.Glow},
		{"the letters of a button on it", p.OnAccent, p.Accent},
		{"the letters of a button under the pointer", p.OnAccent, p.AccentOver},
		{"quiet text on the tint", s.Quiet, p.Tint},
		{"quiet text on the glow", s.Quiet, p.Glow},
	} {
		if ratio := Contrast(pair.letters, pair.ground); ratio < minContrast {
			return InvalidField(field, "Is hard to read on %s pages: %s, %s on %s, have a contrast of %.2f:1; "+
				"at least %.1f:1 is needed (WCAG 2.2 AA).", s.Name, pair.what, pair.letters, pair.ground, math.Floor(ratio*100)/100, minContrast)
		}
	}
	return nil
}
