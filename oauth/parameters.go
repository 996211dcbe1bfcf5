package oauth

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
)

// readForm reads the parameters of a POST body. Parameters in the URL do not count (RFC 6749 §2.3.1). The media type
// must be that of a form, and no parameter but resource may be repeated (RFC 6749 §3.2, RFC 8707 §2).
func readForm(r *http.Request) (url.Values, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, InvalidRequest("The body must be application/x-www-form-urlencoded.")
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			e := InvalidRequest("The body is too large.")
			e.Status = http.StatusRequestEntityTooLarge
			return nil, e
		}
		return nil, InvalidRequest("The body is not a valid form.")
	}
	if name, repeated := repeatedParameter(r.PostForm); repeated {
		return nil, InvalidRequest("The parameter %s is repeated.", printable(name))
	}
	return r.PostForm, nil
}

// repeatedParameter finds a parameter that occurs more than once (RFC 6749 §3.1).
func repeatedParameter(values url.Values) (string, bool) {
	for name, list := range values {
		if len(list) > 1 && name != paramResource {
			if len(name) > 64 {
				name = name[:64]
			}
			return name, true
		}
	}
	return "", false
}
