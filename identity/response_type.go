package identity

import (
	"cmp"
	"slices"
	"strings"
)

// ResponseType says what an authorization response hands out (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Type Encoding Practices
// §3, §5): a set of words, spelled in the order of their names. The zero value means ResponseCode.
type ResponseType string

// The response types.
const (
	ResponseCode             ResponseType = "code"
	ResponseIDToken          ResponseType = "id_token"
	ResponseIDTokenToken     ResponseType = "id_token token"
	ResponseCodeIDToken      ResponseType = "code id_token"
	ResponseCodeToken        ResponseType = "code token"
	ResponseCodeIDTokenToken ResponseType = "code id_token token"
)

// The words of response types.
const (
	wordCode    = "code"
	wordIDToken = "id_token"
	wordToken   = "token"
)

// ResponseTypes lists what clients may be registered for.
func ResponseTypes() []ResponseType {
	return []ResponseType{
		ResponseCode, ResponseIDToken, ResponseIDTokenToken, ResponseCodeIDToken, ResponseCodeToken, ResponseCodeIDTokenToken,
	}
}

// ParseResponseType reads a response type, whatever the order of its words; false for words that are not known, or repeated. It
// need not be one of ResponseTypes: token alone is none.
func ParseResponseType(text string) (ResponseType, bool) {
	words := strings.Split(text, " ")
	slices.Sort(words)
	for i, word := range words {
		if word != wordCode && word != wordIDToken && word != wordToken || i > 0 && words[i-1] == word {
			return "", false
		}
	}
	return ResponseType(strings.Join(words, " ")), true
}

func (t ResponseType) has(word string) bool {
	return slices.Contains(strings.Split(string(t), " "), word)
}

// Code reports whether the response has an authorization code.
func (t ResponseType) Code() bool { return t == "" || t.has(wordCode) }

// IDToken reports whether the response has an ID token.
func (t ResponseType) IDToken() bool { return t.has(wordIDToken) }

// Token reports whether the response has an access token.
func (t ResponseType) Token() bool { return t.has(wordToken) }

// FrontChannel reports whether the response has a token, which then goes through the browser.
func (t ResponseType) FrontChannel() bool { return t.IDToken() || t.Token() }

// grantTypes are what a client must be registered for to use the type (OIDC Registration §2, response_types).
func (t ResponseType) grantTypes() []GrantType {
	var needed []GrantType
	if t.Code() {
		needed = append(needed, GrantAuthorizationCode)
	}
	if t.FrontChannel() {
		needed = append(needed, GrantImplicit)
	}
	return needed
}

// Responds reports whether the client is registered for the very response type, and for the grant types that belong to it.
func (c Client) Responds(t ResponseType) bool {
	return slices.ContainsFunc(c.Metadata.ResponseTypes, func(registered string) bool {
		parsed, ok := ParseResponseType(registered)
		return ok && parsed == t
	}) && !slices.ContainsFunc(t.grantTypes(), func(g GrantType) bool { return !c.Allows(g) })
}

// BindsTokens reports whether the access tokens of the client are good only for who proves to hold a key or a certificate. None goes
// through a browser, where nobody proves that (RFC 9449 §5, RFC 8705 §3).
func (c Client) BindsTokens() bool {
	return c.Metadata.BoundAccessTokens || c.Metadata.CertificateBoundTokens
}

// answerable reports whether the client of an authorization request may have today what its response type hands out.
func (i *Interaction) answerable() bool {
	t := cmp.Or(i.Params.ResponseType, ResponseCode)
	return i.Client.Responds(t) && !(t.Token() && i.Client.BindsTokens()) &&
		!(t.IDToken() && !slices.Contains(intersect(i.Params.Scopes, i.Client.Scopes()), ScopeOpenID))
}

// errResponseType refuses an authorization request whose client may no longer have what it has asked for.
var errResponseType = Errorf(Forbidden, CodeUnauthorizedClient,
	"The client is no longer registered for the response type.").Breaks(RuleCodeOfClient)

// checkResponseTypes checks what the client may ask for, each with the grant types that belong to it.
func (c Client) checkResponseTypes(faults *Faults) {
	m := c.Metadata
	if len(m.ResponseTypes) > len(ResponseTypes()) {
		faults.Add(InvalidField("response_types", "Must have at most %d values.", len(ResponseTypes())))
		return
	}
	for i, text := range m.ResponseTypes {
		field := item("response_types", i)
		t, ok := ParseResponseType(text)
		if !ok || !slices.Contains(ResponseTypes(), t) {
			faults.Add(InvalidField(
				field, "Must be code, id_token, id_token token, code id_token, code token or code id_token token.",
			))
			continue
		}
		if !t.FrontChannel() {
			continue
		}
		for _, g := range t.grantTypes() {
			if !c.Allows(g) {
				faults.Add(InvalidField(field, "Must not be %s without the grant type %s.", t, g))
			}
		}
		if t.Token() && c.BindsTokens() {
			faults.Add(InvalidField(field, "Must not have token where access tokens are bound to a key or a certificate."))
		}
	}
}

// checkFrontChannelURI refuses where no tokens may go: for a web application, by http or to this very machine (OIDC Registration §2,
// application_type).
func checkFrontChannelURI(field, uri string) error {
	if onDevice(uri) {
		return InvalidField(field, "Must be https and not of this machine, for a web application with the grant type implicit.")
	}
	return nil
}
