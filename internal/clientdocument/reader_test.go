package clientdocument_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/clientdocument"
)

const address = "https://app.example/client.json"

// site answers for every address and counts how often it is asked.
type site struct {
	reader *clientdocument.Reader
	now    time.Time
	asked  int
	body   string
	err    error
}

func newSite(body string) *site {
	s := &site{body: body, now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	fetch := func(context.Context, string) ([]byte, error) {
		s.asked++
		return []byte(s.body), s.err
	}
	s.reader = clientdocument.New(fetch, identity.Source{Clock: func() time.Time { return s.now }, Random: rand.Reader})
	return s
}

// wantAsked checks how often the site was asked in all.
func (s *site) wantAsked(t *testing.T, when string, want int) {
	t.Helper()
	if s.asked != want {
		t.Errorf("%s: asked %d times, want %d", when, s.asked, want)
	}
}

func TestMetadataIsRememberedForAWhile(t *testing.T) {
	t.Parallel()
	s := newSite(`{"client_id":"` + address + `","client_name":"One","unknown":[1]}`)
	name := func() string {
		r, err := s.reader.Metadata(t.Context(), address)
		if err != nil {
			return "-"
		}
		if r.ClientID != address {
			t.Errorf("client_id %q", r.ClientID)
		}
		return r.Metadata.Name
	}
	for _, step := range []struct {
		after time.Duration
		body  string
		err   error
		want  string
		asked int
	}{
		{0, s.body, nil, "One", 1},
		{9 * time.Minute, `{"client_id":"` + address + `","client_name":"Two"}`, nil, "One", 1},
		{time.Minute, `{"client_id":"` + address + `","client_name":"Two"}`, nil, "Two", 2},
		{10 * time.Minute, "", errors.New("it is away"), "Two", 3},
		{9 * time.Second, "", errors.New("it is away"), "Two", 3},
		{time.Second, "", errors.New("it is away"), "Two", 4},
		{49 * time.Minute, `{"client_id":[]}`, nil, "Two", 5},
		{time.Minute, `{"client_id":[]}`, nil, "-", 6}, // an hour after it could be read
	} {
		s.now, s.body, s.err = s.now.Add(step.after), step.body, step.err
		if got := name(); got != step.want {
			t.Errorf("after %v: %s, want %s", step.after, got, step.want)
		}
		s.wantAsked(t, step.want, step.asked)
	}
}

func TestARequestObjectIsOfNow(t *testing.T) {
	t.Parallel()
	s := newSite("e30.e30.")
	read := func() string {
		object, err := s.reader.RequestObject(t.Context(), address)
		if err != nil && object != "" {
			t.Errorf("an object and %v", err)
		}
		return object
	}
	for range 3 {
		if got := read(); got != "e30.e30." {
			t.Error(got)
		}
	}
	s.wantAsked(t, "at once", 1)
	s.now, s.body = s.now.Add(10*time.Second), "e30.e31."
	if got := read(); got != "e30.e31." {
		t.Error(got)
	}
	s.now, s.err = s.now.Add(10*time.Second), errors.New("it is away")
	for range 3 {
		if got := read(); got != "" {
			t.Errorf("an old object: %s", got)
		}
	}
	s.wantAsked(t, "while it is away", 3)
	s.now, s.err = s.now.Add(10*time.Second), nil
	if got := read(); got != "e30.e31." {
		t.Error(got)
	}
}

func TestTheBoundsOfDocuments(t *testing.T) {
	t.Parallel()
	pad := func(body string, n int) string { return body + strings.Repeat(" ", n-len(body)) }
	for name, test := range map[string]struct {
		most int
		read func(s *site) error
		body string
	}{
		"metadata": {16384, func(s *site) error { _, err := s.reader.Metadata(t.Context(), address); return err }, `{"client_id":"x"}`},
		"sector":   {65536, func(s *site) error { _, err := s.reader.Sector(t.Context(), address); return err }, `["https://app.example/cb"]`},
		"object":   {32768, func(s *site) error { _, err := s.reader.RequestObject(t.Context(), address); return err }, "e30.e30."},
	} {
		if err := test.read(newSite(pad(test.body, test.most))); err != nil {
			t.Errorf("%s of %d bytes: %v", name, test.most, err)
		}
		if err := test.read(newSite(pad(test.body, test.most+1))); err == nil {
			t.Errorf("%s of %d bytes was read", name, test.most+1)
		}
	}
}

// TestStrangersKeepNoDocumentOut: when all that is remembered is of strangers, of that very moment, another document is read.
func TestStrangersKeepNoDocumentOut(t *testing.T) {
	t.Parallel()
	s := newSite(`{"client_id":"x"}`)
	for i := range 1001 {
		if _, err := s.reader.Metadata(t.Context(), fmt.Sprintf("https://stranger%d.example/client.json", i)); err != nil {
			t.Fatalf("document %d: %v", i, err)
		}
		if _, err := s.reader.RequestObject(t.Context(), fmt.Sprintf("https://stranger%d.example/request", i)); err != nil {
			t.Fatalf("object %d: %v", i, err)
		}
	}
	if _, err := s.reader.Metadata(t.Context(), address); err != nil {
		t.Error(err)
	}
}

// FuzzMetadata: whatever a document is, it is refused, or says what a registration request can say.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`{"client_id":"https://app.example/client.json","redirect_uris":["https://app.example/cb"]}`))
	f.Add([]byte(`{"client_id":"x","client_id":"y"}`))
	f.Add([]byte("{\"\xff\":1}"))
	f.Add([]byte(`[{}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newSite(string(body))
		r, err := s.reader.Metadata(t.Context(), address)
		if err == nil && len(body) > clientdocument.MaxMetadataBytes {
			t.Error("a document beyond the bound")
		}
		if err != nil && (r.ClientID != "" || r.Metadata.Name != "") {
			t.Errorf("%+v beside %v", r, err)
		}
	})
}
