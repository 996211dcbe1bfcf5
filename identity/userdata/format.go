package userdata

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/authly/authly/identity"
)

// dataSection is a part of the document: items of one kind, with what they are.
type dataSection struct {
	name     string
	about    string // what it has, in plain words
	purpose  string // what that is stored for
	retained func(s *identity.Settings) string
	fields   []dataValue // their descriptions
	read     func(ctx context.Context, s *subject, after *identity.CursorKey) (dataPage, error)
}

// dataPage is one slice of the items of a section.
type dataPage struct {
	items [][]dataValue
	after *identity.CursorKey // of the last item; nil: nothing follows
}

// dataValue is a member of an object, in its place.
type dataValue struct {
	name  string
	value any
}

// dataField is a field of the items of a section.
type dataField[T any] struct {
	name  string
	about string
	value func(item T) any // what is empty is not known, and null
}

// listed makes a section of items that are read slice by slice. Its order never changes, so each comes once.
func listed[T any](
	section dataSection, fields []dataField[T],
	list func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[T], error),
) dataSection {
	for _, f := range fields {
		section.fields = append(section.fields, dataValue{f.name, f.about})
	}
	section.read = func(ctx context.Context, s *subject, after *identity.CursorKey) (dataPage, error) {
		rows, err := list(ctx, s, identity.KeysetRange{After: after, Limit: portionItems})
		page := dataPage{items: make([][]dataValue, len(rows))}
		for i, row := range rows {
			for _, f := range fields {
				page.items[i] = append(page.items[i], dataValue{f.name, f.value(row.Item)})
			}
		}
		if len(rows) == portionItems {
			page.after = &rows[portionItems-1].CursorKey
		}
		return page, err
	}
	return section
}

// whole makes a section of few items, which are read at once.
func whole[T any](section dataSection, fields []dataField[T], all func(ctx context.Context, s *subject) ([]T, error)) dataSection {
	list := func(ctx context.Context, s *subject, _ identity.KeysetRange) ([]identity.ListRow[T], error) {
		items, err := all(ctx, s)
		rows := make([]identity.ListRow[T], len(items))
		for i, item := range items {
			rows[i].Item = item
		}
		return rows, err
	}
	section = listed(section, fields, list)
	read := section.read
	section.read = func(ctx context.Context, s *subject, after *identity.CursorKey) (dataPage, error) {
		page, err := read(ctx, s, after)
		page.after = nil
		return page, err
	}
	return section
}

// document is a part of the JSON text, which is indented as if it had been written at once.
type document struct {
	bytes.Buffer
	err error
}

// The indentation of the levels of the document.
const (
	dataIndent  = "  "
	sectionEdge = dataIndent + dataIndent
	itemEdge    = sectionEdge + dataIndent + dataIndent
)

func (d *document) begin(legend []dataValue) {
	d.WriteString("{")
	for _, v := range legend {
		d.member(v, dataIndent)
		d.WriteString(",")
	}
	d.WriteString("\n" + dataIndent + `"sections": {`)
}

func (d *document) end() { d.WriteString("\n" + dataIndent + "}\n}\n") }

func (d *document) beginSection(section dataSection, settings *identity.Settings, first bool) {
	if !first {
		d.WriteString(",")
	}
	d.WriteString("\n" + sectionEdge + `"` + section.name + `": {`)
	for _, v := range []dataValue{
		{"about", section.about}, {"purpose", section.purpose}, {"retained", section.retained(settings)}, {"fields", section.fields},
	} {
		d.member(v, sectionEdge+dataIndent)
		d.WriteString(",")
	}
	d.WriteString("\n" + sectionEdge + dataIndent + `"items": [`)
}

func (d *document) endSection(empty bool) {
	if !empty {
		d.WriteString("\n" + sectionEdge + dataIndent)
	}
	d.WriteString("]\n" + sectionEdge + "}")
}

func (d *document) item(values []dataValue, first bool) {
	if !first {
		d.WriteString(",")
	}
	d.WriteString("\n" + itemEdge)
	d.value(values, itemEdge)
}

func (d *document) member(v dataValue, edge string) {
	d.WriteString("\n" + edge + `"` + v.name + `": `)
	d.value(v.value, edge)
}

// value writes a value at an edge: the members of an object in their order.
func (d *document) value(value any, edge string) {
	if members, ok := value.([]dataValue); ok {
		d.WriteString("{")
		for i, v := range members {
			if i > 0 {
				d.WriteString(",")
			}
			d.member(v, edge+dataIndent)
		}
		d.WriteString("\n" + edge + "}")
		return
	}
	if Unknown(value) {
		value = nil
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(edge, dataIndent)
	if err := encoder.Encode(value); err != nil && d.err == nil {
		d.err = err
	}
	d.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n")))
}

// Unknown reports whether a value is that of what is not known: an empty text, or nothing.
func Unknown(value any) bool {
	v := reflect.ValueOf(value)
	switch v.Kind() { //nolint:exhaustive // the others always have one
	case reflect.String:
		return v.Len() == 0
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}
