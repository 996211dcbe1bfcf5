package admincli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
	"golang.org/x/term"
)

// The formats of the output.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatYAML  = "yaml"
	formatCSV   = "csv"
	formatLines = "jsonl"
	formatValue = "value"
)

var formats = []string{formatTable, formatJSON, formatYAML, formatCSV, formatLines, formatValue}

// printer writes the objects of a list as they come.
type printer interface {
	row(object map[string]any) error
	flush() error // after a page
	close() error // after the last one
}

// printer makes the printer of the format that was asked for.
func (s *session) printer(columns []string) (printer, error) {
	switch s.format {
	case formatTable:
		return &tablePrinter{w: s.Stdout, columns: columns, width: width(s.Stdout)}, nil
	case formatJSON:
		return &jsonPrinter{w: s.Stdout}, nil
	case formatLines:
		encoder := json.NewEncoder(s.Stdout)
		encoder.SetEscapeHTML(false)
		return linePrinter{encoder}, nil
	case formatYAML:
		return &yamlPrinter{w: s.Stdout}, nil
	case formatCSV:
		return &csvPrinter{w: csv.NewWriter(s.Stdout), columns: columns}, nil
	case formatValue:
		return valuePrinter{s.Stdout, columns}, nil
	}
	return nil, usagef("--output is one of %s, and not %q.", strings.Join(formats, ", "), s.format)
}

// show writes one object: as a table a line for each field.
func (s *session) show(object map[string]any, columns []string) error {
	switch s.format {
	case formatTable:
		return fields(s.Stdout, object, columns)
	case formatJSON:
		encoder := json.NewEncoder(s.Stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(object)
	case formatYAML:
		return writeYAML(s.Stdout, object)
	}
	return s.found([]any{object}, columns)
}

// found writes what a query has brought: one object or many.
func (s *session) found(data any, columns []string) error {
	if object, one := data.(map[string]any); one {
		return s.show(object, columns)
	}
	out, err := s.printer(columns)
	if err != nil {
		return err
	}
	return printAll(out, objects(data))
}

// printAll writes a list that is all there.
func printAll(out printer, list []map[string]any) error {
	for _, object := range list {
		if err := out.row(object); err != nil {
			return err
		}
	}
	return out.close()
}

// at returns what is at a path of an object; of a list what is in each of its objects.
func at(value any, names []string) any {
	if len(names) == 0 {
		return value
	}
	switch v := value.(type) {
	case map[string]any:
		return at(v[names[0]], names[1:])
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = at(item, names)
		}
		return list
	}
	return nil
}

// cell writes a value as text; null is empty.
func cell(object map[string]any, column string) string {
	return asText(at(object, strings.Split(column, ".")))
}

func asText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = asText(item)
		}
		return strings.Join(words, " ")
	case map[string]any:
		content, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(content)
	}
	return fmt.Sprint(value)
}

// printable replaces what a terminal would obey: names and agents come from strangers.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// isTerminal reports whether a person is at the other end.
func isTerminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// jsonPrinter writes an array as its objects come. One that is interrupted has no end, so that nobody takes a part for all.
type jsonPrinter struct {
	w     io.Writer
	begun bool
}

func (p *jsonPrinter) row(object map[string]any) error {
	content, err := json.MarshalIndent(object, "  ", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	before := ",\n  "
	if !p.begun {
		before, p.begun = "[\n  ", true
	}
	_, err = fmt.Fprintf(p.w, "%s%s", before, content)
	return err
}

func (p *jsonPrinter) flush() error { return nil }

func (p *jsonPrinter) close() error {
	end := "\n]\n"
	if !p.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(p.w, end)
	return err
}

// linePrinter writes an object of JSON on each line.
type linePrinter struct{ encoder *json.Encoder }

func (p linePrinter) row(object map[string]any) error { return p.encoder.Encode(object) }

func (linePrinter) flush() error { return nil }

func (linePrinter) close() error { return nil }

// yamlPrinter writes a list.
type yamlPrinter struct {
	w     io.Writer
	begun bool
}

func (p *yamlPrinter) row(object map[string]any) error {
	p.begun = true
	return writeYAML(p.w, []any{object})
}

func (p *yamlPrinter) flush() error { return nil }

func (p *yamlPrinter) close() error {
	if p.begun {
		return nil
	}
	_, err := io.WriteString(p.w, "[]\n")
	return err
}

func writeYAML(w io.Writer, value any) error {
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(numbers(value)); err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	return encoder.Close()
}

// numbers makes numbers of those that JSON has, which YAML would quote.
func numbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = numbers(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = numbers(inner)
		}
		return out
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
	}
	return value
}

// csvPrinter writes CSV (RFC 4180) with a header.
type csvPrinter struct {
	w       *csv.Writer
	columns []string
	begun   bool
}

func (p *csvPrinter) header() error {
	if p.begun {
		return nil
	}
	p.begun = true
	return p.w.Write(p.columns)
}

func (p *csvPrinter) row(object map[string]any) error {
	if err := p.header(); err != nil {
		return err
	}
	record := make([]string, len(p.columns))
	for i, c := range p.columns {
		record[i] = cell(object, c)
	}
	return p.w.Write(record)
}

func (p *csvPrinter) flush() error {
	p.w.Flush()
	return p.w.Error()
}

func (p *csvPrinter) close() error {
	if err := p.header(); err != nil {
		return err
	}
	return p.flush()
}

// valuePrinter writes the values alone, with tabs between them, for the variables of a script.
type valuePrinter struct {
	w       io.Writer
	columns []string
}

func (p valuePrinter) row(object map[string]any) error {
	values := make([]string, len(p.columns))
	for i, c := range p.columns {
		values[i] = printable(cell(object, c))
	}
	_, err := fmt.Fprintln(p.w, strings.Join(values, "\t"))
	return err
}

func (valuePrinter) flush() error { return nil }

func (valuePrinter) close() error { return nil }

// generic makes of values what JSON would bring.
func generic(object map[string]any) map[string]any {
	for name, value := range object {
		if list, ok := value.([]string); ok {
			all := make([]any, len(list))
			for i, item := range list {
				all[i] = item
			}
			object[name] = all
		}
	}
	return object
}
