package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// endpoints are those of fail by their paths.
var endpoints = map[string]identity.Endpoint{
	PARPath: identity.EndpointPAR, DevicePath: identity.EndpointDevice, CIBAPath: identity.EndpointCIBA,
	TokenPath: identity.EndpointToken, RevokePath: identity.EndpointRevoke, IntrospectPath: identity.EndpointIntrospect,
}

// NoteRefusal remembers why a request of an endpoint was refused. by is who has sent it, or zero as long as that is not known:
// the client, and the user of a token. A fault of the server is no refusal.
func NoteRefusal(refusals *identity.Refusals, r *http.Request, at identity.Endpoint, by identity.Bearer, err error) {
	if !refusals.Remembers() {
		return
	}
	e := FromError(err)
	if e.Status >= http.StatusInternalServerError {
		return
	}
	violation := identity.ViolationOf(err)
	if violation.ClientID == uuid.Nil {
		violation.ClientID = by.Client.ID
	}
	if violation.UserID == uuid.Nil {
		violation.UserID = by.User.ID
	}
	refusals.Note(r.Context(), identity.Refusal{
		Endpoint: at, Code: e.Code, Message: e.Description, Sent: sent(r), Violation: violation,
	})
}

// sent describes what a request has sent: its parameters, and how it has authenticated.
func sent(r *http.Request) []identity.SentParameter {
	var out []identity.SentParameter
	for _, header := range r.Header.Values("Authorization") {
		out = append(out, sentAuthorization(header))
		if len(out) == 2 {
			break
		}
	}
	values := url.Values{}
	if query, err := parameters.Query(r); err == nil {
		values = query
	}
	for name, list := range r.PostForm { // read before, if the body was readable
		values[name] = list
	}
	return append(out, identity.SentParameters(values)...)
}

// sentAuthorization tells the scheme of an Authorization header, and whom Basic names.
func sentAuthorization(header string) identity.SentParameter {
	scheme, _, _ := strings.Cut(header, " ")
	for _, known := range []string{"Basic", string(identity.SchemeBearer), string(identity.SchemeDPoP)} {
		if strings.EqualFold(scheme, known) {
			shown := known
			if c, ok := parseBasic(header); ok {
				shown += " of " + c.ClientID
			}
			return identity.NewSentParameter("Authorization", shown, len(header))
		}
	}
	return identity.NewSentParameter("Authorization", "", len(header))
}
