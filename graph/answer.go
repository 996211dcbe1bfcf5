package graph

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/authly/authly/identity"
)

// answer writes the one response to a request.
type answer struct {
	s     *server
	w     http.ResponseWriter
	r     *http.Request
	media string
	cost  *costReport // nil until the operation has been measured
	// replayed tells that a mutation was answered with what an earlier call did.
	replayed bool
}

// costReport is extensions.cost.
type costReport struct {
	requested int
	available int
}

// statusFor is the status of a request whose document cannot run. The audits of GraphQL over HTTP want 400 for its own
// media type, and 200 for application/json, where clients must be able to tell it from an answer of a proxy.
func statusFor(media string) int {
	if media == mediaGraphQL {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// fail refuses the request.
func (a *answer) fail(f *failure) {
	h := a.w.Header()
	if f.allow != "" {
		h.Set("Allow", f.allow)
	}
	if f.challenge != "" {
		h.Set("WWW-Authenticate", f.challenge)
	}
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds(f.retryAfter)))
	}
	status := f.status
	if status == documentFault {
		status = statusFor(a.media)
	}
	a.write(status, f.errors, nil)
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// execution answers with the result of an execution; field errors do not change the status.
func (a *answer) execution(resp *graphql.Response) {
	if len(resp.Data) == 0 {
		a.fail(&failure{status: documentFault, errors: resp.Errors})
		return
	}
	a.write(http.StatusOK, resp.Errors, resp.Data)
}

// write is the only place that sends. data is already JSON; it is left out when empty, because null would claim that
// the operation ran (GraphQL §7.1).
func (a *answer) write(status int, errs gqlerror.List, data json.RawMessage) {
	var body bytes.Buffer
	body.Grow(len(data) + 256)
	body.WriteByte('{')
	if len(errs) > 0 {
		body.WriteString(`"errors":`)
		body.Write(a.errors(errs))
	}
	if len(data) > 0 {
		if len(errs) > 0 {
			body.WriteByte(',')
		}
		body.WriteString(`"data":`)
		body.Write(data)
	}
	h := a.w.Header()
	if a.cost != nil {
		limits := a.s.limits
		window := limits.BucketSize / limits.BucketRestore
		h.Set("RateLimit-Policy", `"points";q=`+strconv.Itoa(limits.BucketSize)+`;w=`+strconv.Itoa(window))
		h.Set("RateLimit", `"points";r=`+strconv.Itoa(a.cost.available))
	}
	body.Write(a.extensions(body.AvailableBuffer()))
	body.WriteByte('}')
	h.Set("Content-Type", a.media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Authorization")
	h.Set("X-Content-Type-Options", "nosniff")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body.Bytes()) // the caller may have gone
}

// extensions appends the member extensions, if there is anything to tell.
func (a *answer) extensions(b []byte) []byte {
	cost := a.cost != nil && a.r.Header.Get("GraphQL-Cost") != "off"
	if !cost && !a.replayed {
		return b
	}
	b = append(b, `,"extensions":{`...)
	if a.replayed {
		b = append(b, `"idempotentReplay":true`...)
	}
	if cost {
		limits := a.s.limits
		if a.replayed {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `"cost":{"requested":`...), int64(a.cost.requested), 10)
		b = strconv.AppendInt(append(b, `,"limit":`...), int64(limits.Cost), 10)
		b = strconv.AppendInt(append(b, `,"bucket":{"max":`...), int64(limits.BucketSize), 10)
		b = strconv.AppendInt(append(b, `,"available":`...), int64(a.cost.available), 10)
		b = strconv.AppendInt(append(b, `,"restoreRate":`...), int64(limits.BucketRestore), 10)
		b = append(b, `}}`...)
	}
	return append(b, '}')
}

// errors marshals the first errors, each with the id of the request.
func (a *answer) errors(errs gqlerror.List) []byte {
	id := identity.RequestID(a.r.Context())
	errs = errs[:min(len(errs), a.s.limits.Errors)]
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
