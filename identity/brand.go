package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // a format of logos
	_ "image/png"  // the same
	"strings"
	"time"
)

// ownName is the name of the product before somebody gives it another.
const ownName = "Authly"

// Brand is how pages and messages look that are the operator's own. The zero value is the look that Authly has by itself.
type Brand struct {
	ProductName string `json:"product_name,omitempty"` // empty: Authly
	Accent      string `json:"accent,omitempty"`       // colour of buttons and links on light pages, as #rrggbb; empty: ours
	AccentDark  string `json:"accent_dark,omitempty"`  // the same on dark pages
	HelpURL     string `json:"help_url,omitempty"`     // links below each page; empty: none
	PrivacyURL  string `json:"privacy_url,omitempty"`
	ImprintURL  string `json:"imprint_url,omitempty"`
	CSS         string `json:"css,omitempty"` // after our own style sheet, within what CheckStyle allows
	// Texts take the place of ours: by language, then by the English text.
	Texts map[string]map[string]string `json:"texts,omitempty"`
	Logo  []byte                       `json:"-"` // PNG or JPEG; empty: none
}

// StoredBrand is the brand that administrators have stored. The zero value is what there is before the first.
type StoredBrand struct {
	Brand     Brand
	Version   int
	UpdatedAt time.Time
}

// The bounds of a brand.
const (
	maxProductName  = 100 // bytes
	maxLogo         = 40 << 10
	maxLogoSide     = 1024 // pixels: a browser holds every one of them in memory
	maxBrandTexts   = 200
	maxBrandText    = 2000 // bytes
	maxBrandAddress = 500  // bytes of a link
)

// Name returns the name of the product, also of no brand.
func (b *Brand) Name() string {
	if b == nil || b.ProductName == "" {
		return ownName
	}
	return b.ProductName
}

// TextsIn returns the texts of the operator in a language by the English text; nil: there are none.
func (b *Brand) TextsIn(language string) map[string]string {
	if b == nil {
		return nil
	}
	return b.Texts[language]
}

// LogoType returns the media type of the logo, or "" without one.
func (b *Brand) LogoType() string {
	if b == nil || len(b.Logo) == 0 {
		return ""
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(b.Logo))
	if err != nil {
		return ""
	}
	return "image/" + format
}

// TextCatalogue knows the texts of pages and messages.
type TextCatalogue interface {
	// CheckText refuses what cannot take the place of a text in a language, in the field language, text or replacement.
	CheckText(language, text, replacement string) error
}

// Check names all that is wrong with a brand.
func (b Brand) Check(catalogue TextCatalogue) error {
	var faults Faults
	faults.Add(CheckShown("product_name", b.ProductName, maxProductName, false))
	if strings.ContainsRune(b.ProductName, ':') {
		faults.Add(InvalidField("product_name", "Must not have a colon, which ends the name in authenticator apps."))
	}
	faults.Add(checkAccent("accent", b.Accent, LightScheme))
	faults.Add(checkAccent("accent_dark", b.AccentDark, DarkScheme))
	for _, link := range []struct{ field, address string }{
		{"help_url", b.HelpURL}, {"privacy_url", b.PrivacyURL}, {"imprint_url", b.ImprintURL},
	} {
		if link.address != "" && (!strings.HasPrefix(link.address, "https://") || !webURL(link.address) || len(link.address) > maxBrandAddress) {
			faults.Add(InvalidField(link.field, "Must be an absolute https URL of at most %d characters.", maxBrandAddress))
		}
	}
	faults.Add(checkStyle(b.CSS))
	faults.Add(b.checkLogo())
	n := 0
	for language, texts := range b.Texts {
		n += len(texts)
		if n > maxBrandTexts {
			faults.Add(InvalidField("texts", "Must have at most %d texts.", maxBrandTexts))
			break
		}
		for text, replacement := range texts {
			if err := checkBrandText(catalogue, language, text, replacement); err != nil {
				e := AsError(err)
				faults.Add(InvalidField("texts."+e.Field, "For %s, in the place of [%.80s]: %s", language, text, e.Detail))
			}
		}
	}
	return faults.Err()
}

// checkBrandText refuses what is not a plain text, or cannot take the place of ours.
func checkBrandText(catalogue TextCatalogue, language, text, replacement string) error {
	if err := CheckShown("replacement", replacement, maxBrandText, false); err != nil {
		return err
	}
	if strings.TrimSpace(replacement) != replacement || replacement == "" || strings.ContainsAny(replacement, "<>&") {
		return InvalidField("replacement", "Must be a text without markup (<, > and &), and without spaces around it.")
	}
	return catalogue.CheckText(language, text, replacement)
}

// checkLogo looks at the bytes alone. What can hold scripts or links is no picture (SVG), nor is what does not decode.
func (b Brand) checkLogo() error {
	if len(b.Logo) == 0 {
		return nil
	}
	if len(b.Logo) > maxLogo {
		return InvalidField("logo", "Must have at most %d bytes.", maxLogo)
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(b.Logo))
	switch {
	case err != nil:
		return InvalidField("logo", "Must be a PNG or a JPEG.")
	case size.Width > maxLogoSide || size.Height > maxLogoSide:
		return InvalidField("logo", "Must have at most %d x %d pixels.", maxLogoSide, maxLogoSide)
	}
	if _, _, err := image.Decode(bytes.NewReader(b.Logo)); err != nil {
		return InvalidField("logo", "Must be a PNG or a JPEG that can be shown.")
	}
	return nil
}

// BrandChanges lists what differs between two brands. Of what may be long it names the digest.
func BrandChanges(before, after Brand) map[string]Change {
	changes := map[string]Change{}
	for _, field := range []struct{ name, before, after string }{
		{"product_name", before.ProductName, after.ProductName},
		{"accent", before.Accent, after.Accent},
		{"accent_dark", before.AccentDark, after.AccentDark},
		{"help_url", before.HelpURL, after.HelpURL},
		{"privacy_url", before.PrivacyURL, after.PrivacyURL},
		{"imprint_url", before.ImprintURL, after.ImprintURL},
		{"css", digestOf([]byte(before.CSS)), digestOf([]byte(after.CSS))},
		{"logo", digestOf(before.Logo), digestOf(after.Logo)},
	} {
		change(changes, field.name, field.before, field.after)
	}
	for _, texts := range []map[string]map[string]string{before.Texts, after.Texts} {
		for language := range texts {
			change(changes, "texts."+language, digestOfTexts(before.Texts[language]), digestOfTexts(after.Texts[language]))
		}
	}
	return changes
}

func change(changes map[string]Change, name, before, after string) {
	if before == after {
		return
	}
	var c Change
	if before != "" {
		c.Before = before
	}
	if after != "" {
		c.After = after
	}
	changes[name] = c
}

func digestOf(content []byte) string {
	if len(content) == 0 {
		return ""
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(content))
}

func digestOfTexts(texts map[string]string) string {
	if len(texts) == 0 {
		return ""
	}
	content, err := json.Marshal(texts) // the keys are sorted
	if err != nil {
		return ""
	}
	return digestOf(content)
}
