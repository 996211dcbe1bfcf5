package oauth

import (
	"net/http"

	"github.com/authly/authly/identity"
)

// handleRevoke serves token revocation (RFC 7009). An authenticated client always gets 200; a token of another client,
// or one that is unknown, is left as it is (§2.1, §2.2). token_type_hint is of no use: the forms of the tokens differ.
func (h *Handler) handleRevoke(w http.ResponseWriter, r *http.Request) {
	if client, err := h.revoke(r); err != nil {
		h.fail(w, r, client, err)
		return
	}
	WriteStatus(w, http.StatusOK)
}

// revoke revokes a token and returns the client that has asked for it, as soon as it is known.
func (h *Handler) revoke(r *http.Request) (identity.Client, error) {
	form, err := readForm(r)
	if err != nil {
		return identity.Client{}, err
	}
	client, err := h.authenticateClient(r, form)
	if err != nil {
		return identity.Client{}, err
	}
	token := form.Get(paramToken)
	if token == "" {
		return client, InvalidRequest(identity.RuleParameter, "The parameter token is missing.")
	}
	return client, h.Domain.Grants.Revoke(r.Context(), client, token)
}
