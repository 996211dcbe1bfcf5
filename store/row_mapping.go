package store

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// rowMapping is what the tags of a row struct say: its table, and which field is which column. bun reads the same tags,
// but finds each column of each row anew by its name.
type rowMapping struct {
	table    string
	alias    string
	all      []column
	readable []column // without the write-only ones, which searches and orders use
}

type column struct {
	name  string
	index []int // of its field, for reflect.Value.FieldByIndex
}

// writeOnly is the tag of a column that is written and not read back with its row.
const writeOnly = "write-only"

var mappings sync.Map // reflect.Type → *rowMapping

func mappingOf(row reflect.Type) *rowMapping {
	if known, ok := mappings.Load(row); ok {
		return known.(*rowMapping)
	}
	m := &rowMapping{}
	m.add(row, nil)
	mappings.Store(row, m)
	return m
}

// embedded is the tag of a field whose own fields are columns.
const embedded = "embed:"

// add adds the columns of a row struct, or of a struct in one. A field without a name has its own, as bun does it.
func (m *rowMapping) add(row reflect.Type, parent []int) {
	for i := range row.NumField() {
		field := row.Field(i)
		tag, index := field.Tag.Get("bun"), append(slices.Clone(parent), i)
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case field.Anonymous:
			m.table, m.alias = strings.TrimPrefix(name, "table:"), strings.TrimPrefix(options, "alias:")
			continue
		case tag == embedded:
			m.add(field.Type, index)
			continue
		case name == "":
			name = underscore(field.Name)
		}
		m.all = append(m.all, column{name, index})
		if field.Tag.Get("store") != writeOnly {
			m.readable = append(m.readable, column{name, index})
		}
	}
}

// underscore turns the name of a field into that of a column: "GivenName" is given_name.
func underscore(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// columns lists the columns of a row struct that are read: "u.id, u.name".
func columns[Row any]() string {
	m := mappingOf(reflect.TypeFor[Row]())
	return strings.Join(mapped(m.readable, func(c column) string { return m.alias + "." + c.name }), ", ")
}

// selection is the statement that reads row structs; rest comes after the table.
func selection[Row any](rest string) statement {
	m := mappingOf(reflect.TypeFor[Row]())
	return statement{"select " + m.table, "SELECT " + columns[Row]() + " FROM " + m.table + " AS " + m.alias + " " + rest}
}

// byDigest is the statement that ends with a condition: the column is any of several digests.
func byDigest(st statement, column string) func(digests int) statement {
	return inDigests(st.name, st.text+"WHERE "+column+" IN (", ")", 1)
}

// inDigests is the statement with several digests between head and tail, as parameters from the number first on. There is
// one for each root secret: the texts for the usual numbers are made once.
func inDigests(name, head, tail string, first int) func(digests int) statement {
	text := func(n int) statement {
		return statement{name, head + parametersFrom(first, n) + tail}
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
	m := mappingOf(reflect.TypeFor[Row]())
	text := "INSERT INTO " + m.table + " (" + m.columnNames() + ") VALUES (" + parameters(len(m.all)) + ")" + tail
	return statement{"insert " + m.table, text}
}

func (m *rowMapping) columnNames() string {
	return strings.Join(mapped(m.all, func(c column) string { return c.name }), ", ")
}

// arguments returns the values of an insertion.
func arguments(row any) []any {
	v := reflect.ValueOf(row).Elem()
	all := mappingOf(v.Type()).all
	list := make([]any, len(all))
	for i, c := range all {
		list[i] = argument(v.FieldByIndex(c.index))
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
	return jsonColumn{field.Addr().Interface()}
}

// scanDestinations returns the destinations for sql.Rows.Scan of the columns of row structs that follow one another in
// a statement. NULL becomes the zero value.
func scanDestinations(rows ...any) []any {
	var list []any
	for _, row := range rows {
		v := reflect.ValueOf(row).Elem()
		loaded := mappingOf(v.Type()).readable
		list = slices.Grow(list, len(loaded))
		for _, c := range loaded {
			list = append(list, scanDestination(v.FieldByIndex(c.index).Addr().Interface()))
		}
	}
	return list
}

// scanDestination wraps a field where database/sql does not know the type or converts it slowly. Only a jsonColumn
// allocates.
func scanDestination(field any) any {
	switch dest := field.(type) {
	case *string:
		return (*nullString)(dest)
	case *bool:
		return (*nullBool)(dest)
	case *int:
		return (*nullInt)(dest)
	case *[]byte, **string:
		return dest
	case *uuid.UUID:
		return (*nullUUID)(dest)
	case **uuid.UUID:
		return uuidPointer{dest}
	case *time.Time:
		return (*nullTime)(dest)
	case **time.Time:
		return timePointer{dest}
	}
	return jsonColumn{field}
}
