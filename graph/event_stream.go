package graph

import (
	"bytes"
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// eventStream writes server-sent events (HTML §9.2) as GraphQL over SSE wants them in its mode of distinct connections:
// results as events "next", and "complete" when the stream is over. gqlgen's own writer has no ids to resume from, and
// its "complete" has no data, so that the EventSource of browsers does not see it.
type eventStream struct {
	w        http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration // with a caller who does not read
}

// keepAlive is what keeps a quiet connection open: a comment, and where the stream stands. No event is dispatched for it, but
// an SSE client resumes from there, also when it was told nothing yet.
func keepAlive(id string) []byte { return []byte(":\nid: " + id + "\n\n") }

// newEventStream begins a response that goes on as long as the stream does: the server's limits for whole requests do not
// bound it, and each write has its own.
func newEventStream(res *response, patience time.Duration) *eventStream {
	e := &eventStream{w: res.w, control: http.NewResponseController(res.w), patience: patience}
	// Some writers have no deadlines. One for reading that passes would end the request, though nothing more is read.
	_ = e.control.SetReadDeadline(time.Time{})
	res.header(mediaEventStream)
	res.w.WriteHeader(http.StatusOK)
	return e
}

// send writes events at once. An error means that the caller has gone or does not read.
func (e *eventStream) send(events []byte) error {
	_ = e.control.SetWriteDeadline(identity.SystemSource().Now().Add(e.patience)) // sockets know no clock but the system's
	if _, err := e.w.Write(events); err != nil {
		return err
	}
	return e.control.Flush()
}

// nextEvent is a result, which is one line of JSON. A caller who presents the id again is told what came after it.
func nextEvent(id string, result []byte) []byte {
	b := append(make([]byte, 0, len(result)+len(id)+32), "event: next\n"...)
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(b, "data: "...)
	b = append(b, bytes.ReplaceAll(result, []byte("\n"), nil)...)
	return append(b, "\n\n"...)
}

func appendComplete(b []byte) []byte { return append(b, "event: complete\ndata:\n\n"...) }
