package identity

import (
	"context"
	"fmt"
)

// Scopes describes the registered scopes and decides which are granted.
type Scopes struct {
	store   ScopeReader
	schemas DetailSchemas
	issuer  string
}

func newScopes(d Deps) *Scopes {
	return &Scopes{store: d.Store, schemas: d.Schemas, issuer: d.Settings.Get().Issuer}
}

// Describe returns the registered scopes of the names, in their order; an unregistered name stands for itself.
func (s *Scopes) Describe(ctx context.Context, names []string) ([]Scope, error) {
	all, err := s.store.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	registered := make(map[string]Scope, len(all))
	for _, scope := range all {
		registered[scope.Name] = scope
	}
	out := make([]Scope, len(names))
	for i, name := range names {
		out[i] = Scope{Name: name}
		if scope, ok := registered[name]; ok {
			out[i] = scope
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
		return nil, noSuchScope(allowed)
	}
	return granted, nil
}

func noSuchScope(allowed []string) *Error {
	return badScope(RuleScopeAllowed, "The client may not have any of the requested scopes.").Expecting(JoinScope(allowed))
}

// CheckResources refuses resources that are not registered (RFC 8707 §2).
func (s *Scopes) CheckResources(ctx context.Context, uris []string) error {
	if err := checkResources(uris); err != nil {
		return err
	}
	if len(uris) == 0 || len(uris) == 1 && uris[0] == s.issuer {
		return nil
	}
	all, err := s.store.Resources(ctx)
	if err != nil {
		return err
	}
	registered := make([]string, 0, len(all)+1)
	for _, r := range all {
		registered = append(registered, r.URI)
	}
	if !subset(uris, append(registered, s.issuer)) {
		return badTarget(RuleResourceRegistered, "The resource is not registered.")
	}
	return nil
}

// checkResources bounds the resources of a request.
func checkResources(uris []string) error {
	if len(uris) > MaxResources {
		return badTarget(RuleResourceBound, fmt.Sprintf("There are more than %d resources.", MaxResources))
	}
	for _, uri := range uris {
		if len(uri) > MaxURL {
			return badTarget(RuleResourceBound, fmt.Sprintf("The resource is longer than %d bytes.", MaxURL))
		}
	}
	return nil
}

func badTarget(rule RuleID, detail string) *Error {
	return (&Error{Kind: Invalid, Code: CodeInvalidTarget, Field: "resource", Detail: detail}).Breaks(rule)
}
