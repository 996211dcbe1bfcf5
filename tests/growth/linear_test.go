package growth_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/tests/growth"
)

// failure is a test that only remembers whether it failed.
type failure struct {
	testing.TB
	failed bool
}

func (*failure) Helper() {}

func (f *failure) Errorf(string, ...any) { f.failed = true }

// TestGrowthIsTold: a reader that copies what it has for every piece is found, one that reads once is not.
func TestGrowthIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		read func(text string) int
		want bool
	}{
		"once": {func(text string) int { return len(strings.Split(text, " ")) }, false},
		"again and again": {func(text string) int {
			read := ""
			for piece := range strings.SplitSeq(text, " ") {
				read += piece
			}
			return len(read)
		}, true},
	} {
		seen := 0
		f := &failure{TB: t}
		growth.Linear(f, growth.Repeated(strings.Repeat("x", 100), " "), func(text string) { seen += c.read(text) })
		if f.failed != c.want || seen == 0 {
			t.Errorf("%s: failed %v", name, f.failed)
		}
	}
}
