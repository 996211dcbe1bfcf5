package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ClientAuthentication finds clients, and proves that a caller is the client that it claims to be.
type ClientAuthentication struct {
	clients    ClientReader
	lists      ClientLister
	replays    ReplayStore
	assertions AssertionVerifier
	issuers    TrustedIssuerReader
	keys       *Keyring
	source     Source
	issuer     string
	settings   *LiveSettings
	guard      *clientGuard
	documents  *ClientDocuments
}

func newClientAuthentication(d Deps, g *guard, signing *SigningKeys) *ClientAuthentication {
	return &ClientAuthentication{
		guard: newClientGuard(g),
		documents: &ClientDocuments{
			store: d.Store, reader: d.ClientDocuments, source: d.Source, guard: g, settings: d.Settings, signing: signing,
		},
		clients: d.Store, lists: d.Store, replays: d.Store, assertions: d.Assertions, issuers: d.Store, keys: d.Keys, source: d.Source,
		issuer: d.Settings.Get().Issuer, settings: d.Settings,
	}
}

// ClientCredentials are what a caller presents to prove which client it is.
type ClientCredentials struct {
	Method    AuthMethod // as which they were presented
	ClientID  string
	Secret    string   // of client_secret_basic and client_secret_post
	Assertion string   // of private_key_jwt and client_secret_jwt
	Audiences []string // of an assertion: what it may name instead of the issuer
	Granting  bool     // the assertion is the grant as well (RFC 7523 §2.1)

	Certificate Certificate // of the connection; it counts where nothing else was presented
}

// authMethods is the one list of methods, each with what proves a client that is registered with it. Metadata,
// registration and authentication go by it.
var authMethods = []struct {
	method AuthMethod
	prove  func(*ClientAuthentication, context.Context, Client, ClientCredentials) error
}{
	{AuthClientSecretBasic, (*ClientAuthentication).proveSecret},
	{AuthClientSecretPost, (*ClientAuthentication).proveSecret},
	{AuthClientSecretJWT, (*ClientAuthentication).proveAssertion},
	{AuthPrivateKeyJWT, (*ClientAuthentication).proveAssertion},
	{AuthTLS, (*ClientAuthentication).proveCertificate},
	{AuthSelfSignedTLS, (*ClientAuthentication).proveOwnCertificate},
	{AuthNone, (*ClientAuthentication).proveNothing},
}

// AuthMethods lists the methods that clients may be registered with.
func AuthMethods() []AuthMethod {
	all := make([]AuthMethod, len(authMethods))
	for i, m := range authMethods {
		all[i] = m.method
	}
	return all
}

// AuthMethods lists the methods by which a client can be proven here.
func (s *Settings) AuthMethods() []AuthMethod {
	return slices.DeleteFunc(AuthMethods(), func(m AuthMethod) bool {
		return m.usesCertificate() && !s.MutualTLS.On || m == AuthTLS && s.MutualTLS.Anchors == nil
	})
}

// ConfidentialAuthMethods lists those that prove something.
func (s *Settings) ConfidentialAuthMethods() []AuthMethod {
	return slices.DeleteFunc(s.AuthMethods(), func(m AuthMethod) bool { return m == AuthNone })
}

// checkAuthMethod refuses a method that is not on the list.
func checkAuthMethod(m AuthMethod) error {
	all := AuthMethods()
	if slices.Contains(all, m) {
		return nil
	}
	names := make([]string, len(all))
	for i, method := range all {
		names[i] = string(method)
	}
	return InvalidField("token_endpoint_auth_method", "Must be one of %s.", strings.Join(names, ", "))
}

// Find returns the active client of a client_id, or ErrClientNotFound. That of a client_id which is the address of a document is read
// there, and RateLimited when strangers bring too many.
func (s *ClientAuthentication) Find(ctx context.Context, clientID string) (Client, error) {
	if clientID == "" || len(clientID) > MaxText {
		return Client{}, ErrClientNotFound
	}
	find := s.clients.ClientByClientID
	if isDocument(clientID) {
		find = s.documents.find
	}
	client, err := find(ctx, clientID)
	if err != nil {
		return Client{}, err
	}
	if !client.ActiveAt(s.source.Now()) {
		return Client{}, ErrClientNotFound
	}
	return client, nil
}

// Authenticate returns the client of the credentials. Only the method that it is registered with is accepted (RFC 6749
// §2.3), but a secret counts in the header and in the body alike. Every refusal is ErrInvalidClient, so that nobody can
// probe for client ids, and takes the same time; its cause tells the operator which method was expected. It is RateLimited
// where too many have failed.
func (s *ClientAuthentication) Authenticate(ctx context.Context, presented ClientCredentials) (Client, error) {
	place := clientPlaceOf(ctx, presented.ClientID)
	if err := s.guard.admit(place); err != nil {
		return Client{}, err
	}
	client, err := s.authenticate(ctx, presented)
	switch {
	case errors.Is(err, ErrInvalidClient):
		return Client{}, s.guard.failed(ctx, place, client, err)
	case err != nil:
		return Client{}, err
	case !client.Public(): // anybody can claim to be a public client
		s.guard.succeeded(place)
	}
	return client, nil
}

// authenticate returns the client of the credentials; with ErrInvalidClient the one that they name, if there is one.
func (s *ClientAuthentication) authenticate(ctx context.Context, presented ClientCredentials) (Client, error) {
	client, err := s.Find(ctx, presented.ClientID)
	if errors.Is(err, ErrClientNotFound) {
		s.ProveSecret(Client{}, presented.Secret)
		return Client{}, unknownClient(err, presented.Method)
	}
	if err != nil {
		return Client{}, fmt.Errorf("authenticate client: %w", err)
	}
	registered := client.Metadata.TokenEndpointAuthMethod
	// Some public clients always send Basic with an empty secret; that proves nothing and harms nothing.
	if registered == AuthNone && presented.Method == AuthClientSecretBasic && presented.Secret == "" {
		return client, nil
	}
	for _, m := range authMethods {
		if m.method != registered || !registered.accepts(presented.Method) {
			continue
		}
		if err := m.prove(s, ctx, client, presented); err != nil {
			return client, refusedMethod(client, presented, err)
		}
		return client, nil
	}
	s.ProveSecret(Client{}, presented.Secret)
	return client, refusedMethod(client, presented, ErrInvalidClient.Breaks(RuleAuthMethod))
}

// unknownClient refuses credentials of a client that was not found: which rule its client_id breaks, the search says.
func unknownClient(err error, used AuthMethod) error {
	broken := ViolationOf(err)
	cause := fmt.Errorf("no such client; %s was used: %s", used, err.Error())
	return ErrInvalidClient.Breaks(broken.Rule).Expecting(broken.Expected).Because(cause)
}

// accepts reports whether a client that is registered with a method may be presented by another. Where a secret stands
// makes nothing weaker, and libraries try one place or the other whatever was registered. A certificate is no part of a request.
func (m AuthMethod) accepts(presented AuthMethod) bool {
	return presented == m || m.sendsSecret() && presented.sendsSecret() || m.usesCertificate() && presented == AuthNone
}

func (m AuthMethod) sendsSecret() bool {
	return m == AuthClientSecretBasic || m == AuthClientSecretPost
}

// refusedMethod adds to a refusal, for the log alone, what the operator compares first. A failure that is none of the
// caller's is returned as it is.
func refusedMethod(client Client, presented ClientCredentials, err error) error {
	if !errors.Is(err, ErrInvalidClient) {
		return err
	}
	registered := client.Metadata.TokenEndpointAuthMethod
	cause := fmt.Errorf("client %s is registered with %s, %s was used", client.ClientID, registered, presented.Method)
	if hidden := errors.Unwrap(err); hidden != nil {
		cause = fmt.Errorf("%w: %w", cause, hidden)
	}
	refusal := AsError(err).Because(cause).ofClient(client)
	if refusal.violation.Expected == "" {
		refusal = refusal.Expecting(fmt.Sprintf("The client is registered with %s; %s was used.", registered, presented.Method))
	}
	return refusal
}

// AuthenticateConfidential is Authenticate for what only a client with credentials may do: anybody can claim to be a
// public client.
func (s *ClientAuthentication) AuthenticateConfidential(ctx context.Context, presented ClientCredentials) (Client, error) {
	client, err := s.Authenticate(ctx, presented)
	if err == nil && client.Public() {
		err = ErrInvalidClient.Breaks(RuleConfidential).ofClient(client)
	}
	return client, err
}

func (s *ClientAuthentication) proveNothing(context.Context, Client, ClientCredentials) error {
	return nil
}

func (s *ClientAuthentication) proveSecret(_ context.Context, client Client, presented ClientCredentials) error {
	if !s.ProveSecret(client, presented.Secret) {
		return ErrInvalidClient.Breaks(RuleSecret)
	}
	return nil
}

// ProveSecret reports whether a secret is a live one of the client.
func (s *ClientAuthentication) ProveSecret(client Client, secret string) bool {
	return client.HasSecret(s.keys, secret, s.source.Now())
}
