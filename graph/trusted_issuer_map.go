package graph

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// trustedNodes finds trusted issuers, all of which are few.
func (r *Resolver) trustedNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	list, err := r.admin.Trusted.List(ctx)
	for _, t := range model.NewTrustedIssuers(list...) {
		if slices.Contains(ids, t.TrustedIssuer.ID) {
			found[t.ID()] = t
		}
	}
	return err
}

func newTrustedIssuer(in model.CreateTrustedIssuerInput) identity.TrustedIssuer {
	return identity.TrustedIssuer{
		Issuer: in.Issuer, Enabled: in.Enabled, JWKS: keySet(in.Jwks.Value()), JWKSURI: text(in.JwksURI), UserClaim: text(in.UserClaim),
		UserMatch: in.UserMatch.Value().Of(), SoftwareStatements: in.SoftwareStatements,
	}
}

// keySet reads a key set; none is nil.
func keySet(value any) json.RawMessage {
	if value == nil {
		return nil
	}
	return rawJSON(value)
}

// trustedIssuerChange reads the changes of an issuer, or says what is wrong with them.
func trustedIssuerChange(in model.UpdateTrustedIssuerInput) (admin.TrustedIssuerChange, []model.UserError) {
	p := &patch{}
	change := admin.TrustedIssuerChange{
		Enabled: nonNull(p, "enabled", in.Enabled), JWKSURI: cleared(p, in.JwksURI), UserClaim: cleared(p, in.UserClaim),
		SoftwareStatements: nonNull(p, "softwareStatements", in.SoftwareStatements),
	}
	if in.Jwks.IsSet() {
		p.given = true
		change.JWKS = new(keySet(in.Jwks.Value()))
	}
	if in.UserMatch.IsSet() {
		p.given = true
		change.UserMatch = new(in.UserMatch.Value().Of())
	}
	return change, p.check()
}
