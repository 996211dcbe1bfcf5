package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// MinSecretKey is the least length of a root key in bytes.
const MinSecretKey = 32

const redacted = "[redacted]"

// Secret is a text that must not be seen: it prints as [redacted] with every verb, in logs and in encodings. Convert it
// with string or []byte where it is used.
type Secret string

// String returns [redacted].
func (Secret) String() string { return redacted }

// Format writes [redacted] for every verb; String alone would not cover %#v and wrong verbs such as %d.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns [redacted].
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns [redacted]; it also serves encoding/json and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LoadOrCreateSecret reads the root key from the file, or makes one of 256 bits (as base64url text) and keeps it there
// with mode 0600. Processes that start at the same time agree on one key. An empty path makes a key that is not stored,
// for a database in memory.
func LoadOrCreateSecret(path string, random io.Reader) ([]byte, error) {
	if path == "" {
		return newSecret(random)
	}
	key, err := ReadSecret(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = newSecret(random); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("create the secret key: %w", err)
	}
	if err := createWhole(path, append(key, '\n')); errors.Is(err, fs.ErrExist) {
		return ReadSecret(path) // another process was first: its key counts
	} else if err != nil {
		return nil, fmt.Errorf("create the secret key: %w", err)
	}
	return key, nil
}

func newSecret(random io.Reader) ([]byte, error) {
	var raw [32]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return nil, fmt.Errorf("create the secret key: %w", err)
	}
	return base64.RawURLEncoding.AppendEncode(nil, raw[:]), nil
}

// ReadSecret reads the root key from the file. A missing file is an error that matches fs.ErrNotExist.
func ReadSecret(path string) ([]byte, error) {
	text, err := readSecretFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	if len(text) < MinSecretKey {
		return nil, fmt.Errorf("read the secret key: %s holds fewer than %d bytes", path, MinSecretKey)
	}
	return []byte(text), nil
}

// createWhole makes a file that did not exist, exclusively and with its whole content: it is written under another name
// (O_EXCL) and linked, so that nobody ever reads half of it.
func createWhole(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // O_EXCL, mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // a leftover is harmless
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}

// readSecretFile returns the content of a file without its final line breaks.
func readSecretFile(path string) (string, error) {
	const limit = 64 << 10
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return "", err
	}
	if len(content) > limit {
		return "", fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	text := strings.TrimRight(string(content), "\r\n")
	if text == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return text, nil
}
