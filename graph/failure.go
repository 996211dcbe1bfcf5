package graph

import (
	"fmt"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/identity"
)

// The values of extensions.code in top-level errors. What a caller can correct in the input of a mutation is a UserError
// instead.
const (
	codeBadRequest       = "BAD_REQUEST"               // the HTTP request or its JSON is malformed
	codeMethodNotAllowed = "METHOD_NOT_ALLOWED"        //
	codeNotAcceptable    = "NOT_ACCEPTABLE"            // Accept wants no type that is offered
	codeUnsupportedMedia = "UNSUPPORTED_MEDIA_TYPE"    //
	codeTooLarge         = "PAYLOAD_TOO_LARGE"         //
	codeParse            = "GRAPHQL_PARSE_FAILED"      // the document has a syntax error
	codeValidation       = "GRAPHQL_VALIDATION_FAILED" // the document does not fit the schema
	codeDocumentLimit    = "DOCUMENT_LIMIT_EXCEEDED"   // the document is too large; extensions.limit says which way
	codeCostLimit        = "COST_LIMIT_EXCEEDED"       // the operation costs too much
	codeBadInput         = "BAD_USER_INPUT"            // a variable or argument is not valid
	codeUnauthenticated  = "UNAUTHENTICATED"           // no token or a bad one
	codeForbidden        = "FORBIDDEN"                 // not an administrator, or a scope is missing
	codeNotFound         = "NOT_FOUND"                 //
	codeConflict         = "CONFLICT"                  //
	codeRateLimit        = "RATE_LIMIT_EXCEEDED"       //
	codeUnavailable      = "SERVICE_UNAVAILABLE"       //
	codeDeadline         = "DEADLINE_EXCEEDED"         // the request took too long
	codeInternal         = "INTERNAL_ERROR"            // a fault; the request id finds it in the log
)

// documentFault is the status of a request whose HTTP is right but whose GraphQL cannot run. What it is on the wire depends
// on the media type of the answer.
const documentFault = 0

// failure is a request that was refused before execution.
type failure struct {
	status     int // of HTTP, or documentFault
	errors     gqlerror.List
	allow      string        // header Allow
	challenge  string        // header WWW-Authenticate
	retryAfter time.Duration // header Retry-After
}

// refuse makes a failure with one error.
func refuse(status int, code, format string, args ...any) *failure {
	return &failure{status: status, errors: gqlerror.List{newError(code, format, args...)}}
}

func newError(code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": code}}
}

// kinds translates the vocabulary of the domain.
var kinds = map[identity.Kind]struct {
	code   string
	status int
}{
	identity.Internal:        {codeInternal, http.StatusInternalServerError},
	identity.Invalid:         {codeBadInput, http.StatusBadRequest},
	identity.Unauthenticated: {codeUnauthenticated, http.StatusUnauthorized},
	identity.Forbidden:       {codeForbidden, http.StatusForbidden},
	identity.NotFound:        {codeNotFound, http.StatusNotFound},
	identity.Conflict:        {codeConflict, http.StatusConflict},
	identity.RateLimited:     {codeRateLimit, http.StatusTooManyRequests},
	identity.Unavailable:     {codeUnavailable, http.StatusServiceUnavailable},
}
