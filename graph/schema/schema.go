package schema

import (
	"embed"
	"io/fs"
)

//go:embed *.graphqls
var files embed.FS

// Files returns the text of each file by its name.
func Files() map[string]string {
	all := map[string]string{}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		panic("schema: " + err.Error()) // embedded
	}
	for _, entry := range entries {
		text, err := fs.ReadFile(files, entry.Name())
		if err != nil {
			panic("schema: " + err.Error()) // embedded
		}
		all[entry.Name()] = string(text)
	}
	return all
}
