package oauth

import (
	"net/http"
)

// handleRevoke serves token revocation (RFC 7009). An authenticated client always gets 200; a token of another client,
// or one that is unknown, is left as it is (§2.1, §2.2). token_type_hint is of no use: the forms of the tokens differ.
func (h *Handler) handleRevoke(w http.ResponseWriter, r *http.Request) {
	if err := h.revoke(r); err != nil {
		h.fail(w, r, err)
		return
	}
	WriteStatus(w, http.StatusOK)
}

func (h *Handler) revoke(r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	client, err := h.authenticateClient(r, form)
	if err != nil {
		return err
	}
	token := form.Get(paramToken)
	if token == "" {
		return InvalidRequest("The parameter token is missing.")
	}
	return h.Domain.Grants.Revoke(r.Context(), client, token)
}
