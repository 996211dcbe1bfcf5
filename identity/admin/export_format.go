package admin

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/authly/authly/identity/userdata"
)

// write writes users one below the other. first says that the file begins with them.
func (f ExportFormat) write(fields []string, users []exportedUser, first bool) ([]byte, error) {
	if f == ExportCSV {
		return writeCells(fields, users, first)
	}
	var out bytes.Buffer
	for i := range users {
		out.WriteByte('{')
		separator := ""
		for _, name := range fields {
			value := userFields[name].value(&users[i])
			if userdata.Unknown(value) {
				continue
			}
			text, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			out.WriteString(separator + `"` + name + `":`)
			out.Write(text)
			separator = ","
		}
		out.WriteString("}\n")
	}
	return out.Bytes(), nil
}

// writeCells writes CSV (RFC 4180), with LF, because a line break may be in a cell. The first line names the columns.
func writeCells(fields []string, users []exportedUser, first bool) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if first {
		if err := w.Write(fields); err != nil {
			return nil, err
		}
	}
	row := make([]string, len(fields))
	for i := range users {
		for column, name := range fields {
			row[column] = ""
			if value := userFields[name].value(&users[i]); !userdata.Unknown(value) {
				text, err := textOf(value)
				if err != nil {
					return nil, err
				}
				row[column] = harmless(text)
			}
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// harmless puts an apostrophe before what a spreadsheet would run, and before what has one already for that, so that plainCell
// gives back what was there.
func harmless(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.IndexByte(formulas, rest[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// filterIsEmpty reports whether a filter selects everything.
func filterIsEmpty(f any) bool { return reflect.ValueOf(f).IsZero() }
