package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// devices is how many devices there are that wait for somebody.
const devices = 1200

// oauthScenarios are the costs of what comes on top of the plain grants: a proof of possession, a pushed request, a device that waits.
func (w *world) oauthScenarios() []scenario {
	proving := sync.OnceValues(newProver)
	var mu sync.Mutex
	var codes []string
	return []scenario{
		{
			name: "client_credentials_dpop", title: "client credentials with a DPoP proof, each another", operations: 10000, warmUp: 500,
			do: func(ctx context.Context, c *connection, _ int) error {
				p, err := proving()
				if err != nil {
					return err
				}
				proof, err := p.proof(http.MethodPost, c.base+pathToken)
				if err != nil {
					return err
				}
				values := url.Values{"grant_type": {"client_credentials"}, "scope": {"reports"}}
				a, err := c.form(ctx, pathToken, robotClient, values, map[string]string{"DPoP": proof}, http.StatusOK)
				if err == nil && !bytes.Contains(a.body, []byte(`"token_type":"DPoP"`)) {
					err = errors.New("the token is not bound")
				}
				return err
			},
		},
		{
			name: "pushed", title: "pushed request, session exists, `prompt=none` (3 requests)", operations: 2000, warmUp: 200,
			do: func(ctx context.Context, c *connection, _ int) error { return c.pushing(ctx) },
		},
		{
			name: "device", title: "a device asks for a code", operations: devices - 200, warmUp: 200,
			do: func(ctx context.Context, c *connection, _ int) error {
				a, err := c.form(ctx, pathDevice, webClient, url.Values{"scope": {"openid"}}, nil, http.StatusOK)
				if err != nil {
					return err
				}
				var begun struct {
					DeviceCode string `json:"device_code"`
				}
				if err := json.Unmarshal(a.body, &begun); err != nil {
					return fmt.Errorf("read device code: %w", err)
				}
				mu.Lock()
				defer mu.Unlock()
				codes = append(codes, begun.DeviceCode)
				return nil
			},
		},
		{
			name: "device_pending", title: "a device asks whether somebody has allowed it: nobody has", operations: devices - 200, warmUp: 200,
			do: func(ctx context.Context, c *connection, n int) error {
				if n >= len(codes) {
					return errors.New("there is no device left: the scenario device makes them")
				}
				a, err := c.form(ctx, pathToken, webClient, url.Values{
					"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {codes[n]},
				}, nil, http.StatusBadRequest)
				if err == nil && !bytes.Contains(a.body, []byte("authorization_pending")) {
					err = fmt.Errorf("not pending: %s", a.body)
				}
				return err
			},
		},
	}
}

// pushing signs the person of the session in by a request that is pushed first: 3 requests.
func (c *connection) pushing(ctx context.Context) error {
	_, query, _ := strings.Cut(authorizeQuery(webClient, "none"), "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	a, err := c.form(ctx, pathPush, webClient, values, nil, http.StatusCreated)
	if err != nil {
		return err
	}
	var pushed struct {
		RequestURI string `json:"request_uri"`
	}
	if err := json.Unmarshal(a.body, &pushed); err != nil {
		return fmt.Errorf("read request_uri: %w", err)
	}
	next, _, err := c.browse(ctx, pathAuthorize+"?"+url.Values{"client_id": {webClient}, "request_uri": {pushed.RequestURI}}.Encode(), nil)
	if err != nil {
		return err
	}
	_, err = c.exchange(ctx, webClient, next)
	return err
}

// prover makes proofs of possession of one key (RFC 9449 §4.2).
type prover struct {
	key *ecdsa.PrivateKey
	jwk map[string]string
}

func newProver() (prover, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return prover{}, fmt.Errorf("make a key: %w", err)
	}
	point, err := key.PublicKey.Bytes() // 0x04, x, y
	if err != nil {
		return prover{}, fmt.Errorf("write a key: %w", err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return prover{key, map[string]string{"kty": "EC", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])}}, nil
}

func (p prover) proof(method, address string) (string, error) {
	var parts [2]string
	for i, part := range []map[string]any{
		{"typ": "dpop+jwt", "alg": "ES256", "jwk": p.jwk},
		{"jti": rand.Text(), "htm": method, "htu": address, "iat": time.Now().Unix()},
	} {
		text, err := json.Marshal(part)
		if err != nil {
			return "", fmt.Errorf("write a proof: %w", err)
		}
		parts[i] = base64.RawURLEncoding.EncodeToString(text)
	}
	input := parts[0] + "." + parts[1]
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign a proof: %w", err)
	}
	signature := make([]byte, 64) // the two numbers one after the other (RFC 7518 §3.4)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
