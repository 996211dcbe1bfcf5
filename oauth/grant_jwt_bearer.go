package oauth

import (
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
)

// jwtBearer is the grant of RFC 7523 §2.1.
type jwtBearer struct {
	assertions *identity.AssertionGrants
	grants     *identity.Grants
	audiences  func(*http.Request) []string
}

func (g jwtBearer) redeem(r tokenRequest) (identity.Issuance, error) {
	assertion, err := r.required(paramAssertion)
	if err != nil {
		return identity.Issuance{}, err
	}
	if len(assertion) > maxAssertion {
		return identity.Issuance{}, InvalidRequest(identity.RuleAssertionForm, "The assertion is too long.")
	}
	scopes, err := r.scopes()
	if err != nil {
		return identity.Issuance{}, err
	}
	if assertsItself(r.Request, r.form) {
		return g.grants.ForClient(r.Context(), r.client, scopes, r.form[paramResource])
	}
	return g.assertions.Redeem(r.Context(), r.client, identity.PresentedAssertion{
		Token: assertion, Audiences: g.audiences(r.Request), Scopes: scopes, Resources: r.form[paramResource],
	})
}

// assertsItself reports whether the assertion of a request is all that says which client it is of: then it is taken for a client
// assertion too (RFC 7523 §3.1, as the libraries send it that know service accounts).
func assertsItself(r *http.Request, form url.Values) bool {
	return form.Get(paramGrantType) == string(identity.GrantJWTBearer) && form.Has(paramAssertion) && r.Header.Get("Authorization") == "" &&
		!form.Has(paramClientID) && !form.Has(paramClientSecret) && !form.Has(paramClientAssertion) && !form.Has(paramClientAssertionType)
}
