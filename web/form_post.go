package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// formPostPage is the data of form_post.html.
type formPostPage struct {
	Action string
	Host   string
	Hidden []input
}

// input is a hidden field of a form.
type input struct{ Name, Value string }

// inputs returns the values as hidden fields, ordered by name.
func inputs(values url.Values) []input {
	var list []input
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			list = append(list, input{name, value})
		}
	}
	return list
}

// FormPost answers with a page that posts the values to action at once (OAuth 2.0 Form Post Response Mode §2), or by
// its button where scripts do not run. action is a proven redirect URI; only http and https can be posted to.
func (h *Handler) FormPost(w http.ResponseWriter, r *http.Request, action string, values url.Values) {
	host := webHost(action)
	if host == "" {
		h.Error(w, r, identity.Errorf(identity.Invalid, identity.CodeValidation, "The application's redirect URI cannot receive a form."))
		return
	}
	h.render(w, r, http.StatusOK, page{
		template: "form_post.html", title: say("Returning to %s", host), returnTo: action, script: submit,
		data: formPostPage{Action: action, Host: host, Hidden: inputs(values)},
	})
}
