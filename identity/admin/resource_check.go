package admin

import (
	"context"
	"slices"

	"github.com/authly/authly/identity"
)

// checkResource names all that is wrong with a resource. Its scopes need not be registered: an API has words of its own.
func (s *Scopes) checkResource(r identity.Resource) error {
	var faults identity.Faults
	faults.Add(r.Check())
	faults.Add(notTheIssuer(r, s.issuer))
	for i, name := range r.Scopes {
		if first := slices.Index(r.Scopes, name); first < i {
			faults.Add(sameAs(entry("scopes", i), entry("scopes", first)))
		}
	}
	seen := map[string]string{identity.FoldURI(r.URI): "uri"}
	for i, uri := range r.Audiences {
		first, found := seen[identity.FoldURI(uri)]
		if found {
			faults.Add(sameAs(entry("audiences", i), first))
			continue
		}
		seen[identity.FoldURI(uri)] = entry("audiences", i)
	}
	return faults.Err()
}

// notTheIssuer refuses an audience by which every token for an API would open Authly itself.
func notTheIssuer(r identity.Resource, issuer string) error {
	var faults identity.Faults
	for i, uri := range r.Audiences {
		if identity.FoldURI(uri) == identity.FoldURI(issuer) {
			faults.Add(identity.InvalidField(entry("audiences", i), "Must not be the issuer."))
		}
	}
	return faults.Err()
}

// newResourceURI refuses a URI that is taken, or that means another (RFC 3986 §6.2.2.1). The store refuses the very same one
// also when both come at the same moment.
func newResourceURI(ctx context.Context, tx identity.Store, r identity.Resource) error {
	taken, err := namesOfOthers(ctx, tx, r)
	if err != nil || !taken[identity.FoldURI(r.URI)] {
		return err
	}
	return duplicateResource("uri", "Is the URI or an audience of another resource.")
}

// newAudiences does the same for the audiences that a resource has not had before.
func newAudiences(ctx context.Context, tx identity.Store, before, after identity.Resource) error {
	if slices.Equal(before.Audiences, after.Audiences) {
		return nil
	}
	taken, err := namesOfOthers(ctx, tx, after)
	if err != nil {
		return err
	}
	var faults identity.Faults
	for i, uri := range after.Audiences {
		if taken[identity.FoldURI(uri)] {
			faults.Add(duplicateResource(entry("audiences", i), "Is the URI or an audience of another resource."))
		}
	}
	return faults.Err()
}

func duplicateResource(field, detail string) error {
	return &identity.Error{Kind: identity.Conflict, Code: identity.CodeDuplicateResource, Field: field, Detail: detail}
}

// namesOfOthers are the URIs and audiences of all resources but one.
func namesOfOthers(ctx context.Context, tx identity.Store, r identity.Resource) (map[string]bool, error) {
	all, err := tx.Resources(ctx)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	for _, other := range all {
		if other.URI == r.URI && !r.CreatedAt.IsZero() {
			continue
		}
		taken[identity.FoldURI(other.URI)] = true
		for _, uri := range other.Audiences {
			taken[identity.FoldURI(uri)] = true
		}
	}
	return taken, nil
}
