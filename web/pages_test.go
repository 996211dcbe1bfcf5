package web

import (
	"io/fs"
	"path"
	"sync"
	"testing"

	"github.com/authly/authly/internal/translation"
)

// TestEveryPageIsParsed in every language: a fault in a template would show itself only to who is shown the page.
func TestEveryPageIsParsed(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil || len(names) < 30 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	for _, code := range translation.Codes() {
		for _, name := range names {
			if page := ourPages[code]().page(path.Base(name)); page.Lookup("layout.html") == nil {
				t.Errorf("%s in %s has no layout", name, code)
			}
		}
	}
}

// TestAPageIsParsedOnce, also when many are shown it at once for the first time.
func TestAPageIsParsedOnce(t *testing.T) {
	t.Parallel()
	p := newPages(translation.In("de"))
	first := p.page("login.html")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if consent := p.page("consent.html"); p.page("login.html") != first || p.page("consent.html") != consent {
				t.Error("a page was parsed again")
			}
		})
	}
	all.Wait()
}
