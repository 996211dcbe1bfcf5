package trustchain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// The bounds of the JSON of a statement.
const (
	maxDepth   = 10
	maxMembers = 200 // of one object
)

var errNoObject = errors.New("no JSON object with each member once, or too deep or large a one")

// object splits a text into the members of one JSON object (§6.1.2: none is there twice).
func object(text []byte) (map[string]json.RawMessage, error) {
	members, ok := identity.JSONObject(text, maxDepth, maxMembers)
	if !ok {
		return nil, errNoObject
	}
	return members, nil
}

// decode reads the members of a JSON object that have their exact names into a struct, and returns all members. All names that are read
// here are of small letters and underscores; encoding/json alone would take others for them.
func decode(text []byte, into any) (map[string]json.RawMessage, error) {
	members, err := object(text)
	if err != nil {
		return nil, err
	}
	exact := maps.Clone(members)
	maps.DeleteFunc(exact, func(name string, _ json.RawMessage) bool {
		return strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != ""
	})
	clean, err := json.Marshal(exact)
	if err == nil {
		err = json.Unmarshal(clean, into)
	}
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return members, nil
}

// value is a JSON value, with a text that equal ones share.
type value struct {
	any any
	key string
}

// readValue reads a JSON value. Numbers are as they are written.
func readValue(raw json.RawMessage) (value, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return value{}, fmt.Errorf("read value: %w", err)
	}
	return valueOf(v), nil
}

func valueOf(v any) value {
	text, err := json.Marshal(v) // the members of objects in order
	if err != nil {
		panic("trustchain: " + err.Error()) // it was read as JSON
	}
	return value{v, string(text)}
}

func (v value) isNull() bool { return v.any == nil }

// list returns the elements of an array, each once; ok if it is one that has no null.
func (v value) list() (elements []value, ok bool) {
	array, ok := v.any.([]any)
	if !ok {
		return nil, false
	}
	elements = []value{}
	seen := map[string]bool{}
	for _, element := range array {
		e := valueOf(element)
		if e.isNull() {
			return nil, false
		}
		if !seen[e.key] {
			seen[e.key] = true
			elements = append(elements, e)
		}
	}
	return elements, true
}

// arrayOf is the array of elements.
func arrayOf(elements []value) value {
	array := make([]any, len(elements))
	for i, e := range elements {
		array[i] = e.any
	}
	return valueOf(array)
}

func keysOf(elements []value) map[string]bool {
	keys := map[string]bool{}
	for _, e := range elements {
		keys[e.key] = true
	}
	return keys
}

// within reports whether all of some elements are among others.
func within(some, others []value) bool {
	keys := keysOf(others)
	return !slices.ContainsFunc(some, func(e value) bool { return !keys[e.key] })
}

func union(a, b []value) []value {
	keys, out := keysOf(a), slices.Clone(a)
	for _, e := range b {
		if !keys[e.key] {
			out = append(out, e)
		}
	}
	return out
}

func intersection(a, b []value) []value {
	keys := keysOf(b)
	return slices.DeleteFunc(slices.Clone(a), func(e value) bool { return !keys[e.key] })
}
