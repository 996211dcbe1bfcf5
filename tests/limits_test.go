package tests

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph"
)

// limitsPage has every limit, its value, where it is set and the test that holds it.
const limitsPage = "../docs/security/limits.md"

// limitName is how a limit is called. A constant of such a name that is no limit of what somebody sends is listed in
// noLimits with the reason.
var limitName = regexp.MustCompile(`^(max|Max|most|longest)([A-Z0-9].*)?$`)

var noLimits = map[string]string{
	"internal/seed.maxPeople":            "of a command of the operator's own",
	"identity.maxRepeats":                "how often a code is replaced again when others do so too",
	"store.maxAttempts":                  "how often a statement is tried again",
	"store.maxBatch":                     "how many writes share a commit",
	"store.maxMarks":                     "how many keys share a statement",
	"internal/cache.maxTTL":              "how long an entry lives",
	"internal/cache.maxMissedHeartbeats": "how a lost bus is noticed",
	"internal/keys.maxSeconds":           "what a time can hold",
	"graph.maxCount":                     "where a count stops, so that it does not overflow",
}

// limitRow is a line of the table: what is bounded, the bound, its constant and the test.
var limitRow = regexp.MustCompile("^\\| (.+?) \\| (.+?) \\| `([^`]+)` \\| (?:`([^`]+)`|(—.*?)) \\|$")

// TestTheTableOfLimits: each line has the value of its constant and a test that exists, and no limit is left out.
func TestTheTableOfLimits(t *testing.T) {
	t.Parallel()
	declared, tests := declarations(t)
	text, err := os.ReadFile(limitsPage)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| What |") {
			continue
		}
		row := limitRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("a line that cannot be read: %s", line)
			continue
		}
		bound, name, test := row[2], row[3], row[4]
		listed[name] = true
		value, known := declared[name]
		first, _, _ := strings.Cut(bound, " ")
		switch {
		case !known:
			t.Errorf("%s is not declared", name)
		case value != first && !strings.Contains(value, " "+first+" "):
			t.Errorf("%s is %s, the table says %s", name, value, bound)
		}
		if test != "" && !tests[test] {
			t.Errorf("the test %s of %s does not exist", test, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		_, short, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ".")
		if (limitName.MatchString(short) || strings.HasPrefix(name, "graph.Limits.")) && !listed[name] && noLimits[name] == "" {
			t.Errorf("%s = %s is not in %s", name, declared[name], limitsPage)
		}
	}
}

// declarations returns the values of the constants of the program by package and name, and the names of its tests. What
// is no number stands as its source.
func declarations(t *testing.T) (values map[string]string, tests map[string]bool) {
	t.Helper()
	values, tests = map[string]string{}, map[string]bool{}
	fset, packages := token.NewFileSet(), map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(path, "../"))
		if err != nil || entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && path != ".." || entry.Name() == "node_modules") {
			return cmpErr(err, filepath.SkipDir)
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, ".generated.") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, "_test.go") {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
					tests[f.Name.Name] = true
				}
			}
			return nil
		}
		if !strings.HasPrefix(rel, "tests/") && !strings.HasPrefix(rel, "tools/") {
			dir := filepath.ToSlash(filepath.Dir(rel))
			packages[dir] = append(packages[dir], file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range packages {
		constants(fset, dir, files, values)
	}
	limits := reflect.ValueOf(graph.DefaultLimits())
	for i := range limits.NumField() {
		values["graph.Limits."+limits.Type().Field(i).Name] = fmt.Sprint(limits.Field(i).Interface())
	}
	return values, tests
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// constants adds the constants of a package, those of functions too, and the sources of its variables.
func constants(fset *token.FileSet, dir string, files []*ast.File, values map[string]string) {
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Error: func(error) {}, Importer: noImporter{}, FakeImportC: true}
	_, _ = config.Check(dir, fset, files, info) // what is imported is missing, which is no matter
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if i >= len(spec.Values) {
					continue
				}
				var source strings.Builder
				_ = printer.Fprint(&source, fset, spec.Values[i])
				value := source.String()
				if c, ok := info.Defs[name].(*types.Const); ok && c.Val().Kind() != constant.Unknown {
					value = c.Val().ExactString()
				} else if d, ok := duration(value); ok {
					value = d.String()
				} else {
					value = " " + regexp.MustCompile(`[^A-Za-z0-9_]+`).ReplaceAllString(value, " ") + " "
				}
				values[dir+"."+name.Name] = value
			}
			return true
		})
	}
}

var durationSource = regexp.MustCompile(`^(\d+) \* time\.(Second|Minute|Hour)$`)

func duration(source string) (time.Duration, bool) {
	source = strings.Replace(" "+source, " time.", " 1 * time.", 1)
	parts := durationSource.FindStringSubmatch(strings.TrimPrefix(strings.TrimSpace(strings.Replace(source, "* 1 * ", "* ", 1)), " "))
	if parts == nil {
		return 0, false
	}
	d, err := time.ParseDuration(parts[1] + strings.ToLower(parts[2][:1]))
	return d, err == nil
}

type noImporter struct{}

func (noImporter) Import(path string) (*types.Package, error) {
	return nil, fmt.Errorf("%s is not imported", path)
}
