package model

import (
	"strings"

	"github.com/authly/authly/identity"
)

// Setting is the type Setting.
type Setting struct{ identity.Setting }

// NewSettings shows settings.
func NewSettings(list []identity.Setting) []*Setting {
	out := make([]*Setting, len(list))
	for i, s := range list {
		out[i] = &Setting{s}
	}
	return out
}

// Name is the field name.
func (s *Setting) Name() string { return s.Setting.Name }

// Description is the field description.
func (s *Setting) Description() string { return s.Setting.Description }

// Type is the field type.
func (s *Setting) Type() SettingType { return SettingType(strings.ToUpper(string(s.Setting.Type))) }

// Value is the field value.
func (s *Setting) Value() *string { return optional(&s.Setting.Value) }

// Default is the field default.
func (s *Setting) Default() *string { return optional(&s.Setting.Default) }

// Secret is the field secret.
func (s *Setting) Secret() bool { return s.Setting.Secret }

// IsSet is the field isSet.
func (s *Setting) IsSet() bool { return s.Set }

// Source is the field source.
func (s *Setting) Source() SettingSource {
	return SettingSource(strings.ToUpper(string(s.Setting.Source)))
}
