package admin

import (
	"context"

	"github.com/authly/authly/identity"
)

// Verify looks at the whole trail and says whether anything was removed, changed or inserted behind the server's back. It
// reads every event: it is for the command line.
func (s *Audit) Verify(ctx context.Context, o identity.VerifyOptions) (identity.ChainReport, error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return identity.ChainReport{}, err
	}
	return s.chain.Verify(ctx, o)
}

// Checkpoint returns what to keep outside the database, to verify the trail with later; "" before there is anything.
func (s *Audit) Checkpoint(ctx context.Context) (string, error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return "", err
	}
	return s.chain.Checkpoint(ctx)
}
