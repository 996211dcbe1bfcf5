package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
)

// look is what pages are made of while a brand is in force.
type look struct {
	brand *identity.Brand
	style asset // after our own style sheet, or none
	logo  asset // or none

	mu    sync.Mutex
	pages map[string]*pages // of the languages in which the operator has texts; made when one is needed
}

// look returns what pages are made of now.
func (h *Handler) look() *look {
	brand := h.Domain.Settings.Get().Brand
	if l := h.current.Load(); l != nil && l.brand == brand {
		return l
	}
	l := &look{brand: brand, pages: map[string]*pages{}}
	if css := brandStyle(brand); css != "" {
		l.style = madeAsset([]byte(css), ".css", style.contentType)
	}
	if kind := brand.LogoType(); kind != "" {
		l.logo = madeAsset(brand.Logo, "."+strings.TrimPrefix(kind, "image/"), kind)
	}
	h.current.Store(l)
	return l
}

// madeAsset is newAsset for what is in no file.
func madeAsset(body []byte, ending, contentType string) asset {
	digest := sha256.Sum256(body)
	return asset{hex.EncodeToString(digest[:16]) + ending, contentType, body}
}

// words returns a language with the texts of the operator.
func (l *look) words(code string) *translation.Words {
	return translation.In(code).With(l.brand.TextsIn(code))
}

// page returns a template in a language.
func (l *look) page(code, name string) *template.Template {
	if len(l.brand.TextsIn(code)) == 0 {
		return ourPages[code]().page(name)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pages[code] == nil {
		l.pages[code] = newPages(l.words(code))
	}
	return l.pages[code].page(name)
}

// footerLink is a link below each page.
type footerLink struct {
	ID, URL string
	Label   *phrase
}

// links are the links of the brand, and that to the terms.
func (l *look) links(settings *identity.Settings) []footerLink {
	brand := l.brand
	if brand == nil {
		brand = &identity.Brand{}
	}
	var list []footerLink
	for _, link := range []footerLink{
		{"help", brand.HelpURL, say("Help")},
		{"privacy", brand.PrivacyURL, say("Privacy policy")},
		{"terms", settings.TermsURL, say("Terms of service")},
		{"imprint", brand.ImprintURL, say("Imprint")},
	} {
		if link.URL != "" {
			list = append(list, link)
		}
	}
	return list
}

// brandStyle is the style sheet of a brand: its colours, then what the operator has written; both were checked when they were stored.
func brandStyle(b *identity.Brand) string {
	if b == nil {
		return ""
	}
	var css strings.Builder
	if accent, ok := identity.ParseColour(b.Accent); ok {
		css.WriteString("@media not all and (prefers-color-scheme: dark) {\n" + variables(identity.LightScheme.Palette(accent)) + "}\n")
	}
	if accent, ok := identity.ParseColour(b.AccentDark); ok {
		css.WriteString("@media (prefers-color-scheme: dark) {\n" + variables(identity.DarkScheme.Palette(accent)) + "}\n")
	}
	css.WriteString(b.CSS)
	return css.String()
}

func variables(p identity.Palette) string {
	return fmt.Sprintf(":root { --accent: %s; --accent-over: %s; --on-accent: %s; --link: %[1]s; --tint: %[4]s; --glow: %[5]s; }\n",
		p.Accent, p.AccentOver, p.OnAccent, p.Tint, p.Glow)
}
