package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The paths that are measured.
const (
	pathDiscovery  = "/.well-known/openid-configuration"
	pathKeys       = "/.well-known/jwks.json"
	pathAuthorize  = "/api/v1/oauth/authorize"
	pathToken      = "/api/v1/oauth/token"
	pathPush       = "/api/v1/oauth/par"
	pathDevice     = "/api/v1/oauth/device_authorization"
	pathIntrospect = "/api/v1/oauth/introspect"
	pathRevoke     = "/api/v1/oauth/revoke"
	pathUserInfo   = "/oidc/userinfo"
	pathGraphQL    = "/graphql"
)

// connection is one keep-alive connection, with the browser and the tokens of one person.
type connection struct {
	client *http.Client
	base   string
	cookie string // of the session, as name=value
	tokens tokens

	grouped tokens // for a client that is told of groups
}

// tokens are the answer of the token endpoint.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

func newConnection(base string) *connection {
	return &connection{base: base, client: &http.Client{
		Transport:     &http.Transport{MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}}
}

// answer is what a scenario looks at.
type answer struct {
	header http.Header
	body   []byte
}

func (c *connection) get(ctx context.Context, path string, header map[string]string, status int) (answer, error) {
	return c.send(ctx, http.MethodGet, path, "", header, status)
}

// form posts values, as the client with the id unless that is empty.
func (c *connection) form(ctx context.Context, path, id string, values url.Values, header map[string]string, status int) (answer, error) {
	all := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if id != "" {
		all["Authorization"] = basic(id)
	}
	for name, value := range header {
		all[name] = value
	}
	return c.send(ctx, http.MethodPost, path, values.Encode(), all, status)
}

// send sends a request and reads the whole answer. path may be a whole URL. Any other status than the expected one is
// an error.
func (c *connection) send(ctx context.Context, method, path, body string, header map[string]string, status int) (answer, error) {
	address := path
	if strings.HasPrefix(path, "/") {
		address = c.base + path
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("make a request: %w", err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := c.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, fmt.Errorf("read the answer of %s: %w", request.URL.Path, err)
	}
	if response.StatusCode != status {
		return answer{}, fmt.Errorf("%s: status %d, want %d: %.300s", request.URL.Path, response.StatusCode, status, text)
	}
	return answer{header: response.Header, body: text}, nil
}

// token asks the token endpoint.
func (c *connection) token(ctx context.Context, id string, values url.Values) (tokens, error) {
	a, err := c.form(ctx, pathToken, id, values, nil, http.StatusOK)
	if err != nil {
		return tokens{}, err
	}
	var t tokens
	if err := json.Unmarshal(a.body, &t); err != nil {
		return tokens{}, fmt.Errorf("read tokens: %w", err)
	}
	return t, nil
}

// query sends a GraphQL document and reads data into what to points at. An answer with errors is one.
func (c *connection) query(ctx context.Context, token, document string, variables map[string]any, to any) error {
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	if err != nil {
		return fmt.Errorf("write variables: %w", err)
	}
	a, err := c.send(ctx, http.MethodPost, pathGraphQL, string(body), map[string]string{
		"Content-Type": "application/json", "Accept": "application/graphql-response+json", "Authorization": "Bearer " + token,
	}, http.StatusOK)
	if err != nil {
		return err
	}
	var whole struct {
		Data   json.RawMessage   `json:"data"`
		Errors []json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(a.body, &whole); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(whole.Errors) > 0 {
		return fmt.Errorf("errors in the answer: %s", whole.Errors[0])
	}
	if err := json.Unmarshal(whole.Data, to); err != nil {
		return fmt.Errorf("read data: %w", err)
	}
	return nil
}
