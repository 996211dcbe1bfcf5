package web

import (
	"html/template"
	"sync"

	"github.com/authly/authly/internal/translation"
)

// pages are the templates of a language. Each is parsed when it is shown first: all of all languages take more memory and time than the
// rest of the program when it starts, and few of them are ever shown.
type pages struct {
	layout *template.Template

	mu     sync.Mutex
	parsed map[string]*template.Template // by the name of the file
}

// ourPages are those of each language in our own words.
var ourPages = func() map[string]func() *pages {
	all := map[string]func() *pages{}
	for _, code := range translation.Codes() {
		all[code] = sync.OnceValue(func() *pages { return newPages(translation.In(code)) })
	}
	return all
}()

func newPages(words *translation.Words) *pages {
	layout := template.Must(template.New("layout.html").Funcs(functions(words)).ParseFS(files, "templates/layout.html"))
	return &pages{layout: layout, parsed: map[string]*template.Template{}}
}

// page returns the template of a file, with the layout around it. The files are embedded, so a fault cannot depend on where the
// program runs.
func (p *pages) page(name string) *template.Template {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parsed[name] == nil {
		p.parsed[name] = template.Must(template.Must(p.layout.Clone()).ParseFS(files, "templates/"+name))
	}
	return p.parsed[name]
}
