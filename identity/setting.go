package identity

// SettingSource says where the value of a setting comes from.
type SettingSource string

// The sources, the weakest first.
const (
	SettingFromDefault     SettingSource = "default"
	SettingFromFile        SettingSource = "file"
	SettingFromEnvironment SettingSource = "environment"
	SettingFromFlag        SettingSource = "flag"
)

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
}
