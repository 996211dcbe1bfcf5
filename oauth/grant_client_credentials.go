package oauth

import (
	"slices"

	"github.com/authly/authly/identity"
)

// clientCredentials is the grant of RFC 6749 §4.4. It writes nothing.
type clientCredentials struct{ h *Handler }

func (g clientCredentials) redeem(r tokenRequest) (TokenResponse, error) {
	if r.client.Public() {
		return TokenResponse{}, UnauthorizedClient("A public client cannot act on its own behalf.")
	}
	requested, scopes, err := g.h.requestedScopes(r)
	if err != nil {
		return TokenResponse{}, err
	}
	scopes = slices.DeleteFunc(slices.Clone(scopes), func(name string) bool { return !forService(r.client, name) })
	if len(requested) > 0 && len(scopes) == 0 {
		return TokenResponse{}, InvalidScope("The client may not have any of the requested scopes.")
	}
	resources := r.form[paramResource]
	if err := g.h.Domain.Scopes.CheckResources(r.Context(), resources); err != nil {
		return TokenResponse{}, err
	}
	access, err := g.h.Domain.Tokens.ForClient(r.Context(), r.client, scopes, resources)
	if err != nil {
		return TokenResponse{}, err
	}
	return bearerResponse(access), nil
}

// forService reports whether a scope makes sense without a user: those of OpenID Connect do not, those of
// administration only for service administrators.
func forService(c identity.Client, name string) bool {
	switch name {
	case identity.ScopeOpenID, identity.ScopeProfile, identity.ScopeEmail, identity.ScopeAddress, identity.ScopePhone,
		identity.ScopeOfflineAccess:
		return false
	}
	return !identity.IsAdminScope(name) || c.Metadata.ServiceAdmin
}
