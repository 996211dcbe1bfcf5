package graph

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// response writes the one response to a request.
type response struct {
	s       *server
	w       http.ResponseWriter
	r       *http.Request
	media   string
	cost    *costReport              // nil until the operation has been measured
	streams bool                     // the caller takes an event stream
	actor   identity.Actor           // who asks, once that is known
	op      *ast.OperationDefinition // once the document is valid
	// replayed: a mutation returned what an earlier call did.
	replayed bool
}

// costReport is extensions.cost.
type costReport struct {
	requested int
	available int
}

// fits refuses an operation that does not go with the method or the Accept header. A subscription becomes a stream, and
// nothing else does unless the caller takes nothing else: some clients accept streams with every request.
func (res *response) fits(op *ast.OperationDefinition) *failure {
	if res.r.Method == http.MethodGet && op.Operation != ast.Query {
		f := refuse(http.StatusMethodNotAllowed, codeMethodNotAllowed, "Use POST for a %s.", op.Operation)
		f.allow = http.MethodPost
		return f
	}
	if op.Operation != ast.Subscription {
		return nil
	}
	if !res.streams {
		return refuse(http.StatusNotAcceptable, codeNotAcceptable, "A subscription is answered by a stream: accept %s.", mediaEventStream)
	}
	res.media = mediaEventStream
	return nil
}

// statusFor is the status of a request whose document cannot run. The audits of GraphQL over HTTP want 400 for its own
// media type, and 200 for application/json, where clients must be able to tell it from a page of a proxy.
func statusFor(media string) int {
	if media == mediaGraphQL {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// fail refuses the request.
func (res *response) fail(f *failure) {
	h := res.w.Header()
	if f.allow != "" {
		h.Set("Allow", f.allow)
	}
	if f.challenge != nil {
		challenge := *f.challenge
		challenge.Scheme = cmp.Or(challenge.Scheme, bearer.SchemeOf(res.r))
		challenge.Metadata = res.s.domain.Settings.Get().Issuer + bearer.MetadataPath
		h.Set("WWW-Authenticate", challenge.String())
	}
	if f.nonce != "" {
		h.Set("DPoP-Nonce", f.nonce)
	}
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(f.retryAfter)))
	}
	status := f.status
	if status == documentFault {
		status = statusFor(res.media)
	}
	res.write(status, f.errors, nil)
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// execution writes the result of an execution; field errors do not change the status.
func (res *response) execution(result *graphql.Response) {
	if len(result.Data) == 0 {
		res.fail(&failure{status: documentFault, errors: result.Errors})
		return
	}
	res.write(http.StatusOK, result.Errors, result.Data)
}

// write is the only place that sends. data is already JSON; it is left out when empty, because null would claim that
// the operation ran (GraphQL §7.1).
func (res *response) write(status int, errs gqlerror.List, data json.RawMessage) {
	res.noteErrors(errs)
	body := res.members(errs, data)
	body.Write(res.extensions(body.AvailableBuffer()))
	body.WriteByte('}')
	media := res.media
	if media == mediaEventStream && status == http.StatusOK {
		result := body.Bytes()
		body = bytes.NewBuffer(appendComplete(nextEvent("", result)))
	} else if media == mediaEventStream {
		media = mediaJSON // a refusal of the request is no event
	}
	res.header(media)
	res.w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	res.w.WriteHeader(status)
	_, _ = res.w.Write(body.Bytes()) // the caller may have gone
}

// members begins the JSON object of a result.
func (res *response) members(errs gqlerror.List, data json.RawMessage) *bytes.Buffer {
	body := &bytes.Buffer{}
	body.Grow(len(data) + 256)
	body.WriteByte('{')
	if len(errs) > 0 {
		body.WriteString(`"errors":`)
		body.Write(res.errors(errs))
	}
	if len(data) > 0 {
		if len(errs) > 0 {
			body.WriteByte(',')
		}
		body.WriteString(`"data":`)
		body.Write(data)
	}
	return body
}

// header sets the header of every response.
func (res *response) header(media string) {
	h := res.w.Header()
	if res.cost != nil {
		limits := res.s.limits
		window := limits.BucketSize / limits.BucketRestore
		h.Set("RateLimit-Policy", `"points";q=`+strconv.Itoa(limits.BucketSize)+`;w=`+strconv.Itoa(window))
		h.Set("RateLimit", `"points";r=`+strconv.Itoa(res.cost.available))
	}
	if media == mediaEventStream {
		h.Set("X-Accel-Buffering", "no") // proxies would wait for more
	} else {
		media += "; charset=utf-8"
	}
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept, Authorization, Cookie")
	h.Set("X-Content-Type-Options", "nosniff")
}

// extensions appends the member extensions, if there is anything to tell.
func (res *response) extensions(b []byte) []byte {
	cost := res.cost != nil && res.r.Header.Get("GraphQL-Cost") != "off"
	if !cost && !res.replayed {
		return b
	}
	b = append(b, `,"extensions":{`...)
	if res.replayed {
		b = append(b, `"idempotentReplay":true`...)
	}
	if cost {
		limits := res.s.limits
		if res.replayed {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `"cost":{"requested":`...), int64(res.cost.requested), 10)
		b = strconv.AppendInt(append(b, `,"limit":`...), int64(limits.Cost), 10)
		b = strconv.AppendInt(append(b, `,"bucket":{"max":`...), int64(limits.BucketSize), 10)
		b = strconv.AppendInt(append(b, `,"available":`...), int64(res.cost.available), 10)
		b = strconv.AppendInt(append(b, `,"restoreRate":`...), int64(limits.BucketRestore), 10)
		b = append(b, `}}`...)
	}
	return append(b, '}')
}

// errors marshals the first errors, each with the id of the request.
func (res *response) errors(errs gqlerror.List) []byte {
	id := identity.RequestID(res.r.Context())
	errs = errs[:min(len(errs), res.s.limits.Errors)]
	shown := make(gqlerror.List, len(errs))
	for i, e := range errs {
		copied := *e // errors of a document are shared between requests
		copied.Extensions = map[string]any{}
		for name, value := range e.Extensions {
			copied.Extensions[name] = value
		}
		if id != "" {
			copied.Extensions["requestId"] = id
		}
		shown[i] = &copied
	}
	text, err := json.Marshal(shown)
	if err != nil {
		panic("graph: marshal errors: " + err.Error()) // plain strings and numbers always marshal
	}
	return text
}
