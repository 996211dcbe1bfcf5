package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/authly/authly/identity"
)

// OpenIDFederation is the place of the server in federations (OpenID Federation 1.0).
type OpenIDFederation struct {
	Anchors        map[string]json.RawMessage // JWK sets of trust anchors by their entity identifiers; none = it is in no federation
	KeyFile        string                     // PEM private keys of the entity
	AuthorityHints []string                   // entity identifiers of its immediate superiors
	Lifetime       time.Duration              // of its entity configuration
	Organization   string
}

const (
	federationAnchors = "AUTHLY_OPENID_FEDERATION_ANCHORS_FILE"
	federationKey     = "AUTHLY_OPENID_FEDERATION_KEY_FILE"
	federationHints   = "AUTHLY_OPENID_FEDERATION_AUTHORITY_HINTS"
)

// maxAuthorityHints bounds the superiors of the server.
const maxAuthorityHints = 10

// setFederationAnchors reads a file with a JSON object: of each trust anchor its JWK set.
func setFederationAnchors(c *Config, path string) error {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	var anchors map[string]json.RawMessage
	if json.Unmarshal(text, &anchors) != nil || len(anchors) == 0 {
		return errors.New("must have a JSON object: of each entity identifier the JSON Web Key Set")
	}
	for id, set := range anchors {
		if err := checkEntity(id); err != nil {
			return err
		}
		if usable, err := identity.UsableKeys(set); err != nil || len(usable) == 0 {
			return fmt.Errorf("has no public key of %s that can prove a signature", id)
		}
	}
	c.OpenIDFederation.Anchors = anchors
	return nil
}

func checkEntity(id string) error {
	if identity.ValidEntity(id) {
		return nil
	}
	return fmt.Errorf("%q is not an entity identifier such as https://anchor.example.org", id)
}

// setAuthorityHints reads entity identifiers.
func setAuthorityHints(c *Config, value string) error {
	hints := splitList(value)
	for _, id := range hints {
		if err := checkEntity(id); err != nil {
			return err
		}
	}
	if len(hints) > maxAuthorityHints {
		return fmt.Errorf("must be at most %d entity identifiers", maxAuthorityHints)
	}
	c.OpenIDFederation.AuthorityHints = hints
	return nil
}

// checkFederation has all of what a place in a federation needs, or nothing.
func (c *Config) checkFederation(faults *Faults) {
	f := c.OpenIDFederation
	given := map[string]bool{federationAnchors: f.Anchors != nil, federationKey: f.KeyFile != "", federationHints: f.AuthorityHints != nil}
	some := given[federationAnchors] || given[federationKey] || given[federationHints]
	for name, there := range given {
		if some && !there && !faults.has(name) {
			faults.add(name, "is needed: %s, %s and %s go together", federationAnchors, federationKey, federationHints)
		}
	}
}
