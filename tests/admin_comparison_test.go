package tests

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestTheComparisonNamesWhatThereIs: what the table of other admin APIs says is here, is in the schema.
func TestTheComparisonNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/admin-api.md")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("../docs/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## Compared with other admin APIs\n")
	if !found {
		t.Fatal("there is no comparison")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	member := regexp.MustCompile("`(?:([A-Z][A-Za-z]*)\\.)?([a-z][A-Za-z]+)[^`]*`")
	rows := 0
	for line := range strings.Lines(section) {
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(columns) != 6 {
			continue
		}
		rows++
		for _, name := range member.FindAllStringSubmatch(columns[5], -1) {
			if strings.HasPrefix(name[0], "`authly ") || strings.Contains(name[0], "_") {
				continue // a command, or a value of the protocol
			}
			inside := string(schema)
			if name[1] != "" {
				_, inside, _ = strings.Cut(inside, "\ntype "+name[1]+" ")
				inside, _, _ = strings.Cut(inside, "\n}")
			}
			if !regexp.MustCompile(`\n  ` + name[2] + `[:(]`).MatchString(inside) {
				t.Errorf("%s: the schema has no %s", strings.TrimSpace(columns[0]), name[0])
			}
		}
	}
	if rows < 40 {
		t.Errorf("%d rows", rows)
	}
}
