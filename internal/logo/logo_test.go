package logo_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/logo"
)

const (
	address = "https://app.example/logo"
	png     = "\x89PNG\r\n\x1a\n"
)

// gallery answers for every logo_uri and counts how often it is asked.
type gallery struct {
	logos *logo.Logos
	now   time.Time

	mu    sync.Mutex
	asked int
	body  string
	err   error
	hangs chan struct{} // until it is closed, if there is one
}

func newGallery(body string) *gallery {
	g := &gallery{body: body, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	g.logos = logo.New(g.fetch, identity.Source{Clock: func() time.Time { return g.now }, Random: rand.Reader})
	return g
}

func (g *gallery) fetch(ctx context.Context, _ string) ([]byte, error) {
	g.mu.Lock()
	g.asked++
	g.mu.Unlock()
	if g.hangs != nil {
		select {
		case <-g.hangs:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return []byte(g.body), g.err
}

// get returns the picture at an address; why there is none is not looked at.
func (g *gallery) get(t *testing.T, address string) logo.Image {
	t.Helper()
	image, err := g.logos.Get(t.Context(), address)
	if err != nil && len(image.Bytes) > 0 {
		t.Errorf("a picture and %v", err)
	}
	return image
}

// times is how often the gallery was asked since the last look.
func (g *gallery) times() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := g.asked
	g.asked = 0
	return n
}

func TestOnlyPicturesAreLogos(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"PNG":                     {png + "IHDR", "image/png"},
		"JPEG":                    {"\xff\xd8\xff\xe0", "image/jpeg"},
		"GIF":                     {"GIF89a", "image/gif"},
		"WebP":                    {"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"},
		"a GIF that is a script":  {"GIF89a=alert(1)//", "image/gif"}, // which its type and nosniff keep from running
		"SVG":                     {`<svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		"SVG with a prologue":     {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		"HTML":                    {"<!DOCTYPE html><script>alert(1)</script>", ""},
		"HTML before a PNG":       {"<html>" + png, ""},
		"JSON":                    {"{}", ""},
		"text":                    {"a logo", ""},
		"nothing":                 {"", ""},
		"an icon":                 {"\x00\x00\x01\x00", ""},
		"a bitmap":                {"BM", ""},
		"PDF":                     {"%PDF-1.7", ""},
		"video":                   {"\x00\x00\x00\x18ftypmp42", ""},
		"sound in the same shell": {"RIFF\x24\x00\x00\x00WAVEfmt ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGallery(c.body)
			image, err := g.logos.Get(t.Context(), address)
			if image.ContentType != c.want || (err == nil) != (c.want != "") || c.want != "" && string(image.Bytes) != c.body {
				t.Errorf("%s %q %v", image.ContentType, image.Bytes, err)
			}
		})
	}
}

func TestALogoIsFetchedOnceInAnHourWhateverIsThere(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*gallery){
		"a picture": func(*gallery) {},
		"no answer": func(g *gallery) { g.err = errors.New("no answer") },
		"nonsense":  func(g *gallery) { g.body = "<html>" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGallery(png)
			breaks(g)
			want := len(g.get(t, address).Bytes)
			for range 3 {
				g.now = g.now.Add(20*time.Minute - 1)
				if got := g.get(t, address); len(got.Bytes) != want {
					t.Errorf("%d bytes, first %d", len(got.Bytes), want)
				}
			}
			if n := g.times(); n != 1 {
				t.Errorf("fetched %d times within the hour", n)
			}
			g.body, g.err = png+"anew", nil
			g.now = g.now.Add(3)
			if got := g.get(t, address); string(got.Bytes) != png+"anew" || g.times() != 1 {
				t.Errorf("after the hour %q", got.Bytes)
			}
			g.err = errors.New("it is gone")
			g.now = g.now.Add(time.Hour)
			for range 2 { // when it is found to be gone, and when that is known
				if got := g.get(t, address); len(got.Bytes) != 0 {
					t.Error("a logo that is gone is shown")
				}
			}
		})
	}
}

func TestAnotherAddressIsFetchedAnewAndNoneNever(t *testing.T) {
	t.Parallel()
	g := newGallery(png)
	g.get(t, address)
	g.get(t, address+"/2")
	if n := g.times(); n != 2 {
		t.Errorf("fetched %d times", n)
	}
	if got := g.get(t, ""); len(got.Bytes) != 0 || g.times() != 0 {
		t.Error("something was fetched from nowhere")
	}
}

func TestManyPeopleShareOneFetchOfALogo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGallery(png)
		g.hangs = make(chan struct{})
		var all sync.WaitGroup
		impatient, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			if _, err := g.logos.Get(impatient, address); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		synctest.Wait() // the first gives up while the others wait
		for range 50 {
			all.Go(func() {
				if len(g.get(t, address).Bytes) == 0 {
					t.Error("no picture")
				}
			})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(g.hangs)
		all.Wait()
		if n := g.times(); n != 1 {
			t.Errorf("%d fetches", n)
		}
	})
}

// TestAFullMemoryOfLogosFetchesNothingTwiceInAnHour: what would have to be forgotten for it is rather not shown.
func TestAFullMemoryOfLogosFetchesNothingTwiceInAnHour(t *testing.T) {
	t.Parallel()
	at := func(i int) string { return "https://app.example/" + strconv.Itoa(i) }
	for name, c := range map[string]struct {
		body  string
		room  int
		asked int // once for each, and those too that turn out not to fit
	}{
		"by number": {png, 1000, 1000},
		"by bytes":  {png + strings.Repeat("x", 256<<10-len(png)), 128, 138},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGallery(c.body)
			for range 2 {
				for i := range c.room + 10 {
					if got := len(g.get(t, at(i)).Bytes) > 0; got != (i < c.room) {
						t.Fatalf("picture %d: %t", i, got)
					}
				}
			}
			if n := g.times(); n != c.asked {
				t.Errorf("%d fetches", n)
			}
			g.now = g.now.Add(time.Hour)
			g.get(t, at(0))
			if g.times(); len(g.get(t, at(c.room+20)).Bytes) == 0 || g.times() != 1 {
				t.Error("an hour later there is no room")
			}
			if len(g.get(t, at(0)).Bytes) == 0 || g.times() != 0 {
				t.Error("not the one that was idle longest was forgotten")
			}
		})
	}
}
