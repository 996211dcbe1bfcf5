package model

import (
	"encoding/base64"
	"maps"
	"slices"

	"github.com/authly/authly/identity"
)

// NewBranding shows the stored brand.
func NewBranding(stored identity.StoredBrand) *Branding {
	b := &stored.Brand
	out := &Branding{
		Version: stored.Version, ProductName: optional(&b.ProductName), Accent: optional(&b.Accent), AccentDark: optional(&b.AccentDark),
		HelpURL: optional(&b.HelpURL), PrivacyURL: optional(&b.PrivacyURL), ImprintURL: optional(&b.ImprintURL), CSS: optional(&b.CSS),
		Texts: []*BrandingText{},
	}
	if stored.Version > 0 {
		out.UpdatedAt = &stored.UpdatedAt
	}
	if kind := b.LogoType(); kind != "" {
		logo := base64.StdEncoding.EncodeToString(b.Logo)
		out.Logo, out.LogoType = &logo, &kind
	}
	for _, language := range slices.Sorted(maps.Keys(b.Texts)) {
		for _, text := range slices.Sorted(maps.Keys(b.Texts[language])) {
			out.Texts = append(out.Texts, &BrandingText{Language: language, Text: text, Replacement: b.Texts[language][text]})
		}
	}
	return out
}
