package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ledgers are the lists of what standards demand and what proves it, with the number of rows that each has at least.
var ledgers = map[string]int{"ledger.md": 100, "oauth.md": 300, "people.md": 44}

var (
	// proof matches a test that a ledger names: `file: Test` or `file: Test/case`.
	proof = regexp.MustCompile("`([a-z0-9_/]+_test\\.go): (Test[A-Za-z0-9]+)(?:/([^`]+))?`")
	// departure matches an entry of docs/divergences.md: `divergences.md: Heading/Section`, with the first word of the heading.
	departure = regexp.MustCompile("`divergences\\.md: ([^/`]+)/([^`]+)`")
)

// TestTheTablesOfConformanceNameTestsThatExist: every behaviour has a status, what is proven has a test, what departs has an entry, and
// what is not there has a reason.
func TestTheTablesOfConformanceNameTestsThatExist(t *testing.T) {
	t.Parallel()
	entries, files := departures(t), map[string]testFile{}
	for _, name := range slices.Sorted(maps.Keys(ledgers)) {
		raw, err := os.ReadFile("../docs/conformance/" + name)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for number, line := range strings.Split(string(raw), "\n") {
			if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| Behaviour |") {
				continue
			}
			rows++
			for _, fault := range rowFaults(t, line, entries, files) {
				t.Errorf("%s:%d: %s", name, number+1, fault)
			}
		}
		if rows < ledgers[name] {
			t.Errorf("%s: only %d behaviours", name, rows)
		}
	}
}

// TestTheTablesOfConformanceAreHeldToWhatTheyName: a row that names what there is not, or nothing, is found.
func TestTheTablesOfConformanceAreHeldToWhatTheyName(t *testing.T) {
	t.Parallel()
	const here = "conformance_ledger_test.go: TestTheTablesOfConformanceAreHeldToWhatTheyName"
	entries, files := departures(t), map[string]testFile{}
	for row, good := range map[string]bool{
		"| a | proven | `" + here + "` |":                                             true,
		"| a | proven | `" + here + "/there is no reason` |":                          true,
		"| a | proven | `identity/grants_test.go: TestExchange` |":                    true,
		"| a | proven | `identity/grants_test.go: TestNothing` |":                     false,
		"| a | proven | `" + here + "X` |":                                            false,
		"| a | proven | `" + here + "/another " + "case` |":                           false,
		"| a | proven | because |":                                                    false,
		"| a | diverges | `divergences.md: PKCE/§4.2` |":                              true,
		"| a | diverges | `divergences.md: PKCE/§4.2`, `" + here + "` |":              true,
		"| a | diverges | `divergences.md: PKCE/§4.9` |":                              false,
		"| a | diverges | `divergences.md: Browsers/§4.2` |":                          false,
		"| a | diverges | `" + here + "` |":                                           false,
		"| a | open | no test looks at it |":                                          true,
		"| a | open | `" + here + "` |":                                               false,
		"| a | open | |":                                                              false,
		"| a | not applicable | `divergences.md: Other RFCs/RFC 8693 §4.4` says so |": true,
		"| a | done | for some reason |":                                              false,
	} {
		if faults := rowFaults(t, row, entries, files); (len(faults) == 0) != good {
			t.Errorf("%s: %v", row, faults)
		}
	}
}

// rowFaults returns what is wrong with a row. It reads the files that it names into files.
func rowFaults(t *testing.T, row string, entries []string, files map[string]testFile) (faults []string) {
	t.Helper()
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(row, "| "), " |"), " | ")
	if len(cells) != 3 {
		return []string{strconv.Itoa(len(cells)) + " cells"}
	}
	tests, named := proof.FindAllStringSubmatch(cells[2], -1), departure.FindAllStringSubmatch(cells[2], -1)
	switch cells[1] {
	case "proven":
		if len(tests) == 0 {
			faults = append(faults, "proven by nothing")
		}
	case "diverges":
		if len(named) == 0 {
			faults = append(faults, "there is no entry of divergences.md")
		}
	case "open", "not applicable":
		if len(tests) > 0 || len(cells[2]) < 10 {
			faults = append(faults, "there is no reason")
		}
	default:
		faults = append(faults, "the status is "+cells[1])
	}
	for _, one := range tests {
		if _, read := files[one[1]]; !read {
			files[one[1]] = readTestFile(t, one[1])
		}
		if !files[one[1]].has(one[2], one[3]) {
			faults = append(faults, "there is no "+one[0])
		}
	}
	for _, one := range named {
		if !slices.ContainsFunc(entries, func(entry string) bool {
			heading, section, _ := strings.Cut(entry, "/")
			return (heading == one[1] || strings.HasPrefix(heading, one[1]+" ")) && section == one[2]
		}) {
			faults = append(faults, "there is no "+one[0])
		}
	}
	return faults
}

// departures lists the entries of docs/divergences.md as heading/section.
func departures(t *testing.T) (entries []string) {
	t.Helper()
	raw, err := os.ReadFile("../docs/divergences.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := ""
	for line := range strings.Lines(string(raw)) {
		if text, found := strings.CutPrefix(line, "## "); found {
			heading = strings.TrimSpace(text)
		} else if text, found := strings.CutPrefix(line, "| "); found {
			section, _, _ := strings.Cut(text, " |")
			entries = append(entries, heading+"/"+section)
		}
	}
	return entries
}

// testFile is what a test file defines.
type testFile struct {
	tests map[string]bool // names of top-level functions
	texts map[string]bool // values of string literals, among them the names of cases
}

func (f testFile) has(test, name string) bool {
	return f.tests[test] && (name == "" || f.texts[name])
}

// readTestFile reads a file of this folder, or by its path in the repository.
func readTestFile(t *testing.T, name string) testFile {
	t.Helper()
	path := name
	if strings.Contains(name, "/") {
		path = filepath.Join("..", name)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
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
