package trustchain

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// constraints are what a superior demands of the chain below it (§6.2). Those that are unknown are ignored.
type constraints struct {
	MaxPathLength *int      `json:"max_path_length"`
	Naming        *naming   `json:"naming_constraints"`
	EntityTypes   *[]string `json:"allowed_entity_types"`
}

type naming struct {
	Permitted *[]string `json:"permitted"`
	Excluded  []string  `json:"excluded"`
}

func readConstraints(raw json.RawMessage) (c constraints, err error) {
	if len(raw) == 0 {
		return c, nil
	}
	if _, err := decode(raw, &c); err != nil {
		return c, fmt.Errorf("constraints: %w", err)
	}
	named := c.EntityTypes != nil && slices.Contains(*c.EntityTypes, identity.EntityTypeFederation)
	if c.MaxPathLength != nil && *c.MaxPathLength < 0 || named {
		return c, errors.New("constraints: max_path_length or allowed_entity_types")
	}
	return c, nil
}

// check holds the constraints of a statement, between whose issuer and the subject of the chain are so many intermediates.
func (c constraints) check(intermediates int, below []string) error {
	if c.MaxPathLength != nil && intermediates > *c.MaxPathLength {
		return errors.New("the path is longer than max_path_length")
	}
	for _, entity := range below {
		if c.Naming != nil && !c.Naming.allows(entity) {
			return fmt.Errorf("naming_constraints do not allow %s", entity)
		}
	}
	return nil
}

// allowsType reports whether subordinates may be of an entity type.
func (c constraints) allowsType(name string) bool {
	return c.EntityTypes == nil || slices.Contains(*c.EntityTypes, name)
}

func (n naming) allows(entity string) bool {
	u, err := url.Parse(entity)
	if err != nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	matches := func(name string) bool { // RFC 5280 §4.2.1.10
		name = strings.ToLower(name)
		return host == name || strings.HasPrefix(name, ".") && strings.HasSuffix(host, name)
	}
	return !slices.ContainsFunc(n.Excluded, matches) && (n.Permitted == nil || slices.ContainsFunc(*n.Permitted, matches))
}
