package graph

import (
	"fmt"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// The values of extensions.code in top-level errors: those of the transport, and of UserErrorCode those that it uses
// itself. What a caller can correct in the input of a mutation is a UserError instead.
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
	codeUnavailable      = "SERVICE_UNAVAILABLE"       //
	codeDeadline         = "DEADLINE_EXCEEDED"         // the request took too long

	codeBadInput        = string(model.UserErrorCodeInvalidInput)           // a variable or argument has not the right type
	codeUnauthenticated = string(model.UserErrorCodeUnauthorized)           // no token
	codeBadToken        = string(model.UserErrorCodeTokenInvalid)           // a bad one
	codeExpiredToken    = string(model.UserErrorCodeTokenExpired)           // one that was good
	codeSignIn          = "INSUFFICIENT_USER_AUTHENTICATION"                // the person must sign in anew, or better
	codeForbidden       = string(model.UserErrorCodeInsufficientPrivileges) // not an administrator, or a scope is missing
	codeRateLimit       = string(model.UserErrorCodeRateLimitExceeded)      //
	codeInternal        = string(model.UserErrorCodeInternalError)          // a fault; the request id finds it in the log
)

// documentFault is the status of a request whose HTTP is right but whose GraphQL cannot run. What it is on the wire
// depends on the media type of the response.
const documentFault = 0

// failure is a request that was refused before execution.
type failure struct {
	status     int // of HTTP, or documentFault
	errors     gqlerror.List
	allow      string            // header Allow
	challenge  *bearer.Challenge // header WWW-Authenticate; what every one says it need not
	nonce      string            // header DPoP-Nonce
	retryAfter time.Duration     // header Retry-After
}

// Error implements error, for what ends a stream.
func (f *failure) Error() string { return f.errors.Error() }

// refuse makes a failure with one error.
func refuse(status int, code, format string, args ...any) *failure {
	return &failure{status: status, errors: gqlerror.List{newError(code, format, args...)}}
}

func newError(code, format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": code}}
}

// statuses translates the kinds of the domain.
var statuses = map[identity.Kind]int{
	identity.Internal:        http.StatusInternalServerError,
	identity.Invalid:         http.StatusBadRequest,
	identity.Unauthenticated: http.StatusUnauthorized,
	identity.Forbidden:       http.StatusForbidden,
	identity.NotFound:        http.StatusNotFound,
	identity.Conflict:        http.StatusConflict,
	identity.RateLimited:     http.StatusTooManyRequests,
	identity.Unavailable:     http.StatusServiceUnavailable,
}
