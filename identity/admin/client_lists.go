package admin

import (
	"context"
	"slices"

	"github.com/authly/authly/identity"
)

// repeatedItems names the elements of a list of URIs or scopes that are there already, the first of them as place says.
func repeatedItems(field string, items []string, place func(path string) string) error {
	var faults identity.FieldErrors
	first := map[string]string{}
	for i, item := range items {
		path := entry(field, i)
		folded := foldURI(item)
		if before, found := first[folded]; found {
			faults = append(faults, identity.AsError(sameAs(path, place(before))))
			continue
		}
		first[folded] = path
	}
	if len(faults) == 0 {
		return nil
	}
	return faults
}

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
		{"audiences", before.Policy.Audiences, after.Policy.Audiences},
		{"exchange_resources", before.Policy.ExchangeResources, after.Policy.ExchangeResources},
		{"assertion_issuers", before.Policy.AssertionIssuers, after.Policy.AssertionIssuers},
	} {
		if !slices.Equal(list.before, list.after) {
			faults.Add(repeatedItems(list.field, list.after, func(string) string { return "an element before it" }))
		}
	}
	if after.Policy.DefaultResource != before.Policy.DefaultResource {
		faults.Add(s.checkDefaultResource(ctx, tx, after.Policy))
	}
	return faults.Err()
}
