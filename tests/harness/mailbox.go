package harness

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Letter is a message that a Mailbox has taken.
type Letter struct {
	From   string // of the envelope
	To     []string
	Header mail.Header
	Plain  string
	HTML   string
	Raw    string
	User   string // who authenticated
	TLS    bool
}

// Subject returns the subject as people read it.
func (l Letter) Subject() string {
	subject, _ := new(mime.WordDecoder).DecodeHeader(l.Header.Get("Subject"))
	return subject
}

// Mailbox is a mail server on loopback that takes messages of everybody for everybody.
type Mailbox struct {
	Address string // host:port
	CAFile  string // the authority of its certificate, which nobody else has issued anything with
	letters chan Letter

	mu     sync.Mutex
	refuse *smtp.SMTPError // what a recipient is answered, if anything
	out    Outage
	tried  chan struct{}
}

// NewMailbox starts a mail server that offers STARTTLS, or speaks TLS from the first byte on, until the test ends.
func NewMailbox(t *testing.T, implicit bool) *Mailbox {
	t.Helper()
	return newMailbox(t, true, implicit)
}

// NewPlainMailbox starts one that offers no TLS.
func NewPlainMailbox(t *testing.T) *Mailbox {
	t.Helper()
	return newMailbox(t, false, false)
}

func newMailbox(t *testing.T, secure, implicit bool) *Mailbox {
	t.Helper()
	certificate, authority := selfSigned(t)
	m := &Mailbox{letters: make(chan Letter, 1000), tried: make(chan struct{}, 1000), CAFile: filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(m.CAFile, authority, 0o600); err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(m)
	server.Domain, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "localhost", false, true
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if secure {
		server.TLSConfig = config
	}
	server.ErrorLog = quiet{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Address = listener.Addr().String()
	listener = gate{listener, m}
	if implicit {
		listener = tls.NewListener(listener, config)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return m
}

// Outage is how a mail server is out of order.
type Outage int

// The outages.
const (
	InOrder Outage = iota
	Away           // connections break off
	Stuck          // connections are open, and nothing is said
)

// Fail puts the server out of order, or in order again. Who tries meanwhile is heard of by Tried.
func (m *Mailbox) Fail(out Outage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out = out
}

// gate lets connections in as long as the server is in order.
type gate struct {
	net.Listener
	mailbox *Mailbox
}

// Accept implements net.Listener.
func (g gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g.mailbox.mu.Lock()
		out := g.mailbox.out
		g.mailbox.mu.Unlock()
		if out == InOrder {
			return conn, nil
		}
		if out == Away {
			_ = conn.Close()
		}
		g.mailbox.tried <- struct{}{}
	}
}

// quiet is a log that nobody reads.
type quiet struct{}

// Printf implements smtp.Logger.
func (quiet) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (quiet) Println(...any) {}

// Refuse lets the server answer every recipient with a code; 0 takes them again.
func (m *Mailbox) Refuse(code int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = nil
	if code != 0 {
		m.refuse = &smtp.SMTPError{Code: code, Message: "no, and here is what you sent"}
	}
}

// patience is how long a test waits for a message that must come.
const patience = 20 * time.Second

// Next returns the next message, or fails the test when none comes.
func (m *Mailbox) Next(t *testing.T) Letter {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case l := <-m.letters:
		return l
	case <-ctx.Done():
		t.Fatal("no message has come")
		return Letter{}
	}
}

// Tried waits until a recipient was named to the server.
func (m *Mailbox) Tried(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case <-m.tried:
	case <-ctx.Done():
		t.Fatal("nobody has tried to send a message")
	}
}

// Empty checks that no message waits.
func (m *Mailbox) Empty(t *testing.T) {
	t.Helper()
	select {
	case l := <-m.letters:
		t.Errorf("there is a message: %s to %v", l.Subject(), l.To)
	default:
	}
}

// NewSession implements smtp.Backend.
func (m *Mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &mailSession{mailbox: m, conn: c}, nil
}

type mailSession struct {
	mailbox *Mailbox
	conn    *smtp.Conn
	letter  Letter
}

// AuthMechanisms implements smtp.AuthSession.
func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth implements smtp.AuthSession.
func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != "p@ss word" {
			return errors.New("wrong password")
		}
		s.letter.User = username
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	s.letter.From, s.letter.To = from, nil
	return nil
}

// Rcpt implements smtp.Session.
func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mailbox.mu.Lock()
	defer s.mailbox.mu.Unlock()
	s.mailbox.tried <- struct{}{}
	if s.mailbox.refuse != nil {
		return s.mailbox.refuse
	}
	s.letter.To = append(s.letter.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	letter := s.letter
	_, letter.TLS = s.conn.TLSConnectionState()
	letter.Raw = string(raw)
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	letter.Header = message.Header
	if err := letter.read(message); err != nil {
		return err
	}
	s.mailbox.letters <- letter
	return nil
}

// Reset implements smtp.Session.
func (*mailSession) Reset() {}

// Logout implements smtp.Session.
func (*mailSession) Logout() error { return nil }

// read takes the two parts of the body.
func (l *Letter) read(message *mail.Message) error {
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return errors.New("not multipart/alternative")
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for _, part := range []struct {
		kind string
		text *string
	}{{"text/plain", &l.Plain}, {"text/html", &l.HTML}} {
		p, err := parts.NextRawPart()
		if err != nil {
			return err
		}
		if got, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); got != part.kind {
			return errors.New("a part is " + got)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return err
		}
		*part.text = string(text)
	}
	return nil
}

// selfSigned makes a certificate for 127.0.0.1 and returns it also as PEM.
func selfSigned(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
