package identity

import (
	"context"
	"slices"
)

// ForClient lets a client act on its own behalf (RFC 6749 §4.4). Nothing is written. A client without credentials is
// CodeUnauthorizedClient; asking only for scopes that it may not have, or that need a user, is CodeInvalidScope.
func (s *Grants) ForClient(ctx context.Context, client Client, scopes, resources []string) (Issuance, error) {
	if client.Public() {
		refusal := &Error{Kind: Invalid, Code: CodeUnauthorizedClient, Detail: "A public client cannot act on its own behalf."}
		return Issuance{}, refusal.Breaks(RuleServiceClient)
	}
	allowed, err := s.scopes.Requested(ctx, client, scopes)
	if err != nil {
		return Issuance{}, err
	}
	granted := serviceScopes(allowed, client)
	if len(scopes) > 0 && len(granted) == 0 {
		return Issuance{}, noSuchScope(serviceScopes(client.Scopes(), client))
	}
	if err := s.scopes.CheckResources(ctx, resources); err != nil {
		return Issuance{}, err
	}
	return Issuance{Client: client, Scopes: granted, Resources: resources}, nil
}

// serviceScopes drops what makes no sense without a user: the scopes of OpenID Connect, and those of administration
// unless the client is a service administrator.
func serviceScopes(scopes []string, c Client) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(name string) bool {
		return slices.Contains(openIDScopes, name) || IsAdminScope(name) && !c.Policy.ServiceAdmin
	})
}
