package store

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// layout is what the tags of a row struct say: its table, and which field holds which column. bun reads the same tags,
// but finds each column of each row anew by its name.
type layout struct {
	table  string
	alias  string
	all    []column
	loaded []column // without those that only searches and orders look at
}

type column struct {
	name  string
	field int
}

// derived is the tag of a column that is written and not read back with its row.
const derived = "derived"

var layouts sync.Map // reflect.Type → *layout

func layoutOf(row reflect.Type) *layout {
	if known, ok := layouts.Load(row); ok {
		return known.(*layout)
	}
	l := &layout{}
	for i := range row.NumField() {
		field := row.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("bun"), ",")
		if field.Anonymous {
			l.table, l.alias = strings.TrimPrefix(name, "table:"), strings.TrimPrefix(options, "alias:")
			continue
		}
		l.all = append(l.all, column{name, i})
		if field.Tag.Get("store") != derived {
			l.loaded = append(l.loaded, column{name, i})
		}
	}
	layouts.Store(row, l)
	return l
}

// columns lists the columns of a row struct that are read: "u.id, u.name".
func columns[Row any]() string {
	l := layoutOf(reflect.TypeFor[Row]())
	return strings.Join(mapped(l.loaded, func(c column) string { return l.alias + "." + c.name }), ", ")
}

// selection is the statement that reads row structs; rest comes after the table.
func selection[Row any](rest string) statement {
	l := layoutOf(reflect.TypeFor[Row]())
	return statement{"select " + l.table, "SELECT " + columns[Row]() + " FROM " + l.table + " AS " + l.alias + " " + rest}
}

// byDigest is the statement that ends with a condition: the column is any of several digests. There is one for each
// root secret: the texts for the usual numbers are made once.
func byDigest(st statement, column string) func(digests int) statement {
	text := func(n int) statement {
		return statement{st.name, st.text + "WHERE " + column + " IN (" + parameters(n) + ")"}
	}
	usual := []statement{text(1), text(2), text(3)}
	return func(n int) statement {
		if n <= len(usual) {
			return usual[n-1]
		}
		return text(n)
	}
}

// insertion is the statement that inserts a row struct; tail comes after its values.
func insertion[Row any](tail string) statement {
	l := layoutOf(reflect.TypeFor[Row]())
	return statement{"insert " + l.table, "INSERT INTO " + l.table + " (" + l.names() + ") VALUES (" + parameters(len(l.all)) + ")" + tail}
}

func (l *layout) names() string {
	return strings.Join(mapped(l.all, func(c column) string { return c.name }), ", ")
}

// arguments returns the values of an insertion.
func arguments(row any) []any {
	v := reflect.ValueOf(row).Elem()
	all := layoutOf(v.Type()).all
	list := make([]any, len(all))
	for i, c := range all {
		list[i] = argument(v.Field(c.field))
	}
	return list
}

// argument is a field as both drivers take it.
func argument(field reflect.Value) any {
	if kind := field.Kind(); (kind == reflect.Pointer || kind == reflect.Slice) && field.IsNil() {
		return nil
	}
	switch value := field.Interface().(type) {
	case string, bool, int, []byte, uuid.UUID, time.Time:
		return value
	case *string:
		return *value
	case *uuid.UUID:
		return *value
	case *time.Time:
		return *value
	}
	return document{field.Addr().Interface()}
}

// places returns where sql.Rows.Scan puts the columns of row structs that follow one another in a statement. NULL
// becomes the zero value.
func places(rows ...any) []any {
	var list []any
	for _, row := range rows {
		v := reflect.ValueOf(row).Elem()
		loaded := layoutOf(v.Type()).loaded
		list = slices.Grow(list, len(loaded))
		for _, c := range loaded {
			list = append(list, place(v.Field(c.field).Addr().Interface()))
		}
	}
	return list
}

// place wraps a field where database/sql does not know the form or converts it slowly. Only a document allocates.
func place(field any) any {
	switch to := field.(type) {
	case *string:
		return (*text)(to)
	case *bool:
		return (*truth)(to)
	case *int:
		return (*number)(to)
	case *[]byte, **string:
		return to
	case *uuid.UUID:
		return (*key)(to)
	case **uuid.UUID:
		return keyOrNil{to}
	case *time.Time:
		return (*instant)(to)
	case **time.Time:
		return instantOrNil{to}
	}
	return document{field}
}
