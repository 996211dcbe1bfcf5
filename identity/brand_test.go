package identity

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// anyText is a catalogue with every text.
type anyText struct{}

func (anyText) CheckText(_, _, _ string) error { return nil }

func TestAStyleSheetOfABrandLoadsNothing(t *testing.T) {
	t.Parallel()
	for _, css := range []string{
		"", " \n", "a{}", "a { color : red }", ".card, #problem > h1:hover { border-radius: 2px; --x: 1px; }",
		"@media (min-width: 40rem) and (prefers-color-scheme: dark) { .card { padding: calc(1rem + 2vw) !important; } } p{margin:0}",
		"/* a comment: url(x) \n @import */ .brand::before { content: \"\"; background: linear-gradient(90deg, #fff, rgb(0 0 0 / 50%)) }",
		`[type="submit"] { font: 600 1rem/1.5 "Segoe UI", 'DejaVu Sans', sans-serif }`, "li:nth-child(2n+1){color:var(--link)}",
		"a:not(.button)+b~i{transform:translate(-1px,.5em) rotate(3deg)}",
	} {
		if err := checkStyle(css); err != nil {
			t.Errorf("%q: %v", css, err)
		}
	}
	for css, want := range map[string]string{
		"a{background:url(https://evil.example/x)}":  "url()",
		"a{background:URL( 'x' )}":                   "url()",
		"a{background:url(/assets/x.png)}":           "url()",
		"a{background:u\\72l(https://evil.example)}": "backslash",
		"@import 'x';":                                 "at-rule",
		"@import url(//evil.example);":                 "url()",
		"@IMPORT \"https://evil.example\";":            "texts",
		"@\\69mport 'x';":                              "backslash",
		"@font-face{font-family:x;src:local(x)}":       "at-rule",
		"@media screen{@media print{a{color:red}}}":    "at-rule",
		"@namespace x;":                                "at-rule",
		"@mediax{}":                                    "at-rule",
		"a{background:image-set('x' 1x)}":              "image-set()",
		"a{background:-webkit-image-set('x' 1x)}":      "webkit-image-set()",
		"a{content:attr(value)}":                       "attr()",
		"a{background:src('x')}":                       "src()",
		"a{x:expression(alert)}":                       "expression()",
		"a{background:paint(x)}":                       "paint()",
		`a{content:"https://evil.example"}`:            "texts",
		`a{content:"/*";background:url(//e.x);x:"*/"}`: "texts",
		`a{content:"/*"}`:                              "texts",
		"a{color:red":                                  "brace",
		"a{color:red}}":                                "line 1",
		"a{color:rgb(0,0,0}":                           "parenthesis",
		"a{color:rgb(0,0,0))}":                         "parenthesis",
		"\n\na{color:red;b}":                           "line 3",
		"a{color:}":                                    "line 1",
		"{color:red}":                                  "selector",
		"a":                                            "block",
		"a{b{color:red}}":                              "line 1",
		"</style><script>alert(1)</script>":            "line 1",
		"<!-- a{color:red} -->":                        "line 1",
		"a{color:red} /*":                              "comments",
		"a{color:red} /*/":                             "comments",
		"a{content:\"\x00\"}":                          "texts",
		"a{color:r\u00e9d}":                            "ASCII",
		"a[href^='https://x']{color:red}":              "texts",
		"a:foo(b){color:red}":                          "foo()",
		"@media url(x){a{color:red}}":                  "url()",
		"a{color:red}" + strings.Repeat(" ", maxStyle): "bytes",
		"a{--x:{color:red}}":                           "line 1",
		"a{background:cross-fade(red, blue)}":          "cross-fade()",
		"a{background:element(#x)}":                    "element()",
		"a{width:calc(1px + image(red))}":              "image()",
	} {
		if err := checkStyle(css); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", css, err, want)
		}
	}
}

// FuzzStyleSheet: what is accepted has none of the ways in which a style sheet loads something, or leaves its grammar.
func FuzzStyleSheet(f *testing.F) {
	for _, css := range []string{
		"a{color:red}", "@media print{a{b:c}}", `a{content:"x"}/*"*/`, "a{b:url(x)}", "@import 'x'", `a{b:"/*";c:url(x);d:"*/"}`, "a[b='c']>d{e:f(1)}",
	} {
		f.Add(css)
	}
	f.Fuzz(func(t *testing.T, css string) {
		if checkStyle(css) != nil {
			return
		}
		plain, depth := "", 0
		for rest := css; rest != ""; { // as a browser reads it: what stands first, a text or a comment, holds
			switch quote := rest[0]; {
			case quote == '"' || quote == '\'':
				end := strings.IndexByte(rest[1:], quote)
				if end < 0 || strings.ContainsAny(rest[1:1+end], "\n:/\\") {
					t.Fatalf("%q has the text %q", css, rest)
				}
				rest = rest[end+2:]
			case strings.HasPrefix(rest, "/*"):
				end := strings.Index(rest[2:], "*/")
				if end < 0 {
					t.Fatalf("%q does not end its comment", css)
				}
				plain, rest = plain+" ", rest[end+4:]
			default:
				switch quote {
				case '{':
					depth++
				case '}':
					depth--
				}
				if depth < 0 || depth > 2 {
					t.Fatalf("%q has a depth of %d", css, depth)
				}
				plain, rest = plain+strings.ToLower(rest[:1]), rest[1:]
			}
		}
		for _, forbidden := range []string{"url(", "src(", "image(", "image-set(", "attr(", "element(", "expression(", "\\", "<!", "//", "http:"} {
			if strings.Contains(plain, forbidden) {
				t.Errorf("%q has %s", css, forbidden)
			}
		}
		if depth != 0 || strings.Count(plain, "@") != strings.Count(plain, "@media") {
			t.Errorf("%q", css)
		}
	})
}

func TestTheColoursOfABrandCanBeRead(t *testing.T) {
	t.Parallel()
	if got := Contrast(Colour{}, Colour{255, 255, 255}); got < 20.99 || got > 21.01 {
		t.Errorf("black on white: %f", got)
	}
	grey, _ := ParseColour("#767676") // the lightest grey that is enough on white
	if got := Contrast(grey, Colour{255, 255, 255}); got < 4.54 || got > 4.55 {
		t.Errorf("%s on white: %f", grey, got)
	}
	for _, c := range []struct {
		accent string
		scheme Scheme
		want   string // of what is said; empty: nothing
	}{
		{"", LightScheme, ""},
		{"#0b6b3a", LightScheme, ""},
		{"#3340b4", LightScheme, ""},
		{"#7fe0a8", DarkScheme, ""},
		{"#ff9900", LightScheme, "light pages: links on the card, #ff9900 on #ffffff, have a contrast of 2.14:1; at least 4.5:1"},
		{"#6f6f76", LightScheme, "links on the tint, #6f6f76 on #f3f3f4, have a contrast of 4.49:1"},
		{"#0b6b3a", DarkScheme, "dark pages: links on the card, #0b6b3a on #171a21, have a contrast of 2.6"},
		{"#FFFFFF", LightScheme, "in lower case"},
		{"red", LightScheme, "such as #3f4fd2"},
		{"#fff", LightScheme, "such as #3f4fd2"},
		{"#ffffff;}", DarkScheme, "such as #3f4fd2"},
	} {
		err := checkAccent("accent", c.accent, c.scheme)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s, %s: %v, want %q", c.accent, c.scheme.Name, err, c.want)
		}
	}
}

// picture returns one of a size, as a PNG and as a JPEG.
func picture(t *testing.T, side int) (asPNG, asJPEG []byte) {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, side, 1))
	p.Set(0, 0, color.White)
	var one, other bytes.Buffer
	if err := png.Encode(&one, p); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&other, p, nil); err != nil {
		t.Fatal(err)
	}
	return one.Bytes(), other.Bytes()
}

func TestALogoIsAPictureByItsBytes(t *testing.T) {
	t.Parallel()
	png, jpeg := picture(t, 10)
	wide, _ := picture(t, maxLogoSide+1)
	gif, err := base64.StdEncoding.DecodeString("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		logo []byte
		kind string // media type, or what is wrong
	}{
		"none":        {nil, ""},
		"PNG":         {png, "image/png"},
		"JPEG":        {jpeg, "image/jpeg"},
		"half a PNG":  {png[:len(png)-20], "can be shown"},
		"wide":        {wide, "pixels"},
		"large":       {append(bytes.Clone(png), make([]byte, maxLogo)...), "bytes"},
		"GIF":         {gif, "a PNG or a JPEG"},
		"SVG":         {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "a PNG or a JPEG"},
		"HTML":        {[]byte("<!doctype html><script>alert(1)</script>"), "a PNG or a JPEG"},
		"a signature": {[]byte("\x89PNG\r\n\x1a\n<script>"), "a PNG or a JPEG"},
	} {
		b := Brand{Logo: c.logo}
		err := b.Check(anyText{})
		if good := c.kind == "" || strings.HasPrefix(c.kind, "image/"); good != (err == nil) || err != nil && !strings.Contains(err.Error(), c.kind) {
			t.Errorf("%s: %v", name, err)
		} else if good && b.LogoType() != c.kind {
			t.Errorf("%s is %q", name, b.LogoType())
		}
	}
}

func TestABrandIsCheckedWhole(t *testing.T) {
	t.Parallel()
	good := Brand{
		ProductName: "Acme <b>Login</b>", HelpURL: "https://acme.example/help?a=b", Texts: map[string]map[string]string{"de": {"Sign in": "Los geht's"}},
	}
	if err := good.Check(anyText{}); err != nil {
		t.Error(err)
	}
	bad := Brand{
		ProductName: "Acme: " + strings.Repeat("x", maxProductName), Accent: "#ffffff", AccentDark: "#000000", HelpURL: "http://acme.example", PrivacyURL: "javascript:alert(1)",
		ImprintURL: "https://acme.example/" + strings.Repeat("x", maxBrandAddress), CSS: "@import 'x'", Logo: []byte("GIF89a"), Texts: map[string]map[string]string{"de": {"Sign in": "<b>Los</b>"}},
	}
	var fields []string
	for _, e := range AllErrors(bad.Check(anyText{})) {
		fields = append(fields, e.Field)
	}
	if got, want := strings.Join(fields, " "), "product_name product_name accent accent_dark help_url privacy_url imprint_url css logo texts.replacement"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, text := range []string{"", " x", "a & b", "line\nbreak", "a\u202eb", strings.Repeat("x", maxBrandText+1)} {
		b := Brand{Texts: map[string]map[string]string{"de": {"Sign in": text}}}
		if b.Check(anyText{}) == nil {
			t.Errorf("%q is a text", text)
		}
	}
	many := map[string]string{}
	for i := range maxBrandTexts + 1 {
		many[strings.Repeat("x", i+1)] = "y"
	}
	if (Brand{Texts: map[string]map[string]string{"de": many}}).Check(anyText{}) == nil {
		t.Error("there is no bound of texts")
	}
	changes := BrandChanges(Brand{ProductName: "A"}, good)
	if changes["product_name"] != (Change{Before: "A", After: good.ProductName}) || changes["texts.de"].After == nil || len(changes) != 3 {
		t.Errorf("changes: %v", changes)
	}
}
