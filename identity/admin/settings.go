package admin

import (
	"context"

	"github.com/authly/authly/identity"
)

// Settings shows administrators how the server is configured.
type Settings struct {
	configured []identity.Setting
}

// List returns every setting of this node, in the order of its documentation. Of secrets it says only whether they are there.
func (s *Settings) List(ctx context.Context) ([]identity.Setting, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return nil, err
	}
	return s.configured, nil
}
