package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// futureFiles are those that the guide says somebody will add, beside what has NAME or NOUN in it.
var futureFiles = map[string]bool{
	"identity/device.go": true, "oauth/device.go": true,
}

// TestTheGuideNamesFilesThatExist: a list of files to touch is worth nothing when the files have moved.
func TestTheGuideNamesFilesThatExist(t *testing.T) {
	t.Parallel()
	path := regexp.MustCompile("`([a-z][a-zA-Z0-9_./-]*/[a-zA-Z0-9_./-]+\\.(?:go|graphqls|md|yml|sql|html))`")
	for _, guide := range []string{"CONTRIBUTING.md", "docs/architecture.md", "README.md"} {
		text, err := os.ReadFile(filepath.Join("..", guide))
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, match := range path.FindAllStringSubmatch(string(text), -1) {
			name := match[1]
			if strings.Contains(name, "NAME") || strings.Contains(name, "NOUN") {
				continue
			}
			found++
			_, err := os.Stat(filepath.Join("..", name))
			if exists := err == nil; exists == futureFiles[name] {
				t.Errorf("%s names %s: exists %v", guide, name, exists)
			}
		}
		if found == 0 && guide != "README.md" {
			t.Errorf("%s names no file", guide)
		}
	}
}
