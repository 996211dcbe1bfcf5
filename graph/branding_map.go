package graph

import (
	"encoding/base64"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// brandChange reads the changes of the brand.
func brandChange(in model.UpdateBrandingInput) (admin.BrandChange, error) {
	p := &patch{}
	change := admin.BrandChange{
		ProductName: cleared(p, in.ProductName), Accent: cleared(p, in.Accent), AccentDark: cleared(p, in.AccentDark),
		HelpURL: cleared(p, in.HelpURL), PrivacyURL: cleared(p, in.PrivacyURL), ImprintURL: cleared(p, in.ImprintURL), CSS: cleared(p, in.CSS),
	}
	if encoded := cleared(p, in.Logo); encoded != nil {
		logo, err := base64.StdEncoding.DecodeString(*encoded)
		if err != nil {
			return admin.BrandChange{}, identity.InvalidField("logo", "Must be Base64.")
		}
		change.Logo = &logo
	}
	if in.Texts.IsSet() {
		texts := map[string]map[string]string{}
		for _, t := range in.Texts.Value() {
			if texts[t.Language] == nil {
				texts[t.Language] = map[string]string{}
			}
			if _, twice := texts[t.Language][t.Text]; twice {
				return admin.BrandChange{}, identity.InvalidField("texts", "Must have each text of a language once.")
			}
			texts[t.Language][t.Text] = t.Replacement
		}
		change.Texts = &texts
	}
	return change, nil
}
