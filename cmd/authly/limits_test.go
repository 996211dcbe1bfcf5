package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheBoundsOfADeclaration: each is taken at its value and refused above it; a file of aliases cannot grow in memory.
func TestTheBoundsOfADeclaration(t *testing.T) {
	t.Parallel()
	scopes := func(n int) []byte { return []byte("scopes:\n" + strings.Repeat("  - { name: a }\n", n)) }
	if d := parsed(t, string(scopes(maxEntries))); len(d.Scopes) != maxEntries {
		t.Errorf("%d scopes", len(d.Scopes))
	}
	if got := faultsOf(string(scopes(maxEntries + 1))); got != "scopes (line 1): Must have at most 10000 entries." {
		t.Errorf("%d scopes: %s", maxEntries+1, got)
	}
	read := func(n int) error {
		_, err := (&app{program: program{stdin: strings.NewReader(strings.Repeat("#", n))}}).readFile("-")
		return err
	}
	if err := read(maxDeclaration); err != nil {
		t.Errorf("%d bytes: %v", maxDeclaration, err)
	}
	if err := read(maxDeclaration + 1); err == nil {
		t.Errorf("%d bytes are read", maxDeclaration+1)
	}
}

// TestTheBoundsOfAliases: what they stand for is bounded as if it were written out, so that a small file cannot grow.
func TestTheBoundsOfAliases(t *testing.T) {
	t.Parallel()
	// Its values: the whole and two lists with their keys, 206 scopes and 3 more of each of 10,000 resources, and 7147 users.
	most := "resources:\n  - &a { scopes: [" + strings.Repeat("a,", 206) + "] }\n" + strings.Repeat("  - *a\n", maxEntries-1) +
		"users: [" + strings.Repeat("{},", 7147) + "{}]\n"
	if got := faultsOf(strings.Replace(most, ",{}]", "]", 1)); got != "" {
		t.Errorf("%d values: %s", maxValues, got)
	}
	if got := faultsOf(most); got != "file: Has more than 2097152 values, with those that aliases stand for." {
		t.Errorf("%d values: %s", maxValues+1, got)
	}
	merged := func(n int) string {
		var text strings.Builder
		text.WriteString("scopes:\n- { <<: [{ name: the first }")
		for i := range n - 1 {
			fmt.Fprintf(&text, ", { name: %d }", i)
		}
		return text.String() + "] }\n- &a { <<: { <<: [*a, *a] } }\n"
	}
	if d := parsed(t, merged(maxMerged)); d.Scopes[0].Name != "the first" {
		t.Errorf("%d merged objects: %+v", maxMerged, d.Scopes)
	}
	if got := faultsOf(merged(maxMerged + 1)); got != "scopes[0] (line 2): Must have only objects merged into it, at most 100." {
		t.Errorf("%d merged objects: %s", maxMerged+1, got)
	}
	keySet := func(n int) string {
		return "clients:\n- client_id: a\n  jwks:\n   a: &a [" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]\n   b: [*a, *a]\n"
	}
	parsed(t, keySet((maxKeySetSize-6)/3)) // two keys, the list of b and three times that of a
	for _, text := range []string{keySet((maxKeySetSize-6)/3 + 1), "clients:\n- client_id: a\n  jwks: &a\n   a: [*a, *a, *a]\n"} {
		if got := faultsOf(text); got != "clients[0].jwks (line 3): Must have at most 5000 values." {
			t.Errorf("a large key set: %s", got)
		}
	}
}

// TestTheCostOfADeclarationGrowsWithItsSize counts allocations for a file of many entries, right and wrong ones, and for one
// of half as many.
func TestTheCostOfADeclarationGrowsWithItsSize(t *testing.T) {
	for name, entry := range map[string]string{
		"right": "  - { client_id: client%d, redirect_uris: [\"https://app%[1]d.example.org/callback\"], scope: openid }\n",
		"wrong": "  - { client_id: client%d, redirect_uris: 7, scopes: openid, client_name: [] }\n",
	} {
		cost := func(n int) float64 {
			var text strings.Builder
			text.WriteString("clients:\n")
			for i := range n {
				fmt.Fprintf(&text, entry, i)
			}
			return testing.AllocsPerRun(2, func() {
				_, read := parseDeclaration([]byte(text.String()), func(string) (string, bool) { return "", false })
				if (len(read.faults) > 0) != (name == "wrong") {
					t.Fatalf("%s: %d faults", name, len(read.faults))
				}
			})
		}
		if half, full := cost(500), cost(1000); full > 2.5*half {
			t.Errorf("%s: half of the entries cost %.0f allocations, all %.0f", name, half, full)
		}
	}
}

// TestASecretIsReadFromARegularFile of a bounded size: a device or a pipe has no end.
func TestASecretIsReadFromARegularFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	write := func(n int) string {
		if err := os.WriteFile(path, []byte(strings.Repeat("s", n)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if text, err := readSecret(write(maxSecret)); err != nil || len(text) != maxSecret {
		t.Errorf("%d bytes: %v", maxSecret, err)
	}
	for _, refused := range []string{write(maxSecret + 1), "/dev/zero", t.TempDir(), path + "-gone"} {
		if _, err := readSecret(refused); err == nil {
			t.Errorf("%s is read", refused)
		}
	}
}

// TestTheLineOfAFaultInALargeFile is that of the library, because a search would read the file twenty times.
func TestTheLineOfAFaultInALargeFile(t *testing.T) {
	t.Parallel()
	text := "scopes:\n" + strings.Repeat("  - { name: a }\n", searchedText/17+1)
	if got := faultsOf(text + "  - {name: [}\n"); !strings.Contains(got, "(line ") || strings.Contains(got, "(line 0)") {
		t.Errorf("a large file: %s", got)
	}
}
