package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
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
