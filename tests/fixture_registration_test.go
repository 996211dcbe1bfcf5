package tests

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

const (
	newcomer         = "carol@example.org"
	newcomerPassword = "twelve grey herons fishing"
)

// open lets everybody register who reads mail.
func open(m *harness.Mailbox, more ...harness.Option) []harness.Option {
	return append(append(withMail(m), harness.Env("AUTHLY_REGISTRATION", "open")), more...)
}

var mailedCode = regexp.MustCompile(`(?m)^([0-9]{4}) ([0-9]{4})\r?$`)

// codeIn returns the code of a message.
func codeIn(t *testing.T, l harness.Letter) string {
	t.Helper()
	found := mailedCode.FindAllStringSubmatch(l.Plain, -1)
	if len(found) != 1 {
		t.Fatalf("%s: %d codes in %s", l.Subject(), len(found), l.Plain)
	}
	return found[0][1] + found[0][2]
}

// askForAccount begins a registration on the page that a browser shows.
func askForAccount(t *testing.T, b *harness.Browser, email string) {
	t.Helper()
	b.Submit("register-submit", map[string]string{"email": email})
	if b.Status != http.StatusOK || !b.Has("code") || !strings.HasSuffix(b.URL.Path, "/register/code") {
		t.Fatalf("%s: %d at %s: %s", email, b.Status, b.URL, b.Text())
	}
}

// account is how a newcomer fills in the last page.
func account(more map[string]string) map[string]string {
	fill := map[string]string{
		"username": "carol", "given_name": "Carol", "family_name": "Danvers",
		"new_password": newcomerPassword, "confirm_password": newcomerPassword,
	}
	for name, value := range more {
		fill[name] = value
	}
	return fill
}

// proveAddress goes from the first page to the last one.
func proveAddress(t *testing.T, n *harness.Node, mailbox *harness.Mailbox, b *harness.Browser, email string) {
	t.Helper()
	b.Get(n.URL + "/register")
	askForAccount(t, b, email)
	b.Submit("code-submit", map[string]string{"code": codeIn(t, mailbox.Next(t))})
	if !b.Has("account-submit") {
		t.Fatalf("with the code: %d %s", b.Status, b.Text())
	}
}

// cookieNamed returns the cookie of a browser whose name begins so.
func cookieNamed(t *testing.T, b *harness.Browser, n *harness.Node, name string) *http.Cookie {
	t.Helper()
	for _, c := range b.Cookies(n.URL) {
		if strings.HasPrefix(c.Name, name) {
			return c
		}
	}
	t.Fatalf("no cookie %s", name)
	return nil
}

// metric returns the line of a metric on the listener at an address.
func metric(t *testing.T, address, name string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	listens := func() bool { // a node listens there a moment after it serves
		connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	}
	if !eventually(listens) {
		t.Fatalf("nothing listens at %s", address)
	}
	_, after, _ := strings.Cut(harness.Do(t, request).Text, "\n"+name+" ")
	value, _, _ := strings.Cut(after, "\n")
	return value
}
