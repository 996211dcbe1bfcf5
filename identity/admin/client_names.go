package admin

import (
	"context"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// registered is what a client may name.
type registered struct {
	scopes  map[string]bool
	targets map[string]bool // what tokens can be made for
}

// newRegistered returns what is there without being registered.
func newRegistered(issuer string) registered {
	r := registered{scopes: map[string]bool{}, targets: map[string]bool{issuer: true}}
	for _, s := range identity.BuiltInScopes() {
		r.scopes[s.Name] = true
	}
	return r
}

// read adds what a store has.
func (r registered) read(ctx context.Context, store identity.ScopeReader) error {
	scopes, err := store.Scopes(ctx)
	if err != nil {
		return err
	}
	for _, s := range scopes {
		r.scopes[s.Name] = true
	}
	resources, err := store.Resources(ctx)
	for _, resource := range resources {
		r.targets[resource.URI] = true
	}
	return err
}

// check refuses what a client names and has not named before, if it is not registered.
func (r registered) check(before, after identity.Client) error {
	var faults identity.Faults
	had := before.Scopes()
	unknown := slices.DeleteFunc(after.Scopes(), func(name string) bool { return r.scopes[name] || slices.Contains(had, name) })
	if len(unknown) > 0 {
		faults.Add(identity.InvalidField("scope", "Has names of no registered scope: %s.", strings.Join(unknown, ", ")))
	}
	for i, uri := range after.Policy.Audiences {
		if identity.ValidResource(uri) && !r.targets[uri] && !slices.Contains(before.Policy.Audiences, uri) {
			faults.Add(identity.InvalidField(entry("audiences", i), "Must be the URI of a registered resource, or the issuer."))
		}
	}
	target := after.Policy.DefaultResource
	if identity.ValidResource(target) && !r.targets[target] && target != before.Policy.DefaultResource {
		faults.Add(errDefaultResource)
	}
	return faults.Err()
}

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

// checkChange adds to what was found in a client what a declaration of it would be refused for: what is there twice, and
// what is new and not registered.
func (s *Clients) checkChange(ctx context.Context, tx identity.Store, before, after identity.Client, found error) error {
	known := newRegistered(s.issuer)
	if err := known.read(ctx, tx); err != nil {
		return err
	}
	var faults identity.Faults
	faults.Add(found)
	earlier := func(string) string { return "an element before it" }
	faults.Add(repeatedItems("redirect_uris", after.Metadata.RedirectURIs, earlier))
	faults.Add(repeatedItems("post_logout_redirect_uris", after.Metadata.PostLogoutRedirectURIs, earlier))
	faults.Add(repeatedItems("audiences", after.Policy.Audiences, earlier))
	faults.Add(known.check(before, after))
	return faults.Err()
}
