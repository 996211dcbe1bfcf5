package identity

// The bounds of what a request of the protocol may ask for. The standards name none; these leave room for every use that
// is known and keep the work for one request small.
const (
	MaxScope       = 4096 // bytes of a scope parameter, and of the scope of a client
	MaxScopeValues = 100  // values in one
	MaxResources   = 20   // resources of one request (RFC 8707 §2)
	MaxURL         = maxURL
)

// The bounds of what may be said of a client (RFC 7591 §2) or an API.
const (
	maxRedirectURIs     = 100
	maxRequestURIs      = 20
	maxRequestReference = 128 // of what a client calls one request object among others
	maxContacts         = 20
	maxAudiences        = 100
	maxKeySet           = 32 << 10 // bytes of a declared key set
	maxKeys             = 20       // keys in it (RFC 7517 §5)
	maxDescription      = 1000
	maxResourceScopes   = 100
	maxResourceNames    = 10 // audiences of a resource, beside its URI
)

// smallList is up to how many elements going through a list costs less than making a set of it.
const smallList = 16

// membership returns what reports whether an element is in the list, at a cost that does not grow with the list.
func membership(list []string) func(string) bool {
	if len(list) <= smallList {
		return func(element string) bool {
			for _, e := range list {
				if e == element {
					return true
				}
			}
			return false
		}
	}
	set := make(map[string]struct{}, len(list))
	for _, e := range list {
		set[e] = struct{}{}
	}
	return func(element string) bool {
		_, ok := set[element]
		return ok
	}
}

// distinct returns the list without repetitions, in its order.
func distinct(list []string) []string {
	out := make([]string, 0, len(list))
	if len(list) <= smallList {
		for _, e := range list {
			if !membership(out)(e) {
				out = append(out, e)
			}
		}
		return out
	}
	seen := make(map[string]struct{}, len(list))
	for _, e := range list {
		if _, again := seen[e]; !again {
			seen[e] = struct{}{}
			out = append(out, e)
		}
	}
	return out
}
