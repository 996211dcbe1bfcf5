package identity

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

// OpenIDFederation is the place of the server in federations (OpenID Federation 1.0). The zero value is none.
type OpenIDFederation struct {
	AuthorityHints []string      // entity identifiers of its immediate superiors
	Lifetime       time.Duration // of its entity configuration
	Organization   string        // organization_name, or empty
}

// EntityConfigurationPath is where an entity publishes its configuration, after its identifier (§9).
const EntityConfigurationPath = "/.well-known/openid-federation"

// TypeEntityStatement is the typ of a statement of or about an entity, and after application/ its media type (§3, §15).
const TypeEntityStatement = "entity-statement+jwt"

// Types of entities (§5.1).
const (
	EntityTypeRelyingParty = "openid_relying_party"
	EntityTypeProvider     = "openid_provider"
	EntityTypeFederation   = "federation_entity" // of all who take part
)

// EntitySigner signs as an entity of federations, with keys of no other use (§3.1.1: jwks).
type EntitySigner interface {
	// Sign makes a compact JWS of the claims. typ is its type.
	Sign(typ string, claims any) (string, error)
	// KeySet is the JWK set of the entity.
	KeySet() json.RawMessage
}

// TrustChain is what a federation says of a relying party, and on whose word (§4).
type TrustChain struct {
	Entity    string          // its subject
	Keys      json.RawMessage // JWK set of the entity, as it has written it
	Superior  string          // the immediate one
	Anchor    string
	ExpiresAt time.Time // when the first of its statements does (§10.4)
	// Metadata is that of the relying party, under the policies of the chain.
	Metadata map[string]json.RawMessage
	// Others is the metadata of the other types that the entity is of, as it has written it.
	Others map[string]map[string]json.RawMessage
}

// TrustChains proves trust chains of strangers to the anchors of the operator.
type TrustChains interface {
	// Prove returns the chain of an entity whose configuration is the first of the statements and is meant for the audience. One that is
	// alone is that of which the superiors are asked for the rest. It is ErrEntityStatement, ErrTrustAnchor, ErrTrustChain or
	// ErrPolicy; what strangers have sent or published is in its cause.
	Prove(ctx context.Context, statements []string, audience string) (TrustChain, error)
}

// Why an entity is not trusted (§8.9).
var (
	// ErrEntityStatement says that what was sent is no configuration of an entity for this server, signed by itself.
	ErrEntityStatement = &Error{
		Kind: Invalid, Code: CodeEntityStatement, Detail: "The entity configuration is not valid, or not for this server.",
	}
	// ErrTrustAnchor says that no chain leads to a trust anchor of the operator.
	ErrTrustAnchor = &Error{
		Kind: NotFound, Code: CodeTrustAnchor, Detail: "No trust chain leads from the entity to a trust anchor of this server.",
	}
	// ErrTrustChain says that a chain to a trust anchor does not hold.
	ErrTrustChain = &Error{Kind: Invalid, Code: CodeTrustChain, Detail: "The trust chain of the entity does not hold."}
	// ErrPolicy says that the metadata of an entity breaks a policy of a chain that holds.
	ErrPolicy = &Error{Kind: Invalid, Code: CodeEntityMetadata, Detail: "The metadata breaks a policy of the federation."}
)

// ValidEntity reports whether a text is an entity identifier (§1.2): an https URL without query and fragment. Plain http is for a
// machine that is its own federation.
func ValidEntity(id string) bool {
	u, err := url.Parse(id)
	return err == nil && webURL(id) && (u.Scheme == "https" || Loopback(u.Hostname())) && !strings.ContainsAny(id, "?#")
}
