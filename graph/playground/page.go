package playground

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"

	"github.com/authly/authly/identity"
)

// The paths of the pages, which are redirect URIs too.
const (
	Path         = "/playground"           // GraphiQL
	FlowsPath    = Path + "/flows"         // the debugger of flows
	CallbackPath = FlowsPath + "/callback" // a redirect URI of clients that the debugger tries out
)

//go:embed page.html graphiql.html flows/*.html
var templates embed.FS

//go:embed examples
var exampleFiles embed.FS

// page is one of the pages, with what its template shows.
type page struct {
	Path, Title, template string
	styles, scripts       []string // names of assets, in the order that the page loads them

	Issuer, ClientID, Scope, Callback, Examples string
	Posted                                      string // JSON
	Styles                                      []string
	Scripts                                     []script
}

// script is one that a page loads. A module loads others.
type script struct {
	URL    string
	Module bool
}

var pages = []page{
	{
		Path: Path, Title: "Authly playground", template: "graphiql.html",
		styles:  []string{"assets/graphiql.min.css", "header.css", "graphiql.css"},
		scripts: []string{"assets/react.production.min.js", "assets/react-dom.production.min.js", "assets/graphiql.min.js", "graphiql.js"},
	},
	{
		Path: FlowsPath, Title: "Authly debugger", template: "flows.html",
		styles: []string{"header.css", "flows/flows.css"}, scripts: []string{"flows/start.js"},
	},
	{
		Path: CallbackPath, Title: "Authly debugger", template: "callback.html",
		styles: []string{"header.css", "flows/flows.css"}, scripts: []string{"flows/callback.js"},
	},
}

var parsed = template.Must(template.ParseFS(templates, "*.html", "flows/*.html"))

// fill says what the template of a page shows.
func (p *page) fill(issuer string, files assetFiles) {
	p.Issuer, p.ClientID, p.Scope, p.Callback = issuer, ClientID, identity.AdministrationScope(), issuer+CallbackPath
	if p.Path == Path {
		p.Examples = examples()
	}
	for _, name := range p.styles {
		p.Styles = append(p.Styles, files.address(name))
	}
	for _, name := range p.scripts {
		p.Scripts = append(p.Scripts, script{URL: files.address(name), Module: !vendored(name)})
	}
}

func (p *page) render() []byte {
	var out bytes.Buffer
	if err := parsed.ExecuteTemplate(&out, p.template, p); err != nil {
		panic("playground: " + err.Error()) // plain strings always render
	}
	return out.Bytes()
}

// Examples are the documents of the first tabs, in their order: one for each noun of the schema.
func Examples() []string {
	entries, err := exampleFiles.ReadDir("examples")
	if err != nil {
		panic("playground: " + err.Error()) // embedded
	}
	var texts []string
	for _, entry := range entries {
		text, err := exampleFiles.ReadFile("examples/" + entry.Name())
		if err != nil {
			panic("playground: " + err.Error()) // embedded
		}
		texts = append(texts, string(text))
	}
	return texts
}

// examples are Examples as JSON.
func examples() string {
	text, err := json.Marshal(Examples())
	if err != nil {
		panic("playground: " + err.Error()) // strings always marshal
	}
	return string(text)
}
