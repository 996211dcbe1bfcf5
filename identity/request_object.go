package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// UnsignedRequests is the request_object_signing_alg of clients that do not sign their request objects (OIDC Registration §2).
const UnsignedRequests = "none"

// RequestObjectAlgorithms lists what clients may sign request objects with.
func RequestObjectAlgorithms() []string { return AssertionAlgorithms() }

// The bounds of a request object's times. FAPI 2.0 Message Signing §5.3.1 bounds them by an hour too.
const (
	requestObjectSkew = assertionSkew
	requestObjectTTL  = time.Hour // until exp, and since nbf or iat
)

// RequestObjects reads authorization requests that clients have signed (RFC 9101).
type RequestObjects struct {
	documents ClientDocumentReader
	verifier  AssertionVerifier
	signer    TokenSigner
	replays   ReplayStore
	source    Source
	issuer    string
}

// RequestObject is an authorization request in a JWT that holds, and that may have been used before.
type RequestObject struct {
	Parameters map[string][]string
	Signed     bool

	undated bool   // it may say nothing of when it holds
	once    string // what makes it unlike others; empty when it may be used again
	expires time.Time
}

// requestObjectClaims are the claims that say something of the JWT, and are no parameters (RFC 9101 §4, RFC 7519 §4.1).
var requestObjectClaims = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}

// ErrRequestURI refuses a request_uri from which no request can be read (OIDC Core §3.1.2.6).
var ErrRequestURI = Errorf(Invalid, CodeInvalidRequestURI, "No request could be read from the request_uri.").Breaks(RuleRequestURI)

// Fetch returns the request object at a request_uri that the client has registered: others are never called (RFC 9101 §10.4.1). It
// proves nothing yet. ErrRequestURI when there is none.
func (s *RequestObjects) Fetch(ctx context.Context, client Client, requestURI string) (object string, err error) {
	if !client.Metadata.hasRequestURI(requestURI) {
		return "", ErrRequestURI.Expecting("a request_uri that the client has registered")
	}
	address, _, _ := strings.Cut(requestURI, "#")
	if object, err = s.documents.RequestObject(ctx, address); err != nil {
		return "", ErrRequestURI.Expecting("that the server finds a request object there").Because(err)
	}
	return object, nil
}

// hasRequestURI reports whether the client has registered a request_uri: it, or an address whose query ends with "=", of which it has
// another value. Clients that make an object for each request have no other way to register where each one is (OIDC Core §6.2).
func (m ClientMetadata) hasRequestURI(uri string) bool {
	return slices.ContainsFunc(m.RequestURIs, func(registered string) bool {
		value, found := strings.CutPrefix(uri, registered)
		_, query, _ := strings.Cut(registered, "?")
		open := strings.HasSuffix(query, "=") && !strings.Contains(query, "#") && len(value) <= maxRequestReference && unreserved(value)
		return found && (value == "" || open)
	})
}

// Read checks a request object of a client: signed with its key, from it and about it, for this server and for now. What is not
// is CodeInvalidRequestObject. One without a signature, which only a client sends that is registered to, must not say otherwise of
// itself; it proves nothing. A signed one that is undated need not say for when it is: OpenID Connect Core §6 does not ask for it, and one
// that was fetched from its client is as old as that wants it to be. Nothing is written.
func (s *RequestObjects) Read(ctx context.Context, client Client, object string, undated bool) (RequestObject, error) {
	members, signed, err := s.members(ctx, client, object)
	if err != nil {
		return RequestObject{}, err
	}
	o := RequestObject{Signed: signed, Parameters: map[string][]string{}, undated: undated}
	if err := s.checkClaims(client, members, &o); err != nil {
		return RequestObject{}, err
	}
	if err := o.read(members); err != nil {
		return RequestObject{}, err
	}
	switch {
	case !slices.Equal(o.Parameters["client_id"], []string{client.ClientID}):
		return RequestObject{}, badRequestObject("the client_id " + client.ClientID + ", as beside it")
	case o.Parameters["request"] != nil || o.Parameters["request_uri"] != nil:
		return RequestObject{}, badRequestObject("neither request nor request_uri")
	}
	return o, nil
}

// read takes the members that are parameters.
func (o *RequestObject) read(members map[string]json.RawMessage) error {
	for name, value := range members {
		if slices.Contains(requestObjectClaims, name) {
			continue
		}
		values, ok := parameterValues(value)
		if !ok {
			return badRequestObject("parameters that are texts, numbers or JSON: not " + name)
		}
		if len(values) > 0 {
			o.Parameters[name] = values
		}
	}
	return nil
}

// ReadBackchannel is Read for a signed authentication request (CIBA Core §7.1.1): it says itself all that such a one must say, and is
// no authorization request that a browser has seen.
func (s *RequestObjects) ReadBackchannel(ctx context.Context, client Client, object string) (RequestObject, error) {
	signer := client
	signer.Metadata.RequestObjectAlg = client.Metadata.BackchannelRequestAlg
	members, signed, err := s.members(ctx, signer, object)
	if err != nil {
		return RequestObject{}, err
	}
	for _, name := range []string{"iss", "aud", "exp", "iat", "nbf", "jti"} {
		if _, there := members[name]; !there {
			return RequestObject{}, badRequestObject(name)
		}
	}
	o := RequestObject{Signed: signed, Parameters: map[string][]string{}}
	if err := s.checkClaims(client, members, &o); err != nil {
		return RequestObject{}, err
	}
	if err := o.read(members); err != nil {
		return RequestObject{}, err
	}
	for _, name := range []string{"response_type", "redirect_uri", "request", "request_uri"} {
		if o.Parameters[name] != nil {
			return RequestObject{}, badRequestObject("no " + name)
		}
	}
	if o.once == "" {
		return RequestObject{}, badRequestObject("a jti")
	}
	return o, nil
}

// open returns what is in an encrypted object: another that is signed (RFC 9101 §6.1). Only a client that has registered how it encrypts
// may, and only so; strangers cannot make the server use its private keys.
func (s *RequestObjects) open(ctx context.Context, client Client, object string) (string, error) {
	as := client.RequestEncryption()
	if as.Alg == "" {
		return "", badRequestObject("one that is not encrypted: the client has registered no request_object_encryption_alg")
	}
	inner, err := s.signer.Decrypt(ctx, object, as)
	if errors.Is(err, ErrInvalidToken) {
		return "", badRequestObject("one encrypted to a published key of the server with " + as.Alg + " and " + as.Enc).Because(err)
	}
	if err != nil {
		return "", fmt.Errorf("decrypt request object: %w", err)
	}
	return string(inner), nil
}

// members verifies an object and returns what is in it.
func (s *RequestObjects) members(ctx context.Context, client Client, object string) (map[string]json.RawMessage, bool, error) {
	if isEncrypted(object) {
		var err error
		if object, err = s.open(ctx, client, object); err != nil {
			return nil, false, err
		}
	}
	raw, signed, err := s.verifier.VerifyRequestObject(ctx, client, object)
	if errors.Is(err, ErrInvalidToken) {
		return nil, false, badRequestObject("a JWT signed with a key of the client and the algorithm that it has registered").Because(err)
	}
	if err != nil {
		return nil, false, fmt.Errorf("verify request object: %w", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, false, badRequestObject("claims").Because(err)
	}
	return members, signed, nil
}

// checkClaims checks what a request object says of itself, and notes how long it is remembered. Members are read by their exact
// names, as the parameters are: two readings of one object could be two requests.
func (s *RequestObjects) checkClaims(client Client, members map[string]json.RawMessage, o *RequestObject) error {
	var (
		issuer, subject, id        string
		audience                   Audience
		expires, notBefore, issued *float64
	)
	for name, into := range map[string]any{
		"iss": &issuer, "sub": &subject, "jti": &id, "aud": &audience, "exp": &expires, "nbf": &notBefore, "iat": &issued,
	} {
		if value, ok := members[name]; ok && json.Unmarshal(value, into) != nil {
			return badRequestObject("another type of " + name)
		}
	}
	now := s.source.Now()
	o.expires = now.Add(requestObjectTTL)
	if expires != nil || o.Signed && !o.undated {
		end, ok := numericDate(expires)
		if !ok || !end.Add(requestObjectSkew).After(now) || end.After(now.Add(requestObjectTTL+requestObjectSkew)) {
			return badRequestObject("an exp within the hour")
		}
		o.expires = end.Add(2 * requestObjectSkew)
	}
	start := notBefore
	if start == nil && !client.Metadata.RequireSignedRequest { // FAPI 2.0 Message Signing §5.3.1 wants nbf itself
		start = issued
	}
	switch {
	case o.Signed && (issuer != client.ClientID || !slices.Contains(audience, s.issuer)),
		issuer != "" && issuer != client.ClientID, audience != nil && !slices.Contains(audience, s.issuer):
		return badRequestObject("iss " + client.ClientID + " and aud " + s.issuer)
	case subject == client.ClientID:
		return badRequestObject("no sub: an assertion of a client is no request (RFC 9101 §10.8)")
	case o.Signed && start == nil && !o.undated:
		return badRequestObject("nbf")
	case len(id) > MaxText:
		return badRequestObject("a shorter jti")
	}
	for name, date := range map[string]*float64{"nbf": notBefore, "iat": issued} {
		at, ok := numericDate(date)
		if date != nil && (!ok || at.After(now.Add(requestObjectSkew)) || o.Signed && at.Before(now.Add(-requestObjectTTL-requestObjectSkew))) {
			return badRequestObject(name + " within the hour")
		}
	}
	if o.Signed && id != "" {
		o.once = client.ClientID + ":" + id
	}
	return nil
}

// parameterValues returns the values of a parameter as they would be in a query: JSON stays JSON, and a list of texts, as resource
// may be, is several values. One that is null or empty was not sent (RFC 6749 §3.1).
func parameterValues(raw json.RawMessage) (values []string, ok bool) {
	var text string
	var list []string
	switch {
	case bytes.Equal(raw, []byte("null")):
	case json.Unmarshal(raw, &text) == nil:
		values = []string{text}
	case json.Unmarshal(raw, &list) == nil:
		values = list
	default:
		values = []string{string(raw)}
	}
	values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
	return values, !slices.ContainsFunc(values, func(v string) bool { return strings.ContainsRune(v, 0) })
}

// Use spends a request object: one with a jti is good once, on all nodes.
func (s *RequestObjects) Use(ctx context.Context, o RequestObject) error {
	if o.once == "" {
		return nil
	}
	first, err := s.replays.MarkUsed(ctx, "request:"+o.once, o.expires)
	if err != nil {
		return fmt.Errorf("remember request object: %w", err)
	}
	if !first {
		return badRequestObject("a jti that was not used before")
	}
	return nil
}

func badRequestObject(expected string) *Error {
	refusal := Errorf(Invalid, CodeInvalidRequestObject, "The request object is not valid.")
	return refusal.Breaks(RuleRequestObject).Expecting("What was expected is: " + expected + ".")
}
