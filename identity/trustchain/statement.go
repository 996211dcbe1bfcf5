package trustchain

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// MaxStatementBytes bounds one statement.
const MaxStatementBytes = 64 << 10

const (
	maxHints = 10 // authority_hints of one entity
	skew     = 30 * time.Second
)

// Statement is an entity statement (§3), of which nothing is proven yet.
type Statement struct {
	Text           string
	Issuer         string
	Subject        string
	ExpiresAt      time.Time
	JWKS           json.RawMessage
	Audience       string // of an explicit registration alone (§12.2.1)
	AuthorityHints []string
	Metadata       map[string]map[string]json.RawMessage

	issuedAt    time.Time
	policy      json.RawMessage
	critical    []string // operators
	constraints constraints
}

// Configuration reports whether an entity says it of itself (§3).
func (s Statement) Configuration() bool { return s.Issuer == s.Subject }

type header struct {
	Type     string          `json:"typ"`
	KID      string          `json:"kid"`
	Critical json.RawMessage `json:"crit"`
}

type claims struct {
	Issuer         string          `json:"iss"`
	Subject        string          `json:"sub"`
	IssuedAt       *float64        `json:"iat"`
	ExpiresAt      *float64        `json:"exp"`
	JWKS           json.RawMessage `json:"jwks"`
	Audience       json.RawMessage `json:"aud"`
	AuthorityHints []string        `json:"authority_hints"`
	Metadata       json.RawMessage `json:"metadata"`
	Policy         json.RawMessage `json:"metadata_policy"`
	PolicyCritical []string        `json:"metadata_policy_crit"`
	Constraints    json.RawMessage `json:"constraints"`
}

// What only one of both kinds of statements may have (§3.1.2, §3.1.3).
var (
	ofConfigurations = []string{"authority_hints", "trust_anchor_hints", "trust_marks", "trust_mark_issuers", "trust_mark_owners"}
	ofSubordinates   = []string{"metadata_policy", "metadata_policy_crit", "constraints", "source_endpoint"}
)

// ReadStatement reads an entity statement, without proving its signature or looking at its times.
func ReadStatement(text string) (Statement, error) {
	parts := strings.Split(text, ".")
	if len(text) > MaxStatementBytes || len(parts) != 3 {
		return Statement{}, errors.New("no JWT, or one that is too long")
	}
	var h header
	if _, err := decodePart(parts[0], &h); err != nil {
		return Statement{}, fmt.Errorf("header: %w", err)
	}
	if h.Type != identity.TypeEntityStatement || h.KID == "" || len(h.Critical) > 0 { // §3.1: both are required
		return Statement{}, errors.New("the header has another typ, no kid, or something critical")
	}
	var c claims
	members, err := decodePart(parts[1], &c)
	if err != nil {
		return Statement{}, fmt.Errorf("claims: %w", err)
	}
	return c.statement(text, members)
}

func decodePart(part string, into any) (map[string]json.RawMessage, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return decode(text, into)
}

func (c claims) statement(text string, members map[string]json.RawMessage) (Statement, error) {
	if _, critical := members["crit"]; critical { // §3.1.1: there is no claim besides that is understood
		return Statement{}, errors.New("something critical is not understood")
	}
	foreign := ofSubordinates
	if c.Issuer != c.Subject {
		foreign = ofConfigurations
	}
	for _, name := range foreign {
		if _, there := members[name]; there {
			return Statement{}, fmt.Errorf("%s has no place in it", name)
		}
	}
	s := Statement{
		Text: text, Issuer: c.Issuer, Subject: c.Subject, JWKS: c.JWKS, AuthorityHints: c.AuthorityHints,
		policy: c.Policy, critical: c.PolicyCritical, Metadata: map[string]map[string]json.RawMessage{},
	}
	if !identity.ValidEntity(c.Issuer) || !identity.ValidEntity(c.Subject) || len(c.JWKS) == 0 || len(c.AuthorityHints) > maxHints {
		return Statement{}, errors.New("iss, sub, jwks or authority_hints")
	}
	if s.audience(c.Audience) != nil || !date(c.IssuedAt, &s.issuedAt) || !date(c.ExpiresAt, &s.ExpiresAt) {
		return Statement{}, errors.New("aud, iat or exp")
	}
	if len(c.Metadata) > 0 {
		types, err := object(c.Metadata)
		if err != nil {
			return Statement{}, fmt.Errorf("metadata: %w", err)
		}
		for name, raw := range types {
			if s.Metadata[name], err = object(raw); err != nil {
				return Statement{}, fmt.Errorf("metadata of %s: %w", name, err)
			}
		}
	}
	var err error
	s.constraints, err = readConstraints(c.Constraints)
	return s, err
}

// audience reads the one value that aud may have (§12.2.1).
func (s *Statement) audience(raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil && len(list) == 1 {
		s.Audience = list[0]
		return nil
	}
	if err := json.Unmarshal(raw, &s.Audience); err != nil {
		return fmt.Errorf("aud: %w", err)
	}
	return nil
}

func date(seconds *float64, into *time.Time) bool {
	if seconds == nil || *seconds < 0 || *seconds > 1e11 {
		return false
	}
	*into = time.Unix(int64(*seconds), 0).UTC()
	return true
}

// ConfigurationAddress is where an entity publishes its configuration (§9).
func ConfigurationAddress(entity string) string {
	return strings.TrimSuffix(entity, "/") + identity.EntityConfigurationPath
}
