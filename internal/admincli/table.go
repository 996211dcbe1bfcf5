package admincli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// width is that of the terminal; 0 when there is none: then nothing is cut.
func width(w io.Writer) int {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// narrow is how many places a column has at least; with less for each, a table is written as fields.
const narrow = 8

// tablePrinter writes a table for each page, the header once.
type tablePrinter struct {
	w       io.Writer
	columns []string
	width   int // 0: no terminal
	rows    [][]string
	shown   bool
}

func (p *tablePrinter) row(object map[string]any) error {
	row := make([]string, len(p.columns))
	for i, c := range p.columns {
		row[i] = printable(cell(object, c))
	}
	p.rows = append(p.rows, row)
	return nil
}

func (p *tablePrinter) flush() error {
	rows := p.rows
	p.rows = nil
	if p.width > 0 && p.width/len(p.columns) < narrow {
		return p.asFields(rows)
	}
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options, style.Format.Header = table.OptionsNoBordersAndSeparators, text.FormatUpper
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	if !p.shown {
		t.AppendHeader(asRow(p.columns))
		p.shown = true
	}
	for _, r := range rows {
		t.AppendRow(asRow(r))
	}
	t.SetColumnConfigs(p.fit(rows))
	if rendered := t.Render(); rendered != "" {
		_, err := fmt.Fprintln(p.w, rendered)
		return err
	}
	return nil
}

func asRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}

// fit cuts the widest columns until a line has its place.
func (p *tablePrinter) fit(rows [][]string) []table.ColumnConfig {
	widths, sum := make([]int, len(p.columns)), 0
	for i, c := range p.columns {
		widths[i] = text.StringWidthWithoutEscSequences(c)
		for _, r := range rows {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(r[i]))
		}
		sum += widths[i] + 2
	}
	for ; p.width > 0 && sum-2 > p.width; sum-- {
		widths[slices.Index(widths, slices.Max(widths))]--
	}
	configs := make([]table.ColumnConfig, len(widths))
	for i, w := range widths {
		configs[i] = table.ColumnConfig{Number: i + 1, WidthMax: w, WidthMaxEnforcer: cut}
	}
	return configs
}

func cut(column string, most int) string { return text.Snip(column, most, "…") }

// asFields writes each object as lines, for a terminal that is narrow.
func (p *tablePrinter) asFields(rows [][]string) error {
	for _, r := range rows {
		if p.shown {
			if _, err := fmt.Fprintln(p.w); err != nil {
				return err
			}
		}
		p.shown = true
		for i, c := range p.columns {
			if _, err := fmt.Fprintf(p.w, "%s: %s\n", c, r[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *tablePrinter) close() error { return p.flush() }

// fields writes an object as a line for each field that has a value.
func fields(w io.Writer, object map[string]any, columns []string) error {
	longest := 0
	for _, c := range columns {
		longest = max(longest, len(c))
	}
	for _, c := range columns {
		value := printable(cell(object, c))
		if strings.TrimSpace(value) == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-*s  %s\n", longest, c, value); err != nil {
			return err
		}
	}
	return nil
}
