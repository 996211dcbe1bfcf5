package console

import (
	"bytes"
	"embed"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"

	"github.com/authly/authly/internal/parameters"
)

//go:embed dist
var dist embed.FS

// noncePlace is where the index says with which nonce the application adds styles.
const noncePlace = "__NONCE__"

// policy allows the application what this server has, and styles that carry the nonce of the page.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; connect-src 'self'; " +
		"font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

// mediaTypes are those of assets by the endings of their names.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json",
	".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
}

// asset is a file whose name changes with its content, so that browsers may have it for ever. It is compressed.
type asset struct {
	media   string
	content []byte
}

// readDist returns the index and the assets by their names. The build has compressed these, and not the index, which is another each
// time that it is sent.
func readDist(files fs.FS) (index string, assets map[string]asset, err error) {
	text, err := fs.ReadFile(files, "dist/index.html")
	if err != nil {
		return "", nil, err
	}
	names, err := fs.Glob(files, "dist/assets/*.br")
	if err != nil {
		return "", nil, err
	}
	assets = map[string]asset{}
	for _, file := range names {
		content, err := fs.ReadFile(files, file)
		if err != nil {
			return "", nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".br")
		assets[name] = asset{media: mediaTypes[path.Ext(name)], content: content}
	}
	return string(text), assets, nil
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.media)
	header.Set("Cache-Control", "public, max-age=31536000, immutable") // RFC 8246
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	header.Set("Vary", "Accept-Encoding")
	if parameters.AcceptsEncoding(r, "br") {
		header.Set("Content-Encoding", "br")
		header.Set("Content-Length", strconv.Itoa(len(a.content)))
		_, _ = w.Write(a.content) // the browser may have gone
		return
	}
	_, _ = io.Copy(w, brotli.NewReader(bytes.NewReader(a.content)))
}
