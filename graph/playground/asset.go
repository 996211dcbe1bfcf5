package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/authly/authly/internal/parameters"
)

//go:embed *.js *.css assets/*.gz flows/*.css flows/*.js flows/grants/*.js flows/endpoints/*.js
var files embed.FS

// mediaTypes are those of assets by the endings of their names.
var mediaTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// asset is one file below an address that changes with any of them, so that browsers may keep it for ever, and modules may name
// each other.
type asset struct {
	media      string
	content    []byte
	compressed bool
}

// assetFiles are all assets.
type assetFiles struct {
	prefix string
	byPath map[string]asset // by URL path
}

// address is the URL path of the asset with a name.
func (f assetFiles) address(name string) string {
	if _, ok := f.byPath[f.prefix+name]; !ok {
		panic("playground: no asset " + name) // embedded
	}
	return f.prefix + name
}

// vendored reports whether an asset is a file of others, which is no module.
func vendored(name string) bool { return strings.HasPrefix(name, "assets/") }

// readAssets reads the embedded files; those in .gz stay compressed.
func readAssets() assetFiles {
	sum := sha256.New()
	byName := map[string]asset{}
	err := fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		sum.Write([]byte(file))
		sum.Write(content)
		name, compressed := strings.CutSuffix(file, ".gz")
		byName[name] = asset{media: mediaTypes[path.Ext(name)], content: content, compressed: compressed}
		return nil
	})
	if err != nil {
		panic("playground: " + err.Error()) // embedded
	}
	out := assetFiles{prefix: Path + "/assets/" + hex.EncodeToString(sum.Sum(nil)[:6]) + "/", byPath: map[string]asset{}}
	for name, a := range byName {
		out.byPath[out.prefix+name] = a
	}
	return out
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", a.media)
	if !a.compressed {
		_, _ = w.Write(a.content)
		return
	}
	header.Set("Vary", "Accept-Encoding")
	if parameters.AcceptsEncoding(r, "gzip") {
		header.Set("Content-Encoding", "gzip")
		header.Set("Content-Length", strconv.Itoa(len(a.content)))
		_, _ = w.Write(a.content)
		return
	}
	reader, err := gzip.NewReader(bytes.NewReader(a.content))
	if err != nil {
		panic("playground: " + err.Error()) // embedded
	}
	_, _ = io.Copy(w, reader) //nolint:gosec // our own files, not a bomb
}
