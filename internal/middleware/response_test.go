package middleware

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
)

func logger(out *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// line decodes the one line of the log.
func line(t *testing.T, out *bytes.Buffer) map[string]any {
	t.Helper()
	var entry map[string]any
	if err := json.Unmarshal(out.Bytes(), &entry); err != nil {
		t.Fatalf("log %q: %v", out, err)
	}
	delete(entry, "time")
	return entry
}

// ticking returns a clock that advances 5 ms at each look.
func ticking() func() time.Time {
	now := noon()
	return func() time.Time {
		now = now.Add(5 * time.Millisecond)
		return now
	}
}

// do sends a request through RequestContext, AccessLog and a chi router; an aborted connection is recovered.
func do(out *bytes.Buffer, r *http.Request, handler http.HandlerFunc) (w *httptest.ResponseRecorder, aborted any) {
	router := chi.NewRouter()
	router.Use(RequestContext(source(), everybody()), AccessLog(logger(out), ticking()))
	router.Route("/clients", func(sub chi.Router) { sub.HandleFunc("/{id}", handler) })
	router.HandleFunc("/health/ready", handler)
	w = httptest.NewRecorder()
	defer func() { aborted = recover() }()
	router.ServeHTTP(w, r)
	return w, nil
}

// everybody is trusted to name the request.
func everybody() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")} }

func TestAccessLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := request(http.MethodPost, "/clients/s3cret-id?code=s3cret-code")
	r.Header.Set("X-Request-ID", "rid-1")
	do(&out, r, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte("hello"))
	})
	if strings.Contains(out.String(), "s3cret") {
		t.Errorf("path or query are in the log: %s", &out)
	}
	want := map[string]any{
		"level": "INFO", "msg": "request", "method": "POST", "route": "/clients/{id}", "status": 201.0, "bytes": 5.0,
		"duration": 5e6, "request_id": "rid-1", "ip": "192.0.2.1",
	}
	if diff := cmp.Diff(want, line(t, &out)); diff != "" {
		t.Error(diff)
	}
}

func TestAccessLogLevels(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		target string
		status int
		level  string
		logged float64
	}{
		"a server error":         {"/clients/1", 503, "ERROR", 503},
		"a client's mistake":     {"/clients/1", 400, "INFO", 400},
		"nothing written is 200": {"/clients/1", 0, "INFO", 200},
		"a good probe":           {"/health/ready", 200, "DEBUG", 200},
		"a bad probe":            {"/health/ready", 503, "ERROR", 503},
		"no route":               {"/s3cret", 0, "INFO", 404},
	} {
		var out bytes.Buffer
		do(&out, request(http.MethodGet, test.target), func(w http.ResponseWriter, _ *http.Request) {
			if test.status != 0 {
				w.WriteHeader(test.status)
			}
		})
		entry := line(t, &out)
		if entry["level"] != test.level || entry["status"] != test.logged || strings.Contains(out.String(), "s3cret") {
			t.Errorf("%s: %v", name, entry)
		}
	}
}

func TestAccessLogOfAnAbortedConnection(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, aborted := do(&out, request(http.MethodGet, "/clients/1"), abort)
	if entry := line(t, &out); aborted != http.ErrAbortHandler || entry["aborted"] != true || entry["status"] != 0.0 {
		t.Errorf("panic %v, log %v", aborted, entry)
	}
}

func abort(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestRecover(t *testing.T) {
	t.Parallel()
	serve := func(out *bytes.Buffer, handler http.HandlerFunc) (w *httptest.ResponseRecorder, passed any) {
		w = httptest.NewRecorder()
		r := request(http.MethodGet, "/")
		r.Header.Set("X-Request-ID", "rid-1")
		render := func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "Request error", http.StatusInternalServerError)
		}
		defer func() { passed = recover() }()
		RequestContext(source(), everybody())(Recover(logger(out), render)(handler)).ServeHTTP(w, r)
		return w, nil
	}
	t.Run("a panic becomes the rendered response and a log entry", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		w, passed := serve(&out, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Set-Cookie", "a=b")
			w.Header().Set("Cache-Control", "public")
			panic(errors.New("boom"))
		})
		if passed != nil || w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "boom") {
			t.Errorf("panic %v, status %d, body %q", passed, w.Code, w.Body)
		}
		h := w.Header()
		if h.Get("Set-Cookie") != "" || h.Get("Cache-Control") != "no-store" || h.Get("X-Request-ID") != "rid-1" {
			t.Errorf("headers %v", h)
		}
		entry := line(t, &out)
		at, _ := entry["at"].(string)
		if entry["panic"] != "boom" || entry["request_id"] != "rid-1" || !strings.Contains(at, "response_test.go") {
			t.Errorf("log %v", entry)
		}
	})
	t.Run("a panic after a part of the response breaks the connection off", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		_, passed := serve(&out, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("part"))
			panic("boom")
		})
		if passed != http.ErrAbortHandler || line(t, &out)["panic"] != "boom" {
			t.Errorf("panic %v, log %s", passed, &out)
		}
	})
	t.Run("ErrAbortHandler passes in silence", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		if _, passed := serve(&out, abort); passed != http.ErrAbortHandler || out.Len() != 0 {
			t.Errorf("panic %v, log %s", passed, &out)
		}
	})
}

func TestInformationalAnswersAreNotTheStatus(t *testing.T) {
	t.Parallel()
	rec := Record(httptest.NewRecorder())
	for _, status := range []int{http.StatusEarlyHints, http.StatusCreated, http.StatusBadGateway} {
		rec.WriteHeader(status)
	}
	if rec.Status != http.StatusCreated {
		t.Errorf("status %d", rec.Status)
	}
}

func TestTheWriterCanStreamAndBeUnwrapped(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, _ := do(&out, request(http.MethodGet, "/clients/1"), func(w http.ResponseWriter, _ *http.Request) {
		if _, ok := w.(http.Flusher); !ok {
			t.Error("no Flusher")
		}
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		if err := http.NewResponseController(w).SetWriteDeadline(noon()); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("SetWriteDeadline on a recorder: %v", err)
		}
	})
	if !w.Flushed || line(t, &out)["status"] != 200.0 {
		t.Errorf("flushed %v, log %s", w.Flushed, &out)
	}

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(Record(w)).SetWriteDeadline(time.Time{}); err != nil {
			t.Errorf("the server's writer is out of reach: %v", err)
		}
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	serve := func(surface Surface, https bool, handler http.HandlerFunc) http.Header {
		w := httptest.NewRecorder()
		SecurityHeaders(surface, https)(handler).ServeHTTP(w, request(http.MethodGet, "/"))
		return w.Result().Header
	}
	nothing := func(http.ResponseWriter, *http.Request) {}
	page := http.Header{
		"X-Content-Type-Options":    {"nosniff"},
		"Referrer-Policy":           {"no-referrer"},
		"X-Frame-Options":           {"DENY"},
		"Permissions-Policy":        {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		"Strict-Transport-Security": {"max-age=31536000"},
		"Content-Security-Policy": {"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
			"frame-ancestors 'none'; base-uri 'none'"},
	}
	if diff := cmp.Diff(page, serve(Page, true, nothing)); diff != "" {
		t.Error(diff)
	}
	api := http.Header{
		"X-Content-Type-Options": {"nosniff"}, "Referrer-Policy": {"no-referrer"},
		"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
	}
	if diff := cmp.Diff(api, serve(API, false, nothing)); diff != "" {
		t.Error(diff)
	}
	replaced := serve(Page, false, func(w http.ResponseWriter, _ *http.Request) {
		policy := w.Header().Get("Content-Security-Policy")
		policy = strings.Replace(policy, "form-action 'self'", "form-action 'self' https://app.example", 1)
		w.Header().Set("Content-Security-Policy", policy)
	})
	if got := replaced.Get("Content-Security-Policy"); !strings.Contains(got, "form-action 'self' https://app.example;") {
		t.Errorf("replaced policy %q", got)
	}
}
