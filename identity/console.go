package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ConsoleClientID is the client_id of the built-in client of the admin console.
const ConsoleClientID = "authly-console"

// The times of the console.
const (
	ConsoleSessionTTL = 8 * time.Hour    // that a sign-in is good for at most
	ConsoleStepUpAge  = 10 * time.Minute // that a sign-in may have behind what is dangerous
	consoleSignInFor  = 15 * time.Minute // that somebody may take to sign in
)

// ErrConsoleSignIn refuses who comes back from a sign-in that their browser has not begun, or too long ago.
var ErrConsoleSignIn = &Error{
	Kind: Unauthenticated, Code: CodeLoginRequired, Detail: "This sign-in has expired or was begun in another browser.",
}

// Consoles signs administrators in to the admin console, in a browser that gets no token but in a cookie. A session of the console is
// an opaque access token of a built-in client: whatever ends a grant ends it.
type Consoles struct {
	clients  *ClientAuthentication
	grants   *Grants
	tokens   *Tokens
	source   Source
	keys     *Keyring
	settings *LiveSettings
	meter    *Meter
	usage    *ClientUsages
}

// consoleState is what a browser is in the middle of at the authorization endpoint. Nothing is stored of it: it is sealed into the
// parameter state (RFC 6749 §10.12), for the browser that began.
type consoleState struct {
	Return   string    `json:"r"`
	Verifier string    `json:"v"` // RFC 7636 §4.1
	BeganAt  time.Time `json:"t"`
}

// ConsoleRequest is what the console asks the authorization endpoint with.
type ConsoleRequest struct {
	State     string
	Challenge string // by S256 (RFC 7636 §4.2)
	Scope     string
	Class     string // of the sign-in that the operator demands of administrators, or empty
}

// ConsoleSession is a sign-in to the console.
type ConsoleSession struct {
	Token     string
	ExpiresAt time.Time
	Return    string // where in the console the person was
}

// NewBrowser makes what a browser is known by while it signs in.
func (s *Consoles) NewBrowser() string { return s.source.NewSecret() }

func consoleContext(browser string) string { return "state:" + browser }

// Begin begins a sign-in in a browser, which afterwards returns to an address.
func (s *Consoles) Begin(browser, address string) (ConsoleRequest, error) {
	state := consoleState{Return: address, Verifier: s.source.NewSecret(), BeganAt: s.source.Now()}
	plain, err := json.Marshal(state)
	if err != nil {
		return ConsoleRequest{}, err
	}
	challenge := sha256.Sum256([]byte(state.Verifier))
	return ConsoleRequest{
		State:     base64.RawURLEncoding.EncodeToString(s.keys.Seal(PurposeConsole, plain, consoleContext(browser))),
		Challenge: base64.RawURLEncoding.EncodeToString(challenge[:]),
		Scope:     AdministrationScope(), Class: s.settings.Get().AdminSignIn.Class,
	}, nil
}

// openState returns what a browser comes back with; ErrConsoleSignIn when it is none of ours, another browser's, or too old.
func (s *Consoles) openState(browser, text string) (consoleState, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || browser == "" || len(text) > maxState {
		return consoleState{}, ErrConsoleSignIn
	}
	plain, err := s.keys.Open(PurposeConsole, sealed, consoleContext(browser))
	if err != nil {
		return consoleState{}, ErrConsoleSignIn
	}
	var state consoleState
	if json.Unmarshal(plain, &state) != nil || s.source.Now().Sub(state.BeganAt) >= consoleSignInFor {
		return consoleState{}, ErrConsoleSignIn
	}
	return state, nil
}

// Return tells where a browser was that comes back without a code; ErrConsoleSignIn.
func (s *Consoles) Return(browser, state string) (string, error) {
	opened, err := s.openState(browser, state)
	return opened.Return, err
}

// Finish redeems the code of a sign-in, in the browser that has begun it. It is ErrConsoleSignIn in any other, ErrInvalidGrant when the
// code does not hold, and Forbidden for who is no administrator. The session that the browser had ends, if there is one.
func (s *Consoles) Finish(ctx context.Context, browser, state, code, redirectURI, former string) (ConsoleSession, error) {
	opened, err := s.openState(browser, state)
	if err != nil {
		return ConsoleSession{}, err
	}
	client, err := s.clients.Find(ctx, ConsoleClientID)
	if err != nil {
		return ConsoleSession{}, fmt.Errorf("client of the console: %w", err)
	}
	began := s.source.Now()
	out, err := s.redeem(ctx, client, CodeProof{Code: code, RedirectURI: redirectURI, Verifier: opened.Verifier})
	ended := s.source.Now()
	s.meter.Token(client.ClientID, GrantAuthorizationCode, err != nil, ended.Sub(began))
	s.usage.Count(client.ID, err != nil, ended)
	if err != nil {
		return ConsoleSession{}, err
	}
	out.Return = opened.Return
	if former != "" {
		err = s.End(ctx, former)
	}
	return out, err
}

func (s *Consoles) redeem(ctx context.Context, client Client, proof CodeProof) (ConsoleSession, error) {
	issuance, err := s.grants.Exchange(ctx, client, proof)
	if err != nil {
		return ConsoleSession{}, err
	}
	if !issuance.User.Administers() {
		if err := s.grants.end(ctx, issuance.Grant.ID, client, ActionGrantEnded, EndClientRevoked); err != nil {
			return ConsoleSession{}, err
		}
		return ConsoleSession{}, errNoAdministrator
	}
	token, err := s.tokens.Issue(ctx, issuance, nil)
	if err != nil {
		return ConsoleSession{}, err
	}
	return ConsoleSession{Token: token.Value, ExpiresAt: s.source.Now().Add(token.ExpiresIn)}, nil
}

var errNoAdministrator = &Error{Kind: Forbidden, Code: CodeForbidden, Detail: "Only administrators may use the console."}

// Session returns whose session a token is. ErrInvalidToken when it is none, or over; Forbidden when the person administers no more.
func (s *Consoles) Session(ctx context.Context, token string) (Bearer, error) {
	b, err := s.tokens.Authenticate(ctx, PresentedToken{Scheme: SchemeBearer, Token: token}, AuthlyAudience)
	if err != nil {
		return Bearer{}, err
	}
	if b.Client.ClientID != ConsoleClientID {
		return Bearer{}, ErrInvalidToken
	}
	if !b.User.Administers() {
		return Bearer{}, errNoAdministrator
	}
	return b, nil
}

// End ends the session that a token is of, with its grant; one that has ended is left as it is.
func (s *Consoles) End(ctx context.Context, token string) error {
	b, err := s.tokens.read(ctx, token)
	if errors.Is(err, ErrInvalidToken) || err == nil && b.Client.ClientID != ConsoleClientID {
		return nil
	}
	if err != nil {
		return fmt.Errorf("end console session: %w", err)
	}
	return s.grants.end(ctx, b.Grant.ID, b.Client, ActionGrantEnded, EndClientRevoked)
}
