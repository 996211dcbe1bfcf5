package clients

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

func dovecot(t *testing.T, s section) {
	g := newGuide(t, s)
	g.apt()
	g.write("dovecot.conf", fmt.Sprintf(`
protocols = imap
listen = 127.0.0.1
base_dir = %[1]s/run
log_path = /dev/stderr
ssl = no
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
mail_location = maildir:%[1]s/mail/%%u
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=%[1]s/mail/%%u
}
service imap-login {
  inet_listener imap {
    port = %[2]s
  }
}
!include %[1]s/10-oauth2.conf
`, g.dir, g.port()))
	g.start("dovecot", "-F", "-c", filepath.Join(g.dir, "dovecot.conf"))

	token := func(scope string, extra ...string) string {
		p := harness.NewPublicParty(t, g.server.Node(), "mail-reader", strings.Fields(scope)...)
		p.Config.RedirectURL = "http://127.0.0.1:40001/callback"
		issued, err := p.Exchange(p.Authorize(g.browser(), "alice", harness.AlicePassword, extra...))
		if err != nil {
			t.Fatal(err)
		}
		return issued.AccessToken
	}
	g.apply("resources: [{ uri: 'https://other.example.org', name: Other, scopes: [] }]")
	good := token("openid mail")
	if answer := g.imap("alice", good); !strings.Contains(answer, "OK") {
		t.Errorf("with a good token: %s", answer)
	}
	for name, answer := range map[string]string{
		"of somebody else": g.imap("bob", good),
		"that was changed": g.imap("alice", changed(good)),
		"for another API":  g.imap("alice", token("openid", "resource", "https://other.example.org")),
	} {
		if strings.Contains(answer, " OK ") {
			t.Errorf("with a token %s: %s", name, answer)
		}
	}
}

// imap signs in with a token (RFC 7628) and returns the server's last line.
func (g *guide) imap(username, token string) string {
	g.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(g.t.Context(), "tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	defer conn.Close()
	lines := bufio.NewReader(conn)
	read := func() string {
		line, err := lines.ReadString('\n')
		if err != nil {
			g.t.Fatal(err)
		}
		return line
	}
	read() // the greeting
	response := "n,a=" + username + ",\x01auth=Bearer " + token + "\x01\x01"
	fmt.Fprintf(conn, "a AUTHENTICATE OAUTHBEARER %s\r\n", base64.StdEncoding.EncodeToString([]byte(response)))
	for {
		switch line := read(); {
		case strings.HasPrefix(line, "+"): // the reason, which the client confirms
			fmt.Fprint(conn, "AQ==\r\n")
		case strings.HasPrefix(line, "a "):
			return line
		}
	}
}
