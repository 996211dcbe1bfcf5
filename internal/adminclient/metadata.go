package adminclient

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// The bounds of a call: a page of a list takes less than a second, and has at most 100 objects.
const (
	timeout      = 60 * time.Second
	maximumBytes = 32 << 20
)

// newTransport makes the client of one process. It follows no redirect: a token goes where the operator said and nowhere else.
func newTransport() *http.Client {
	return &http.Client{Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// metadata is what a server says of itself (RFC 8414 §2).
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Device        string   `json:"device_authorization_endpoint"`
	Revocation    string   `json:"revocation_endpoint"`
	Scopes        []string `json:"scopes_supported"`
}

// discover reads the metadata of a server (RFC 8414 §3). The issuer must be the one that was asked (§3.3).
func discover(ctx context.Context, transport *http.Client, server string) (metadata, error) {
	var m metadata
	if err := fetch(ctx, transport, server, "/.well-known/oauth-authorization-server", &m); err != nil {
		return metadata{}, err
	}
	if m.Issuer != server {
		return metadata{}, Faultf(Usage, "Use that address.", "%s says that it is %s.", server, m.Issuer)
	}
	if m.Authorization == "" || m.Token == "" || m.Revocation == "" {
		return metadata{}, Faultf(Usage, "Look at the address.", "%s is no server that one can sign in to.", server)
	}
	return m, nil
}

// administration returns the scopes of administration that the server has (RFC 9728 §2).
func administration(ctx context.Context, transport *http.Client, server string) ([]string, error) {
	var m metadata
	if err := fetch(ctx, transport, server, "/.well-known/oauth-protected-resource", &m); err != nil {
		return nil, err
	}
	var scopes []string
	for _, s := range m.Scopes {
		if strings.HasPrefix(s, "admin:") {
			scopes = append(scopes, s)
		}
	}
	if len(scopes) == 0 {
		return nil, Faultf(Usage, "Look at the address.", "%s has no admin API.", server)
	}
	return scopes, nil
}

func fetch(ctx context.Context, transport *http.Client, server, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+path, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", server, err)
	}
	response, err := transport.Do(request)
	if err != nil {
		return unreachable(server, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, maximumBytes))
	if err != nil {
		return unreachable(server, err)
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return unreachable(server, fmt.Errorf("status %d", response.StatusCode))
	}
	if response.StatusCode != http.StatusOK || json.Unmarshal(body, into) != nil {
		return Faultf(Usage, "Look at the address.", "%s%s is no metadata of an authorization server.", server, path)
	}
	return nil
}

// config is the client of a profile as the library of OAuth wants it.
func (p Profile) config(m metadata, redirectURI string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, RedirectURL: redirectURI, Scopes: p.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL: m.Authorization, TokenURL: m.Token, DeviceAuthURL: m.Device, AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}
