package harness

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// Browser is a person's browser without JavaScript: it keeps cookies, follows redirects and fills in forms. It stops
// where a redirect leads to a host that is not Authly's, because there the relying party takes over.
type Browser struct {
	t      *testing.T
	client *http.Client
	home   []string // hosts that are Authly
	URL    *url.URL // where it is
	Hold   bool     // stop at the first answer, also when it is a redirect
	Status int
	Header http.Header
	Body   string
	Page   *goquery.Document // nil if the answer was no HTML
}

// NewBrowser opens a browser without cookies. It stays on the hosts of the nodes.
func NewBrowser(t *testing.T, nodes ...*Node) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t}
	for _, n := range nodes {
		u, err := url.Parse(n.URL)
		if err != nil {
			t.Fatal(err)
		}
		b.home = append(b.home, u.Host)
	}
	b.client = &http.Client{
		Jar: clockJar{jar, nodes[0].Clock}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return b
}

// Trust makes the browser accept a server with this certificate, and no other.
func (b *Browser) Trust(certificate *x509.Certificate) {
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	b.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
}

// clockJar keeps cookies by the clock of a node.
type clockJar struct {
	http.CookieJar
	clock *Clock
}

// SetCookies implements http.CookieJar.
func (j clockJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		if !c.Expires.IsZero() {
			c.Expires = time.Now().Add(c.Expires.Sub(j.clock.Now()))
		}
	}
	j.CookieJar.SetCookies(u, cookies)
}

// Get navigates to an address.
func (b *Browser) Get(address string) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Sec-Fetch-Site", "none")
	b.do(request)
}

// Post sends a form as a page of Authly would.
func (b *Browser) Post(address string, values url.Values) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, address, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	b.do(request)
}

// Send sends a form, or nothing, with headers of the test's choice, as a page of another site could make the browser
// do.
func (b *Browser) Send(method, address string, values url.Values, header http.Header) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, list := range header {
		request.Header[name] = list
	}
	b.do(request)
}

// Form returns what the form with the button would send, and where.
func (b *Browser) Form(button string) (address string, values url.Values) {
	b.t.Helper()
	if b.Page == nil || b.Page.Find("#"+button).Length() != 1 {
		b.t.Fatalf("no button %q at %s (status %d): %s", button, b.URL, b.Status, b.Text())
	}
	pressed := b.Page.Find("#" + button)
	form := pressed.Closest("form")
	values = url.Values{}
	form.Find("input[name]").Not("[type=checkbox]:not([checked])").Each(func(_ int, input *goquery.Selection) {
		values.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	form.Find("textarea[name]").Each(func(_ int, lines *goquery.Selection) { values.Set(lines.AttrOr("name", ""), lines.Text()) })
	form.Find("select[name]").Each(func(_ int, list *goquery.Selection) {
		values.Set(list.AttrOr("name", ""), list.Find("option[selected]").AttrOr("value", ""))
	})
	if name := pressed.AttrOr("name", ""); name != "" {
		values.Set(name, pressed.AttrOr("value", ""))
	}
	action, err := b.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	return action.String(), values
}

func (b *Browser) do(request *http.Request) {
	b.t.Helper()
	for range 10 {
		request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Harness/1")
		request.Header.Set("Accept", "text/html")
		response, err := b.client.Do(request)
		if err != nil {
			b.t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			b.t.Fatal(err)
		}
		b.URL, b.Status, b.Header, b.Body, b.Page = request.URL, response.StatusCode, response.Header, string(body), nil
		if location := response.Header.Get("Location"); location != "" && response.StatusCode/100 == 3 {
			next, err := request.URL.Parse(location)
			if err != nil {
				b.t.Fatal(err)
			}
			b.URL = next
			if b.Hold || !b.isHome(next.Host) {
				return
			}
			request, err = http.NewRequestWithContext(b.t.Context(), http.MethodGet, next.String(), nil)
			if err != nil {
				b.t.Fatal(err)
			}
			continue
		}
		if strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
			if b.Page, err = goquery.NewDocumentFromReader(strings.NewReader(b.Body)); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
	b.t.Fatalf("too many redirects, last to %s", b.URL)
}

func (b *Browser) isHome(host string) bool {
	for _, h := range b.home {
		if h == host {
			return true
		}
	}
	return false
}

// Submit fills in the form that has the button and presses it.
func (b *Browser) Submit(button string, fill map[string]string) {
	b.t.Helper()
	action, values := b.Form(button)
	for name, value := range fill {
		if b.Page.Find("#"+button).Closest("form").Find("[name="+name+"]").Length() == 0 {
			b.t.Fatalf("no input %q at %s", name, b.URL)
		}
		values.Set(name, value)
	}
	b.Post(action, values)
}

// Has reports whether the page has an element with the id.
func (b *Browser) Has(id string) bool { return b.Page != nil && b.Page.Find("#"+id).Length() > 0 }

// Text is what a person reads on the page.
func (b *Browser) Text() string {
	if b.Page == nil {
		return b.Body
	}
	return strings.Join(strings.Fields(b.Page.Find("body").Text()), " ")
}

// SignIn fills in the login page.
func (b *Browser) SignIn(username, password string) {
	b.t.Helper()
	b.Submit("login-submit", map[string]string{"username": username, "password": password})
}

// Plant returns the browser a cookie that the address did not set.
func (b *Browser) Plant(address string, cookie *http.Cookie) {
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{cookie})
}

// Cookies are those that the browser would send to the address.
func (b *Browser) Cookies(address string) []*http.Cookie {
	u, err := url.Parse(address)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.client.Jar.Cookies(u)
}
