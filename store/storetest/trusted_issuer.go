package storetest

import (
	"encoding/json"
	"fmt"

	"github.com/authly/authly/identity"
)

func (f *fixture) trustedIssuer() identity.TrustedIssuer {
	f.Helper()
	t := identity.TrustedIssuer{
		ID: f.id(), Issuer: fmt.Sprintf("https://cluster-%d.example", f.next()), Enabled: true, JWKS: json.RawMessage(`{"keys": [ ] }`),
		UserClaim: "email", UserMatch: identity.MatchEmail, CreatedAt: f.now, UpdatedAt: f.now, Version: 1,
	}
	f.noError(f.store.InsertTrustedIssuer(f.ctx, t))
	return t
}

func trustedIssuers(r *runner) {
	r.run("a trusted issuer is what was stored, one of its name, and is changed at its version", func(f *fixture) {
		first, second := f.trustedIssuer(), f.trustedIssuer()
		f.equal(must(f.store.TrustedIssuers(f.ctx))(f), []identity.TrustedIssuer{first, second})
		again := first
		again.ID = f.id()
		f.wantErr(f.store.InsertTrustedIssuer(f.ctx, again), &identity.Error{Code: identity.CodeDuplicateTrusted})
		changed := first
		changed.Enabled, changed.JWKS, changed.JWKSURI, changed.UserClaim, changed.UserMatch = false, nil, "https://x.example/jwks", "", identity.MatchNobody
		changed.SoftwareStatements = true
		f.noError(f.store.UpdateTrustedIssuer(f.ctx, changed))
		changed.Version = 2
		f.equal(must(f.store.LockTrustedIssuer(f.ctx, first.ID))(f), changed)
		f.equal(identity.AsError(f.store.UpdateTrustedIssuer(f.ctx, first)).Code, identity.CodeVersionConflict)
		first.ID = f.id()
		f.wantErr(f.store.UpdateTrustedIssuer(f.ctx, first), identity.ErrTrustedIssuerNotFound)
		f.noError(f.store.DeleteTrustedIssuer(f.ctx, second.ID))
		f.wantErr(f.store.DeleteTrustedIssuer(f.ctx, second.ID), identity.ErrTrustedIssuerNotFound)
		_, err := f.store.LockTrustedIssuer(f.ctx, second.ID)
		f.wantErr(err, identity.ErrTrustedIssuerNotFound)
	})
}
