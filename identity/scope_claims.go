package identity

// ClaimsOf lists the claims about a user that a scope releases (OIDC Core §5.4), in the order of StandardClaims, and then
// those of the attributes, by name.
func ClaimsOf(scope string, attributes []AttributeDefinition) []string {
	var names []string
	if scope == ScopeOpenID {
		names = append(names, "sub")
	}
	for _, claim := range StandardClaims {
		if claim.Scope == scope {
			names = append(names, claim.Name)
		}
	}
	for _, d := range attributes {
		if d.ReleasedBy([]string{scope}) {
			names = append(names, d.ClaimName())
		}
	}
	return names
}
