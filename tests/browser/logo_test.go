package browser_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestALogoIsShownFromOurOwnOrigin, of whatever shape, instead of the initial; one that fails leaves the initial as it is.
// That nothing comes from another address is what every tab is judged by, and here its server says so too.
func TestALogoIsShownFromOurOwnOrigin(t *testing.T) {
	t.Parallel()
	shapes := map[string]image.Point{"/square": {128, 128}, "/wide": {400, 8}, "/tall": {8, 400}, "/tiny": {2, 2}}
	party := callbackWith(t, welcome)
	studio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("User-Agent") != "Authly" || r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
			t.Errorf("a browser asks for %s: %v", r.URL, r.Header)
		}
		shape, ok := shapes[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(picture(t, shape))
	}))
	t.Cleanup(studio.Close)
	n := harness.Start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}})
	b := open(t, phone, height)
	b.do(chromedp.Navigate(n.URL + "/login"))
	b.signIn("alice", harness.AlicePassword)
	b.see("sign-out")
	for path, want := range map[string]string{
		"/square": "logo", "/wide": "logo", "/tall": "logo", "/tiny": "logo", "/missing": "initial", "": "initial",
	} {
		client := harness.WebClient("web" + strings.TrimPrefix(path, "/"))
		client.Metadata.RedirectURIs = []string{party.URL + "/callback"}
		if path != "" {
			client.Metadata.LogoURI = studio.URL + path
		}
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
		rp := harness.NewParty(t, n, client.ClientID)
		rp.Config.RedirectURL = party.URL + "/callback"
		b.do(chromedp.Navigate(rp.AuthURL())) // which waits for the page's pictures
		b.see("approve")
		if got := b.truth(badge); got != want {
			t.Errorf("%s: the badge shows %s", path, got)
		}
	}
}

// badge says which of its two contents fills the badge of the page alone; that a picture comes from the page's own origin
// is part of it.
const badge = `(() => {
	const box = element => element.getBoundingClientRect();
	const badge = document.querySelector('.badge'), image = badge.querySelector('img'), initial = badge.querySelector('span');
	const outer = box(badge), letter = box(initial);
	const hidden = letter.left >= outer.right || letter.top >= outer.bottom;
	const centred = Math.abs(letter.left + letter.right - outer.left - outer.right) < 1 &&
		Math.abs(letter.top + letter.bottom - outer.top - outer.bottom) < 1;
	const picture = image ? box(image) : { height: 0 };
	const ours = image && image.currentSrc.startsWith(location.origin + '/consent/logo?');
	if (ours && image.naturalWidth > 0 && hidden && picture.height === outer.height && picture.width === outer.width) {
		return 'logo';
	}
	if (centred && (!image || ours && image.naturalWidth === 0 && picture.height === 0)) {
		return 'initial';
	}
	return JSON.stringify({ outer, picture, letter, width: image?.naturalWidth });
})()`

// picture is a PNG of a size, in one colour.
func picture(t *testing.T, size image.Point) []byte {
	t.Helper()
	canvas := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.RGBA{R: 200, A: 255}), image.Point{}, draw.Src)
	var text bytes.Buffer
	if err := png.Encode(&text, canvas); err != nil {
		t.Error(err)
	}
	return text.Bytes()
}
