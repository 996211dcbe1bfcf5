package middleware

import "net/http"

// Recorder is a writer that remembers what was sent. http.ResponseController reaches the writer below by Unwrap.
type Recorder struct {
	http.ResponseWriter
	Status int   // 0 until the header is sent
	Bytes  int64 // of the body
}

// Record wraps the writer once, however many middlewares ask.
func Record(w http.ResponseWriter) *Recorder {
	if r, ok := w.(*Recorder); ok {
		return r
	}
	return &Recorder{ResponseWriter: w}
}

// WriteHeader sends the header; an informational one (1xx) is not the response yet.
func (r *Recorder) WriteHeader(status int) {
	if r.Status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		r.Status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (r *Recorder) Write(p []byte) (int, error) {
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.Bytes += int64(n)
	return n, err
}

// Flush sends what is buffered, for event streams.
func (r *Recorder) Flush() { _ = r.FlushError() }

// FlushError is what http.ResponseController calls.
func (r *Recorder) FlushError() error {
	err := http.NewResponseController(r.ResponseWriter).Flush()
	if err == nil && r.Status == 0 {
		r.Status = http.StatusOK
	}
	return err
}

// Unwrap returns the writer below.
func (r *Recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
