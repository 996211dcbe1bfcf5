package web

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// The bounds of a document that is sent at once. A larger one is exported by an administrator, as a job.
const (
	exportItems    = 50_000
	exportPatience = 2 * time.Minute
)

// dataPage is the data of data.html.
type dataPage struct {
	Action  string
	Problem *phrase
}

func (h *Handler) showData(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToData, false)
	if err != nil || b == nil {
		return err
	}
	if !h.Domain.Accounts.MayExport() {
		h.NotFound(w, r)
		return nil
	}
	h.renderData(w, r, http.StatusOK, nil)
	return nil
}

func (h *Handler) renderData(w http.ResponseWriter, r *http.Request, status int, problem *phrase) {
	h.render(w, r, status, page{
		template: "data.html", title: say("Your data"), account: pathData, data: dataPage{Action: pathData, Problem: problem},
	})
}

// exportData sends the document of all that is stored about the person, portion by portion.
func (h *Handler) exportData(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToData, true)
	if err != nil || b == nil {
		return err
	}
	items, err := h.Documents.Count(r.Context(), b.User.ID)
	if err != nil {
		return err
	}
	if items > exportItems {
		h.renderData(w, r, http.StatusConflict, say("There is too much to be sent at once. An administrator can make the file for you."))
		return nil
	}
	err = h.Domain.Accounts.AdmitExport(r.Context(), *b)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToData)
	}
	if err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		h.renderData(w, r, status, problem)
		return nil
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Type", "application/json")
	header.Set("Content-Disposition", `attachment; filename="account.json"`)
	header.Set("X-Content-Type-Options", "nosniff")
	_ = http.NewResponseController(w).SetWriteDeadline(h.Domain.Source.Now().Add(exportPatience)) // not every writer has one
	if err := h.Documents.Write(r.Context(), w, b.User); err != nil {
		h.Logger.WarnContext(r.Context(), "export broken off", slog.String("request_id", identity.RequestID(r.Context())), slog.Any("error", err))
		panic(http.ErrAbortHandler) // a part must not be taken for the whole
	}
	return nil
}
