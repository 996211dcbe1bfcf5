package admincli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
)

func rowsOf(t *testing.T, p printer) {
	t.Helper()
	for _, row := range []map[string]any{
		{"id": "usr_019d3751-c1ab-7000-8000-000000000001", "username": "alice", "email": "alice@example.org", "tags": []any{"a", "b"}},
		{"id": "usr_019d3751-c1ab-7000-8000-000000000002", "username": "王小明", "email": nil, "tags": []any{}},
		{"id": "usr_019d3751-c1ab-7000-8000-000000000003", "username": "evil\x1b[2J\u202e\nroot", "email": "", "tags": nil},
	} {
		if err := p.row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
}

// TestATableFitsTheTerminal: no line is longer than a terminal, also with wide characters; one that is too narrow for the columns gets
// a line for each field. Without a terminal nothing is cut.
func TestATableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{40, 60, 120} {
		var out bytes.Buffer
		rowsOf(t, &tablePrinter{w: &out, columns: []string{"id", "username", "email", "tags"}, width: width})
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 4 {
			t.Errorf("%d places: %d lines", width, len(lines))
		}
		for _, line := range lines {
			if got := text.StringWidthWithoutEscSequences(line); got > width {
				t.Errorf("%d places: %d in %q", width, got, line)
			}
		}
	}
	var narrow, wide bytes.Buffer
	rowsOf(t, &tablePrinter{w: &narrow, columns: []string{"id", "username", "email", "tags"}, width: 24})
	if !strings.Contains(narrow.String(), "username: alice\n") {
		t.Error(narrow.String())
	}
	rowsOf(t, &tablePrinter{w: &wide, columns: []string{"id", "username", "email", "tags"}})
	if !strings.Contains(wide.String(), "usr_019d3751-c1ab-7000-8000-000000000001  alice") || strings.Contains(wide.String(), "…") {
		t.Error(wide.String())
	}
}

// TestATerminalObeysNoName: names and agents come from strangers.
func TestATerminalObeysNoName(t *testing.T) {
	t.Parallel()
	var table, values, one bytes.Buffer
	columns := []string{"id", "username"}
	rowsOf(t, &tablePrinter{w: &table, columns: columns})
	rowsOf(t, valuePrinter{&values, columns})
	if err := fields(&one, map[string]any{"username": "evil\x1b[2J\u202e\nroot"}, []string{"username"}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{table.String(), values.String(), one.String()} {
		if strings.ContainsAny(text, "\x1b\u202e") || !strings.Contains(text, "evil�[2J� root") {
			t.Errorf("%q", text)
		}
	}
}

// TestTheFormatsOfLists: what programs read.
func TestTheFormatsOfLists(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		formatCSV: "username,tags,address.locality\nalice,a b,\n王小明,,\n\"evil\x1b[2J\u202e\nroot\",,\n",
		formatJSON: "[\n  {\n    \"email\": \"alice@example.org\",\n    \"id\": \"usr_019d3751-c1ab-7000-8000-000000000001\",\n    \"tags\": [\n      \"a\",\n      \"b\"\n    ],\n" +
			"    \"username\": \"alice\"\n  },\n  {",
		formatLines: "{\"email\":\"alice@example.org\",\"id\":\"usr_019d3751-c1ab-7000-8000-000000000001\",\"tags\":[\"a\",\"b\"],\"username\":\"alice\"}\n{",
		formatYAML:  "- email: alice@example.org\n  id: usr_019d3751-c1ab-7000-8000-000000000001\n  tags:\n    - a\n    - b\n  username: alice\n- ",
		formatValue: "alice\ta b\t\n王小明\t\t\n",
	} {
		var out bytes.Buffer
		s := &session{Program: Program{Stdout: &out}, format: format}
		p, err := s.printer([]string{"username", "tags", "address.locality"})
		if err != nil {
			t.Fatal(err)
		}
		rowsOf(t, p)
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: %q", format, out.String())
		}
	}
}
