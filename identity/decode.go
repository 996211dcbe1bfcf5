package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"unicode/utf8"
)

// decodeStrictly reads one JSON value and refuses unknown members and trailing data.
func decodeStrictly(text []byte, out any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(out); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("trailing data")
	}
	return nil
}

// MeasureJSON returns how deep the objects and lists of a JSON text are nested and how many members its objects have, in
// one pass and without making anything of it. A text that is not JSON has some measure, too.
func MeasureJSON[T string | []byte](text T) (depth, members int) {
	level, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			level++
			depth = max(depth, level)
		case c == '}' || c == ']':
			level--
		case c == ':':
			members++
		}
	}
	return depth, members
}

// JSONObject splits a text into the members of one JSON object, which is nested and has members up to a bound. It is stricter than
// encoding/json: UTF-8 alone, no member twice, names in their exact case.
func JSONObject(text []byte, maxDepth, maxMembers int) (map[string]json.RawMessage, bool) {
	if depth, _ := MeasureJSON(text); !utf8.Valid(text) || depth > maxDepth {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, false
	}
	members := map[string]json.RawMessage{}
	for decoder.More() {
		token, err := decoder.Token()
		name, isName := token.(string)
		if _, twice := members[name]; err != nil || !isName || twice || len(members) == maxMembers {
			return nil, false
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return nil, false
		}
		members[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, false
	}
	_, err := decoder.Token()
	return members, errors.Is(err, io.EOF)
}

// SameJSON reports whether two documents differ in spaces and the order of members alone.
func SameJSON(a, b json.RawMessage) bool {
	var values [2]any
	for i, text := range [2]json.RawMessage{a, b} {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&values[i]) != nil {
			return false
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}
