package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
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
