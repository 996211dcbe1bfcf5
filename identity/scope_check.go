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

// Check holds the rules for registered resources and names all fields that are wrong.
func (r Resource) Check() error {
	var faults Faults
	if !ValidResource(r.URI) {
		faults.Add(&Error{
			Kind: Invalid, Code: CodeInvalidTarget, Field: "uri", Detail: "Must be an absolute URI without a fragment.",
		})
	}
	if r.AccessTokenType != TypeAccessToken && r.AccessTokenType != TypeJWT {
		faults.Add(InvalidField("access_token_typ", "Must be %s or %s.", TypeAccessToken, TypeJWT))
	}
	faults.Add(checkName("name", r.Name))
	if len(r.Scopes) > maxResourceScopes {
		faults.Add(InvalidField("scopes", "Must have at most %d values.", maxResourceScopes))
		return faults.Err()
	}
	for i, name := range r.Scopes {
		faults.Add(checkScopeValue(item("scopes", i), name))
	}
	return faults.Err()
}
