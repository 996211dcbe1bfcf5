package adminclient

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// signInTime is how long a person may take.
const signInTime = 10 * time.Minute

// Login is how to sign in.
type Login struct {
	Folder  Folder
	Profile Named
	Device  bool // on another device (RFC 8628)
	MaxAge  int  // seconds; a sign-in that is older counts for nothing, so that the person signs in anew; negative: any age
	ACR     []string
	Now     func() time.Time
	Lookup  func(string) (string, bool)           // a variable of the environment
	Browse  func(address string) (shown bool)     // shows an address in the browser of the person
	Prompt  func(address, code string, open bool) // says where to go, with which code; open: the browser is there
}

// Run signs in, and stores the profile and its tokens once it has them.
func (l Login) Run(ctx context.Context) (Named, error) {
	n, transport := l.Profile, newTransport()
	m, err := discover(ctx, transport, n.Server)
	if err != nil {
		return Named{}, err
	}
	if len(n.Scopes) == 0 {
		if n.Scopes, err = administration(ctx, transport, n.Server); err != nil {
			return Named{}, err
		}
	}
	if !n.Service() && !slices.Contains(n.Scopes, "openid") {
		n.Scopes = append([]string{"openid"}, n.Scopes...)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, transport), signInTime)
	defer cancel()
	var t *oauth2.Token
	switch {
	case n.Service():
		t, err = n.authenticate(ctx, m, l.Lookup, l.Now())
	case l.Device:
		t, err = l.onDevice(ctx, n, m)
	default:
		t, err = l.inBrowser(ctx, n, m)
	}
	if err != nil {
		return Named{}, err
	}
	granted, told := t.Extra("scope").(string)
	if n.Granted = n.Scopes; told { // RFC 6749 §5.1: it is left out when it is what was asked for
		n.Granted = strings.Fields(granted)
	}
	unlock, err := l.Folder.lock(tokenFile(n.Name))
	if err != nil {
		return Named{}, err
	}
	defer unlock()
	if err := l.Folder.storeTokens(&n, t); err != nil {
		return Named{}, err
	}
	return n, l.Folder.save(n)
}

// options are the parameters that demand more of a sign-in (OpenID Connect Core §3.1.2.1).
func (l Login) options() []oauth2.AuthCodeOption {
	var list []oauth2.AuthCodeOption
	if l.MaxAge >= 0 {
		list = append(list, oauth2.SetAuthURLParam("max_age", strconv.Itoa(l.MaxAge)))
	}
	if len(l.ACR) > 0 {
		list = append(list, oauth2.SetAuthURLParam("acr_values", strings.Join(l.ACR, " ")))
	}
	return list
}

// answer is what the authorization endpoint has sent to the loopback address.
type answer struct{ code, refusal, description string }

// inBrowser is the authorization code grant with PKCE and a loopback redirect (RFC 8252 §7.3).
func (l Login) inBrowser(ctx context.Context, n Named, m metadata) (*oauth2.Token, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, Faultf(Refused, "Sign in with --device.", "No port of the loopback is free: %v.", plain(err))
	}
	config := n.config(m, "http://"+listener.Addr().String()+"/callback")
	verifier, state := oauth2.GenerateVerifier(), rand.Text()
	answers := make(chan answer, 1)
	server := &http.Server{Handler: callback(state, n.Server, answers), ReadHeaderTimeout: timeout}
	go func() { _ = server.Serve(listener) }()
	defer func() { // the person is to see the page that says that all is well
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	}()
	address := config.AuthCodeURL(state, append(l.options(), oauth2.S256ChallengeOption(verifier))...)
	l.Prompt(address, "", l.Browse(address))
	select {
	case <-ctx.Done():
		return nil, ended(ctx)
	case a := <-answers:
		if a.refusal != "" {
			return nil, &Error{Kind: NotAllowed, Code: a.refusal, Message: cmp.Or(a.description, "The server refused to sign you in.")}
		}
		t, err := config.Exchange(ctx, a.code, oauth2.VerifierOption(verifier))
		return t, asFault(n.Server, err)
	}
}

// callback takes the first answer with the state. Any page of the machine can send others: they change nothing.
func callback(state, issuer string, answers chan<- answer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		// RFC 9207 §2.4: the answer of another server is none.
		if query.Get("state") != state || query.Get("iss") != "" && query.Get("iss") != issuer {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintln(w, "This sign-in was not started here, or is over.")
			return
		}
		a := answer{code: query.Get("code"), refusal: query.Get("error"), description: query.Get("error_description")}
		select {
		case answers <- a:
		default: // the first one counts
		}
		if a.refusal != "" {
			fmt.Fprintln(w, "You are not signed in. The command line says why.")
			return
		}
		fmt.Fprintln(w, "You are signed in. Go back to the command line; this window may be closed.")
	})
	return mux
}

// onDevice is the device authorization grant (RFC 8628).
func (l Login) onDevice(ctx context.Context, n Named, m metadata) (*oauth2.Token, error) {
	if m.Device == "" {
		return nil, Faultf(Refused, "Sign in without --device.", "%s lets nobody sign in on another device.", n.Server)
	}
	config := n.config(m, "")
	device, err := config.DeviceAuth(ctx, l.options()...)
	if err != nil {
		return nil, asFault(n.Server, err)
	}
	l.Prompt(device.VerificationURI, device.UserCode, false)
	t, err := config.DeviceAccessToken(ctx, device)
	if err != nil && ctx.Err() != nil {
		return nil, ended(ctx)
	}
	return t, asFault(n.Server, err)
}

// ended says why a sign-in ended without an answer.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return Faultf(NotAllowed, "Run authly admin login again.", "Nobody has signed in for %s.", signInTime)
	}
	return Faultf(Refused, "", "Interrupted: you are not signed in.")
}

// asFault says what an endpoint of OAuth has refused (RFC 6749 §5.2).
func asFault(server string, err error) error {
	if err == nil {
		return nil
	}
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		var transport *url.Error
		if errors.As(err, &transport) {
			return unreachable(server, err)
		}
		return &Error{Kind: Refused, Message: "No tokens were given: " + err.Error(), err: err}
	}
	fault := &Error{
		Kind: NotAllowed, Code: refusal.ErrorCode, Message: cmp.Or(refusal.ErrorDescription, "The server gave no tokens."), err: err,
	}
	if refusal.Response.StatusCode >= http.StatusInternalServerError || refusal.Response.StatusCode == http.StatusTooManyRequests {
		fault.Kind, fault.Remedy = Unreachable, "Try again in a moment."
	}
	return fault
}
