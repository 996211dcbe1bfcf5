package server

import (
	"fmt"
	"os"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/trustchain"
	"github.com/authly/authly/internal/keys"
)

// newEntity returns what signs as an entity of federations and what proves others; nil where the server is in none.
func (s *Server) newEntity() (identity.EntitySigner, identity.TrustChains, error) {
	c := s.config.OpenIDFederation
	if c.Anchors == nil {
		return nil, nil, nil
	}
	material, err := os.ReadFile(c.KeyFile)
	if err != nil {
		return nil, nil, fmt.Errorf("AUTHLY_OPENID_FEDERATION_KEY_FILE: %w", err)
	}
	entity, err := keys.NewEntity(material)
	if err != nil {
		return nil, nil, fmt.Errorf("AUTHLY_OPENID_FEDERATION_KEY_FILE: %w", err)
	}
	chains := trustchain.Validator{Anchors: c.Anchors, Verify: keys.VerifyStatement, Fetch: s.outbound.GetStatement, Now: s.source.Now}
	return entity, chains, nil
}
