package adminclient

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Operation is one of the admin API.
type Operation struct {
	Document       string
	Variables      map[string]any
	IdempotencyKey string // of a mutation; empty: none
}

// answered is the body of a response.
type answered struct {
	Data       map[string]any `json:"data"`
	Errors     []refusal      `json:"errors"`
	Extensions struct {
		Replay bool `json:"idempotentReplay"`
	} `json:"extensions"`
}

// refusal is a GraphQL error (October 2021 §7.1.2) with what this API adds.
type refusal struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code      string   `json:"code"`
		RequestID string   `json:"requestId"`
		ACRValues []string `json:"acrValues"`
		MaxAge    *int     `json:"maxAge"`
	} `json:"extensions"`
}

// Result is what an operation has brought. With an error it holds what came in spite of it, or nothing.
type Result struct {
	Data   map[string]any // numbers are json.Number
	Replay bool           // the mutation had happened before, with the same key
}

// patience is how often a client waits that asks too much before it gives up.
const patience = 100

// Do runs an operation. A token that has ended is renewed once; a server that wants the client to wait is obeyed. Nothing is
// sent twice that could have happened.
func (c *Client) Do(ctx context.Context, o Operation) (Result, error) {
	body, err := json.Marshal(map[string]any{"query": o.Document, "variables": o.Variables})
	if err != nil {
		return Result{}, fmt.Errorf("write the operation: %w", err)
	}
	refused := ""
	for range patience {
		token, err := c.accessToken(ctx, refused)
		if err != nil {
			return Result{}, err
		}
		status, header, a, err := c.send(ctx, token, body, o.IdempotencyKey)
		switch {
		case err != nil:
			return Result{}, err
		case status == http.StatusUnauthorized && refused == "" && !a.wantsSignIn():
			refused = token
			continue
		case status == http.StatusTooManyRequests:
			if err := c.wait(ctx, header); err != nil {
				return Result{}, err
			}
			continue
		}
		return Result{Data: a.Data, Replay: a.Extensions.Replay}, c.fault(status, a)
	}
	return Result{}, Faultf(Unreachable, "Try again later.", "The server wants this client to wait for ever.")
}

// wait waits as long as the server says (RFC 9110 §10.2.3).
func (c *Client) wait(ctx context.Context, header http.Header) error {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		seconds = 1
	}
	pause := min(time.Duration(seconds)*time.Second, timeout)
	if c.Waiting != nil {
		c.Waiting(pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return Faultf(Refused, "", "Interrupted while the server wanted this client to wait.")
	case <-timer.C:
		return nil
	}
}

func (c *Client) send(ctx context.Context, token string, body []byte, key string) (int, http.Header, answered, error) {
	var a answered
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Server+"/graphql", bytes.NewReader(body))
	if err != nil {
		return 0, nil, a, fmt.Errorf("ask the admin API: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/graphql-response+json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	response, err := c.transport.Do(request)
	if err != nil {
		return 0, nil, a, unreachable(c.Server, err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, maximumBytes))
	if err != nil {
		return 0, nil, a, unreachable(c.Server, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(&a); err != nil && response.StatusCode < http.StatusBadRequest {
		return 0, nil, a, unreachable(c.Server, fmt.Errorf("its response is no JSON: %w", err))
	}
	return response.StatusCode, response.Header, a, nil
}

func (a answered) wantsSignIn() bool {
	return len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "INSUFFICIENT_USER_AUTHENTICATION"
}

// fault says what the API has refused; nil: nothing.
func (c *Client) fault(status int, a answered) error {
	if len(a.Errors) == 0 {
		switch {
		case status == http.StatusForbidden:
			return Faultf(NotAllowed, "Ask the operator for AUTHLY_ADMIN_ALLOWED_CIDRS.", "%s does not let this machine administer it.", c.Server)
		case status == http.StatusUnauthorized:
			return c.errSignIn(nil)
		case status >= http.StatusBadRequest:
			return unreachable(c.Server, fmt.Errorf("status %d", status))
		}
		return nil
	}
	first := a.Errors[0]
	e := &Error{Kind: Refused, Code: first.Extensions.Code, Message: first.Message}
	switch code := first.Extensions.Code; {
	case a.wantsSignIn():
		e.Kind, e.Remedy = NotAllowed, c.signInAnew(first)
	case status == http.StatusUnauthorized || code == "UNAUTHORIZED" || code == "TOKEN_INVALID" || code == "TOKEN_EXPIRED":
		return c.errSignIn(e)
	case code == "INSUFFICIENT_PRIVILEGES":
		e.Kind, e.Remedy = NotAllowed, "authly admin whoami shows what this sign-in may do."
	case code == "SERVICE_UNAVAILABLE" || code == "DEADLINE_EXCEEDED" || code == "INTERNAL_ERROR":
		e.Kind = Unreachable
		e.Remedy = "Try again. The log of the server says more about the request " + first.Extensions.RequestID + "."
	case code == "GRAPHQL_VALIDATION_FAILED" || code == "GRAPHQL_PARSE_FAILED":
		e.Remedy = "The server is of another version than this command line: use the one that came with it."
	}
	if at := path(first.Path); at != "" {
		e.Message = at + ": " + e.Message
	}
	return e
}

// signInAnew is the command that satisfies a step-up challenge (RFC 9470 §3).
func (c *Client) signInAnew(r refusal) string {
	text := "Run authly admin login " + c.Server + " --as " + c.Name
	if r.Extensions.MaxAge != nil {
		text += " --max-age " + strconv.Itoa(*r.Extensions.MaxAge)
	}
	if len(r.Extensions.ACRValues) > 0 {
		text += " --acr " + strings.Join(r.Extensions.ACRValues, ",")
	}
	return text + ", and try again."
}

// path writes the path of an error as the API does: words with dots.
func path(parts []any) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = fmt.Sprint(p)
	}
	return strings.Join(words, ".")
}

// notAllowed are codes of rights in userErrors.
var notAllowed = map[string]bool{
	"INSUFFICIENT_PRIVILEGES": true, "UNAUTHORIZED": true, "SELF_ADMIN_REVOKE_DENIED": true, "LAST_ADMIN_PROTECTION": true,
}

// UserErrors makes an error of the userErrors of a payload; nil when there are none.
func UserErrors(payload map[string]any) error {
	list, _ := payload["userErrors"].([]any)
	if len(list) == 0 {
		return nil
	}
	var lines []string
	e := &Error{Kind: Refused}
	for _, item := range list {
		fault, _ := item.(map[string]any)
		code, _ := fault["code"].(string)
		message, _ := fault["message"].(string)
		parts, _ := fault["path"].([]any)
		switch {
		case strings.HasSuffix(code, "_NOT_FOUND"):
			e.Kind = NotFound
		case notAllowed[code]:
			e.Kind, e.Remedy = NotAllowed, "authly admin whoami shows what this sign-in may do."
		case code == "VERSION_CONFLICT":
			e.Remedy = fmt.Sprintf("Somebody else was faster: look at it again, and give --expected-version %v.", fault["currentVersion"])
		}
		at := strings.TrimPrefix(path(parts), "input.")
		lines = append(lines, code+label(at)+": "+message)
	}
	e.Message = strings.Join(lines, "\n")
	return e
}

func label(at string) string {
	if at == "" || at == "input" {
		return ""
	}
	return " " + at
}
