package identity

import "slices"

// Check holds the rules for registered scopes and names all fields that are wrong.
func (s Scope) Check() error {
	var faults Faults
	faults.Add(checkScopeValue("name", s.Name))
	faults.Add(checkName("description", s.Description))
	if IsAdminScope(s.Name) && !slices.ContainsFunc(BuiltInScopes(), func(b Scope) bool { return b.Name == s.Name }) {
		faults.Add(InvalidField("name", "Must not begin with admin: unless Authly made it."))
	}
	if IsAdminScope(s.Name) && s.Default {
		faults.Add(InvalidField("default", "Must not be set for scopes of administration."))
	}
	if ChangesClaims(s.Name) && s.Default {
		faults.Add(InvalidField("default", "Must not be set for a scope that changes claims of a user."))
	}
	return faults.Err()
}

func checkScopeValue(field, name string) error {
	if names, err := ParseScope(name); err != nil || len(names) != 1 || names[0] != name || len(name) > MaxText {
		return InvalidField(
			field, "Must be one scope value of at most %d printable ASCII characters without spaces, quotes and backslashes.", MaxText,
		)
	}
	return nil
}

// checkAudiences refuses what is no URI: a name in aud that is none could be the client_id of somebody who would then take
// access tokens for ID tokens.
func (r Resource) checkAudiences() error {
	if len(r.Audiences) > maxResourceNames {
		return InvalidField("audiences", "Must have at most %d URIs.", maxResourceNames)
	}
	var faults Faults
	for i, uri := range r.Audiences {
		if !ValidResource(uri) {
			faults.Add(InvalidField(item("audiences", i), "Must be an absolute URI without a fragment."))
		}
	}
	return faults.Err()
}

func checkTokenFormat(f TokenFormat) error {
	if f != "" && f != FormatJWT && f != FormatOpaque {
		return InvalidField("access_token_format", "Must be %s or %s.", FormatJWT, FormatOpaque)
	}
	return nil
}

// Check holds the rules for registered resources and names all fields that are wrong.
func (r Resource) Check() error {
	const day = 86_400 // seconds
	var faults Faults
	if !ValidResource(r.URI) {
		faults.Add(&Error{
			Kind: Invalid, Code: CodeInvalidTarget, Field: "uri", Detail: "Must be an absolute URI without a fragment.",
		})
	}
	if r.AccessTokenType != TypeAccessToken && r.AccessTokenType != TypeJWT {
		faults.Add(InvalidField("access_token_typ", "Must be %s or %s.", TypeAccessToken, TypeJWT))
	}
	if r.AccessTokenAlg != "" && !slices.Contains(Algorithms(), r.AccessTokenAlg) {
		faults.Add(InvalidField("access_token_signing_alg", "Must be %s.", OneOfAlgorithms(Algorithms())))
	}
	faults.Add(checkTokenFormat(r.AccessTokenFormat))
	if r.AccessTokenTTL < 0 || r.AccessTokenTTL > day {
		faults.Add(InvalidField("access_token_ttl", "Must be a number of seconds, at most a day."))
	}
	faults.Add(checkName("name", r.Name))
	faults.Add(r.checkAudiences())
	if len(r.Scopes) > maxResourceScopes {
		faults.Add(InvalidField("scopes", "Must have at most %d values.", maxResourceScopes))
		return faults.Err()
	}
	for i, name := range r.Scopes {
		faults.Add(checkScopeValue(item("scopes", i), name))
	}
	return faults.Err()
}
