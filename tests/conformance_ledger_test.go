package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const ledger = "../docs/conformance/ledger.md"

// proof matches a test that the ledger names: `file: Test` or `file: Test/module`.
var proof = regexp.MustCompile("`([a-z0-9_/]+_test\\.go): (Test[A-Za-z0-9]+)(?:/([^`]+))?`")

// TestTheLedgerNamesTestsThatExist: every behaviour has a status, what is proven has a test, and what is not has a
// reason.
func TestTheLedgerNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(ledger)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]testFile{}
	rows := 0
	for number, line := range strings.Split(string(raw), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Behaviour |") {
			continue
		}
		rows++
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 3 {
			t.Errorf("line %d has %d cells", number+1, len(cells))
			continue
		}
		found := proof.FindAllStringSubmatch(cells[2], -1)
		switch cells[1] {
		case "proven":
			if len(found) == 0 {
				t.Errorf("line %d is proven by nothing: %s", number+1, cells[2])
			}
		case "open", "not applicable":
			if len(found) > 0 || len(cells[2]) < 10 {
				t.Errorf("line %d has no reason: %s", number+1, cells[2])
			}
		default:
			t.Errorf("line %d has the status %q", number+1, cells[1])
		}
		for _, one := range found {
			if _, read := files[one[1]]; !read {
				files[one[1]] = readTestFile(t, one[1])
			}
			if !files[one[1]].has(one[2], one[3]) {
				t.Errorf("line %d: there is no %s", number+1, one[0])
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d behaviours", rows)
	}
}

// testFile is what a test file defines.
type testFile struct {
	tests map[string]bool // names of top-level functions
	texts map[string]bool // values of string literals, among them the names of modules
}

func (f testFile) has(test, module string) bool {
	return f.tests[test] && (module == "" || f.texts[module])
}

func readTestFile(t *testing.T, name string) testFile {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := testFile{tests: map[string]bool{}, texts: map[string]bool{}}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			f.tests[n.Name.Name] = true
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				f.texts[text] = true
			}
		}
		return true
	})
	return f
}
