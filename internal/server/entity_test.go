package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/internal/config"
)

// TestAnEntityNeedsItsKey: the server does not start in a federation without it, and the fault names the variable and nothing of the file.
func TestAnEntityNeedsItsKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	anchors := write("anchors.json", `{"https://anchor.example":{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a",`+
		`"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}`)
	for name, key := range map[string]string{"nowhere": filepath.Join(dir, "nowhere.pem"), "no key": write("canary.pem", "canary-text")} {
		c, err := config.Load(config.Sources{Env: []string{
			"AUTHLY_DATABASE_URL=sqlite::memory:", "AUTHLY_SECRET_KEY=" + strings.Repeat("k", 32), "AUTHLY_OPENID_FEDERATION_ANCHORS_FILE=" + anchors,
			"AUTHLY_OPENID_FEDERATION_KEY_FILE=" + key, "AUTHLY_OPENID_FEDERATION_AUTHORITY_HINTS=https://anchor.example",
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = Build(t.Context(), c, Options{CheapPasswords: true})
		if err == nil || !strings.Contains(err.Error(), "AUTHLY_OPENID_FEDERATION_KEY_FILE") || strings.Contains(err.Error(), "canary-text") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
