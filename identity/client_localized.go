package identity

import (
	"maps"
	"slices"
	"strings"
)

// maxLocalized bounds the texts of a client in languages.
const maxLocalized = 50

// localizable are the metadata that may be in languages, with how each is checked (OIDC Registration §2.1).
var localizable = map[string]struct {
	of    func(*ClientMetadata) *string
	check func(field, text string) error
}{
	"client_name": {func(m *ClientMetadata) *string { return &m.Name }, checkName},
	"client_uri":  {func(m *ClientMetadata) *string { return &m.URI }, checkPage},
	"logo_uri":    {func(m *ClientMetadata) *string { return &m.LogoURI }, checkPage},
	"policy_uri":  {func(m *ClientMetadata) *string { return &m.PolicyURI }, checkPage},
	"tos_uri":     {func(m *ClientMetadata) *string { return &m.TermsURI }, checkPage},
}

// Localizable reports whether a member of client metadata is one in a language: client_name#de.
func Localizable(member string) bool {
	name, _, tagged := strings.Cut(member, languageMark)
	return tagged && localizable[name].of != nil
}

// checkPage checks an address that people are led to.
func checkPage(field, uri string) error {
	if !webURL(uri) || strings.Contains(uri, "#") {
		return InvalidField(field, "Must be an absolute http or https URL without a fragment, of at most %d characters.", maxURL)
	}
	return nil
}

// checkLocalized checks each text in a language as the one without.
func (m ClientMetadata) checkLocalized(faults *Faults) {
	if len(m.Localized) > maxLocalized {
		faults.Add(InvalidField("localized", "Must have at most %d texts.", maxLocalized))
		return
	}
	for _, member := range slices.Sorted(maps.Keys(m.Localized)) {
		name, tag, _ := strings.Cut(member, languageMark)
		switch text := m.Localized[member]; {
		case !Localizable(member) || checkLocale(member, tag) != nil:
			faults.Add(InvalidField("localized",
				"Must be client_name, client_uri, logo_uri, policy_uri or tos_uri, each with # and a BCP 47 language tag."))
		case text == "":
			faults.Add(InvalidField("localized", "Must not be empty."))
		default:
			faults.Add(localizable[name].check("localized", text))
		}
	}
}

// In returns the client with what its metadata say in a language, of which code is the BCP 47 tag without a region; what they do not say
// in it stays.
func (c Client) In(code string) Client {
	for _, member := range slices.Backward(slices.Sorted(maps.Keys(c.Metadata.Localized))) { // the tag without a region comes first, and wins
		name, tag, _ := strings.Cut(member, languageMark)
		primary, _, _ := strings.Cut(tag, "-")
		if strings.EqualFold(primary, code) && localizable[name].of != nil {
			*localizable[name].of(&c.Metadata) = c.Metadata.Localized[member]
		}
	}
	return c
}

// LocalizedBut returns the texts in languages of all metadata but one.
func (m ClientMetadata) LocalizedBut(name string) map[string]string {
	others := maps.Clone(m.Localized)
	maps.DeleteFunc(others, func(member, _ string) bool { return strings.HasPrefix(member, name+languageMark) })
	return others
}
