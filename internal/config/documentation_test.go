package config

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update makes the test write what it would compare: go test ./internal/config -run Documentation -update.
var update = flag.Bool("update", false, "rewrite the table of docs/configuration.md")

const documentation = "../../docs/configuration.md"

// Between these lines the page is made of Reference.
const tableStart, tableEnd = "<!-- table: start -->\n", "<!-- table: end -->\n"

// TestTheDocumentationHasEveryVariable keeps docs/configuration.md equal to Reference.
func TestTheDocumentationHasEveryVariable(t *testing.T) {
	// Not beside the others, which read what it may write.
	raw, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, foundStart := strings.Cut(string(raw), tableStart)
	have, after, foundEnd := strings.Cut(rest, tableEnd)
	if !foundStart || !foundEnd {
		t.Fatalf("%s has no table between %q and %q", documentation, tableStart, tableEnd)
	}
	want := table()
	if *update && have != want { // another test reads the page meanwhile
		if err := os.WriteFile(documentation, []byte(before+tableStart+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(have, want); diff != "" {
		t.Errorf("the table is stale; run go test ./internal/config -run Documentation -update (-page +program):\n%s", diff)
	}
}

func table() string {
	var out strings.Builder
	out.WriteString("| Variable | Default | Meaning |\n|---|---|---|\n")
	for _, v := range Reference() {
		name := "`" + v.Name + "`"
		if v.Secret {
			name += ", `" + v.Name + "_FILE`"
		}
		value := "none"
		if v.Default != "" {
			value = "`" + v.Default + "`"
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", name, value, strings.ReplaceAll(v.Meaning, "|", `\|`))
	}
	return out.String()
}

// TestTheDocumentationNamesWhatMayBeStored: between the words of docs/configuration.md about it and the table.
func TestTheDocumentationNamesWhatMayBeStored(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(raw), "while the server runs")
	text, _, _ = strings.Cut(text, tableStart)
	var want []string
	for _, v := range Reference() {
		if v.Runtime {
			want = append(want, v.Name)
		}
	}
	if diff := cmp.Diff(want, regexp.MustCompile(`AUTHLY_[A-Z_]+`).FindAllString(text, -1)); diff != "" {
		t.Error(diff)
	}
}
