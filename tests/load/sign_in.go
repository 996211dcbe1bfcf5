package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const verifier = "a-pkce-verifier-of-more-than-forty-three-characters-01"

// scopesOf are what the clients ask for.
var scopesOf = map[string]string{webClient: "openid profile email offline_access", groupsClient: "openid offline_access groups"}

// authorizeQuery is the authorization request of a client, with prompt unless that is empty.
func authorizeQuery(client, prompt string) string {
	challenge := sha256.Sum256([]byte(verifier))
	values := url.Values{
		"response_type": {"code"}, "client_id": {client}, "redirect_uri": {callback}, "scope": {scopesOf[client]},
		"state": {"state-of-the-load-run"}, "nonce": {"nonce-of-the-load-run"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}
	if prompt != "" {
		values.Set("prompt", prompt)
	}
	return pathAuthorize + "?" + values.Encode()
}

// browse sends a request as a browser with the session cookie does, and returns where it is redirected to.
func (c *connection) browse(ctx context.Context, path string, form url.Values) (next string, a answer, err error) {
	header := map[string]string{"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
	if c.cookie != "" {
		header["Cookie"] = c.cookie
	}
	if form == nil {
		a, err = c.get(ctx, path, header, http.StatusSeeOther)
	} else {
		a, err = c.form(ctx, path, "", form, header, http.StatusSeeOther)
	}
	if err != nil {
		return "", a, err
	}
	return a.header.Get("Location"), a, nil
}

// page gets a page.
func (c *connection) page(ctx context.Context, path string) (string, error) {
	a, err := c.get(ctx, path, map[string]string{"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Cookie": c.cookie}, http.StatusOK)
	return string(a.body), err
}

// silently signs the person of the session in at a client: 2 requests, authorize and token. Nothing is asked.
func (c *connection) silently(ctx context.Context, client string) (tokens, error) {
	next, _, err := c.browse(ctx, authorizeQuery(client, "none"), nil)
	if err != nil {
		return tokens{}, err
	}
	return c.exchange(ctx, client, next)
}

// askingConsent signs the person of the session in at a client that asks for consent again: 5 requests, which are
// authorize, the page, its form, authorize and token. It is a whole sign-in with another page in the place of the
// password's.
func (c *connection) askingConsent(ctx context.Context) error {
	path, _, err := c.browse(ctx, authorizeQuery(webClient, "consent"), nil)
	if err != nil {
		return err
	}
	page, err := c.page(ctx, path)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(page, `name="session" value="`)
	session, _, ok := strings.Cut(rest, `"`)
	if !ok {
		return errors.New("the consent page has no session")
	}
	form, err := interaction(path)
	if err != nil {
		return err
	}
	form.Set("session", session)
	form.Set("decision", "approve")
	next, _, err := c.browse(ctx, path, form)
	if err != nil {
		return err
	}
	next, _, err = c.browse(ctx, next, nil)
	if err != nil {
		return err
	}
	_, err = c.exchange(ctx, webClient, next)
	return err
}

// signIn signs a person in with the password: 5 requests, which are authorize, the page, its form, authorize and token.
// The connection keeps the new session and the tokens.
func (c *connection) signIn(ctx context.Context, username string) error {
	c.cookie = ""
	path, _, err := c.browse(ctx, authorizeQuery(webClient, ""), nil)
	if err != nil {
		return err
	}
	if _, err := c.page(ctx, path); err != nil {
		return err
	}
	form, err := interaction(path)
	if err != nil {
		return err
	}
	form.Set("username", username)
	form.Set("password", seedPassword)
	next, a, err := c.browse(ctx, path, form)
	if err != nil {
		return err
	}
	c.cookie = cookies(a.header)
	next, _, err = c.browse(ctx, next, nil)
	if err != nil {
		return err
	}
	c.tokens, err = c.exchange(ctx, webClient, next)
	return err
}

// cookies returns what a browser sends back of an answer to a sign-in: the session, and the browser by which it is known again.
func cookies(header http.Header) string {
	var all []string
	for _, line := range header.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		if _, value, _ := strings.Cut(pair, "="); value != "" {
			all = append(all, pair)
		}
	}
	return strings.Join(all, "; ")
}

// interaction returns the hidden field that the forms of a page have.
func interaction(path string) (url.Values, error) {
	u, err := url.Parse(path)
	if err != nil || !u.Query().Has("interaction") {
		return nil, fmt.Errorf("no interaction: the browser was sent to %s", path)
	}
	return url.Values{"interaction": u.Query()["interaction"]}, nil
}

// exchange redeems the code of a callback.
func (c *connection) exchange(ctx context.Context, client, address string) (tokens, error) {
	u, err := url.Parse(address)
	if err != nil || u.Query().Get("code") == "" {
		return tokens{}, fmt.Errorf("no code: the browser was sent to %s", address)
	}
	t, err := c.token(ctx, client, url.Values{
		"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {callback}, "code_verifier": {verifier},
	})
	if err == nil && (t.ID == "" || t.Refresh == "") {
		err = errors.New("an ID token or refresh token is missing")
	}
	return t, err
}
