package store

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// parameters is "$1, $2, ..." for n arguments.
func parameters(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", i+1)
	}
	return strings.Join(list, ", ")
}

// anys makes arguments of a list.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// texted returns ids in the form that bun writes into a list.
func texted(ids []uuid.UUID) bun.ListValues { return bun.List(strung(ids)) }

func strung(ids []uuid.UUID) []string { return mapped(ids, uuid.UUID.String) }

// fold is the form in which names are compared and sorted: the only place that decides what "without regard to case"
// means. The columns named ..._key hold it.
func fold(text string) string { return strings.ToLower(text) }

// full makes a list that is stored as [] when it is empty; bun would write null.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// trim undoes full.
func trim[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// moment returns a stored time back in UTC.
func moment(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// optional is nil for the zero id.
func optional(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// legible replaces what a database cannot hold in text that a stranger has sent and that must be kept all the same: a
// user agent or a name that was tried must not be able to prevent its own record.
func legible(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// storable reports whether both databases can hold the text as it is.
func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// refuse returns an Invalid error when a column of the row has text, at any depth, that cannot be stored as it is.
func refuse(row any) error {
	v := reflect.ValueOf(row).Elem()
	for i := range v.NumField() {
		if !storableValue(v.Field(i)) {
			column, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("bun"), ",")
			return identity.InvalidField(column, "Must be valid UTF-8 without NUL.")
		}
	}
	return nil
}

func storableValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return storable(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || storableValue(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return true
		}
		for i := range v.NumField() {
			if !storableValue(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !storableValue(v.Index(i)) {
				return false
			}
		}
	default:
	}
	return true
}

// firstID is the least id of version 7 made at or after t: ids grow with time, so that old rows are a range of the
// primary key.
func firstID(t time.Time) uuid.UUID {
	var id uuid.UUID
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i))) //nolint:gosec // the low eight bits are meant
	}
	return id
}
