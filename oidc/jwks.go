package oidc

import (
	"fmt"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

func (h *Handler) handleJWKS(w http.ResponseWriter, r *http.Request) {
	set, err := h.Domain.Signer.KeySet(r.Context())
	if err != nil {
		oauth.WriteError(w, r, h.Logger, h.Domain.Settings.Get().Issuer, err)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(identity.KeySetMaxAge.Seconds())))
	_, _ = w.Write(set)
}
