package identity

// ClaimsOf lists the claims about a user that a scope releases (OIDC Core §5.4), in the order of StandardClaims.
func ClaimsOf(scope string) []string {
	var names []string
	if scope == ScopeOpenID {
		names = append(names, "sub")
	}
	for _, claim := range StandardClaims {
		if claim.Scope == scope {
			names = append(names, claim.Name)
		}
	}
	return names
}
