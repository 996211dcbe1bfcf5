package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/authly/authly/identity"
)

// Prefix begins the name of every variable.
const Prefix = "AUTHLY_"

// ConfigVariable names the YAML file when no --config flag does.
const ConfigVariable = Prefix + "CONFIG"

const testPrefix = Prefix + "TEST_"

// Sources are where settings come from. Nothing else is read: tests pass what they like.
type Sources struct {
	File  string            // path of the YAML file from --config; empty = AUTHLY_CONFIG of Env, if any
	Env   []string          // "NAME=value", as os.Environ gives it
	Flags map[string]string // settings from flags, by lower-case name: "listen", "database-url" or "database_url"
}

// serviceLink matches what Kubernetes puts into the environment of every pod for a service called authly or authly-*.
var serviceLink = regexp.MustCompile(
	`^AUTHLY_([A-Z0-9_]+_)?` +
		`(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)=|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=|PORT=(tcp|udp|sctp)://)`)

// Load reads and checks the configuration. Its error is of type Faults and holds every fault there is.
func Load(args Sources) (Config, error) {
	l := loader{merged: koanf.New("."), byName: map[string]Variable{}, given: map[string]Given{}}
	defaults := layer{}
	for _, v := range variables {
		l.byName[v.Name] = v
		if v.Default != "" {
			defaults[v.Name] = v.Default
		}
	}
	l.merge(defaults)

	environ := l.environment(args.Env)
	path := args.File
	if path == "" {
		path, _ = environ[ConfigVariable].(string)
	}
	delete(environ, ConfigVariable)
	if path != "" {
		l.add(l.yamlFile(path), identity.SettingFromFile, path, nameOf)
	}
	l.add(environ, identity.SettingFromEnvironment, "the environment", func(name string) string { return name })
	flags := map[string]any{}
	for name, value := range args.Flags {
		flags[name] = value
	}
	l.add(flags, identity.SettingFromFlag, "the flags", func(flag string) string { return nameOf(strings.ReplaceAll(flag, "-", "_")) })

	c := Config{Given: l.given}
	for _, v := range variables {
		text := l.merged.String(v.Name)
		if text == "" || l.faults.has(v.Name) {
			continue
		}
		if err := v.set.put(&c, text); err != nil {
			l.faults.add(v.Name, "%s", err)
		}
	}
	c.check(&l.faults)
	if len(l.faults) > 0 {
		l.faults.sort()
		return Config{}, l.faults
	}
	return c, nil
}

// loader merges the layers and collects what is wrong with them.
type loader struct {
	merged *koanf.Koanf
	byName map[string]Variable
	given  map[string]Given
	faults Faults
}

// layer is one source, by the name of the variable. It is a koanf.Provider.
type layer map[string]any

// Read returns the values.
func (l layer) Read() (map[string]any, error) { return l, nil }

// ReadBytes is not supported: a layer is not a document.
func (layer) ReadBytes() ([]byte, error) { return nil, errors.ErrUnsupported }

func (l *loader) merge(values layer) {
	if err := l.merged.Load(values, nil); err != nil {
		l.faults.add("configuration", "cannot merge the sources: %s", err)
	}
}

// add checks one source and puts it over the former ones. Secrets given as files are read here, so that a file of a
// stronger source wins over a plain value of a weaker one.
func (l *loader) add(raw map[string]any, from identity.SettingSource, source string, nameOf func(spelled string) string) {
	given := layer{}
	for _, spelled := range slices.Sorted(maps.Keys(raw)) { // so that the same configuration is always read alike
		name, value := nameOf(spelled), raw[spelled]
		if _, _, known := l.lookUp(name); !known {
			l.faults.add(spelled, "unknown name in %s", source)
			continue
		}
		given[name] = value
	}
	checked := layer{}
	for name, value := range given {
		v, isFile, _ := l.lookUp(name)
		text, err := textOf(value)
		if isFile || !v.Secret {
			text = strings.TrimSpace(text)
		}
		switch {
		case err != nil:
			l.faults.add(name, "%s", err)
		case text == "":
		case !isFile:
			checked[v.Name] = text
		case present(given[v.Name]):
			l.faults.add(name, "give either %s or %s in %s, not both", v.Name, name, source)
		default:
			if text, err = readSecretFile(text); err != nil {
				l.faults.add(name, "cannot read the secret: %s", err)
			}
			checked[v.Name] = text
		}
	}
	l.merge(checked)
	for name, text := range checked {
		l.given[name] = Given{Source: from}
		if text, ok := text.(string); ok && !l.byName[name].Secret {
			l.given[name] = Given{Source: from, Text: text}
		}
	}
}

// lookUp finds the variable of a name; isFile reports that the name is that of the file which holds the secret.
func (l *loader) lookUp(name string) (v Variable, isFile, known bool) {
	if v, known = l.byName[name]; known {
		return v, false, true
	}
	base, isFile := strings.CutSuffix(name, "_FILE")
	v, known = l.byName[base]
	return v, isFile, known && isFile && v.Secret
}

// present reports whether a value counts as given.
func present(value any) bool {
	text, err := textOf(value)
	return err != nil || text != ""
}

func (l *loader) environment(environ []string) map[string]any {
	environ = slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		return strings.HasPrefix(entry, testPrefix) || serviceLink.MatchString(entry)
	})
	values, err := env.Provider("", env.Opt{Prefix: Prefix, EnvironFunc: func() []string { return environ }}).Read()
	if err != nil {
		l.faults.add("environment", "cannot be read: %s", err)
	}
	return values
}

func (l *loader) yamlFile(path string) map[string]any {
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
			err = pathErr.Err // the message names the path already
		}
		l.faults.add(ConfigVariable, "cannot read %s: %s", path, err)
	}
	return k.All()
}

// nameOf turns a key of the file into the name of its variable; a key that is not in lower case names none.
func nameOf(key string) string {
	if key != strings.ToLower(key) {
		return ""
	}
	return Prefix + strings.ToUpper(key)
}

// textOf returns a value as the text that an environment variable would hold; a YAML list becomes a comma-separated
// one.
func textOf(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v), nil
	case []any:
		items := make([]string, 0, len(v))
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return "", errors.New("must be one value, or a list of texts where several are meant")
			}
			items = append(items, text)
		}
		return strings.Join(items, ","), nil
	}
	return "", errors.New("must be one value")
}
