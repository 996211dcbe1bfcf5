package outbound

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// Provider returns a transport for the calls to an identity provider, with the bounds of every other call. Unlike strangers, the
// operator may name hosts in a private network: those of the addresses that were given may be there, and spoken to as those
// say, with http or https. Nobody else who the provider refers to is.
func (c *Client) Provider(addresses ...string) http.RoundTripper {
	t := providerTransport{Client: c}
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			t.origins = append(t.origins, u.Scheme+"://"+u.Host)
		}
	}
	return t
}

type providerTransport struct {
	*Client
	origins []string
}

// RoundTrip implements http.RoundTripper. A redirect is an error: nothing behind it was named by anybody.
func (t providerTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	client := t.Client
	if slices.Contains(t.origins, request.URL.Scheme+"://"+request.URL.Host) {
		client = client.named
	}
	if err := client.check(request.URL); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(request.Context(), timeout)
	request = request.Clone(ctx)
	request.Header.Set("User-Agent", userAgent)
	response, err := client.http.Transport.RoundTrip(request)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("call identity provider: %w", err)
	}
	if response.StatusCode >= http.StatusMultipleChoices && response.StatusCode < http.StatusBadRequest {
		_ = response.Body.Close()
		cancel()
		return nil, fmt.Errorf("call identity provider: status %d", response.StatusCode)
	}
	response.Body = &boundedBody{ReadCloser: response.Body, left: maxBytes, cancel: cancel}
	return response, nil
}

// boundedBody fails when there is more than maxBytes, and ends the call when it is closed.
type boundedBody struct {
	io.ReadCloser
	left   int
	cancel context.CancelFunc
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fmt.Errorf("more than %d bytes", maxBytes)
	}
	return n, err
}

// Close implements io.Closer.
func (b *boundedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}
