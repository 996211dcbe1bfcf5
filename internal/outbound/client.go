package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of one call.
const (
	timeout  = 5 * time.Second
	maxBytes = 256 << 10
)

const userAgent = "Authly"

// ErrForbiddenAddress reports an address that must not be called.
var ErrForbiddenAddress = errors.New("the address may not be called")

// Client calls foreign addresses.
type Client struct {
	http    *http.Client
	private bool
	named   *Client // for hosts that the operator has named
}

// New returns a Client. allowPrivate lets it reach private and loopback addresses, and plain http: for tests and for
// installations whose applications live in a private network.
func New(allowPrivate bool) *Client {
	c := newClient(newDialer(allowPrivate), allowPrivate)
	if c.named = c; !allowPrivate {
		c.named = newClient(newDialer(true), true)
	}
	return c
}

func newDialer(allowPrivate bool) *net.Dialer {
	allowed := publicOnly
	if allowPrivate {
		allowed = privateToo
	}
	return &net.Dialer{Timeout: timeout, Control: allowed.control}
}

func newClient(dialer *net.Dialer, allowPrivate bool) *Client {
	transport := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout, MaxResponseHeaderBytes: 16 << 10,
		Proxy: nil, // a proxy would resolve the name itself
	}
	return &Client{private: allowPrivate, http: &http.Client{
		Transport: transport, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// GetJSON fetches a document. A status other than 200 and a body over 256 KiB are errors.
func (c *Client) GetJSON(ctx context.Context, address string) ([]byte, error) {
	return c.get(ctx, address, "application/json")
}

// GetStatement is GetJSON for a statement about an entity (OpenID Federation 1.0 §8.1.2).
func (c *Client) GetStatement(ctx context.Context, address string) ([]byte, error) {
	return c.get(ctx, address, "application/entity-statement+jwt")
}

// GetImage is GetJSON for a picture.
func (c *Client) GetImage(ctx context.Context, address string) ([]byte, error) {
	return c.get(ctx, address, "image/png, image/jpeg, image/webp, image/gif")
}

func (c *Client) get(ctx context.Context, address, accept string) ([]byte, error) {
	request, err := c.request(ctx, http.MethodGet, address, "")
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", accept)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get: status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	if len(body) > maxBytes {
		return nil, fmt.Errorf("get: more than %d bytes", maxBytes)
	}
	return body, nil
}

// PostForm sends a form. A status of 400 and above is an error, and so is a redirect.
func (c *Client) PostForm(ctx context.Context, address string, values url.Values) error {
	request, err := c.request(ctx, http.MethodPost, address, values.Encode())
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("post: status %d", response.StatusCode)
	}
	return nil
}

// PostJSON sends a document with a bearer token. Only a status that may be a moment's fault, 429 and from 500 on, is an error.
func (c *Client) PostJSON(ctx context.Context, address, token string, body []byte) error {
	request, err := c.request(ctx, http.MethodPost, address, string(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := c.http.Do(request)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	defer response.Body.Close()
	if s := response.StatusCode; s == http.StatusTooManyRequests || s >= http.StatusInternalServerError {
		return fmt.Errorf("post: status %d", s)
	}
	return nil
}

// maxReply is how much is read of what somebody replies to a push, in bytes.
const maxReply = 4 << 10

// Push posts a body of a media type, with a header Authorization unless that is empty, and returns the status and the start of what comes
// back.
func (c *Client) Push(ctx context.Context, address, media, authorization, body string) (status int, reply []byte, err error) {
	request, err := c.request(ctx, http.MethodPost, address, body)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", media)
	request.Header.Set("Accept", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("push: %w", err)
	}
	defer response.Body.Close()
	reply, err = io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return 0, nil, fmt.Errorf("push: %w", err)
	}
	return response.StatusCode, reply, nil
}

func (c *Client) request(ctx context.Context, method, address, body string) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, ErrForbiddenAddress
	}
	if err := c.check(u); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.ToLower(method), err)
	}
	request.Header.Set("User-Agent", userAgent)
	return request, nil
}

// check refuses what is no address of a host, or would be spoken to without encryption where that is not allowed.
func (c *Client) check(u *url.URL) error {
	if u.Host == "" || u.User != nil || u.Scheme != "https" && !(c.private && u.Scheme == "http") {
		return ErrForbiddenAddress
	}
	return nil
}
