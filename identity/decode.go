package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
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
