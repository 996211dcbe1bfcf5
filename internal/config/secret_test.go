package config

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func TestASecretPrintsNothing(t *testing.T) {
	t.Parallel()
	s := Secret("hunter2")
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", s, []Secret{s}, Config{AdminPassword: s})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "secret", s, "config", Config{AdminPassword: s})
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", s, "config", Config{AdminPassword: s})
	if err := json.NewEncoder(&out).Encode(map[string]any{"a": s, "b": Config{AdminPassword: s}}); err != nil {
		t.Fatal(err)
	}
	out.WriteString(s.String())
	for _, seen := range []string{"hunter2", fmt.Sprintf("%x", "hunter2")} {
		if strings.Contains(out.String(), seen) {
			t.Errorf("the secret is visible: %s", out.String())
		}
	}
}

func TestLoadOrCreateSecret(t *testing.T) {
	t.Parallel()
	t.Run("processes that start together agree on one key", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "data")
		path := filepath.Join(dir, "secret.key")
		keys := make([]string, 16)
		var group sync.WaitGroup
		for i := range keys {
			group.Go(func() {
				key, err := LoadOrCreateSecret(path, rand.Reader)
				if err != nil {
					t.Error(err)
				}
				keys[i] = string(key)
			})
		}
		group.Wait()
		for _, key := range keys {
			if key != keys[0] || len(key) != 43 {
				t.Fatalf("key %q, first key %q", key, keys[0])
			}
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
		c := load(t, Sources{Env: []string{"AUTHLY_SECRET_KEY_FILE=" + path}})
		if string(c.SecretKey) != keys[0] {
			t.Error("AUTHLY_SECRET_KEY_FILE reads another key from the same file")
		}
	})
	t.Run("a short file is refused and left alone", func(t *testing.T) {
		t.Parallel()
		path := write(t, "secret.key", "short\n")
		if key, err := LoadOrCreateSecret(path, rand.Reader); err == nil {
			t.Errorf("got %q", key)
		}
		if content, _ := os.ReadFile(path); string(content) != "short\n" {
			t.Errorf("the file now holds %q", content)
		}
	})
	t.Run("without a path the key is not kept", func(t *testing.T) {
		t.Parallel()
		if key, err := LoadOrCreateSecret("", rand.Reader); err != nil || len(key) != 43 {
			t.Errorf("got %q, %v", key, err)
		}
	})
	t.Run("without randomness there is no key", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "secret.key")
		if key, err := LoadOrCreateSecret(path, iotest.ErrReader(errors.New("broken"))); err == nil {
			t.Errorf("got %q", key)
		}
	})
}

func TestSecretFile(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"sqlite:authly.db": "secret.key", "sqlite:/var/lib/a.db?x=y": "/var/lib/secret.key",
		"sqlite:///var/lib/a.db": "/var/lib/secret.key",
		"sqlite::memory:":        "", "sqlite:file.db?mode=memory": "", "postgres://h/db": "",
	} {
		if got := (Config{DatabaseURL: Secret(url)}).SecretFile(); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
