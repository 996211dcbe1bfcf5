package tests

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const (
	modulePath   = "github.com/authly/authly"
	maximumLines = 450 // of a file that is neither a test nor generated
)

// mayImport says for each package of this module which others it may import. Sub-packages count with their parent. It
// binds what is built into the program: a test may import more, which is how the domain is tested on real SQL.
var mayImport = map[string][]string{
	"identity":                {},
	"identity/userdata":       {"identity"},
	"identity/trustchain":     {"identity"},
	"identity/admin":          {"identity", "identity/userdata"}, // what administrators may do: the protocol must not reach it
	"migrations":              {},
	"internal/config":         {"identity", "internal/translation"},
	"internal/cookie":         {},
	"internal/parameters":     {},
	"oauth":                   {"identity", "internal/bearer", "internal/parameters"},
	"graph":                   {"identity", "identity/admin", "internal/bearer", "internal/device", "internal/parameters"},
	"console":                 {"identity", "internal/cookie", "internal/parameters", "internal/translation"},
	"oidc":                    {"identity", "oauth", "internal/bearer", "internal/parameters", "internal/translation"},
	"ssf":                     {"identity", "oauth", "oidc", "internal/bearer"},
	"web":                     {"identity", "identity/userdata", "internal/cookie", "internal/device", "internal/logo", "internal/parameters", "internal/qrcode", "internal/translation"},
	"store":                   {"identity", "migrations"},
	"internal/bearer":         {"identity", "internal/parameters"},
	"internal/device":         {},
	"internal/document":       {"identity"},
	"internal/logo":           {"identity", "internal/document"},
	"internal/clientdocument": {"identity", "internal/document"},
	"internal/keys":           {"identity", "internal/document"},
	"internal/password":       {"identity"},
	"internal/qrcode":         {},
	"internal/jsonschema":     {},
	"internal/passkey":        {"identity"},
	"internal/upstream":       {"identity"},
	"internal/cache":          {"identity"},
	"internal/throttle":       {"identity"},
	"internal/middleware":     {"identity"},
	"internal/seed":           {"identity"},
	"internal/server": {
		"identity", "identity/admin", "identity/userdata", "identity/trustchain", "internal/seed", "oauth", "oidc", "ssf", "web", "console", "graph", "store", "internal/config", "internal/cookie",
		"internal/middleware", "internal/keys", "internal/password", "internal/cache", "internal/outbound", "internal/throttle",
		"internal/adminclient", "internal/clientdocument", "internal/logo", "internal/mail", "internal/passkey", "internal/jsonschema", "internal/translation", "internal/upstream",
	},
	"internal/outbound":    {},
	"internal/adminclient": {"internal/keys"},
	"internal/admincli":    {"graph/schema", "internal/adminclient"}, // whatever it does, the admin API does
	"graph/schema":         {},
	"docs/examples":        {},
	"internal/mail":        {"identity", "internal/translation"},
	"internal/translation": {"identity"},

	"cmd":   {"docs/examples", "internal/admincli", "internal/server", "internal/config", "internal/seed", "identity", "identity/admin"},
	"tests": {"internal/server", "internal/config", "internal/cookie", "identity", "identity/admin", "store", "internal/cache", "internal/translation"}, // store/storetest makes the databases
}

// anywhere is the home of what every package but identity may import.
const anywhere = "anywhere"

// homes says where a dependency may be imported, by the longest prefix of its import path. One that is not here may be
// imported nowhere.
var homes = map[string][]string{
	"database/sql":                             {"store", "tests"},
	"github.com/uptrace/bun":                   {"store"},
	"github.com/uptrace/bun/driver":            {}, // pgdriver does not verify TLS certificates
	"github.com/jackc/pgx/v5":                  {"store"},
	"modernc.org/sqlite":                       {"store"},
	"github.com/aymanbagabas/go-udiff":         {"cmd"},
	"github.com/pressly/goose/v3":              {"store"},
	"github.com/99designs/gqlgen":              {"graph"},
	"github.com/vektah/gqlparser/v2":           {"graph", "internal/admincli"},
	"github.com/graph-gophers/dataloader":      {"graph"},
	"github.com/golang-jwt/jwt/v5":             {"internal/keys"},
	"github.com/go-jose/go-jose/v4":            {"internal/keys"},
	"github.com/redis/go-redis/v9":             {"internal/cache", "internal/throttle"},
	"github.com/maypok86/otter/v2":             {"internal/cache"},
	"golang.org/x/crypto/argon2":               {"internal/password"},
	"golang.org/x/crypto/bcrypt":               {"internal/password"},
	"golang.org/x/crypto/scrypt":               {"internal/password"},
	"github.com/ccojocar/zxcvbn-go":            {"internal/password"},
	"github.com/knadh/koanf":                   {"internal/config"},
	"github.com/go-chi/chi/v5":                 {"internal/server", "internal/middleware", "oauth", "oidc", "ssf", "web", "console"},
	"github.com/go-chi/cors":                   {"internal/middleware"},
	"github.com/prometheus/client_golang":      {"internal/server"},
	"github.com/KimMachineGun/automemlimit":    {"cmd"},
	"github.com/spf13/cobra":                   {"cmd", "internal/admincli"},
	"github.com/spf13/pflag":                   {"cmd", "internal/admincli"},
	"github.com/jedib0t/go-pretty/v6":          {"cmd", "internal/admincli"},
	"github.com/schollz/progressbar/v3":        {"cmd"},
	"go.yaml.in/yaml/v3":                       {"cmd", "internal/admincli"},
	"rsc.io/qr":                                {"internal/qrcode"},
	"github.com/go-webauthn/webauthn":          {"internal/passkey"},
	"github.com/descope/virtualwebauthn":       {"tests"},
	"code.dny.dev/ssrf":                        {"internal/outbound"},
	"golang.org/x/sync":                        {anywhere},
	"golang.org/x/text":                        {anywhere},
	"golang.org/x/time":                        {anywhere},
	"github.com/google/uuid":                   {anywhere, "identity", "identity/admin", "identity/userdata"},
	"github.com/wneessen/go-mail":              {"internal/mail"},
	"github.com/emersion/go-smtp":              {"tests"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"internal/jsonschema", "tests"},
	"github.com/emersion/go-sasl":              {"tests"},
	"github.com/mileusna/useragent":            {"internal/device"},
	"github.com/google/go-cmp":                 {"tests", "store"}, // store/storetest is a test suite
	"github.com/andybalholm/brotli":            {"console"},
	"github.com/PuerkitoBio/goquery":           {"tests"},
	"github.com/chromedp/chromedp":             {"tests"},
	"github.com/chromedp/cdproto":              {"tests"},
	"github.com/coreos/go-oidc/v3":             {"internal/upstream", "tests"},
	"golang.org/x/oauth2":                      {"internal/adminclient", "internal/upstream", "tests"},
	"golang.org/x/term":                        {"internal/admincli"},
	"github.com/zalando/go-keyring":            {"internal/adminclient"},
	"github.com/rogpeppe/go-internal":          {"internal/adminclient", "tests"}, // lockedfile; testscript
	"pgregory.net/rapid":                       {},                                // tests of identity
}

// floors are the lowest versions without a known weakness, and exact pins where "latest" goes wrong.
var floors = map[string]string{
	"github.com/jackc/pgx/v5":                      "v5.12.0", // GHSA-j38q-h3ph-jjpq, GHSA-95fj-3fxw-g62g
	"github.com/uptrace/bun":                       "v1.3.0",  // comment injection through negative numbers
	"github.com/uptrace/bun/dialect/pgdialect":     "v1.3.0",
	"github.com/uptrace/bun/dialect/sqlitedialect": "v1.3.0",
	"github.com/go-jose/go-jose/v4":                "v4.1.4", // CVE-2026-34986
	"github.com/golang-jwt/jwt/v5":                 "v5.2.2", // CVE-2025-30204
	"github.com/go-chi/chi/v5":                     "v5.2.2", // GHSA-vrw8-fxc6-2r93
}

var (
	exactVersions = map[string]string{
		"github.com/graph-gophers/dataloader/v7": "v7.2.0", // the module proxy's list of versions stops before it
	}
	banned = []string{
		"github.com/uptrace/bun/driver/pgdriver", // does not verify TLS certificates
		"github.com/gorilla/csrf",                // CVE-2025-47909 has no fixed release
	}
)

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file.path, "_test.go") {
			continue
		}
		for _, path := range file.imports {
			if fault := importFault(file.folder, path); fault != "" {
				t.Errorf("%s imports %s: %s", file.path, path, fault)
			}
		}
	}
}

// TestTheTableAllowsWhatIsUsed: a row that nothing needs any more is a door that stands open.
func TestTheTableAllowsWhatIsUsed(t *testing.T) {
	t.Parallel()
	uses := map[string]bool{}
	for _, file := range goFiles(t) {
		from := packageOf(file.folder)
		for _, path := range file.imports {
			if to, ours := strings.CutPrefix(path, modulePath+"/"); ours {
				uses[from+" > "+packageOf(to)] = true
			}
			for prefix := path; prefix != "."; prefix = filepath.Dir(prefix) {
				uses[from+" > "+prefix], uses[anywhere+" > "+prefix] = true, true
			}
		}
	}
	for from, allowed := range mayImport {
		for _, to := range allowed {
			if !uses[from+" > "+to] {
				t.Errorf("%s may import %s and does not", from, to)
			}
		}
	}
	for path, at := range homes {
		for _, home := range at {
			if !uses[home+" > "+path] {
				t.Errorf("%s may be imported in %s and is not", path, home)
			}
		}
	}
}

func TestTheTableRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder, path string
		allowed      bool
	}{
		{"identity", modulePath + "/store", false},
		{"identity", "golang.org/x/text/cases", false},
		{"identity", "net/http", false},
		{"identity", "github.com/google/uuid", true},
		{"identity", "crypto/rand", true},
		{"identity", modulePath + "/identity/admin", false},
		{"identity/admin", modulePath + "/identity", true},
		{"identity/admin", modulePath + "/store", false},
		{"identity/admin", "net/http", false},
		{"oauth", modulePath + "/identity/admin", false},
		{"oidc", modulePath + "/identity/admin", false},
		{"web", modulePath + "/identity/admin", false},
		{"graph", modulePath + "/identity/admin", true},
		{"oauth", modulePath + "/oidc", false},
		{"oidc", modulePath + "/oauth", true},
		{"graph/generated", modulePath + "/graph/model", true},
		{"graph", modulePath + "/store", false},
		{"internal/keys", modulePath + "/internal/cache", false},
		{"internal/server", modulePath + "/cmd/authly", false},
		{"internal/server", modulePath + "/tests/harness", false},
		{"web", "github.com/uptrace/bun", false},
		{"store", "github.com/uptrace/bun/dialect/pgdialect", true},
		{"store", "github.com/uptrace/bun/driver/pgdriver", false},
		{"graph", "database/sql", false},
		{"store", "github.com/stretchr/testify/require", false},
		{"dashboard", "fmt", false},
		{"internal/util", "fmt", false},
		{"cmd/authly", modulePath + "/internal/server", true},
	} {
		if fault := importFault(c.folder, c.path); (fault == "") != c.allowed {
			t.Errorf("%s imports %s: got %q, allowed should be %v", c.folder, c.path, fault, c.allowed)
		}
	}
}

func TestEveryPackageHasADocument(t *testing.T) {
	t.Parallel()
	begins := regexp.MustCompile(`(?m)^// (Package|Command) [a-z0-9]+ `)
	folders := map[string]bool{}
	for _, file := range goFiles(t) {
		folders[file.folder] = folders[file.folder] || filepath.Base(file.path) == "doc.go" && begins.Match(file.content)
	}
	for folder, documented := range folders {
		if !documented {
			t.Errorf("%s has no doc.go that begins with \"// Package x\" or \"// Command x\"", folder)
		}
	}
}

func TestNoFileIsTooLong(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t) {
		if lines := bytes.Count(file.content, []byte("\n")); lines > maximumLines && !strings.HasSuffix(file.path, "_test.go") {
			t.Errorf("%s has %d lines, more than %d: it wants a second noun", file.path, lines, maximumLines)
		}
	}
}

func TestDependenciesKeepTheirSecurityFloors(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(filepath.Join(harness.Root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^replace\b`).Match(content) {
		t.Error("go.mod replaces a module, which hides its version")
	}
	versions := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(?:require)?\s+(\S+) (v\d\S*)`).FindAllSubmatch(content, -1) {
		versions[string(m[1])] = string(m[2])
	}
	for path, floor := range floors {
		got, found := versions[path]
		if found && slices.Compare(numbers(t, got), numbers(t, floor)) < 0 {
			t.Errorf("%s is at %s, below its security floor %s", path, got, floor)
		}
	}
	for path, want := range exactVersions {
		if got := versions[path]; got != want {
			t.Errorf("%s is at %q, want exactly %s", path, got, want)
		}
	}
	for _, path := range banned {
		if _, found := versions[path]; found {
			t.Errorf("%s must not be used", path)
		}
	}
}

// importFault says what is wrong with an import in a folder of the module, "" when nothing is.
func importFault(folder, path string) string {
	from := packageOf(folder)
	allowed, known := mayImport[from]
	if !known {
		return "this package is not in the table of allowed imports (mayImport)"
	}
	if to, ours := strings.CutPrefix(path, modulePath+"/"); ours {
		if to = packageOf(to); to != from && !slices.Contains(allowed, to) {
			return fmt.Sprintf("%s may import of this module only %v", from, allowed)
		}
		return ""
	}
	first, _, _ := strings.Cut(path, "/")
	standard := !strings.Contains(first, ".")
	if standard && domain(from) && (path == "net/http" || path == "html/template") {
		return "the domain knows no transport and renders nothing"
	}
	for prefix := path; prefix != "."; prefix = filepath.Dir(prefix) {
		if at, listed := homes[prefix]; listed {
			if slices.Contains(at, from) || slices.Contains(at, anywhere) && !domain(from) {
				return ""
			}
			return fmt.Sprintf("its home is %v", at)
		}
	}
	if standard {
		return ""
	}
	return "this dependency has no home yet (homes)"
}

// domain reports whether a package holds rules: no transport, no SQL, and the standard library and uuid only.
func domain(name string) bool {
	return name == "identity" || name == "identity/admin" || name == "identity/userdata" || name == "identity/trustchain"
}

// packageOf returns the name under which a folder stands in the table.
func packageOf(folder string) string {
	parts := strings.Split(folder, "/")
	if len(parts) > 1 {
		pair := parts[0] + "/" + parts[1]
		if _, ownRow := mayImport[pair]; ownRow || parts[0] == "internal" {
			return pair
		}
	}
	return parts[0]
}

func numbers(t *testing.T, version string) []int {
	t.Helper()
	core, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), "-")
	var out []int
	for part := range strings.SplitSeq(core, ".") {
		n, err := strconv.Atoi(strings.TrimSuffix(part, "+incompatible"))
		if err != nil {
			t.Fatalf("read the version %s: %v", version, err)
		}
		out = append(out, n)
	}
	return out
}

// generated is the line that marks a generated file, see `go help generate`.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// goFile is one Go file of the module that is not generated.
type goFile struct {
	path, folder string // relative to the root of the module, with slashes
	imports      []string
	content      []byte
}

// goFiles reads the files itself. A test that asked the go command would be served from the test cache after a
// forbidden import was added.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	root := harness.Root(t)
	var files []goFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, relative := d.Name(), strings.TrimPrefix(path, root+"/")
		if d.IsDir() {
			hidden := path != root && strings.HasPrefix(name, ".")
			if hidden || name == "testdata" || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if generated.Match(content) {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, content, parser.ImportsOnly)
		if err != nil {
			return fmt.Errorf("parse the imports of %s: %w", relative, err)
		}
		file := goFile{path: relative, folder: filepath.Dir(relative), content: content}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return fmt.Errorf("read an import of %s: %w", relative, err)
			}
			file.imports = append(file.imports, imported)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no Go files under %s", root)
	}
	return files
}
