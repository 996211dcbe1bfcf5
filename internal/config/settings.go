package config

import (
	"net/netip"
	"strings"

	"github.com/authly/authly/identity"
)

// Given is what was said of a setting.
type Given struct {
	Source identity.SettingSource
	Text   string // as it was written; empty for a secret
}

// Settings returns every setting that is in force, in the order of the reference. Of a secret it says only whether there is
// one.
func (c Config) Settings() []identity.Setting {
	list := make([]identity.Setting, len(variables))
	for i, v := range variables {
		s := identity.Setting{
			Name: v.Name, Description: v.PlainMeaning(), Type: v.set.kind, Default: v.Default, Secret: v.Secret,
			Source: identity.SettingFromDefault, Value: v.Default,
		}
		if v.Name == adminAllowed && s.Default == "" {
			s.Value = joined(c.AdminAllowed) // what check has made of it
		}
		s.Set = s.Value != ""
		if given, ok := c.Given[v.Name]; ok {
			s.Source, s.Value, s.Set = given.Source, given.Text, true
		}
		if s.Secret {
			s.Value = ""
		}
		list[i] = s
	}
	return list
}

func joined(prefixes []netip.Prefix) string {
	texts := make([]string, len(prefixes))
	for i, p := range prefixes {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}
