package adminclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// ClientID is the client_id of the built-in client of the command line.
const ClientID = "authly-cli"

// Profile is a server, and who an operator is there. It holds no secret: that is in the keyring, or a file or variable that
// it names.
type Profile struct {
	Server     string   `json:"server"` // the issuer
	ClientID   string   `json:"client_id"`
	Secret     string   `json:"client_secret,omitempty"` // env:NAME or file:PATH; only of a service account
	PrivateKey string   `json:"private_key,omitempty"`   // env:NAME or file:PATH; only of a service account
	Scopes     []string `json:"scopes"`                  // that are asked for
	Granted    []string `json:"granted"`                 // of these, what the server gave at the sign-in
	Tokens     Storage  `json:"tokens"`                  // where they are
}

// Service reports whether the profile is a client that acts on its own behalf.
func (p Profile) Service() bool { return p.Secret != "" || p.PrivateKey != "" }

// profiles is the content of the file.
type profiles struct {
	Current string             `json:"current"`
	All     map[string]Profile `json:"profiles"`
}

// Folder is where the profiles of a person are, and their tokens if no keyring has them.
type Folder struct{ path string }

// FolderOf finds the folder by the variables of an environment, as os.UserConfigDir does.
func FolderOf(lookup func(string) (string, bool)) (Folder, error) {
	if path, _ := lookup("XDG_CONFIG_HOME"); filepath.IsAbs(path) {
		return Folder{filepath.Join(path, "authly")}, nil
	}
	path, err := os.UserConfigDir()
	if err != nil {
		return Folder{}, Faultf(Usage, "Set HOME or XDG_CONFIG_HOME.", "There is no place for profiles: %v.", err)
	}
	return Folder{filepath.Join(path, "authly")}, nil
}

// profileName is what a profile may be called: it is the name of files too.
var profileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$`)

func (f Folder) file() string { return filepath.Join(f.path, "profiles.json") }

func (f Folder) read() (profiles, error) {
	var p profiles
	content, err := os.ReadFile(f.file())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, nil
	case err != nil:
		return p, fmt.Errorf("read the profiles: %w", err)
	}
	if err := json.Unmarshal(content, &p); err != nil {
		return p, Faultf(Usage, "Mend it, or move it away and sign in again.", "%s is no file of profiles: %v.", f.file(), err)
	}
	return p, nil
}

// change rewrites the file; two processes take turns.
func (f Folder) change(edit func(*profiles) error) error {
	unlock, err := f.lock("profiles")
	if err != nil {
		return err
	}
	defer unlock()
	p, err := f.read()
	if err != nil {
		return err
	}
	if p.All == nil {
		p.All = map[string]Profile{}
	}
	if err := edit(&p); err != nil {
		return err
	}
	return f.write("profiles.json", p)
}

// lock waits until no other process has the lock of the name.
func (f Folder) lock(name string) (unlock func(), err error) {
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the profiles: %w", err)
	}
	unlock, err = lockedfile.MutexAt(filepath.Join(f.path, name+".lock")).Lock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return unlock, nil
}

// write puts a file in the place of another at once, so that one that is interrupted leaves the old one. Only the owner can
// read it: os.CreateTemp makes it so.
func (f Folder) write(name string, content any) error {
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	temporary, err := os.CreateTemp(f.path, name+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = temporary.Write(append(text, '\n'))
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), filepath.Join(f.path, name))
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// Named is a profile with its name.
type Named struct {
	Name    string
	Current bool // the one of commands that name none
	Profile
}

// List returns all profiles by name.
func (f Folder) List() ([]Named, error) {
	p, err := f.read()
	if err != nil {
		return nil, err
	}
	list := make([]Named, 0, len(p.All))
	for _, name := range slices.Sorted(maps.Keys(p.All)) {
		list = append(list, Named{Name: name, Current: name == p.Current, Profile: p.All[name]})
	}
	return list, nil
}

// Find returns the profile of the name; of none the current one.
func (f Folder) Find(name string) (Named, error) {
	p, err := f.read()
	if err != nil {
		return Named{}, err
	}
	if name == "" {
		if name = p.Current; name == "" {
			return Named{}, Faultf(NotAllowed, "Run authly admin login URL, with the address of the server.", "You are not signed in.")
		}
	}
	found, ok := p.All[name]
	if !ok {
		return Named{}, Faultf(Usage, "authly admin profiles list shows those that there are.", "There is no profile %q.", name)
	}
	return Named{Name: name, Current: name == p.Current, Profile: found}, nil
}

// Use makes a profile the current one.
func (f Folder) Use(name string) error {
	if _, err := f.Find(name); err != nil {
		return err
	}
	return f.change(func(p *profiles) error {
		p.Current = name
		return nil
	})
}

// save stores a profile and makes it the current one.
func (f Folder) save(n Named) error {
	return f.change(func(p *profiles) error {
		p.All[n.Name], p.Current = n.Profile, n.Name
		return nil
	})
}

// remove forgets a profile.
func (f Folder) remove(name string) error {
	return f.change(func(p *profiles) error {
		delete(p.All, name)
		if p.Current == name {
			p.Current = ""
		}
		return nil
	})
}

// CheckName says what is wrong with the name of a profile.
func CheckName(name string) error {
	if profileName.MatchString(name) {
		return nil
	}
	return Faultf(Usage, "Use up to 100 letters, digits, dots, hyphens and underscores.", "%q is no name for a profile.", name)
}

// ParseServer reads the address of a server. Tokens go to it, so without TLS only to this very machine.
func ParseServer(address string) (string, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "https" && u.Scheme != "http" {
		return "", Faultf(Usage, "It is the issuer, such as https://id.example.org.", "%q is no address of a server.", address)
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", Faultf(Usage, "Use https.", "Tokens go to %s, where others could read them.", u.Host)
	}
	return u.String(), nil
}
