package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// declarationText is the file as it is written: where each field stands, and what of it cannot be read.
type declarationText struct {
	root   *yaml.Node // nil: it is no YAML
	faults []declarationFault
	unread map[string]bool // paths whose values are not those of the file
	keys   map[reflect.Type]map[string][]int
	values int // that were read
}

// read fills in what the file says, and leaves out what cannot be read; false if that is everything.
func (t *declarationText) read(text []byte, into *declaration) bool {
	t.unread, t.keys = map[string]bool{}, map[reflect.Type]map[string][]int{}
	root, err := parseYAML(text)
	if err != nil {
		t.fault("", position{line: faultyLine(text, err)}, sentence(err))
		return false
	}
	t.root = root
	t.value("", root, reflect.ValueOf(into).Elem())
	if t.values > maxValues {
		t.root = nil
		t.fault("", position{}, fmt.Sprintf("Has more than %d values, with those that aliases stand for.", maxValues))
	}
	return t.root != nil
}

// errDocuments refuses a file of which the rest would not be read.
var errDocuments = errors.New("the file must hold one YAML document")

// parseYAML returns what the one document of a file holds.
func parseYAML(text []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, next yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	case err != nil:
		return nil, err
	}
	switch err := decoder.Decode(&next); {
	case err == nil:
		return nil, errDocuments
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return document.Content[0], nil
}

// searchedText is the size in bytes above which the line of a fault is not searched for, because that takes long.
const searchedText = 1 << 20

// faultyLine returns the first line with which the file has the fault: the library names the line at which the mapping or
// list around it begins. Of a large file that must do.
func faultyLine(text []byte, fault error) int {
	if named := libraryLine.FindStringSubmatch(fault.Error()); named != nil && len(text) > searchedText {
		if line, err := strconv.Atoi(named[1]); err == nil {
			return line
		}
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	ends := make([]int, len(lines))
	for i, end := 0, 0; i < len(lines); i++ {
		end += len(lines[i])
		ends[i] = end
	}
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		_, err := parseYAML(text[:ends[i]])
		return err != nil && err.Error() == fault.Error()
	})
}

var libraryLine = regexp.MustCompile(`^yaml: line (\d+): `)

var libraryPrefix = regexp.MustCompile(`^yaml: (line \d+: )?`)

// sentence makes one of a message of the library.
func sentence(err error) string {
	text := libraryPrefix.ReplaceAllString(err.Error(), "")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

const nullTag = "!!null"

// value reads what stands at a path. Null is as if it were left out.
func (t *declarationText) value(path string, node *yaml.Node, into reflect.Value) {
	if t.values++; t.values > maxValues {
		return
	}
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case node.ShortTag() == nullTag:
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		t.value(path, node, into.Elem())
	case into.Kind() == reflect.Struct && node.Kind == yaml.MappingNode:
		t.object(path, node, into)
	case into.Kind() == reflect.Slice && node.Kind == yaml.SequenceNode:
		t.list(path, node, into)
	case (into.Kind() == reflect.Interface || into.Kind() == reflect.Map) && t.tooLarge(node):
		t.unreadable(path, fmt.Sprintf("Must have at most %d values.", maxKeySetSize))
	default: // a struct or slice is decoded only to be refused
		if err := node.Decode(into.Addr().Interface()); err != nil || into.Kind() == reflect.Int && !whole(node) {
			t.unreadable(path, wrongType[into.Kind()])
		}
	}
}

// tooLarge counts what the library decodes.
func (t *declarationText) tooLarge(node *yaml.Node) bool {
	n := size(node, maxKeySetSize)
	t.values += n
	return n > maxKeySetSize
}

// size counts what a node holds, with what aliases stand for, until it is above a limit.
func size(node *yaml.Node, limit int) int {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	n := 1
	for _, inner := range node.Content {
		if n > limit {
			break
		}
		n += size(inner, limit-n)
	}
	return n
}

// whole reports whether a number has no fraction, which the library would drop.
func whole(node *yaml.Node) bool {
	var number float64
	return node.Decode(&number) == nil && number == math.Trunc(number)
}

var wrongType = map[reflect.Kind]string{
	reflect.Struct: "Must be an object.", reflect.Slice: "Must be a list.", reflect.String: "Must be a text.",
	reflect.Bool: "Must be true or false.", reflect.Int: "Must be a whole number.",
	reflect.Interface: "Must be a JSON object without a key twice.",
	reflect.Map:       "Must be an object with a value or a list of values for each name, without a name twice.",
}

func (t *declarationText) list(path string, node *yaml.Node, into reflect.Value) {
	n := len(node.Content)
	if !strings.ContainsAny(path, ".[") && n > maxEntries {
		t.fault(path, t.place(path), fmt.Sprintf("Must have at most %d entries.", maxEntries))
		n = maxEntries
	}
	into.Set(reflect.MakeSlice(into.Type(), n, n))
	for i := range n {
		at, item := entryPath(path, i), node.Content[i]
		if t.value(at, item, into.Index(i)); item.ShortTag() == nullTag {
			t.unreadable(at, "Must not be null.")
		}
	}
}

// object reads the keys of a mapping, and of those that are merged into it (<<) what it does not say itself.
func (t *declarationText) object(path string, node *yaml.Node, into reflect.Value) {
	fields := t.fieldsOf(into.Type())
	read := map[string]bool{}
	all, right := mappings(node)
	if !right {
		t.unreadable(path, fmt.Sprintf("Must have only objects merged into it, at most %d.", maxMerged))
		return
	}
	for i, own := range all {
		first := map[string]position{}
		for key, value := range pairs(own) {
			if t.values++; t.values > maxValues {
				return
			}
			at := keyPath(path, key)
			field, known := fields[key.Value]
			before, twice := first[key.Value]
			switch {
			case twice:
				t.fault(at, positionOf(key), fmt.Sprintf("Is the same as %s.", before.of(at)))
				continue
			case i > 0 && read[key.Value]:
				continue
			}
			first[key.Value], read[key.Value] = positionOf(key), true
			if isMerge(key) {
				continue
			}
			if key.Kind != yaml.ScalarNode || !known {
				t.fault(at, positionOf(key), "Is an unknown key.")
				continue
			}
			t.value(at, value, into.FieldByIndex(field))
		}
	}
}

// fieldsOf returns the index of each field of a declared type by its key.
func (t *declarationText) fieldsOf(declared reflect.Type) map[string][]int {
	fields, known := t.keys[declared]
	if known {
		return fields
	}
	fields = map[string][]int{}
	for _, field := range reflect.VisibleFields(declared) {
		if name, _, _ := strings.Cut(field.Tag.Get("yaml"), ","); name != "" && name != "-" {
			fields[name] = field.Index
		}
	}
	t.keys[declared] = fields
	return fields
}

// mappings returns a mapping and, in the order in which they count, those that are merged into it; not right if there are
// too many, or others than mappings.
func mappings(node *yaml.Node) (all []*yaml.Node, right bool) {
	left := 1 + 1 + maxMerged // itself, and the list of the others
	var collect func(node *yaml.Node)
	collect = func(node *yaml.Node) {
		if left--; left < 0 {
			return
		}
		if node.Kind == yaml.AliasNode {
			node = node.Alias
		}
		switch {
		case node.Kind == yaml.SequenceNode && len(all) > 0: // of a merge
			for i := 0; i < len(node.Content) && left >= 0; i++ {
				collect(node.Content[i])
			}
		case node.Kind == yaml.MappingNode && !slices.Contains(all, node):
			all = append(all, node)
			for i := 0; i+1 < len(node.Content); i += 2 {
				if isMerge(node.Content[i]) {
					collect(node.Content[i+1])
				}
			}
		case node.Kind != yaml.MappingNode:
			left = -1
		}
	}
	collect(node)
	return all, left >= 0
}

func isMerge(key *yaml.Node) bool { return key.Value == "<<" && key.ShortTag() == "!!merge" }

// pairs yields the keys of a mapping, << among them, with their values.
func pairs(mapping *yaml.Node) func(yield func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(mapping.Content); i += 2 {
			if !yield(mapping.Content[i], mapping.Content[i+1]) {
				return
			}
		}
	}
}

func entryPath(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

var plainKey = regexp.MustCompile(`^\w+$`)

// keyPath is the path of a key, quoted if it looks like none.
func keyPath(path string, key *yaml.Node) string {
	name := key.Value
	if !plainKey.MatchString(name) {
		name = strconv.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}
