package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity"
)

// declarationFault is one thing that is wrong with a file.
type declarationFault struct {
	path   string // of the field, or "" for the file as a whole
	at     position
	detail string
}

// position is a place in the file; the zero value is none.
type position struct{ line, column int }

func positionOf(node *yaml.Node) position { return position{node.Line, node.Column} }

// of names a field together with its line.
func (p position) of(path string) string {
	if p.line == 0 {
		return path
	}
	return fmt.Sprintf("%s (line %d)", path, p.line)
}

func (t *declarationText) fault(path string, at position, detail string) {
	t.faults = append(t.faults, declarationFault{path, at, detail})
}

// unreadable is a fault for the sake of which the domain does not see what the file says.
func (t *declarationText) unreadable(path, detail string) {
	t.unread[path] = true
	t.fault(path, t.place(path), detail)
}

// place returns where a field stands; of one that is left out, where that begins which it belongs to.
func (t *declarationText) place(path string) position {
	at, _ := t.find(path)
	return at
}

// says reports whether the file has a field.
func (t *declarationText) says(path string) bool {
	_, found := t.find(path)
	return found
}

func (t *declarationText) find(path string) (at position, found bool) {
	node := t.root
	at = positionOf(node)
	for step := range strings.FieldsFuncSeq(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		for node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		if i, err := strconv.Atoi(step); err == nil && node.Kind == yaml.SequenceNode && i < len(node.Content) {
			node = node.Content[i]
			at = positionOf(node)
			continue
		}
		key, value := lookUp(node, step)
		if key == nil {
			return at, false
		}
		at, node = positionOf(key), value
	}
	return at, true
}

// lookUp finds a key of a mapping or of what is merged into it.
func lookUp(node *yaml.Node, name string) (key, value *yaml.Node) {
	all, _ := mappings(node)
	for _, own := range all {
		for key, value := range pairs(own) {
			if key.Value == name {
				return key, value
			}
		}
	}
	return nil, nil
}

// judged adds what the domain refuses to what cannot be read. It returns nil if the file has no fault, and beside
// the faults an error that is not about the file.
func (t *declarationText) judged(name string, err error) error {
	faults := slices.Clone(t.faults)
	if err != nil {
		for _, e := range identity.AllErrors(err) {
			if e.Field == "" || e.Kind == identity.Internal || e.Kind == identity.Unavailable {
				return errors.Join(t.judged(name, nil), fmt.Errorf("%s: %w", name, err))
			}
			if !t.hides(e.Field) {
				faults = append(faults, declarationFault{e.Field, t.place(e.Field), e.Detail})
			}
		}
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b declarationFault) int {
		return cmp.Or(cmp.Compare(a.at.line, b.at.line), cmp.Compare(a.at.column, b.at.column))
	})
	return faultyDeclarationError{name, faults}
}

// hides reports whether a field, or what it belongs to, could not be read: what the domain says of it means nothing.
func (t *declarationText) hides(path string) bool {
	for {
		if t.unread[path] {
			return true
		}
		end := strings.LastIndexAny(path, ".[")
		if end < 0 {
			return false
		}
		path = path[:end]
	}
}

// faultyDeclarationError is everything that is wrong with a file, in its order.
type faultyDeclarationError struct {
	file   string
	faults []declarationFault
}

// Error returns one line for each fault after one that counts them.
func (e faultyDeclarationError) Error() string {
	count := "1 fault"
	if len(e.faults) > 1 {
		count = fmt.Sprintf("%d faults", len(e.faults))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s has %s, so nothing was changed:", e.file, count)
	for _, f := range e.faults {
		line := f.at.of(cmp.Or(f.path, e.file)) + ": " + f.detail
		text.WriteString("\n" + strings.Map(printable, line))
	}
	return text.String()
}

// printable keeps what a terminal would obey, which can only come from the file, out of a line.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return unicode.ReplacementChar
}
