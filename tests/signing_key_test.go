package tests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// activeKey returns the id of the key that signs with ES256.
func (a administration) activeKey(t *testing.T) string {
	t.Helper()
	for _, key := range a.run(t, "{signingKeys{id algorithm state}}")["signingKeys"].([]any) {
		if dig(key, "algorithm") == "ES256" && dig(key, "state") == "ACTIVE" {
			return dig(key, "id").(string)
		}
	}
	t.Fatal("no key signs with ES256")
	return ""
}

// TestATokenOfARemovedKeyFailsOnEveryNode, with Redis and without; what its successor signs is good everywhere.
func TestATokenOfARemovedKeyFailsOnEveryNode(t *testing.T) {
	t.Parallel()
	for name, redis := range map[string]bool{"with Redis": true, "without Redis": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := harness.Postgres(t)
			var options []harness.Option
			if redis {
				options = append(options, harness.Env("AUTHLY_REDIS_URL", os.Getenv("AUTHLY_TEST_REDIS_URL")))
			}
			a := administer(t, db, options...)
			other := harness.Start(t, db, append(options, harness.Env("AUTHLY_ISSUER", a.Issuer), harness.WithClock(a.Clock))...)
			old := consoleToken(t, a.Node, every()...)
			asked := func(token string) int { return other.GraphQL(t, token, "{me{id}}", nil).Status }
			if asked(old) != http.StatusOK {
				t.Fatal("the token is not good")
			}
			got := a.run(t, `mutation($id:ID!){retireSigningKey(input:{id:$id,removeFromJwks:true}){userErrors{code}}}`, "id", a.activeKey(t))
			if p := problems(got["retireSigningKey"]); p != "" {
				t.Fatal(p)
			}
			if status := a.GraphQL(t, old, "{me{id}}", nil).Status; status != http.StatusUnauthorized {
				t.Errorf("on the node of the change: %d", status)
			}
			noticed(t, "a key that was removed", func() bool { return asked(old) == http.StatusUnauthorized })
			fresh := consoleToken(t, a.Node, every()...)
			noticed(t, "its successor", func() bool { return asked(fresh) == http.StatusOK })
		})
	}
}

// TestKeysOnTheCommandLine: what the admin API can do with keys, the command can.
func TestKeysOnTheCommandLine(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := served(t, db)
		type line struct{ KID, Alg, State string }
		list := func(args ...string) map[string]string {
			t.Helper()
			var lines []line
			if err := json.Unmarshal([]byte(command(t, env, append([]string{"keys", "-o", "json"}, args...)...)), &lines); err != nil {
				t.Fatal(err)
			}
			kids := map[string]string{}
			for _, l := range lines {
				kids[l.Alg+" "+l.State] = l.KID
			}
			return kids
		}
		refused := func(want string, args ...string) {
			t.Helper()
			code, _, errs := harness.Command(t, env, "secret-canary", append([]string{"keys"}, args...)...)
			if code == 0 || !strings.Contains(errs, want) || strings.Contains(errs, "canary") {
				t.Errorf("%v: exit code %d: %s", args, code, errs)
			}
		}
		before := list("list")
		refused("too short a time", "rotate")
		refused("--algorithm", "rotate", "--algorithm", "HS256")
		after := list("rotate", "--algorithm", "ES256", "--emergency")
		if after["ES256 active"] != before["ES256 next"] || after["ES256 retired"] != before["ES256 active"] || after["RS256 active"] != before["RS256 active"] {
			t.Errorf("%v, then %v", before, after)
		}
		if kids := list("retire", "--remove", "--", after["ES256 retired"]); kids["ES256 retired"] != "" {
			t.Errorf("still published: %v", kids)
		}
		refused("No such signing key", "retire", "unknown")
		refused("must be a private key", "import", "-")
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalECPrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "key.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		kid := list("import", file)["ES256 next"]
		if kid == after["ES256 next"] {
			t.Error("the imported key is not the next one")
		}
		refused("already", "import", file)
		block, _ := pem.Decode([]byte(command(t, env, "keys", "export", "--", kid)))
		if block == nil {
			t.Fatal("no PEM")
		}
		public, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil || !private.PublicKey.Equal(public) {
			t.Errorf("another key is exported: %v", err)
		}
		refused("No such signing key", "export", "unknown")
	})
}
