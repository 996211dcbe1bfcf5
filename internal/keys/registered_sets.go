package keys

import "encoding/json"

// registeredMost bounds each of the two generations of sets that are remembered.
const registeredMost = 500

// registeredSet returns what a set that a client has registered parses to. It is remembered: to parse keys and to check their points
// costs more than a signature or an encryption by one of them.
func (c *ClientKeys) registeredSet(text json.RawMessage) (clientSet, error) {
	if set, ok := c.registered.get(text); ok {
		return set, nil
	}
	set, err := parseKeySet(text)
	if err != nil {
		return clientSet{}, err
	}
	c.registered.put(text, set)
	return set, nil
}
