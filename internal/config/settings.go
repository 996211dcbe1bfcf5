package config

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// Given is what was said of a setting.
type Given struct {
	Source identity.SettingSource
	Text   string // as it was written; empty for a secret
}

var _ identity.Configuration = Config{}

// Settings implements identity.Configuration. Of a secret it says only whether there is one.
func (c Config) Settings(stored map[string]string) []identity.Setting {
	list := make([]identity.Setting, len(variables))
	for i, v := range variables {
		s := identity.Setting{
			Name: v.Name, Description: v.PlainMeaning(), Type: v.set.kind, Default: v.Default, Secret: v.Secret, Runtime: v.Runtime,
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
		if text, ok := stored[v.Name]; ok && !s.Secret {
			s.Stored, s.Ignored = text, c.problem(v.Name, text)
			if s.Ignored == nil {
				s.Source, s.Value, s.Set = identity.SettingFromDatabase, text, true
			}
		}
		list[i] = s
	}
	return list
}

// CheckSetting implements identity.Configuration.
func (c Config) CheckSetting(name, value string) error {
	if problem := c.problem(name, value); problem != nil {
		return problem
	}
	return nil
}

// With returns the configuration with what is stored over it, and what of that is not obeyed, by name.
func (c Config) With(stored map[string]string) (Config, map[string]*identity.Error) {
	ignored := map[string]*identity.Error{}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if problem := c.problem(name, stored[name]); problem != nil {
			ignored[name] = problem
			continue
		}
		v, _ := variable(name)
		_ = v.set.put(&c, stored[name]) // no problem was found
	}
	return c, ignored
}

// maxStoredSetting bounds what is read again each time: every limit of attempts, with its name, fits in.
const maxStoredSetting = 1000

// problem says why a value cannot be stored, or is not obeyed where it is.
func (c Config) problem(name, value string) *identity.Error {
	v, ok := variable(name)
	switch {
	case !ok:
		return identity.InvalidField("name", "Is not the name of a setting.")
	case !v.Runtime:
		return c.refusal(identity.CodeSettingFixed, "%s is set where the server is started, and not while it runs.", name)
	case c.Given[name].Source.Pins():
		return c.refusal(identity.CodeSettingPinned, "%s is pinned: it comes from the %s of the server.", name, c.Given[name].Source)
	case name == throttle && c.Throttle.Off:
		return c.refusal(identity.CodeSettingPinned, "%s is pinned: it is off from the start of the server.", name)
	case strings.TrimSpace(value) == "":
		return identity.InvalidField("value", "Must not be empty; null takes back what is stored.")
	case len(value) > maxStoredSetting:
		return identity.InvalidField("value", "Must have at most %d bytes.", maxStoredSetting)
	}
	var parsed Config
	if err := v.set.put(&parsed, value); err != nil {
		return identity.InvalidField("value", "Cannot be obeyed: %s.", plain(err.Error()))
	}
	err := cmp.Or(c.checkRegistration(parsed.Registration), c.checkEmailSignIn(parsed.EmailSignIn), c.checkPasskeys(parsed.Passkeys))
	if err != nil {
		return identity.InvalidField("value", "Cannot be obeyed: %s.", plain(err.Error()))
	}
	if parsed.Throttle.Off {
		return identity.InvalidField("value", "Cannot be off but from the start of the server.")
	}
	return nil
}

func (Config) refusal(code identity.Code, format string, args ...any) *identity.Error {
	e := identity.Errorf(identity.Conflict, code, format, args...)
	e.Field = "name"
	return e
}

func variable(name string) (Variable, bool) {
	i := slices.IndexFunc(variables, func(v Variable) bool { return v.Name == name })
	if i < 0 {
		return Variable{}, false
	}
	return variables[i], true
}

// plain returns a message in printable ASCII without quotes.
func plain(message string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, message)
}

func joined(prefixes []netip.Prefix) string {
	texts := make([]string, len(prefixes))
	for i, p := range prefixes {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}
