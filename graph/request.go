package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// request holds the parameters of GraphQL over HTTP §5.1.
type request struct {
	query         string
	operationName string
	variables     map[string]any
}

// checkHTTP looks at the request line and headers alone.
func checkHTTP(r *http.Request) *failure {
	switch r.Method {
	case http.MethodGet:
		return nil
	case http.MethodPost:
	default:
		f := refuse(http.StatusMethodNotAllowed, codeMethodNotAllowed, "Use POST, or GET for a query.")
		f.allow = "GET, POST"
		return f
	}
	// Forms and text/plain are refused: a page of another origin can send them without a preflight.
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON || !parameters.UTF8(params) {
		return refuse(http.StatusUnsupportedMediaType, codeUnsupportedMedia, "The body must be application/json in UTF-8.")
	}
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return refuse(http.StatusUnsupportedMediaType, codeUnsupportedMedia, "The body must not be compressed.")
	}
	return nil
}

// read takes the parameters from the body of a POST or the query string of a GET.
func (s *server) read(w http.ResponseWriter, r *http.Request) (request, *failure) {
	if r.Method == http.MethodGet {
		return s.readQueryString(r)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limits.BodyBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return request{}, refuse(http.StatusRequestEntityTooLarge, codeTooLarge,
			"The body is larger than %d bytes.", s.limits.BodyBytes)
	}
	if err != nil {
		return request{}, refuse(http.StatusBadRequest, codeBadRequest, "The body ended too early.")
	}
	members, ok := identity.JSONObject(body, math.MaxInt, math.MaxInt)
	if !ok {
		return request{}, refuse(http.StatusBadRequest, codeBadRequest, "The body must be one JSON object with the member query.")
	}
	return s.parameters(members)
}

func (s *server) readQueryString(r *http.Request) (request, *failure) {
	values, err := parameters.Query(r)
	if err != nil {
		return request{}, refuse(http.StatusBadRequest, codeBadRequest, "%s", err.Error())
	}
	if name := parameters.Repeated(values); name != "" {
		return request{}, refuse(http.StatusBadRequest, codeBadRequest, "The parameter %q is repeated.", name)
	}
	members := map[string]json.RawMessage{}
	for _, name := range []string{"query", "operationName"} {
		if !values.Has(name) {
			continue
		}
		text, err := json.Marshal(values.Get(name))
		if err != nil {
			return request{}, refuse(http.StatusBadRequest, codeBadRequest, "The parameter %s must be UTF-8.", name)
		}
		members[name] = text
	}
	for _, name := range []string{"variables", "extensions"} {
		if text := values.Get(name); text != "" {
			members[name] = json.RawMessage(text)
		}
	}
	return s.parameters(members)
}

// parameters checks the type of each parameter. Unknown members are ignored, as §5.1 asks.
func (s *server) parameters(members map[string]json.RawMessage) (request, *failure) {
	var req request
	var query, name *string
	if json.Unmarshal(orNull(members["query"]), &query) != nil || query == nil || *query == "" {
		return req, refuse(http.StatusBadRequest, codeBadRequest, "The parameter query must be a string that is not empty.")
	}
	if json.Unmarshal(orNull(members["operationName"]), &name) != nil {
		return req, refuse(http.StatusBadRequest, codeBadRequest, "The parameter operationName must be a string.")
	}
	var extensions map[string]json.RawMessage
	if json.Unmarshal(orNull(members["extensions"]), &extensions) != nil {
		return req, refuse(http.StatusBadRequest, codeBadRequest, "The parameter extensions must be an object.")
	}
	variables := orNull(members["variables"])
	decoder := json.NewDecoder(bytes.NewReader(variables))
	decoder.UseNumber()
	if decoder.Decode(&req.variables) != nil || !json.Valid(variables) {
		return req, refuse(http.StatusBadRequest, codeBadRequest, "The parameter variables must be an object.")
	}
	req.query = *query
	if name != nil {
		req.operationName = *name
	}
	left := s.limits.VariableValues
	if !s.variablesFit(req.variables, 0, &left) {
		return req, refuse(http.StatusBadRequest, codeBadRequest,
			"The variables must have at most %d levels, %d values and %d items in a list.",
			s.limits.VariableDepth, s.limits.VariableValues, s.limits.VariableItems)
	}
	return req, nil
}

func orNull(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("null")
	}
	return raw
}

// variablesFit bounds what has to be coerced and checked.
func (s *server) variablesFit(v any, depth int, left *int) bool {
	var children []any
	switch v := v.(type) {
	case map[string]any:
		for _, child := range v {
			children = append(children, child)
		}
	case []any:
		if len(v) > s.limits.VariableItems {
			return false
		}
		children = v
	default:
		return true
	}
	if *left -= len(children); *left < 0 || depth >= s.limits.VariableDepth && len(children) > 0 {
		return false
	}
	for _, child := range children {
		if !s.variablesFit(child, depth+1, left) {
			return false
		}
	}
	return true
}
