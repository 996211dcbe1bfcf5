package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/schollz/progressbar/v3"
)

// isTerminal reports whether w is a terminal that a person looks at.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress returns what shows a person how many of all are done; where nobody looks it shows nothing.
func (a *app) progress(what string, all int) func(done int) {
	if !isTerminal(a.stderr) {
		return func(int) {}
	}
	bar := progressbar.NewOptions(all, progressbar.OptionSetWriter(a.stderr), progressbar.OptionShowCount(), progressbar.OptionShowIts(),
		progressbar.OptionSetDescription(what), progressbar.OptionClearOnFinish())
	return func(done int) { _ = bar.Set(done) }
}

// print writes a result: as JSON when it was asked for, else as text makes it.
func (a *app) print(result any, text func(w io.Writer)) error {
	switch a.output {
	case "json":
		encoder := json.NewEncoder(a.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	case "text":
		text(a.stdout)
		return nil
	}
	return usageError{fmt.Errorf("unknown output format %q: use text or json", a.output)}
}

// newTable begins a table with the names of its columns.
func newTable(w io.Writer, columns ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(columns)
	return t
}

// listedID reads the id of something, such as "a message", that the command list has shown.
func listedID(text, what string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, usageError{fmt.Errorf("%q is no id of %s, as list shows it", text, what)}
	}
	return id, nil
}
