package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestTheBoundsOfADeclaration: each is taken at its value and refused above it; a file of aliases cannot grow in memory.
func TestTheBoundsOfADeclaration(t *testing.T) {
	t.Parallel()
	scopes := func(n int) []byte { return []byte("scopes:\n" + strings.Repeat("  - { name: a }\n", n)) }
	if d, err := parseDeclaration(scopes(maxEntries), lookup(nil)); err != nil || len(d.Scopes) != maxEntries {
		t.Errorf("%d scopes: %v", maxEntries, err)
	}
	if _, err := parseDeclaration(scopes(maxEntries+1), lookup(nil)); err == nil || !strings.Contains(err.Error(), "scopes: more than 10000 entries") {
		t.Errorf("%d scopes: %v", maxEntries+1, err)
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
	bomb := "clients:\n  - client_id: a\n    jwks:\n      k0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("      k%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	if _, err := parseDeclaration([]byte(bomb), lookup(nil)); err == nil || !strings.Contains(err.Error(), "excessive aliasing") {
		t.Errorf("a file of aliases: %v", err)
	}
}
