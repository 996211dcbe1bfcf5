package identity

import "time"

// SettingSource says where the value of a setting comes from.
type SettingSource string

// The sources, the weakest first.
const (
	SettingFromDefault     SettingSource = "default"
	SettingFromFile        SettingSource = "file"
	SettingFromDatabase    SettingSource = "database" // an administrator has stored it
	SettingFromEnvironment SettingSource = "environment"
	SettingFromFlag        SettingSource = "flag"
)

// Pins reports whether a value from the source is stronger than one that administrators store.
func (s SettingSource) Pins() bool { return s == SettingFromEnvironment || s == SettingFromFlag }

// SettingType says how the value of a setting is written.
type SettingType string

// The types.
const (
	SettingText     SettingType = "text"
	SettingBoolean  SettingType = "boolean"
	SettingInteger  SettingType = "integer"
	SettingDuration SettingType = "duration" // such as 90s, 12h or 30d
	SettingList     SettingType = "list"     // separated by commas
)

// Setting is one setting of the program, as it is in force on this node.
type Setting struct {
	Name        string // AUTHLY_CODE_TTL
	Description string
	Type        SettingType
	Default     string // empty: none, or what Description says
	Value       string // empty for a secret
	Secret      bool
	Set         bool // there is a value
	Source      SettingSource
	Runtime     bool   // administrators may store a value, which is obeyed while the server runs
	Stored      string // what administrators have stored, also when it is not in force; empty: nothing
	Ignored     *Error // why what is stored is not in force
}

// StoredSettings are the values that administrators have stored, by the names of the settings. The zero value is what
// there is before the first.
type StoredSettings struct {
	Values    map[string]string
	Version   int
	UpdatedAt time.Time
}

// Configuration is how a program was started, and what may be stored over it.
type Configuration interface {
	// Settings returns every setting as it is with the stored values, in the order of the documentation.
	Settings(stored map[string]string) []Setting
	// CheckSetting refuses what cannot be stored, in the field name or value.
	CheckSetting(name, value string) error
}
