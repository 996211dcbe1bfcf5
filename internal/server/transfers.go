package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
)

// transferPatience is how long a part of a file may take to come: a whole one may take as long as it does.
const transferPatience = time.Minute

var errCompressed = identity.Errorf(identity.Invalid, identity.CodeValidation, "The file must not be compressed: send it as it is.")

// handleUpload takes the file of an import from whoever has the signed link.
func (s *Server) handleUpload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		s.refuseTransfer(w, r, errCompressed) // what it would become is unbounded
		return
	}
	connection := http.NewResponseController(w)
	stalled := time.AfterFunc(transferPatience, func() { _ = connection.SetReadDeadline(time.Unix(1, 0)) })
	defer stalled.Stop()
	// The limits of other requests end here; not every writer has them.
	_ = connection.SetReadDeadline(time.Time{})
	_ = connection.SetWriteDeadline(time.Time{})
	link := identity.ReadTransferLink(identity.TransferUpload, chi.URLParam(r, "id"), r.URL.Query())
	size, err := s.Domain.Transfers.Receive(r.Context(), link, r.Body, func() { stalled.Reset(transferPatience) })
	if err != nil {
		s.refuseTransfer(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"received": strconv.FormatInt(size, 10)})
}

// refuseTransfer says what is wrong with a file or a link.
func (s *Server) refuseTransfer(w http.ResponseWriter, r *http.Request, err error) {
	e := identity.AsError(err)
	status := map[identity.Kind]int{
		identity.Invalid: http.StatusBadRequest, identity.Forbidden: http.StatusForbidden, identity.NotFound: http.StatusNotFound,
		identity.Conflict: http.StatusConflict, identity.Unavailable: http.StatusServiceUnavailable,
	}[e.Kind]
	if status == 0 {
		s.logger.ErrorContext(r.Context(), "transfer", "error", errors.Unwrap(e), "request_id", identity.RequestID(r.Context()))
		internalError(w, r)
		return
	}
	writeJSON(w, status, map[string]string{
		"error": "invalid_request", "error_description": e.Message(), "request_id": identity.RequestID(r.Context()),
	})
}
