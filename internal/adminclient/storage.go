package adminclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zalando/go-keyring"
	"golang.org/x/oauth2"
)

// Storage is where the tokens of a profile are.
type Storage string

// The places for tokens.
const (
	InKeyring Storage = "keyring" // of the system: Secret Service, Keychain, Credential Manager
	InFile    Storage = "file"    // that only its owner can read
)

// service is the name of the entries in the keyring.
const service = "authly"

func tokenFile(profile string) string { return "tokens-" + profile + ".json" }

// storeTokens stores the tokens of a profile where it says. One that does not say gets the keyring, and the file where there
// is none, or where it takes no secret of this length.
func (f Folder) storeTokens(n *Named, t *oauth2.Token) error {
	if n.Tokens != InFile {
		text, err := json.Marshal(t) //nolint:gosec // they are stored, and go nowhere else
		if err == nil {
			err = keyring.Set(service, n.Name, string(text))
		}
		switch {
		case err == nil:
			n.Tokens = InKeyring
			return nil
		case n.Tokens == InKeyring:
			return Faultf(Refused, "Unlock it, or sign in with --token-store file.", "The keyring did not take the tokens: %v.", err)
		}
		n.Tokens = InFile
	}
	return f.write(tokenFile(n.Name), t)
}

// readTokens returns the tokens of a profile; nil: there are none.
func (f Folder) readTokens(n Named) (*oauth2.Token, error) {
	var text []byte
	if n.Tokens == InKeyring {
		secret, err := keyring.Get(service, n.Name)
		if errors.Is(err, keyring.ErrNotFound) {
			return nil, nil //nolint:nilnil // nobody is signed in
		}
		if err != nil {
			return nil, Faultf(Refused, "Unlock it, or sign in with --token-store file.", "The keyring cannot be read: %v.", err)
		}
		text = []byte(secret)
	} else {
		content, err := os.ReadFile(filepath.Join(f.path, tokenFile(n.Name)))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil //nolint:nilnil // nobody is signed in
		}
		if err != nil {
			return nil, fmt.Errorf("read the tokens: %w", err)
		}
		text = content
	}
	var t oauth2.Token
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, nil //nolint:nilerr,nilnil // what cannot be read is of no use: sign in again
	}
	return &t, nil
}

// forgetTokens removes the tokens of a profile.
func (f Folder) forgetTokens(n Named) error {
	if n.Tokens == InKeyring {
		if err := keyring.Delete(service, n.Name); err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return Faultf(Refused, "Unlock it and try again.", "The keyring did not forget the tokens: %v.", err)
		}
		return nil
	}
	if err := os.Remove(filepath.Join(f.path, tokenFile(n.Name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the tokens: %w", err)
	}
	return nil
}
