package admin

import (
	"context"
	"slices"

	"github.com/authly/authly/identity"
)

// checkChange adds to what was found in a client what a declaration of it would be refused for: what is there twice in a list
// that has changed, and a default resource that is not registered.
func (s *Clients) checkChange(ctx context.Context, tx identity.Store, before, after identity.Client, found error) error {
	var faults identity.Faults
	faults.Add(found)
	for _, list := range []struct {
		field         string
		before, after []string
	}{
		{"redirect_uris", before.Metadata.RedirectURIs, after.Metadata.RedirectURIs},
		{"post_logout_redirect_uris", before.Metadata.PostLogoutRedirectURIs, after.Metadata.PostLogoutRedirectURIs},
		{"request_uris", before.Metadata.RequestURIs, after.Metadata.RequestURIs},
		{"audiences", before.Policy.Audiences, after.Policy.Audiences},
		{"exchange_resources", before.Policy.ExchangeResources, after.Policy.ExchangeResources},
		{"assertion_issuers", before.Policy.AssertionIssuers, after.Policy.AssertionIssuers},
	} {
		if !slices.Equal(list.before, list.after) {
			faults.Add(identity.RepeatedURIs(list.field, list.after))
		}
	}
	if after.Policy.DefaultResource != before.Policy.DefaultResource {
		faults.Add(s.checkDefaultResource(ctx, tx, after.Policy))
	}
	faults.Add(s.sectors.Check(ctx, before.Metadata, after.Metadata))
	return faults.Err()
}
