package cookie

import (
	"net/http"
	"time"
)

// Session is the name of the session cookie, before any prefix.
const Session = "authly_session"

// maxValue is the longest value that is read, in bytes.
const maxValue = 128

// Jar keeps one cookie of a browser.
type Jar struct {
	name   string
	secure bool
}

// New makes a Jar for the cookie of that name; secure when browsers reach the server by https.
func New(secure bool, name string) Jar {
	if secure {
		name = "__Host-" + name // RFC 6265bis §4.1.3.2
	}
	return Jar{name: name, secure: secure}
}

// Name returns the cookie's name as browsers see it.
func (j Jar) Name() string { return j.name }

// Set sends the cookie. A zero time of expiry makes it last until the browser closes.
func (j Jar) Set(w http.ResponseWriter, value string, expires time.Time) {
	c := j.cookie()
	c.Value, c.Expires = value, expires
	http.SetCookie(w, c)
}

// Get returns the value that the browser sent; empty when there is none, when it is longer than 128 bytes, or when
// there is more than one cookie of the name, because then one of them was planted.
func (j Jar) Get(r *http.Request) string {
	found := r.CookiesNamed(j.name)
	if len(found) != 1 || len(found[0].Value) > maxValue {
		return ""
	}
	return found[0].Value
}

// Clear makes the browser forget the cookie.
func (j Jar) Clear(w http.ResponseWriter) {
	c := j.cookie()
	c.MaxAge = -1
	http.SetCookie(w, c)
}

func (j Jar) cookie() *http.Cookie {
	return &http.Cookie{Name: j.name, Path: "/", HttpOnly: true, Secure: j.secure, SameSite: http.SameSiteLaxMode}
}
