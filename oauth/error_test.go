package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestFromError(t *testing.T) {
	t.Parallel()
	const inside = `SQLSTATE 23505: relation "users" $argon2id$`
	hidden := errors.New(inside)
	of := func(kind identity.Kind, code identity.Code) error {
		return fmt.Errorf("do something: %w", identity.Errorf(kind, code, "A detail.").Because(hidden))
	}
	for name, test := range map[string]struct {
		err    error
		code   string
		status int
	}{
		"a protocol error":     {fmt.Errorf("x: %w", UnsupportedGrantType().Because(hidden)), "unsupported_grant_type", 400},
		"a bad grant":          {of(identity.Conflict, identity.CodeInvalidGrant), "invalid_grant", 400},
		"wrong credentials":    {of(identity.Unauthenticated, identity.CodeInvalidCredentials), "invalid_grant", 400},
		"a password to change": {of(identity.Forbidden, identity.CodePasswordChangeNeeded), "invalid_grant", 400},
		"an expired password":  {identity.ErrPasswordExpired, "invalid_grant", 400},
		"a bad scope":          {of(identity.Invalid, identity.CodeInvalidScope), "invalid_scope", 400},
		"a bad target":         {of(identity.Invalid, identity.CodeInvalidTarget), "invalid_target", 400},
		"a bad client":         {of(identity.Unauthenticated, identity.CodeInvalidClient), "invalid_client", 401},
		"an unknown client":    {of(identity.NotFound, identity.CodeClientNotFound), "invalid_client", 401},
		"forbidden":            {of(identity.Forbidden, identity.CodeForbidden), "access_denied", 403},
		"invalid":              {of(identity.Invalid, identity.CodeValidation), "invalid_request", 400},
		"not found":            {of(identity.NotFound, identity.CodeInteractionNotFound), "invalid_request", 400},
		"a conflict":           {of(identity.Conflict, identity.CodeDuplicateClient), "invalid_request", 400},
		"a version conflict":   {&identity.VersionConflictError{CurrentVersion: 3}, "invalid_request", 400},
		"a rate limit":         {of(identity.RateLimited, identity.CodeRateLimited), "temporarily_unavailable", 429},
		"unavailable":          {of(identity.Unavailable, identity.CodeUnavailable), "temporarily_unavailable", 503},
		"internal":             {of(identity.Internal, identity.CodeInternal), "server_error", 500},
		"an unclear kind":      {of(99, "SOMETHING_NEW"), "server_error", 500},
		"any other error":      {hidden, "server_error", 500},
		"a cancelled request":  {io.ErrUnexpectedEOF, "server_error", 500},
	} {
		got := FromError(test.err)
		if got.Code != test.code || got.Status != test.status {
			t.Errorf("%s: %s with %d", name, got.Code, got.Status)
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, TokenPath, nil)
		r = r.WithContext(identity.WithActor(r.Context(), identity.Actor{RequestID: "r-1"}))
		WriteError(w, r, slog.New(slog.DiscardHandler), "https://id.example.org", test.err)
		if w.Code != test.status || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: answered with %d and %v", name, w.Code, w.Header())
		}
		if body := w.Body.String(); strings.Contains(body, "SQLSTATE") || strings.Contains(body, "argon2") || strings.Contains(body, "do something") {
			t.Errorf("%s: the answer tells the cause: %s", name, body)
		}
		var body map[string]string
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body["error"] != test.code || body["error_description"] == "" {
			t.Errorf("%s: answered with %v, %v", name, body, err)
		}
		if (body["request_id"] == "r-1") != (test.status >= 500) {
			t.Errorf("%s: request id %q", name, body["request_id"])
		}
		if (w.Header().Get("WWW-Authenticate") == `Basic realm="https://id.example.org", charset="UTF-8"`) != (test.status == 401) {
			t.Errorf("%s: challenge %q", name, w.Header().Get("WWW-Authenticate"))
		}
		if (w.Header().Get("Retry-After") != "") != (got.Code == "temporarily_unavailable") {
			t.Errorf("%s: Retry-After %q", name, w.Header().Get("Retry-After"))
		}
		if test.status == 500 && body["error_description"] != "Internal error." {
			t.Errorf("%s: described as %q", name, body["error_description"])
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", 2 * time.Second: "2", time.Minute: "60"} {
		w := httptest.NewRecorder()
		err := identity.ErrUnavailable.Because(nil)
		err.RetryAfter = wait
		WriteError(w, httptest.NewRequest(http.MethodPost, TokenPath, nil), slog.New(slog.DiscardHandler), "x", err)
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%v: %q", wait, got)
		}
	}
}

func TestThatCausesReachTheLog(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	err := fmt.Errorf("find code: %w", errors.New("the disk is full"))
	WriteError(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, TokenPath, nil), slog.New(slog.NewTextHandler(&log, nil)), "x", err)
	if !strings.Contains(log.String(), "the disk is full") || !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged as %s", log.String())
	}
	if !errors.Is(FromError(err), err) {
		t.Error("the cause is lost")
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain text (1).": "plain text (1).", `a"b\c`: "a?b?c", "a\r\nb\x00": "a??b?", "é\u202e": "??", "\xff": "?", "~\x7f": "~?",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
