package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// grants is how many silent sign-ins there are; each makes a live grant, for the scenarios of introspection and
// revocation after it.
const grants = 2200

var errNotLive = errors.New("the token is not live")

// grant returns the tokens of one of them.
func (w *world) grant(n int) (tokens, error) {
	if n >= len(w.live) {
		return tokens{}, errors.New("there is no live grant left: the scenario sign_in_silent makes them")
	}
	return w.live[n], nil
}

func (w *world) protocolScenarios() []scenario {
	var mu sync.Mutex
	introspect := func(ctx context.Context, c *connection, token string) error {
		a, err := c.form(ctx, pathIntrospect, webClient, url.Values{"token": {token}}, nil, http.StatusOK)
		if err == nil && !bytes.Contains(a.body, []byte(`"active":true`)) {
			err = errNotLive
		}
		return err
	}
	revoke := func(ctx context.Context, c *connection, token string) error {
		_, err := c.form(ctx, pathRevoke, webClient, url.Values{"token": {token}}, nil, http.StatusOK)
		return err
	}
	return []scenario{
		{
			name: "discovery", title: "discovery and key set (2 requests)", operations: 8000, warmUp: 500,
			do: func(ctx context.Context, c *connection, _ int) error {
				if _, err := c.get(ctx, pathDiscovery, nil, http.StatusOK); err != nil {
					return err
				}
				_, err := c.get(ctx, pathKeys, nil, http.StatusOK)
				return err
			},
		},
		{
			name: "client_credentials", title: "client credentials, JWT ES256", operations: 8000, warmUp: 500,
			do: func(ctx context.Context, c *connection, _ int) error {
				_, err := c.token(ctx, robotClient, url.Values{"grant_type": {"client_credentials"}, "scope": {"reports"}})
				return err
			},
		},
		{
			name: "sign_in_silent", title: "sign-in, session exists, `prompt=none` (2 requests)", operations: grants - 200, warmUp: 200,
			do: func(ctx context.Context, c *connection, _ int) error {
				t, err := c.silently(ctx, webClient)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				w.live = append(w.live, t)
				return nil
			},
		},
		{
			name: "sign_in_page", title: "sign-in without the password hash: consent page instead (5 requests)", operations: 1000, warmUp: 100,
			do: func(ctx context.Context, c *connection, _ int) error { return c.askingConsent(ctx) },
		},
		{
			name: "refresh", title: "refresh with rotation, ES256 ID token", operations: 4000, warmUp: 300,
			do: func(ctx context.Context, c *connection, _ int) error {
				t, err := c.token(ctx, webClient, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.tokens.Refresh}})
				if err != nil {
					return err
				}
				if t.ID == "" || t.Refresh == c.tokens.Refresh {
					return errors.New("no ID token, or no new refresh token")
				}
				c.tokens = t
				return nil
			},
		},
		{
			name: "refresh_groups", title: "refresh with 50 groups in both tokens", operations: 1000, warmUp: 100,
			do: func(ctx context.Context, c *connection, _ int) error {
				t, err := c.token(ctx, groupsClient, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.grouped.Refresh}})
				if err != nil {
					return err
				}
				for _, token := range []string{t.Access, t.ID} {
					if n, err := groupsIn(token); err != nil || n != teams+1 {
						return errors.Join(err, fmt.Errorf("%d groups in a token, want %d", n, teams+1))
					}
				}
				c.grouped = t
				return nil
			},
		},
		{
			name: "introspection", title: "introspection, 16 live tokens again and again", operations: 8000, warmUp: 500,
			do: func(ctx context.Context, c *connection, _ int) error { return introspect(ctx, c, c.tokens.Access) },
		},
		{
			name: "introspection_first", title: "introspection, each token for the first time", operations: grants - 200, warmUp: 200,
			do: func(ctx context.Context, c *connection, n int) error {
				t, err := w.grant(n)
				if err != nil {
					return err
				}
				return introspect(ctx, c, t.Access)
			},
		},
		{
			name: "userinfo", title: "UserInfo, 16 live tokens again and again", operations: 8000, warmUp: 500,
			do: func(ctx context.Context, c *connection, _ int) error {
				_, err := c.get(ctx, pathUserInfo, map[string]string{"Authorization": "Bearer " + c.tokens.Access}, http.StatusOK)
				return err
			},
		},
		{
			name: "revocation", title: "revocation of a live refresh token", operations: grants/2 - 100, warmUp: 100,
			do: func(ctx context.Context, c *connection, n int) error {
				t, err := w.grant(n)
				if err != nil {
					return err
				}
				return revoke(ctx, c, t.Refresh)
			},
		},
		{
			name: "revocation_access", title: "revocation of a live access token", operations: grants/2 - 100, warmUp: 100,
			do: func(ctx context.Context, c *connection, n int) error {
				return revoke(ctx, c, w.live[grants/2+n].Access)
			},
		},
	}
}

// groupsIn counts the groups that a token tells of.
func groupsIn(token string) (int, error) {
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return 0, fmt.Errorf("read a token: %w", err)
	}
	var claims struct{ Groups []string }
	err = json.Unmarshal(text, &claims)
	return len(claims.Groups), err
}
