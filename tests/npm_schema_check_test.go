package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// schemaTool is a program that reads the schema, and what it says when it has found the schema good.
type schemaTool struct {
	args []string
	says *regexp.Regexp
}

var (
	schemaLint    = schemaTool{[]string{"lint.mjs"}, regexp.MustCompile(`^ok [1-9]\d* files, 29 rules\n$`)}
	schemaRelease = schemaTool{[]string{"release.mjs"}, regexp.MustCompile(`ok [1-9]\d+ types, \d+ changes, none breaking\n$`)}
	schemaRelay   = schemaTool{
		[]string{"node_modules/relay-compiler/cli.js", "relay.config.json"},
		regexp.MustCompile(`compiled documents: 8 reader, 6 normalization, 10 operation text`),
	}
	schemaCodegen = schemaTool{
		[]string{"node_modules/@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.mjs"}, regexp.MustCompile(`Generate to generated/\n`),
	}
	schemaCompiler = schemaTool{[]string{"node_modules/typescript/bin/tsc", "--listEmittedFiles"}, regexp.MustCompile(`compiled/client\.js`)}
)

// run fails the test when the tool finds something, or says nothing of what it has looked at.
func (s schemaTool) run(t *testing.T, dir string) {
	t.Helper()
	out, err := harness.RunNode(t, dir, nil, s.args...)
	if err != nil || !s.says.MatchString(out) {
		t.Fatalf("%v: %v\n%s", s.args, err, out)
	}
}

// schemaProject is the folder in which the tools run. It has the schema as source in schema/, whole in schema.graphql
// (relay-compiler reads no file whose name ends otherwise), and as it was released. The source and the whole pass
// through edit.
func schemaProject(t *testing.T, edit *strings.Replacer) string {
	t.Helper()
	dir := harness.NPMProject(t, "schema-check")
	sources, err := filepath.Glob("../graph/schema/*.graphqls")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no schema: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "schema"), 0o700); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"../docs/schema.graphqls": "schema.graphql"}
	for _, source := range sources {
		files[source] = filepath.Join("schema", filepath.Base(source))
	}
	edited := false
	for source, target := range files {
		text := read(t, source)
		changed := edit.Replace(text)
		edited = edited || changed != text
		write(t, filepath.Join(dir, target), changed)
	}
	if edit != sound && !edited {
		t.Fatal("the edit changes nothing")
	}
	write(t, filepath.Join(dir, "released.graphql"), read(t, "../docs/schema.released.graphqls"))
	examples := documentedExample.FindAllStringSubmatch(read(t, "../README.md"), -1)
	if len(examples) != 1 {
		t.Fatalf("%d examples in README.md", len(examples))
	}
	write(t, filepath.Join(dir, "readme.graphql"), examples[0][1])
	return dir
}

// sound leaves the schema as it is.
var sound = strings.NewReplacer()

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTheSchemaPassesTheTools is make schema-check: what people point at a schema finds nothing in this one, and a
// client with types that are generated from it runs the example of README.md.
func TestTheSchemaPassesTheTools(t *testing.T) {
	t.Parallel()
	dir := schemaProject(t, sound)
	for name, tool := range map[string]schemaTool{
		"@graphql-eslint finds no fault":                     schemaLint,
		"nothing breaks the clients of the last release":     schemaRelease,
		"Relay compiles pages, fragments to refetch, writes": schemaRelay,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tool.run(t, dir)
		})
	}
	t.Run("a generated client is typed and runs the example of the README", func(t *testing.T) {
		t.Parallel()
		schemaCodegen.run(t, dir)
		schemaCompiler.run(t, dir)
		n := harness.Start(t, harness.SQLite(t))
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}, Clients: []admin.NewClient{consoleClient()}})
		out := harness.NodeScript(t, dir, "compiled/client.js", map[string]string{
			"AUTHLY_GRAPHQL_URL": n.URL + "/graphql", "AUTHLY_TOKEN": consoleToken(t, n, identity.ScopeUsersRead, identity.ScopeUsersWrite),
		})
		if got := strings.Count(out, "ok "); got != 6 {
			t.Errorf("%d of 6 steps: %s", got, out)
		}
	})
}

// TestTheToolsFindABrokenSchema shows that each of the tools would notice.
func TestTheToolsFindABrokenSchema(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]struct {
		edit   *strings.Replacer
		before []schemaTool // what must still work
		tool   schemaTool
		finds  []string
	}{
		"what the rules forbid": {
			edit: strings.NewReplacer(
				"\"A person who can sign in.\"\n", "",
				"  \"One user by id, username or e-mail address, or null.\"\n", "",
				"  pageInfo: PageInfo! @cost(weight: \"0\")\n", "",
				"): UnlockUserPayload", "): Boolean",
				"input: CreateUserInput!", "user: CreateUserInput!",
				"): UserConnection\n", "): UserConnection!\n",
				"  givenName: String\n", "  givenName: String @deprecated(reason: \"use name\")\n",
				"input UserBy @oneOf {\n  id: ID\n", "input UserBy @oneOf {\n  id: ID!\n",
				"  \"Such as gra_...\"\n  id: ID!\n", "  key: ID!\n",
			),
			tool: schemaLint,
			finds: []string{
				`Description is required for type "User"`, "A root field has a description", "`pageInfo`",
				"Unexpected scalar result type `Boolean`", `"user" should be named "input"`,
				`Unexpected non-null result type "UserConnection"`, "Removal after YYYY-MM-DD",
				`"UserBy" must be nullable`, `"Grant" must have exactly one non-nullable unique identifier`,
			},
		},
		"a field that was released and is gone": {
			edit: strings.NewReplacer("{\n  formatted: String\n  streetAddress: String\n", "{\n  streetAddress: String\n"), tool: schemaRelease,
			finds: []string{"BREAKING Address.formatted"},
		},
		"an argument that has become mandatory": {
			edit: strings.NewReplacer("search: String @constraint", "search: String! @constraint"), tool: schemaRelease,
			finds: []string{"BREAKING Query.users.search"},
		},
		"edges of another name": {
			edit: strings.NewReplacer("edges: [UserEdge!]!", "entries: [UserEdge!]!"), tool: schemaRelay, finds: []string{"UserList"},
		},
		"the example of the README asks for what is not there": {
			edit: strings.NewReplacer("activeSessionCount: Int ", "openSessions: Int "), tool: schemaCodegen,
			finds: []string{`Cannot query field "activeSessionCount"`},
		},
		"a scalar that no client knows": {
			edit: strings.NewReplacer("DateTime", "Moment"), tool: schemaCodegen, finds: []string{"Unknown scalar type Moment"},
		},
		"a field of another type": {
			edit: strings.NewReplacer("temporaryPassword: String", "temporaryPassword: Int"), before: []schemaTool{schemaCodegen},
			tool: schemaCompiler, finds: []string{"TS2339"},
		},
		"an input that takes several keys": {
			edit:   strings.NewReplacer("input InitialPasswordInput @oneOf", "input InitialPasswordInput"),
			before: []schemaTool{schemaCodegen}, tool: schemaCompiler, finds: []string{"TS2578"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := schemaProject(t, broken.edit)
			for _, tool := range broken.before {
				tool.run(t, dir)
			}
			out, err := harness.RunNode(t, dir, nil, broken.tool.args...)
			for _, find := range broken.finds {
				if err == nil || !strings.Contains(out, find) {
					t.Errorf("%v: %v: want %s in\n%s", broken.tool.args, err, find, out)
				}
			}
		})
	}
}
