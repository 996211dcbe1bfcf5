package identity

import (
	"context"
	"slices"
)

// Scopes describes the registered scopes and decides which are granted.
type Scopes struct {
	store  ScopeReader
	issuer string
}

func newScopes(d Deps) *Scopes {
	return &Scopes{store: d.Store, issuer: d.Settings.Issuer}
}

// Describe returns the registered scopes of the names, in their order; an unregistered name stands for itself.
func (s *Scopes) Describe(ctx context.Context, names []string) ([]Scope, error) {
	all, err := s.store.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Scope, len(names))
	for i, name := range names {
		out[i] = Scope{Name: name}
		if at := slices.IndexFunc(all, func(scope Scope) bool { return scope.Name == name }); at >= 0 {
			out[i] = all[at]
		}
	}
	return out, nil
}

// Requested narrows what a client asks for to what it may have: requested ∩ client. When it asks for nothing it gets
// its default scopes, never one that changes claims. Asking only for what it may not have is CodeInvalidScope (RFC 6749 §3.3).
func (s *Scopes) Requested(ctx context.Context, client Client, requested []string) ([]string, error) {
	allowed := client.Scopes()
	if len(requested) == 0 {
		all, err := s.store.Scopes(ctx)
		if err != nil {
			return nil, err
		}
		var defaults []string
		for _, scope := range all {
			if scope.Default && !ChangesClaims(scope.Name) {
				defaults = append(defaults, scope.Name)
			}
		}
		return intersect(defaults, allowed), nil
	}
	granted := intersect(requested, allowed)
	if len(granted) == 0 {
		return nil, noSuchScope()
	}
	return granted, nil
}

func noSuchScope() *Error {
	return &Error{
		Kind: Invalid, Code: CodeInvalidScope, Field: "scope", Detail: "The client may not have any of the requested scopes.",
	}
}

// CheckResources refuses resources that are not registered (RFC 8707 §2).
func (s *Scopes) CheckResources(ctx context.Context, uris []string) error {
	if len(uris) == 0 || len(uris) == 1 && uris[0] == s.issuer {
		return nil
	}
	registered, err := s.store.Resources(ctx)
	if err != nil {
		return err
	}
	for _, uri := range uris {
		known := slices.ContainsFunc(registered, func(r Resource) bool { return r.URI == uri })
		if !known && uri != s.issuer {
			return &Error{Kind: Invalid, Code: CodeInvalidTarget, Field: "resource", Detail: "The resource is not registered."}
		}
	}
	return nil
}
