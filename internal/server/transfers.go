package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/middleware"
)

// transferPatience is how long a part of a file may take to come or to go: a whole one may take as long as it does.
const transferPatience = time.Minute

var errCompressed = identity.Errorf(identity.Invalid, identity.CodeValidation, "The file must not be compressed: send it as it is.")

// handleUpload takes the file of an import from whoever has the signed link.
func (s *Server) handleUpload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		s.refuseTransfer(w, r, errCompressed) // what it would become is unbounded
		return
	}
	alive, stop := patient(w)
	defer stop()
	link := identity.ReadTransferLink(identity.TransferUpload, chi.URLParam(r, "id"), r.URL.Query())
	size, err := s.Domain.Transfers.Receive(r.Context(), link, r.Body, alive)
	if err != nil {
		s.refuseTransfer(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"received": strconv.FormatInt(size, 10)})
}

// patient takes the limits of other requests away from a connection, which is broken off when alive is not called for a while.
func patient(w http.ResponseWriter) (alive func(), stop func()) {
	connection := http.NewResponseController(w)
	stalled := time.AfterFunc(transferPatience, func() {
		_ = connection.SetReadDeadline(time.Unix(1, 0))
		_ = connection.SetWriteDeadline(time.Unix(1, 0))
	})
	_ = connection.SetReadDeadline(time.Time{}) // not every writer has them
	_ = connection.SetWriteDeadline(time.Time{})
	return func() { stalled.Reset(transferPatience) }, func() { stalled.Stop() }
}

// handleDownload sends the file of an export to whoever has the signed link. Its headers say how long it is, so that a part of
// it is not taken for the whole.
func (s *Server) handleDownload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	link, look := identity.ReadTransferLink(identity.TransferDownload, chi.URLParam(r, "id"), r.URL.Query()), middleware.OnHead(r)
	file, err := s.Domain.Transfers.Download(r.Context(), link, look)
	if err != nil {
		s.refuseTransfer(w, r, err)
		return
	}
	alive, stop := patient(w)
	defer stop()
	w.Header().Set("Content-Type", file.Type)
	w.Header().Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(file.Size))
	if look {
		return
	}
	if err := file.Write(r.Context(), w, alive); err != nil {
		s.logger.WarnContext(r.Context(), "download broken off", "error", err, "request_id", identity.RequestID(r.Context()))
		panic(http.ErrAbortHandler)
	}
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
