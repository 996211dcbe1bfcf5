package model

import (
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// Setting is the type Setting.
type Setting struct{ identity.Setting }

// NewSettings shows the settings of a node.
func NewSettings(settings admin.ConfiguredSettings) *Settings {
	out := &Settings{Version: settings.Version, All: make([]*Setting, len(settings.All))}
	if !settings.UpdatedAt.IsZero() {
		out.UpdatedAt = &settings.UpdatedAt
	}
	for i, s := range settings.All {
		out.All[i] = &Setting{s}
	}
	return out
}

// Type is the field type.
func (s *Setting) Type() SettingType { return SettingType(strings.ToUpper(string(s.Setting.Type))) }

// Value is the field value.
func (s *Setting) Value() *string { return optional(&s.Setting.Value) }

// Default is the field default.
func (s *Setting) Default() *string { return optional(&s.Setting.Default) }

// IsSet is the field isSet.
func (s *Setting) IsSet() bool { return s.Set }

// Source is the field source.
func (s *Setting) Source() SettingSource {
	return SettingSource(strings.ToUpper(string(s.Setting.Source)))
}

// Stored is the field stored.
func (s *Setting) Stored() *string { return optional(&s.Setting.Stored) }

// StoredIgnored is the field storedIgnored.
func (s *Setting) StoredIgnored() *string {
	if s.Ignored == nil {
		return nil
	}
	message := s.Ignored.Message()
	return &message
}
