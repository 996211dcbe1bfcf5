package cookie

import (
	"net/http"
	"net/url"
	"time"
)

// The names of the cookies, before any prefix.
const (
	Session = "authly_session"
	Device  = "authly_device"
	Pending = "authly_pending"
	Browser = "authly_browser"

	Registration = "authly_registration"
	Code         = "authly_code"
	Offer        = "authly_offer"
	Language     = "authly_language"
	State        = "authly_state"

	Console       = "authly_console"
	ConsoleSignIn = "authly_console_sign_in"
)

// maxValue is the longest value that is read, in bytes.
const maxValue = 192

// SessionCookie is one cookie of a browser.
type SessionCookie struct {
	name     string
	secure   bool
	readable bool
}

// New returns the SessionCookie of that name for a server that browsers reach at the issuer, a URL. Cookies do not know
// ports (RFC 6265 §8.5): that two servers on one host do not overwrite each other's, the port of an issuer that names one
// is part of the name. It panics on an issuer that is not a URL, which the configuration has excluded.
func New(issuer, name string) SessionCookie {
	u, err := url.Parse(issuer)
	if err != nil {
		panic("cookie: issuer: " + err.Error())
	}
	if port := u.Port(); port != "" {
		name += "_" + port
	}
	secure := u.Scheme == "https"
	if secure {
		name = "__Host-" + name // RFC 6265bis §4.1.3.2
	}
	return SessionCookie{name: name, secure: secure}
}

// NewReadable is New for a cookie that scripts of our own pages read, also in frames of other sites (SameSite=None, which browsers take
// with Secure only: of plain http from the loopback alone).
func NewReadable(issuer, name string) SessionCookie {
	c := New(issuer, name)
	c.readable = true
	return c
}

// Name returns the cookie's name as browsers see it.
func (c SessionCookie) Name() string { return c.name }

// Set sends the cookie. A zero time of expiry makes it last until the browser closes.
func (c SessionCookie) Set(w http.ResponseWriter, value string, expires time.Time) {
	set := c.cookie()
	set.Value, set.Expires = value, expires
	http.SetCookie(w, set)
}

// Get returns the value that the browser sent; empty when there is none, when it is longer than 192 bytes, or when
// there is more than one cookie of the name, because then one of them was planted.
func (c SessionCookie) Get(r *http.Request) string {
	found := r.CookiesNamed(c.name)
	if len(found) != 1 || len(found[0].Value) > maxValue {
		return ""
	}
	return found[0].Value
}

// Clear makes the browser forget the cookie.
func (c SessionCookie) Clear(w http.ResponseWriter) {
	cleared := c.cookie()
	cleared.MaxAge = -1
	http.SetCookie(w, cleared)
}

func (c SessionCookie) cookie() *http.Cookie {
	if c.readable {
		return &http.Cookie{Name: c.name, Path: "/", Secure: true, SameSite: http.SameSiteNoneMode}
	}
	return &http.Cookie{Name: c.name, Path: "/", HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode}
}
