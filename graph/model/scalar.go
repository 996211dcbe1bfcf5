package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
)

// dateTimeLayout is RFC 3339 in UTC with milliseconds.
const dateTimeLayout = "2006-01-02T15:04:05.000Z"

// write hands what add appends to the response. The executor writes into a buffer, which then needs no second copy.
func write(w io.Writer, add func([]byte) []byte) {
	if buffer, ok := w.(*bytes.Buffer); ok {
		buffer.Write(add(buffer.AvailableBuffer()))
		return
	}
	_, _ = w.Write(add(nil)) // the executor's writer cannot fail, and a marshaler cannot report
}

type instant time.Time

// MarshalGQL implements graphql.Marshaler.
func (t instant) MarshalGQL(w io.Writer) {
	write(w, func(b []byte) []byte {
		b = append(b, '"')
		b = time.Time(t).UTC().AppendFormat(b, dateTimeLayout)
		return append(b, '"')
	})
}

// MarshalDateTime writes the scalar DateTime.
func MarshalDateTime(t time.Time) graphql.Marshaler { return instant(t) }

// UnmarshalDateTime reads the scalar DateTime: an RFC 3339 string with any offset.
func UnmarshalDateTime(v any) (time.Time, error) {
	text, ok := v.(string)
	if !ok {
		return time.Time{}, errors.New("DateTime must be a string")
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 1 {
		return time.Time{}, errors.New("DateTime must have the form of RFC 3339, such as 2026-01-31T12:00:00Z")
	}
	return t.UTC(), nil
}

type document struct{ value any }

// MarshalGQL implements graphql.Marshaler.
func (d document) MarshalGQL(w io.Writer) {
	text, err := json.Marshal(d.value)
	if err != nil {
		panic("model: marshal JSON: " + err.Error()) // what came from JSON always marshals
	}
	_, _ = w.Write(text)
}

// MarshalJSON writes the scalar JSON.
func MarshalJSON(v any) graphql.Marshaler { return document{v} }

// UnmarshalJSON reads the scalar JSON.
func UnmarshalJSON(v any) (any, error) { return v, nil }

type identifier uuid.UUID

// MarshalGQL implements graphql.Marshaler.
func (id identifier) MarshalGQL(w io.Writer) {
	write(w, func(b []byte) []byte {
		b = append(b, '"')
		b = append(b, uuid.UUID(id).String()...)
		return append(b, '"')
	})
}

// MarshalUUID writes the scalar UUID.
func MarshalUUID(id uuid.UUID) graphql.Marshaler { return identifier(id) }

// UnmarshalUUID reads the scalar UUID in its canonical form alone: no braces, no urn:uuid: prefix.
func UnmarshalUUID(v any) (uuid.UUID, error) {
	text, ok := v.(string)
	if !ok {
		return uuid.UUID{}, errors.New("UUID must be a string")
	}
	id, ok := parseUUID(text)
	if !ok {
		return uuid.UUID{}, errors.New("UUID must have its canonical form")
	}
	return id, nil
}

func parseUUID(text string) (uuid.UUID, bool) {
	if len(text) != len(uuid.Nil.String()) {
		return uuid.UUID{}, false
	}
	id, err := uuid.Parse(text)
	return id, err == nil
}

// MarshalText writes the scalars EmailAddress and URI.
func MarshalText(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalText reads the scalars EmailAddress and URI. Their form is a rule of the domain, which reports it as a
// userError that names the field.
func UnmarshalText(v any) (string, error) {
	text, ok := v.(string)
	if !ok {
		return "", errors.New("must be a string")
	}
	return text, nil
}

type integer int

// MarshalGQL implements graphql.Marshaler.
func (n integer) MarshalGQL(w io.Writer) {
	write(w, func(b []byte) []byte { return strconv.AppendInt(b, int64(n), 10) })
}

// MarshalInt writes the scalar Int. A value beyond 32 bits is written as the nearest that fits.
func MarshalInt(n int) graphql.Marshaler {
	return integer(max(math.MinInt32, min(n, math.MaxInt32)))
}

// UnmarshalInt reads the scalar Int: a whole number of 32 bits (GraphQL §3.5.1). Text is refused.
func UnmarshalInt(v any) (int, error) {
	n, err := wholeNumber(v)
	if err != nil {
		return 0, err
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, errors.New("Int must fit into 32 bits")
	}
	return int(n), nil
}

func wholeNumber(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		// GraphQL §3.5.1: a number such as 1e2 or 2.0 has an integer value.
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) <= math.MaxInt32 {
			return int64(f), nil
		}
	}
	return 0, errors.New("Int must be a whole number")
}
