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
func parameters(n int) string { return parametersFrom(1, n) }

// parametersFrom is parameters with another first number.
func parametersFrom(first, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(list, ", ")
}

// mapped applies a function to each element of a list.
func mapped[From, To any](list []From, to func(From) To) []To {
	out := make([]To, len(list))
	for i, v := range list {
		out[i] = to(v)
	}
	return out
}

// toAnys converts a list to arguments.
func toAnys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// idList returns ids in the form that bun writes into a list.
func idList(ids []uuid.UUID) bun.ListValues { return bun.List(idStrings(ids)) }

func idStrings(ids []uuid.UUID) []string { return mapped(ids, uuid.UUID.String) }

// fold is the form in which names are compared and sorted: the only place that decides what "without regard to case"
// means. The columns named ..._key have it.
func fold(text string) string { return strings.ToLower(text) }

// emptyIfNil returns a list that is stored as [] when there is none; bun would write null.
func emptyIfNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// nilIfEmpty undoes emptyIfNil.
func nilIfEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// utc returns a stored time in UTC, or nil.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	converted := t.UTC()
	return &converted
}

// nilIfZero returns nil for the zero id.
func nilIfZero(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// sanitize replaces what a database cannot store in text that a stranger has sent and that must be recorded all the
// same: a user agent or a name that was tried must not be able to prevent its own record.
func sanitize(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// validText reports whether both databases can store the text as it is.
func validText(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// checkText returns an Invalid error when a column of the row has text, at any depth, that cannot be stored as it is.
func checkText(row any) error {
	v := reflect.ValueOf(row).Elem()
	for _, c := range mappingOf(v.Type()).all {
		if !hasValidText(v.FieldByIndex(c.index)) {
			return identity.InvalidField(c.name, "Must be valid UTF-8 without NUL.")
		}
	}
	return nil
}

func hasValidText(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return validText(v.String())
	case reflect.Pointer, reflect.Interface:
		return v.IsNil() || hasValidText(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return true
		}
		for i := range v.NumField() {
			if !hasValidText(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !hasValidText(v.Index(i)) {
				return false
			}
		}
	default:
	}
	return true
}
