package identity

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Endpoint is where a request was refused.
type Endpoint string

// The endpoints that explain their refusals.
const (
	EndpointAuthorize  Endpoint = "authorize"
	EndpointPAR        Endpoint = "par"    // pushed authorization requests
	EndpointDevice     Endpoint = "device" // device authorization
	EndpointCIBA       Endpoint = "ciba"   // backchannel authentication
	EndpointToken      Endpoint = "token"
	EndpointRevoke     Endpoint = "revoke"
	EndpointIntrospect Endpoint = "introspect"
	EndpointRegister   Endpoint = "register" // and what clients do with their registrations
	EndpointUserInfo   Endpoint = "userinfo"
	EndpointLogout     Endpoint = "logout"
	EndpointGraphQL    Endpoint = "graphql"
)

// Refusal is a request that was refused, with what its developer needs to repair it and nothing that is secret.
type Refusal struct {
	ID        uuid.UUID
	Number    uint64 // counts the refusals of the node
	At        time.Time
	RequestID string
	Endpoint  Endpoint
	Code      string // what the caller got: error of OAuth, or extensions.code
	Message   string // what the caller was told
	IP        string
	Sent      []SentParameter
	Violation
}

// SentParameter is a parameter of a refused request. Its value is there only if it cannot be a secret.
type SentParameter struct {
	Name   string
	Value  string // shortened to longestSentValue; empty when it is masked
	Length int    // in bytes, of what was sent
	Masked bool
}

// The bounds of what is remembered of a request, and for how long.
const (
	maxSentParameters = 20
	longestSentName   = 40 // bytes, as the next
	longestSentValue  = 200
	longestMessage    = 300
	refusalTTL        = 24 * time.Hour
)

// clientShare is the part of the memory that the refusals of one client may take, and those of nobody's together: a flood
// of strangers does not wash away what an application needs to see.
const clientShare = 8

// Refusals remembers the refusals of the last day, of this node, in memory: strangers cause them, so nothing is stored. It
// is safe for concurrent use, and a nil Refusals remembers nothing.
type Refusals struct {
	source Source
	most   int

	mu      sync.Mutex
	number  uint64
	entries []*Refusal // oldest first
	shares  map[uuid.UUID]int
}

// NewRefusals makes a memory of so many refusals; nil for 0.
func NewRefusals(source Source, most int) *Refusals {
	if most <= 0 {
		return nil
	}
	return &Refusals{source: source, most: most, shares: map[uuid.UUID]int{}}
}

// Remembers reports whether it is worth while to say what was refused.
func (s *Refusals) Remembers() bool { return s != nil }

// Note remembers a refusal. Who sent it comes from the context.
func (s *Refusals) Note(ctx context.Context, r Refusal) {
	if s == nil {
		return
	}
	actor := ActorFrom(ctx)
	r.At, r.RequestID, r.IP, r.Message = s.source.Now(), actor.RequestID, actor.IP, shortened(r.Message, longestMessage)
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.entries) > 0 && !s.entries[0].At.After(r.At.Add(-refusalTTL)) {
		s.forget(0)
	}
	if s.shares[r.ClientID] >= max(s.most/clientShare, 1) {
		s.forget(slices.IndexFunc(s.entries, func(e *Refusal) bool { return e.ClientID == r.ClientID }))
	}
	if len(s.entries) >= s.most {
		s.forget(0)
	}
	s.number++
	r.ID, r.Number = s.source.NewID(), s.number
	s.entries = append(s.entries, &r)
	s.shares[r.ClientID]++
}

// forget drops one of those that are remembered.
func (s *Refusals) forget(i int) {
	client := s.entries[i].ClientID
	s.entries = slices.Delete(s.entries, i, i+1)
	if s.shares[client]--; s.shares[client] == 0 {
		delete(s.shares, client)
	}
}

// RefusalFilter selects refusals; what is empty selects all.
type RefusalFilter struct {
	IDs       []uuid.UUID
	ClientID  uuid.UUID
	UserID    uuid.UUID
	Since     time.Time
	Code      string
	Endpoint  Endpoint
	RequestID string
}

func (f RefusalFilter) selects(r *Refusal) bool {
	return (f.IDs == nil || slices.Contains(f.IDs, r.ID)) &&
		(f.ClientID == uuid.Nil || f.ClientID == r.ClientID) && (f.UserID == uuid.Nil || f.UserID == r.UserID) &&
		!r.At.Before(f.Since) && (f.Code == "" || f.Code == r.Code) && (f.Endpoint == "" || f.Endpoint == r.Endpoint) &&
		(f.RequestID == "" || f.RequestID == r.RequestID)
}

// List returns what a filter selects of the last day, latest first.
func (s *Refusals) List(f RefusalFilter) []Refusal {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	day := s.source.Now().Add(-refusalTTL)
	var out []Refusal
	for _, r := range slices.Backward(s.entries) {
		if r.At.After(day) && f.selects(r) {
			out = append(out, *r)
		}
	}
	return out
}

// shownParameters are those whose values are no secret, nor a person's, nor able to hold one unnoticed.
var shownParameters = []string{
	"client_id", "response_type", "response_mode", "scope", "resource", "code_challenge_method", "prompt", "max_age", "display",
	"acr_values", "ui_locales", "claims_locales", "grant_type", "client_assertion_type", "token_type_hint", "audience",
	"requested_token_type", "subject_token_type", "actor_token_type",
}

// addressParameters are shown without what stands in their query, which may be of a person.
var addressParameters = []string{"redirect_uri", "post_logout_redirect_uri"}

// SentParameters describes the parameters of a request, by name. Unknown ones and those that may hold a secret or something
// of a person are told by their lengths alone.
func SentParameters(values url.Values) []SentParameter {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []SentParameter
	for _, name := range names[:min(len(names), maxSentParameters)] {
		for _, value := range values[name][:min(len(values[name]), 2)] { // two are enough to see a repetition
			out = append(out, sentParameter(name, value))
		}
	}
	return out[:min(len(out), maxSentParameters)]
}

// NewSentParameter describes what was sent of so many bytes by the part that may be shown; none masks it.
func NewSentParameter(name, shown string, length int) SentParameter {
	return SentParameter{Name: name, Value: shortened(shown, longestSentValue), Length: length, Masked: shown == ""}
}

func sentParameter(name, value string) SentParameter {
	shown := ""
	switch {
	case !parameterName(name):
		name = "(a name of " + strconv.Itoa(len(name)) + " bytes)"
	case slices.Contains(shownParameters, name):
		shown = value
	case slices.Contains(addressParameters, name):
		shown = withoutQuery(value)
	}
	return NewSentParameter(name, shown, len(value))
}

// parameterName reports whether a name looks like one of the standards, and not like a value that has slipped.
func parameterName(name string) bool {
	return name != "" && len(name) <= longestSentName && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// withoutQuery returns an address without the name and password of a user, and with what stands in its query left out; empty
// where it is none.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" {
		return ""
	}
	queried := u.RawQuery != ""
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", queried, "", ""
	return u.String()
}

// shortened returns printable text of at most so many bytes.
func shortened(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, text)
	if len(text) <= most {
		return text
	}
	cut := most - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
