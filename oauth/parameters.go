package oauth

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// readForm reads the parameters of a POST body; none but resource may be repeated (RFC 6749 §3.2, RFC 8707 §2).
func readForm(r *http.Request) (url.Values, error) {
	form, err := parameters.Form(r)
	if err != nil {
		return nil, unreadable(err)
	}
	return form, refuseRepeated(form)
}

// readRequest reads the parameters of an authorization request: of the query, or of the form that was posted. Repeated
// ones are left for the checks to refuse, which know where the refusal goes.
func readRequest(r *http.Request) (url.Values, error) {
	read := parameters.Query
	if r.Method == http.MethodPost {
		read = parameters.Form
	}
	params, err := read(r)
	if err != nil {
		return nil, unreadable(err)
	}
	return params, nil
}

// refuseRepeated refuses parameters that occur more than once (RFC 6749 §3.1).
func refuseRepeated(values url.Values) error {
	if name := parameters.Repeated(values); name != "" {
		return InvalidRequest(identity.RuleOnce, "The parameter %s is repeated.", name)
	}
	return nil
}

// unreadable says in terms of the protocol why parameters cannot be read.
func unreadable(err error) error {
	var refused *parameters.Error
	if !errors.As(err, &refused) {
		return err
	}
	e := InvalidRequest(identity.RuleReadable, "%s", refused.Detail)
	e.Status = refused.Status
	return e
}
