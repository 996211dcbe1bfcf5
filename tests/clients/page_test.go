package clients

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// section is what docs/clients.md says of one client.
type section struct {
	name  string
	files map[string]string // by the name that stands before the block
	shell []string          // the lines of its sh blocks
}

var fileName = regexp.MustCompile("^`([A-Za-z0-9_./-]+)`")

// readPage reads the sections of docs/clients.md that have files: a block is a file when the line before it begins with
// a name in backquotes.
func readPage(t *testing.T) []section {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root(t), "docs", "clients.md"))
	if err != nil {
		t.Fatal(err)
	}
	var sections []section
	for part := range strings.SplitSeq(string(text), "\n## ") {
		name, body, _ := strings.Cut(part, "\n")
		if s := readSection(name, body); len(s.files) > 0 {
			sections = append(sections, s)
		}
	}
	return sections
}

func readSection(name, body string) section {
	s := section{name: name, files: map[string]string{}}
	before, block := "", ""
	language, inside := "", false
	for line := range strings.SplitSeq(body, "\n") {
		switch fence, isFence := strings.CutPrefix(line, "```"); {
		case isFence && !inside:
			language, block, inside = fence, "", true
		case isFence && language == "sh":
			s.shell = append(s.shell, strings.Split(strings.TrimSpace(block), "\n")...)
			inside, before = false, ""
		case isFence:
			if match := fileName.FindStringSubmatch(before); match != nil {
				s.files[match[1]] = block
			}
			inside, before = false, ""
		case inside:
			block += line + "\n"
		case line != "":
			before = line
		}
	}
	return s
}

// installs returns the packages that the section's shell lines with this beginning install.
func (s section) installs(command string) []string {
	var packages []string
	for _, line := range s.shell {
		rest, found := strings.CutPrefix(line, command+" ")
		if !found {
			continue
		}
		for word := range strings.FieldsSeq(rest) {
			if word == "#" || word == "&&" {
				break
			}
			if !strings.HasPrefix(word, "-") {
				packages = append(packages, word)
			}
		}
	}
	return packages
}
