package model_test

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
)

func TestMarshal(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]graphql.Marshaler{
		`"2026-11-01T10:00:00.123Z"`:             model.MarshalDateTime(time.Date(2026, 11, 1, 12, 0, 0, 123_999_000, time.FixedZone("", 7200))),
		`"01890000-0000-7000-8000-000000000001"`: model.MarshalUUID(uuid.MustParse("01890000-0000-7000-8000-000000000001")),
		`-5`:                                     model.MarshalInt(-5),
		`2147483647`:                             model.MarshalInt(math.MaxInt64),
		`"a\"b"`:                                 model.MarshalText(`a"b`),
	} {
		var out bytes.Buffer
		m.MarshalGQL(&out)
		if out.String() != want {
			t.Errorf("got %s, want %s", &out, want)
		}
	}
}

func TestUnmarshalDateTime(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"2026-11-01T12:00:00Z": true, "2026-11-01T12:00:00.123456+02:00": true, "2026-11-01": false, "2026-11-01 12:00:00Z": false,
		"": false, "now": false, "2026-13-01T12:00:00Z": false, "0000-01-01T00:00:00Z": false,
	} {
		got, err := model.UnmarshalDateTime(text)
		if (err == nil) != ok || ok && got.Location() != time.UTC {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if _, err := model.UnmarshalDateTime(json.Number("1")); err == nil {
		t.Error("took a number")
	}
}

func TestUnmarshalUUID(t *testing.T) {
	t.Parallel()
	const id = "01890000-0000-7000-8000-000000000001"
	for text, ok := range map[any]bool{
		id: true, "{" + id + "}": false, "urn:uuid:" + id: false, "01890000000070008000000000000001": false, "": false, 1: false,
	} {
		if _, err := model.UnmarshalUUID(text); (err == nil) != ok {
			t.Errorf("%v: %v", text, err)
		}
	}
}

func TestUnmarshalInt(t *testing.T) {
	t.Parallel()
	for value, ok := range map[any]bool{
		int64(5): true, 5: true, json.Number("5"): true, json.Number("1e2"): true, json.Number("2147483647"): true,
		json.Number("2147483648"): false, int64(-2147483649): false, json.Number("1.5"): false, "5": false, 1.0: false, true: false,
		json.Number("1e400"): false,
	} {
		if _, err := model.UnmarshalInt(value); (err == nil) != ok {
			t.Errorf("%v: %v", value, err)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("01890000-0000-7000-8000-000000000001")
	if got, ok := model.KindUser.Parse(model.KindUser.ID(id)); !ok || got != id {
		t.Errorf("got %v", got)
	}
	for _, text := range []string{"", "usr_", id.String(), "ses_" + id.String(), "usr_" + id.String() + "x", "usr_{" + id.String()[:34] + "}"} {
		if _, ok := model.KindUser.Parse(text); ok {
			t.Errorf("%q names a user", text)
		}
	}
}
