package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// target is what an access token is made for.
type target struct {
	resources []string // none: Authly itself
	names     []string // audiences of the resources beside their URIs
	typ       string   // JOSE header
	alg       Algorithm
	ttl       time.Duration // 0: they do not say
	format    TokenFormat   // the same
}

// audience is what a token for the target names.
func (t target) audience() []string {
	if len(t.names) == 0 {
		return t.resources
	}
	return slices.Concat(t.resources, t.names)
}

// lifetime is that of a token which would live for ttl. A resource never makes it longer: the token may be for Authly itself
// too.
func (t target) lifetime(ttl time.Duration) time.Duration {
	if t.ttl > 0 && t.ttl < ttl {
		return t.ttl
	}
	return ttl
}

// target returns the resources of a token: those that the request names (RFC 8707 §2.2), else all that were authorized.
// When the authorization named none, the default of the client or of the scopes stands for it.
func (s *Tokens) target(ctx context.Context, i Issuance, requested []string) (target, error) {
	if err := checkResources(requested); err != nil {
		return target{}, err
	}
	issuer := s.settings.Get().Issuer
	mayDefault := i.Client.Policy.DefaultResource != "" || slices.ContainsFunc(i.Scopes, ofAPI)
	if len(i.Resources) == 0 && (len(requested) == 0 && !mayDefault || slices.Equal(requested, []string{issuer})) {
		return target{resources: requested, typ: TypeAccessToken}, nil
	}
	registered, err := s.scopes.Resources(ctx)
	if err != nil {
		return target{}, fmt.Errorf("read resources: %w", err)
	}
	authorized := i.Resources
	if len(authorized) == 0 {
		if authorized, err = defaultResources(i, registered, issuer); err != nil {
			return target{}, err
		}
	}
	t := target{resources: authorized}
	if len(requested) > 0 {
		among := membership(authorized)
		for _, uri := range requested {
			if !among(uri) && (len(i.Resources) > 0 || uri != issuer) {
				return target{}, badTarget(RuleResourceAuthorized, "The resource was not authorized.").Expecting(strings.Join(authorized, " "))
			}
		}
		t.resources = distinct(requested)
	}
	t.typ = accessTokenType(t.resources, registered)
	return t.asWanted(registered)
}

// asWanted adds what the resources of a token want of it: their audiences, their algorithm and format, and the shortest of their
// lifetimes.
func (t target) asWanted(registered []Resource) (target, error) {
	for _, uri := range t.resources {
		at := slices.IndexFunc(registered, func(r Resource) bool { return r.URI == uri })
		if at < 0 {
			continue
		}
		r := registered[at]
		t.names = append(t.names, r.Audiences...)
		if r.AccessTokenAlg != "" {
			if t.alg != "" && t.alg != r.AccessTokenAlg {
				return target{}, badTarget(RuleResourceAlgorithm, "The resources do not take the same algorithm. Ask for one at a time.")
			}
			t.alg = r.AccessTokenAlg
		}
		if r.AccessTokenFormat != "" {
			if t.format != "" && t.format != r.AccessTokenFormat {
				return target{}, badTarget(RuleResourceFormat, "The resources do not take the same format. Ask for one at a time.")
			}
			t.format = r.AccessTokenFormat
		}
		if own := time.Duration(r.AccessTokenTTL) * time.Second; own > 0 {
			t.ttl = t.lifetime(own)
		}
	}
	return t, nil
}

// defaultResources returns what a token is for when nobody has said it: the default_resource of the client, else the one
// resource that has all scopes of the token that belong to an API. Authly itself stays an audience as long as there are
// scopes of administration.
func defaultResources(i Issuance, registered []Resource, issuer string) ([]string, error) {
	if uri := i.Client.Policy.DefaultResource; uri != "" {
		if uri == issuer {
			return []string{issuer}, nil
		}
		if !slices.ContainsFunc(registered, func(r Resource) bool { return r.URI == uri }) {
			return nil, badTarget(RuleResourceRegistered, "The default resource of the client is not registered.")
		}
		if slices.ContainsFunc(i.Scopes, IsAdminScope) {
			return []string{uri, issuer}, nil
		}
		return []string{uri}, nil
	}
	if !slices.ContainsFunc(i.Scopes, ofAPI) {
		return nil, nil
	}
	var fitting []string
	for _, r := range registered {
		missing := func(name string) bool {
			return !slices.Contains(openIDScopes, name) && !slices.Contains(r.Scopes, name)
		}
		if !slices.ContainsFunc(i.Scopes, missing) {
			fitting = append(fitting, r.URI)
		}
	}
	if len(fitting) != 1 {
		return nil, nil
	}
	return fitting, nil
}

// ofAPI reports whether a scope belongs neither to OpenID Connect nor to administration.
func ofAPI(name string) bool { return !slices.Contains(openIDScopes, name) && !IsAdminScope(name) }

// accessTokenType is the type that all resources of a token want, or that of RFC 9068.
func accessTokenType(resources []string, registered []Resource) string {
	plain := 0
	for _, uri := range resources {
		at := slices.IndexFunc(registered, func(r Resource) bool { return r.URI == uri })
		switch {
		case at < 0: // Authly itself, which reads both
		case registered[at].AccessTokenType != TypeJWT:
			return TypeAccessToken
		default:
			plain++
		}
	}
	if plain > 0 {
		return TypeJWT
	}
	return TypeAccessToken
}
