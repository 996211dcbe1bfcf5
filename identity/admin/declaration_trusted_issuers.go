package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

// prunesTrusted reports whether trusted issuers that the file does not name go: only if it names some.
func (d Desired) prunesTrusted() bool { return d.Prune && d.Trusted != nil }

// trustedIssuers brings the trusted issuers, which are told by their issuer, to the declared state.
func (a *applier) trustedIssuers(ctx context.Context, d Desired) error {
	have, err := a.store.TrustedIssuers(ctx)
	if err != nil {
		return err
	}
	if d.prunesTrusted() { // first, since there is room for so many
		for _, t := range have {
			if slices.ContainsFunc(d.Trusted, func(want identity.TrustedIssuer) bool { return want.Issuer == t.Issuer }) {
				continue
			}
			if err := a.Trusted.Delete(ctx, t.ID, nil); err != nil {
				return fmt.Errorf("trusted issuer %q: %w", t.Issuer, err)
			}
			a.note(identity.TargetTrusted, t.Issuer, Deleted, "")
		}
	}
	for i, want := range d.Trusted {
		if err := a.trustedIssuer(ctx, want, have); err != nil {
			return under(entry("trusted_issuers", i), err)
		}
	}
	return nil
}

func (a *applier) trustedIssuer(ctx context.Context, want identity.TrustedIssuer, have []identity.TrustedIssuer) error {
	at := slices.IndexFunc(have, func(t identity.TrustedIssuer) bool { return t.Issuer == want.Issuer })
	if at < 0 {
		if _, err := a.Trusted.Create(ctx, want); err != nil {
			return err
		}
		a.note(identity.TargetTrusted, want.Issuer, Created, "")
		return nil
	}
	after, err := a.Trusted.Update(ctx, have[at].ID, TrustedIssuerChange{
		Enabled: &want.Enabled, JWKS: &want.JWKS, JWKSURI: &want.JWKSURI, UserClaim: &want.UserClaim, UserMatch: &want.UserMatch,
		SoftwareStatements: &want.SoftwareStatements,
	}, nil)
	if err != nil {
		return err
	}
	a.note(identity.TargetTrusted, want.Issuer, verbOf(after.Version != have[at].Version), "")
	return nil
}
