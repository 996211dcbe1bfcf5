package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// TokenScheme is how an access token is presented: the scheme of an Authorization header.
type TokenScheme string

// SchemeBearer presents a token alone (RFC 6750).
const SchemeBearer TokenScheme = "Bearer"

// PresentedToken is an access token as a caller presents it, with what proves that the caller may.
type PresentedToken struct {
	Scheme      TokenScheme
	Token       string
	Proof       Proof  // of possession of a key (RFC 9449 §4)
	Certificate string // thumbprint of the caller's certificate (RFC 8705 §3), or empty
}

// AudienceRule says which audience a presented token must name.
type AudienceRule int

// The rules.
const (
	AnyAudience    AudienceRule = iota
	AuthlyAudience              // the issuer: the rule of Authly's own APIs (RFC 9068 §4)
)

// Bearer is who a presented access token stands for. User is zero for a client on its own behalf.
type Bearer struct {
	Claims AccessClaims
	Client Client
	User   User
	Grant  Grant
}

// Scopes returns the scopes of the token, as far as the client and the user may still have them.
func (b Bearer) Scopes() []string {
	names, err := ParseScope(b.Claims.Scope)
	if err != nil {
		return nil
	}
	if b.User.ID == uuid.Nil {
		return serviceScopes(intersect(names, b.Client.Scopes()), b.Client)
	}
	return presentScopes(names, b.Client, b.User)
}

// Actor completes an actor (which carries where the request came from) with who the bearer is.
func (b Bearer) Actor(from Actor) Actor {
	from.ClientID, from.Scopes, from.GrantID = b.Client.ID, b.Scopes(), b.Grant.ID
	if b.User.ID == uuid.Nil {
		from.Kind, from.Name, from.Admin = ActorClient, b.Client.ClientID, b.Client.Policy.ServiceAdmin
		return from
	}
	from.Kind, from.UserID, from.Name, from.Admin = ActorUser, b.User.ID, b.User.Username, b.User.Administers()
	from.Console = b.Client.ClientID == ConsoleClientID
	from.Class, from.AuthTime = b.Claims.ACR, time.Unix(b.Claims.AuthTime, 0)
	if from.Delegated = !b.User.Admin; from.Delegated {
		from.Limits = b.User.Delegation.limits(from.Scopes)
	}
	return from
}

// Authenticate checks a presented access token: signature, type, issuer and expiry, then whether its grant, session,
// user, client and jti are still good, whether it is meant for the audience, and whether the caller may present it. Any
// failure of the token is ErrInvalidToken; one of its proof CodeInvalidProof or CodeUseProofNonce. The proof is spent.
func (s *Tokens) Authenticate(ctx context.Context, presented PresentedToken, audience AudienceRule) (Bearer, error) {
	b, err := s.AuthenticateAgain(ctx, presented, audience)
	if err != nil {
		return Bearer{}, err
	}
	if err := s.checkPresentation(ctx, b.Claims.Sender, presented); err != nil {
		return Bearer{}, err
	}
	return b, nil
}

// AuthenticateAgain is Authenticate for a request that goes on, and whose proof was checked and spent when it began.
func (s *Tokens) AuthenticateAgain(ctx context.Context, presented PresentedToken, audience AudienceRule) (Bearer, error) {
	b, err := s.read(ctx, presented.Token)
	if err != nil {
		return Bearer{}, err
	}
	if audience == AuthlyAudience && !slices.Contains(b.Claims.Audience, s.settings.Get().Issuer) {
		return Bearer{}, ErrInvalidToken
	}
	return b, nil
}

// checkPresentation refuses whoever has not proven to hold the key or the certificate that a token is bound to. A token that is bound
// to a key and presented as a bearer token would lose what binding it was for (RFC 9449 §7.2), and one that is not proves nothing by
// a proof. One that is bound to a certificate is presented as a bearer token, on a connection with it (RFC 8705 §3).
func (s *Tokens) checkPresentation(ctx context.Context, bound SenderConstraint, p PresentedToken) error {
	switch {
	case bound.Certificate != "" && subtle.ConstantTimeCompare([]byte(bound.Certificate), []byte(p.Certificate)) != 1:
		return ErrInvalidToken
	case bound.Key == "" && p.Scheme == SchemeBearer:
		return nil
	case bound.Key == "" || p.Scheme != SchemeDPoP:
		return ErrInvalidToken
	}
	proof, err := s.proofs.Check(p.Proof, p.Token)
	if err != nil {
		return err
	}
	if proof.Thumbprint != bound.Key {
		return ErrInvalidToken
	}
	return s.proofs.Use(ctx, proof)
}

// read returns who an access token stands for, whoever presents it to whom.
func (s *Tokens) read(ctx context.Context, token string) (Bearer, error) {
	claims, err := s.access.claims(ctx, token)
	if err != nil {
		return Bearer{}, err
	}
	if claims.Grant == "" {
		return s.readClients(ctx, claims)
	}
	id, err := uuid.Parse(claims.Grant)
	if err != nil {
		return Bearer{}, ErrInvalidToken
	}
	now := s.source.Now()
	status, err := s.tokens.GrantStatus(ctx, id, claims.ID, now)
	if errors.Is(err, ErrGrantNotFound) {
		return Bearer{}, ErrInvalidToken
	}
	if err != nil {
		return Bearer{}, fmt.Errorf("check token: %w", err)
	}
	if status.Eligibility(s.settings.Get(), now) != Eligible {
		return Bearer{}, ErrInvalidToken
	}
	names, err := ParseScope(claims.Scope)
	if err != nil {
		return Bearer{}, ErrInvalidToken
	}
	if status.User, err = withDelegation(ctx, s.delegations, status.User, names); err != nil {
		return Bearer{}, err
	}
	b := Bearer{Claims: claims, Client: status.Client, User: status.User, Grant: status.Grant}
	if claims.ClientID == status.Client.ClientID {
		return b, nil
	}
	return s.exchanged(ctx, b, names)
}

// exchanged is read for a token that another client has got for one of the grant (RFC 8693): as far as both may have its scopes
// today, and as long as it may exchange tokens.
func (s *Tokens) exchanged(ctx context.Context, b Bearer, scopes []string) (Bearer, error) {
	client, err := s.activeClient(ctx, b.Claims.ClientID)
	if err == nil && !client.Allows(GrantTokenExchange) {
		err = ErrInvalidToken
	}
	if err != nil {
		return Bearer{}, err
	}
	b.Claims.Scope = JoinScope(intersect(scopes, b.Client.Scopes()))
	b.Client = client
	return b, nil
}

// activeClient finds the client that a token names; ErrInvalidToken when it is gone, switched off or expired.
func (s *Tokens) activeClient(ctx context.Context, clientID string) (Client, error) {
	client, err := s.clients.ClientByClientID(ctx, clientID)
	if errors.Is(err, ErrClientNotFound) || err == nil && !client.ActiveAt(s.source.Now()) {
		return Client{}, ErrInvalidToken
	}
	if err != nil {
		return Client{}, fmt.Errorf("check token: %w", err)
	}
	return client, nil
}

// readClients is read for the token of a client on its own behalf.
func (s *Tokens) readClients(ctx context.Context, claims AccessClaims) (Bearer, error) {
	client, err := s.activeClient(ctx, claims.ClientID)
	if err != nil {
		return Bearer{}, err
	}
	revoked, err := s.tokens.TokenRevoked(ctx, claims.ID)
	if err != nil {
		return Bearer{}, fmt.Errorf("check token: %w", err)
	}
	if revoked {
		return Bearer{}, ErrInvalidToken
	}
	return Bearer{Claims: claims, Client: client}, nil
}
